/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/zones.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "casefile/label.h"
#include "seal/sign.h"

enum { SWEEP_MS = 60000, SECRET_MAX = 4096 };

struct zone {
	struct zone *next;
	uint64_t consumer;
	uint8_t made_of[HL_SEAL_SHA256_BYTES]; /* of its row */
	struct hl_rpz_zone *rpz;               /* NULL: its row is no good */
	bool has_set;
	int64_t vouched_us; /* monotonic */
};

struct hl_lists_zones {
	struct hl_lists_zones_config config;
	struct hl_rpz_server *server;
	pthread_mutex_t lock;
	struct zone *first;
};

struct hl_str hl_lists_zone_name(
	uint64_t consumer, const char *under, char out[HL_LISTS_ZONE_NAME])
{
	char ref[HL_REF_MAX];
	int n;

	hl_ref_print(HL_REF_CONSUMER, (int64_t)consumer, ref);
	for (char *p = ref; *p; p++) {
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	}
	n = snprintf(out, HL_LISTS_ZONE_NAME, "%s.%s", ref, under);
	if (n < 0 || n >= HL_LISTS_ZONE_NAME) {
		out[n = 0] = '\0';
	}
	return (struct hl_str){out, (size_t)n};
}

/* Whether a zone can be under that name at all. */
static int probe(const char *under, struct hl_err *err)
{
	const uint8_t secret[32] = {0};
	const struct hl_rpz_key key = {.name = HL_STR("probe"),
		.alg = HL_RPZ_SHA256,
		.secret = hl_str_mem(secret, sizeof(secret))};
	struct hl_rpz_zone_conf c;
	struct hl_rpz_zone *zone = NULL;
	char name[HL_LISTS_ZONE_NAME];
	struct hl_err why = {0};

	hl_rpz_zone_conf_init(&c);
	c.origin = hl_lists_zone_name(UINT64_C(1) << 39, under, name);
	c.keys = &key;
	c.n_keys = 1;
	int r = hl_rpz_zone_new(&c, &zone, &why);
	hl_rpz_zone_free(zone);
	if (!*under) {
		return HL_FAIL(err, HL_E_INVALID,
			"lists.rpz_zone is not set: set it as "
			"lists.hotline.example");
	}
	return r ? HL_FAIL(err, r, "lists.rpz_zone = %s: %s", under, why.msg)
		 : 0;
}

int hl_lists_zones_new(const struct hl_lists_zones_config *config,
	struct hl_lists_zones **out, struct hl_err *err)
{
	struct hl_lists_zones *z = calloc(1, sizeof(*z));
	struct hl_rpz_server_conf c;

	if (!z) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for zones");
	}
	z->config = *config;
	pthread_mutex_init(&z->lock, NULL);
	hl_rpz_server_conf_init(&c);
	c.listeners[0] = config->listener;
	c.n_listeners = 1;
	c.stop_fd = config->stop_fd;
	int r = probe(config->under, err);
	r = r ? r : hl_rpz_server_new(&c, &z->server, err);
	if (r) {
		hl_lists_zones_free(z);
		return r;
	}
	*out = z;
	return 0;
}

/* Under the lock. */
static void withdraw(struct hl_lists_zones *z, struct zone *of)
{
	if (of->rpz) {
		hl_rpz_server_remove(z->server, of->rpz);
		hl_rpz_zone_free(of->rpz);
		of->rpz = NULL;
	}
}

void hl_lists_zones_free(struct hl_lists_zones *z)
{
	if (!z) {
		return;
	}
	while (z->first) {
		struct zone *next = z->first->next;

		withdraw(z, z->first);
		free(z->first);
		z->first = next;
	}
	hl_rpz_server_free(z->server);
	pthread_mutex_destroy(&z->lock);
	free(z);
}

/* -- serving -- */

struct serving {
	struct hl_rpz_server *server;
	struct hl_err err;
	int r;
};

static void *serve(void *arg)
{
	struct serving *s = arg;

	s->r = hl_rpz_server_run(s->server, &s->err);
	return NULL;
}

int hl_lists_zones_run(struct hl_lists_zones *z, struct hl_err *err)
{
	struct serving s = {.server = z->server};
	struct pollfd wait = {.fd = z->config.stop_fd, .events = POLLIN};
	pthread_t thread;
	int n;

	if (pthread_create(&thread, NULL, serve, &s) != 0) {
		return HL_FAIL(err, HL_E_NOMEM, "no thread to serve zones by");
	}
	while ((n = poll(&wait, 1, SWEEP_MS)) == 0 ||
		(n < 0 && errno == EINTR)) {
		hl_lists_zones_sweep(z, hl_time_mono_us());
	}
	pthread_join(thread, NULL);
	if (s.r && err) {
		*err = s.err;
	}
	return s.r;
}

void hl_lists_zones_sweep(struct hl_lists_zones *z, int64_t mono_us)
{
	pthread_mutex_lock(&z->lock);
	for (struct zone *at = z->first; at; at = at->next) {
		if (at->rpz && at->has_set &&
			mono_us - at->vouched_us >= HL_LISTS_VOUCHED_US) {
			hl_rpz_zone_clear(at->rpz);
			at->has_set = false;
			hl_log(HL_LOG_ERROR, "lists.zone",
				"nothing was published for an hour: the zone "
				"of consumer %s is no longer answered, and "
				"expires there",
				HL_REF_TEXT(HL_REF_CONSUMER, at->consumer));
		}
	}
	pthread_mutex_unlock(&z->lock);
}

/* -- the publisher's side -- */

static bool has_zone(const struct hl_lists_consumer *who)
{
	return !who->ended && who->tier == HL_LIST_TIER_CLEAR;
}

void hl_lists_zones_keep(struct hl_lists_zones *z,
	const struct hl_lists_consumer *consumers, size_t n)
{
	if (!z) {
		return;
	}
	pthread_mutex_lock(&z->lock);
	for (struct zone **at = &z->first; *at;) {
		struct zone *of = *at;
		bool stays = false;

		for (size_t i = 0; i < n && !stays; i++) {
			stays = consumers[i].id == of->consumer &&
				has_zone(&consumers[i]);
		}
		if (stays) {
			at = &of->next;
			continue;
		}
		withdraw(z, of);
		*at = of->next;
		free(of);
	}
	pthread_mutex_unlock(&z->lock);
}

/* Under the lock. */
static struct zone *find(struct hl_lists_zones *z, uint64_t consumer)
{
	struct zone *at = z->first;

	while (at && at->consumer != consumer) {
		at = at->next;
	}
	return at;
}

/* Of what a zone is made; lengths first, so that no two are alike. */
static void digest_of(
	const struct hl_lists_consumer *who, uint8_t out[HL_SEAL_SHA256_BYTES])
{
	const struct hl_str parts[] = {
		who->tsig_name, who->tsig_sealed, who->notify};
	struct hl_seal_sha256 h;

	hl_seal_sha256_init(&h);
	for (size_t i = 0; i < HL_ARRAY_LEN(parts); i++) {
		uint64_t n = parts[i].n;

		hl_seal_sha256_add(&h, hl_str_mem(&n, sizeof(n)));
		hl_seal_sha256_add(&h, parts[i]);
	}
	hl_seal_sha256_end(&h, out);
}

/* ADDRESS:PORT, one a line, as publish/consumer.c let them through. */
static size_t read_notify(const struct hl_lists_consumer *who,
	struct hl_net_endpoint out[HL_RPZ_NOTIFY_MAX])
{
	struct hl_str rest = hl_str_trim(who->notify), line;
	size_t n = 0;

	while (n < HL_RPZ_NOTIFY_MAX && rest.n &&
		hl_str_next(&rest, '\n', &line)) {
		if (hl_net_endpoint_parse(hl_str_trim(line), 53, &out[n])) {
			hl_log(HL_LOG_WARN, "lists.zone",
				"an address to notify of consumer %s is "
				"none, and is left out",
				HL_REF_TEXT(HL_REF_CONSUMER, who->id));
			continue;
		}
		n++;
	}
	return n;
}

static int make(struct hl_lists_zones *z, const struct hl_lists_consumer *who,
	struct hl_rpz_zone **out, struct hl_err *err)
{
	const struct hl_seal_label label = HL_LABEL_LIST_TSIG((int64_t)who->id);
	struct hl_net_endpoint notify[HL_RPZ_NOTIFY_MAX];
	HL_BUF_AUTO secret = HL_BUF_SECRET(SECRET_MAX);
	struct hl_rpz_key key = {.name = who->tsig_name, .alg = HL_RPZ_SHA256};
	struct hl_rpz_zone_conf c;
	char name[HL_LISTS_ZONE_NAME];
	int r;

	if (!who->tsig_name.n || !who->tsig_sealed.n) {
		return HL_FAIL(err, HL_E_INVALID,
			"it has no TSIG key: make it a new token");
	}
	r = hl_seal_open(
		z->config.place, &label, who->tsig_sealed, &secret, err);
	if (r) {
		return r;
	}
	hl_rpz_zone_conf_init(&c);
	c.origin = hl_lists_zone_name(who->id, z->config.under, name);
	key.secret = hl_buf_str(&secret);
	c.keys = &key;
	c.n_keys = 1;
	c.notify = notify;
	c.n_notify = read_notify(who, notify);
	r = hl_rpz_zone_new(&c, out, err);
	if (!r) {
		r = hl_rpz_server_add(z->server, *out, err);
		if (r) {
			hl_rpz_zone_free(*out);
			*out = NULL;
		}
	}
	return r;
}

/* Under the lock. A row that is no good stays known, so that it is told
 * once. */
static int renew(struct hl_lists_zones *z, struct zone *of,
	const struct hl_lists_consumer *who, struct hl_err *err)
{
	struct hl_err why = {0};

	withdraw(z, of);
	of->has_set = false;
	int r = make(z, who, &of->rpz, &why);
	if (r == HL_E_NOMEM) {
		return HL_FAIL(err, r, "no memory for a zone");
	}
	digest_of(who, of->made_of);
	if (r) {
		hl_log(HL_LOG_ERROR, "lists.zone",
			"consumer %s has no zone: %s",
			HL_REF_TEXT(HL_REF_CONSUMER, who->id),
			why.msg[0] ? why.msg : "another has its key's name");
	}
	return 0;
}

int hl_lists_zones_want(struct hl_lists_zones *z,
	const struct hl_lists_consumer *who, bool *fresh, struct hl_err *err)
{
	uint8_t made_of[HL_SEAL_SHA256_BYTES];
	int r = 0;

	if (!z || !has_zone(who)) {
		return HL_NOTFOUND;
	}
	digest_of(who, made_of);
	pthread_mutex_lock(&z->lock);
	struct zone *of = find(z, who->id);
	if (!of) {
		of = calloc(1, sizeof(*of));
		if (of) {
			of->consumer = who->id;
			of->next = z->first;
			z->first = of;
		}
	}
	if (!of) {
		r = HL_FAIL(err, HL_E_NOMEM, "no memory for a zone");
	} else if (memcmp(of->made_of, made_of, sizeof(made_of)) != 0) {
		r = renew(z, of, who, err);
	}
	if (!r) {
		*fresh = !of->has_set;
		r = of->rpz ? 0 : HL_NOTFOUND;
	}
	pthread_mutex_unlock(&z->lock);
	return r;
}

const char *hl_lists_zones_fault(
	struct hl_lists_zones *z, uint64_t consumer, struct hl_str host)
{
	const char *fault = "it has no zone";

	pthread_mutex_lock(&z->lock);
	struct zone *of = find(z, consumer);
	if (of && of->rpz) {
		fault = hl_rpz_zone_host_fault(of->rpz, host);
	}
	pthread_mutex_unlock(&z->lock);
	return fault;
}

int hl_lists_zones_set(struct hl_lists_zones *z, uint64_t consumer,
	const struct hl_str *names, size_t n, uint32_t serial,
	struct hl_err *err)
{
	int r = HL_NOTFOUND;

	pthread_mutex_lock(&z->lock);
	struct zone *of = find(z, consumer);
	if (of && of->rpz) {
		r = hl_rpz_zone_set(of->rpz, names, n, serial, err);
	}
	if (!r) {
		of->has_set = true;
		of->vouched_us = hl_time_mono_us();
	}
	pthread_mutex_unlock(&z->lock);
	return r;
}

void hl_lists_zones_vouch(struct hl_lists_zones *z, uint64_t consumer)
{
	pthread_mutex_lock(&z->lock);
	struct zone *of = find(z, consumer);
	if (of) {
		of->vouched_us = hl_time_mono_us();
	}
	pthread_mutex_unlock(&z->lock);
}

int hl_lists_zones_stats(struct hl_lists_zones *z, uint64_t consumer,
	struct hl_rpz_zone_stats *out)
{
	int r = HL_NOTFOUND;

	pthread_mutex_lock(&z->lock);
	struct zone *of = find(z, consumer);
	if (of && of->rpz) {
		hl_rpz_zone_stats(of->rpz, out);
		r = 0;
	}
	pthread_mutex_unlock(&z->lock);
	return r;
}
