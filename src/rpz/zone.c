/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A zone's content is a version: the whole set and the differences that led
 * to it. A version never changes; a change makes the next one beside it and
 * exchanges a pointer. Who reads takes a count of the version that is there
 * and keeps it as long as a transfer lasts.
 */
#include "rpz/zone.h"

#include <sodium.h>
#include <unistd.h>

/* Differences below this are kept however small the set is. */
#define HISTORY_LEAST 65536u

void hl_rpz_zone_conf_init(struct hl_rpz_zone_conf *c)
{
	*c = (struct hl_rpz_zone_conf){
		.times = {.ttl = 60,
			.refresh = 60,
			.retry = 30,
			.expire = 86400,
			.minimum = 60},
		.max_names = 10000000,
	};
}

/* -- configuration -- */

static int set_name(struct hl_str text, const char *what,
	struct hl_rpz_name *out, struct hl_err *err)
{
	if (hl_rpz_name_parse(text, out)) {
		return HL_FAIL(err, HL_E_INVALID,
			"a zone's %s must be a domain name", what);
	}
	return 0;
}

static int set_names(struct hl_rpz_zone *z, const struct hl_rpz_zone_conf *c,
	struct hl_err *err)
{
	struct hl_str ns = c->ns.n ? c->ns : HL_STR("localhost");
	int r = set_name(c->origin, "origin", &z->origin, err);

	r = r ? r : set_name(ns, "ns", &z->ns, err);
	r = r ? r : set_name(c->mbox.n ? c->mbox : ns, "mbox", &z->mbox, err);
	if (!r && z->origin.n == 1) {
		r = HL_FAIL(err, HL_E_INVALID,
			"a zone's origin cannot be the root");
	}
	if (!r && c->stop_host.n) {
		r = set_name(c->stop_host, "stop host", &z->stop_host, err);
		if (!r && z->stop_host.n == 1) {
			r = HL_FAIL(err, HL_E_INVALID,
				"a zone's stop host cannot be the root: leave "
				"it out for names that do not exist");
		}
	}
	return r;
}

static int set_keys(struct hl_rpz_zone *z, const struct hl_rpz_zone_conf *c,
	struct hl_err *err)
{
	if (c->n_keys == 0 || c->n_keys > HL_RPZ_KEYS_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"a zone must have 1 to %d keys, not %zu",
			HL_RPZ_KEYS_MAX, c->n_keys);
	}
	for (size_t i = 0; i < c->n_keys; i++) {
		int r = hl_rpz_secret_init(&c->keys[i], &z->keys[i], err);

		if (!r && hl_rpz_zone_key(z, &z->keys[i].name)) {
			r = HL_FAIL(err, HL_E_INVALID,
				"two keys of a zone have the same name");
		}
		if (r) {
			return r;
		}
		z->n_keys++;
	}
	return 0;
}

static int set_lists(struct hl_rpz_zone *z, const struct hl_rpz_zone_conf *c,
	struct hl_err *err)
{
	const struct hl_rpz_times *t = &c->times;

	if (c->n_notify > HL_RPZ_NOTIFY_MAX || c->n_allow > HL_RPZ_ALLOW_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"a zone has at most %d addresses to notify and %d to "
			"allow",
			HL_RPZ_NOTIFY_MAX, HL_RPZ_ALLOW_MAX);
	}
	if (!t->refresh || !t->retry || t->expire <= t->refresh ||
		t->ttl > INT32_MAX || t->expire > INT32_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"a zone's times must be above 0, and expire after "
			"refresh");
	}
	z->times = *t;
	z->n_notify = c->n_notify;
	z->n_allow = c->n_allow;
	z->max_names = c->max_names;
	for (size_t i = 0; i < c->n_notify; i++) {
		z->notify[i] = c->notify[i];
	}
	for (size_t i = 0; i < c->n_allow; i++) {
		z->allow[i] = c->allow[i];
	}
	return 0;
}

int hl_rpz_zone_new(const struct hl_rpz_zone_conf *c, struct hl_rpz_zone **out,
	struct hl_err *err)
{
	struct hl_rpz_zone *z = calloc(1, sizeof(*z));

	if (!z) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a zone");
	}
	z->refs = 1;
	z->wake_fd = -1;
	pthread_mutex_init(&z->change, NULL);
	pthread_mutex_init(&z->lock, NULL);
	int r = set_names(z, c, err);
	r = r ? r : set_keys(z, c, err);
	r = r ? r : set_lists(z, c, err);
	if (r) {
		hl_rpz_zone_free(z);
		return r;
	}
	*out = z;
	return 0;
}

struct hl_rpz_zone *hl_rpz_zone_ref(struct hl_rpz_zone *z)
{
	atomic_fetch_add(&z->refs, 1);
	return z;
}

void hl_rpz_zone_free(struct hl_rpz_zone *z)
{
	if (!z || atomic_fetch_sub(&z->refs, 1) != 1) {
		return;
	}
	hl_rpz_version_unref(z->now);
	pthread_mutex_destroy(&z->change);
	pthread_mutex_destroy(&z->lock);
	sodium_memzero(z->keys, sizeof(z->keys));
	free(z);
}

bool hl_rpz_zone_allows(
	const struct hl_rpz_zone *z, const struct hl_net_addr *a)
{
	bool found = z->n_allow == 0;

	for (size_t i = 0; i < z->n_allow && !found; i++) {
		found = hl_net_prefix_has(&z->allow[i], a);
	}
	return found;
}

const struct hl_rpz_secret *hl_rpz_zone_key(
	const struct hl_rpz_zone *z, const struct hl_rpz_name *name)
{
	for (size_t i = 0; i < z->n_keys; i++) {
		if (hl_rpz_name_eq(&z->keys[i].name, name)) {
			return &z->keys[i];
		}
	}
	return NULL;
}

const char *hl_rpz_zone_host_fault(
	const struct hl_rpz_zone *z, struct hl_str host)
{
	return hl_rpz_host_fault(host, z->origin.n);
}

/* -- versions -- */

bool hl_rpz_serial_after(uint32_t a, uint32_t b)
{
	return a != b && a - b < UINT32_C(0x80000000);
}

static void delta_unref(struct hl_rpz_delta *d)
{
	if (d && atomic_fetch_sub(&d->refs, 1) == 1) {
		hl_rpz_set_unref(d->removed);
		hl_rpz_set_unref(d->added);
		free(d);
	}
}

void hl_rpz_version_unref(struct hl_rpz_version *v)
{
	if (!v || atomic_fetch_sub(&v->refs, 1) != 1) {
		return;
	}
	for (size_t i = 0; i < v->n_deltas; i++) {
		delta_unref(v->deltas[i]);
	}
	hl_rpz_set_unref(v->names);
	free(v);
}

struct hl_rpz_version *hl_rpz_zone_now(struct hl_rpz_zone *z)
{
	pthread_mutex_lock(&z->lock);
	struct hl_rpz_version *v = z->now;
	if (v) {
		atomic_fetch_add(&v->refs, 1);
	}
	pthread_mutex_unlock(&z->lock);
	return v;
}

/* Takes over v, which may be NULL. */
static void exchange(struct hl_rpz_zone *z, struct hl_rpz_version *v)
{
	const uint64_t one = 1;

	pthread_mutex_lock(&z->lock);
	struct hl_rpz_version *old = z->now;
	z->now = v;
	z->changed = v != NULL;
	if (z->wake_fd >= 0) {
		ssize_t n = write(z->wake_fd, &one, sizeof(one));
		(void)n; /* a full counter has woken it already */
	}
	pthread_mutex_unlock(&z->lock);
	hl_rpz_version_unref(old);
}

void hl_rpz_zone_wake_by(struct hl_rpz_zone *z, int fd)
{
	pthread_mutex_lock(&z->lock);
	z->wake_fd = fd;
	pthread_mutex_unlock(&z->lock);
}

static int delta_new(const struct hl_rpz_version *old,
	const struct hl_rpz_set *names, uint32_t serial,
	struct hl_rpz_delta **out, struct hl_err *err)
{
	struct hl_rpz_delta *d = calloc(1, sizeof(*d));

	if (!d) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a difference");
	}
	d->refs = 1;
	d->from = old->serial;
	d->to = serial;
	int r = hl_rpz_set_minus(old->names, names, &d->removed, err);
	r = r ? r : hl_rpz_set_minus(names, old->names, &d->added, err);
	if (r) {
		delta_unref(d);
		return r;
	}
	*out = d;
	return 0;
}

/* What one difference costs to keep and to send. */
static size_t delta_size(const struct hl_rpz_delta *d)
{
	return sizeof(*d) + d->removed->bytes + d->added->bytes;
}

/* How many of the old differences are kept beside one of `bytes`. */
static size_t keep(const struct hl_rpz_version *old, size_t bytes, size_t most)
{
	size_t n = 0;

	while (n < old->n_deltas && n + 1 < HL_RPZ_HISTORY &&
		bytes + delta_size(old->deltas[old->n_deltas - n - 1]) <=
			most) {
		bytes += delta_size(old->deltas[old->n_deltas - n - 1]);
		n++;
	}
	return n;
}

static struct hl_rpz_version *version_alloc(size_t n_deltas)
{
	struct hl_rpz_version *v =
		calloc(1, sizeof(*v) + n_deltas * sizeof(v->deltas[0]));

	if (v) {
		v->refs = 1;
		v->n_deltas = n_deltas;
	}
	return v;
}

static void fill_deltas(struct hl_rpz_version *v,
	const struct hl_rpz_version *old, struct hl_rpz_delta *last)
{
	for (size_t i = 0; i + 1 < v->n_deltas; i++) {
		v->deltas[i] = old->deltas[old->n_deltas - v->n_deltas + 1 + i];
		atomic_fetch_add(&v->deltas[i]->refs, 1);
		v->delta_bytes += delta_size(v->deltas[i]);
	}
	v->deltas[v->n_deltas - 1] = last;
	v->delta_bytes += delta_size(last);
}

/* The version after old; takes over names only if it returns 0. */
static int version_new(const struct hl_rpz_version *old,
	struct hl_rpz_set *names, uint32_t serial, struct hl_rpz_version **out,
	struct hl_err *err)
{
	size_t most = names->bytes / 2 + HISTORY_LEAST, n = 0;
	struct hl_rpz_delta *d = NULL;
	int r = old ? delta_new(old, names, serial, &d, err) : 0;

	if (r) {
		return r;
	}
	if (d && delta_size(d) > most) {
		/* the whole set is shorter */
		delta_unref(d);
		d = NULL;
	}
	n = d ? keep(old, delta_size(d), most) + 1 : 0;
	struct hl_rpz_version *v = version_alloc(n);
	if (!v) {
		delta_unref(d);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a version");
	}
	v->serial = serial;
	v->names = names;
	if (d) {
		fill_deltas(v, old, d);
	}
	*out = v;
	return 0;
}

static bool same(const struct hl_rpz_set *a, const struct hl_rpz_set *b)
{
	return a->bytes == b->bytes && memcmp(a->data, b->data, a->bytes) == 0;
}

/* Under `change`, so that old stays the last one. Takes over names in every
 * case. */
static int set_after(struct hl_rpz_zone *z, struct hl_rpz_version *old,
	struct hl_rpz_set *names, uint32_t serial, struct hl_err *err)
{
	struct hl_rpz_version *v = NULL;
	int r;

	if (old && old->serial == serial && same(old->names, names)) {
		hl_rpz_set_unref(names);
		return 0;
	}
	if (old && !hl_rpz_serial_after(serial, old->serial)) {
		hl_rpz_set_unref(names);
		return HL_CONFLICT;
	}
	r = version_new(old, names, serial, &v, err);
	if (r) {
		hl_rpz_set_unref(names);
		return r;
	}
	exchange(z, v);
	return 0;
}

int hl_rpz_zone_set(struct hl_rpz_zone *z, const struct hl_str *names, size_t n,
	uint32_t serial, struct hl_err *err)
{
	const struct hl_rpz_bounds bounds = {z->max_names, z->origin.n};
	struct hl_rpz_set *set;
	int r = hl_rpz_set_new(names, n, &bounds, &set, err);

	if (r) {
		return r;
	}
	pthread_mutex_lock(&z->change);
	struct hl_rpz_version *old = hl_rpz_zone_now(z);
	r = set_after(z, old, set, serial, err);
	hl_rpz_version_unref(old);
	pthread_mutex_unlock(&z->change);
	return r;
}

void hl_rpz_zone_clear(struct hl_rpz_zone *z)
{
	pthread_mutex_lock(&z->change);
	exchange(z, NULL);
	pthread_mutex_unlock(&z->change);
}

void hl_rpz_zone_stats(struct hl_rpz_zone *z, struct hl_rpz_zone_stats *out)
{
	struct hl_rpz_version *v = hl_rpz_zone_now(z);

	*out = (struct hl_rpz_zone_stats){
		.n_soa = z->n.soa,
		.n_axfr = z->n.axfr,
		.n_ixfr = z->n.ixfr,
		.n_current = z->n.current,
		.n_done = z->n.done,
		.n_broken = z->n.broken,
		.sent_bytes = z->n.sent,
		.n_notify = z->n.notify,
		.n_notify_ok = z->n.notify_ok,
		.n_notify_lost = z->n.notify_lost,
		.done_serial = z->n.done_serial,
		.done_at_us = z->n.done_at_us,
		.asked_at_us = z->n.asked_at_us,
	};
	if (v) {
		out->has_set = true;
		out->serial = v->serial;
		out->n_names = v->names->n;
		out->n_deltas = v->n_deltas;
		out->set_bytes = v->names->bytes;
		out->delta_bytes = v->delta_bytes;
	}
	hl_rpz_version_unref(v);
}
