/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/publisher.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "lists/inner.h"
#include "store/sql.h"

/* However quiet it is, what time brings about is looked for so often. */
#define CALM_US (30 * HL_US_PER_S)
#define KEEP_VERSIONS_US (90 * HL_US_PER_DAY)
#define EPOCH_BEFORE_US (2 * HL_US_PER_HOUR)
enum { ROOTS_MAX = 1000, AGAIN_S = 5 };

void hl_lists_keys_wipe(struct hl_lists_keys *keys)
{
	sodium_memzero(keys, sizeof(*keys));
}

static int key_path(
	const char *dir, const char *name, char out[4096], struct hl_err *err)
{
	int n = snprintf(out, 4096, "%s/%s", dir, name);

	return n > 0 && n < 4096
		       ? 0
		       : HL_FAIL(err, HL_E_LIMIT, "a path is too long");
}

int hl_lists_keys_load(
	const char *dir, struct hl_lists_keys *out, struct hl_err *err)
{
	struct hl_seal_pub pub;
	char path[4096];
	int r = key_path(dir, HL_SEAL_LIST_PLACE, path, err);

	if (!r) {
		r = hl_seal_list_place_load(path, &pub, &out->place, err);
	}
	if (!r) {
		r = key_path(dir, HL_SEAL_LIST_SEED, path, err);
	}
	if (!r) {
		r = hl_seal_list_seed_load(path, &out->seed, err);
	}
	if (!r) {
		r = key_path(dir, HL_SEAL_LIST_COMMIT, path, err);
	}
	if (!r) {
		r = hl_seal_list_commit_load(path, &out->commit, err);
	}
	if (!r) {
		r = key_path(dir, HL_SEAL_LIST_ONLINE, path, err);
	}
	return r ? r : hl_seal_list_online_load(path, &out->online, err);
}

int hl_lists_publisher_new(const struct hl_lists_publisher_config *config,
	struct hl_lists_publisher **out, struct hl_err *err)
{
	struct hl_lists_publisher *p = calloc(1, sizeof(*p));

	if (!p) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to publish");
	}
	p->config = *config;
	*out = p;
	return 0;
}

void hl_lists_publisher_free(struct hl_lists_publisher *p)
{
	if (!p) {
		return;
	}
	while (p->stands) {
		struct hl_lists_stand *next = p->stands->next;

		hl_lists_plant_free(p->stands->plant);
		free(p->stands);
		p->stands = next;
	}
	hl_lists_entries_free(p->published);
	free(p);
}

/* Whether the newest root lets our key sign; says why not, once. */
static void check_root(struct hl_lists_look *look, struct hl_str text)
{
	struct hl_lists_publisher *p = look->p;
	const uint8_t *own = p->config.keys->online.pub.b;
	struct hl_urls_root root;
	const char *why = NULL;
	bool has = false;

	if (!text.p) {
		why = "no root is installed: hotline list root new";
	} else if (hl_urls_root_read(text, &root, NULL, NULL)) {
		why = "the newest root is damaged: install it again";
	} else if (root.expires <= look->now_us / HL_US_PER_S) {
		why = "the newest root has expired: hotline list root new";
	}
	for (size_t i = 0; !why && i < root.n_online; i++) {
		has |= memcmp(root.online[i], own, HL_URLS_PUBLIC) == 0;
	}
	if (!why && !has) {
		why = "the newest root does not name lists-online.key";
	}
	if (why && !p->said) {
		hl_log(HL_LOG_WARN, "lists.root", "nothing is published: %s",
			why);
	}
	p->said = why != NULL;
	p->ready = why == NULL;
}

/* The workbench warns before it ends. */
static int tell_root(
	struct hl_lists_look *look, struct hl_str text, struct hl_err *err)
{
	struct hl_in_lists_root_seen in = {.root_version = 0};
	struct hl_urls_root root;

	if (text.p && !hl_urls_root_read(text, &root, NULL, NULL)) {
		in.root_version = (int64_t)root.version;
		in.root_expires_us = root.expires * HL_US_PER_S;
	}
	return hl_do_lists_root_seen(
		look->p->config.store, look->arena, &in, err);
}

static int read_roots(struct hl_lists_look *look, struct hl_err *err)
{
	struct hl_str text = {NULL, 0}, next;
	uint64_t n = 0;
	int r = 0;

	while (!r && n < ROOTS_MAX) {
		r = hl_lists_root_text(
			look->p->config.store, look->arena, n + 1, &next, err);
		if (!r) {
			text = next;
			n++;
		}
	}
	if (r && r != HL_NOTFOUND) {
		return r;
	}
	look->p->n_roots = n;
	check_root(look, text);
	return tell_root(look, text, err);
}

static int fill_seat(struct hl_lists_look *look, struct hl_lists_view *view,
	const struct hl_lists_consumer *who, struct hl_err *err)
{
	const struct hl_lists_version *v = hl_lists_newest(look, who->id);
	const struct hl_seal_key *seed = &look->p->config.keys->seed;
	struct hl_lists_seat *seat = &view->seats[view->n_seats++];
	int r;

	seat->who = *who;
	seat->who.name = seat->who.notify = HL_STR_NONE;
	seat->who.tsig_name = seat->who.tsig_sealed = HL_STR_NONE;
	if (!v || who->ended || who->tier == HL_LIST_TIER_CLEAR) {
		return 0;
	}
	seat->version = v->version;
	seat->epoch = v->epoch;
	seat->expires_at_us = v->expires_at_us;
	seat->before_until_us = v->epoch_at_us + EPOCH_BEFORE_US;
	seat->manifest = hl_arena_dup(view->arena, v->manifest);
	snprintf(seat->etag, sizeof(seat->etag), "\"%llu\"",
		(unsigned long long)v->version);
	r = hl_lists_key(seed, who->id, v->epoch, &seat->k, err);
	if (!r) {
		r = hl_lists_key(
			seed, who->id, v->epoch - 1, &seat->k_before, err);
	}
	return r || seat->manifest.p
		       ? r
		       : HL_FAIL(err, HL_E_NOMEM, "no memory for a view");
}

static int fill_view(struct hl_lists_look *look, struct hl_lists_view *view,
	struct hl_err *err)
{
	struct hl_lists_publisher *p = look->p;
	int r = 0;

	memcpy(view->hotline, p->head.hotline, sizeof(view->hotline));
	view->seats = hl_arena_array(
		view->arena, look->n_consumers + 1, sizeof(*view->seats));
	view->roots = hl_arena_array(
		view->arena, p->n_roots + 1, sizeof(*view->roots));
	if (!view->seats || !view->roots) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a view");
	}
	for (size_t i = 0; i < look->n_consumers && !r; i++) {
		if (look->consumers[i].has_token) {
			r = fill_seat(look, view, &look->consumers[i], err);
		}
	}
	for (uint64_t i = 0; i < p->n_roots && !r; i++) {
		r = hl_lists_root_text(p->config.store, view->arena, i + 1,
			&view->roots[view->n_roots++], err);
	}
	hl_lists_view_sort(view);
	return r;
}

int hl_lists_show(struct hl_lists_look *look, struct hl_err *err)
{
	struct hl_lists_view *view;
	int r = hl_lists_versions(look->p->config.store, look->arena,
		&look->versions, &look->n_versions, err);

	if (!r) {
		r = hl_lists_view_new(&view, err);
	}
	if (r) {
		return r;
	}
	r = fill_view(look, view, err);
	if (r) {
		hl_lists_view_drop(view);
		return r;
	}
	hl_lists_shelf_put(look->p->config.shelf, view);
	return 0;
}

static int read_world(struct hl_lists_look *look, struct hl_err *err)
{
	struct hl_store *store = look->p->config.store;
	int r = hl_lists_consumers(
		store, look->arena, &look->consumers, &look->n_consumers, err);

	if (!r) {
		r = hl_lists_versions(store, look->arena, &look->versions,
			&look->n_versions, err);
	}
	return r ? r : read_roots(look, err);
}

static int sweep(struct hl_lists_look *look, struct hl_err *err)
{
	const struct hl_lists_publisher_config *c = &look->p->config;
	int64_t n = 0;

	return c->sweep ? c->sweep(c->store, look->arena, &n, err) : 0;
}

static int publish(struct hl_lists_look *look, struct hl_err *err)
{
	struct hl_lists_publisher *p = look->p;
	int r = sweep(look, err);

	if (!r) {
		r = hl_lists_grow(p->config.store, &p->tree, err);
	}
	if (!r) {
		r = hl_lists_decide(look, err);
	}
	return r ? r : hl_lists_issue(look, err);
}

static int prune(struct hl_lists_look *look, struct hl_err *err)
{
	struct hl_lists_publisher *p = look->p;
	const struct hl_in_lists_version_prune in = {
		.before_us = look->now_us - KEEP_VERSIONS_US};

	if (look->now_us - p->pruned_at_us < HL_US_PER_DAY) {
		return 0;
	}
	p->pruned_at_us = look->now_us;
	return hl_do_lists_version_prune(
		p->config.store, look->arena, &in, err);
}

static int look_at_all(struct hl_lists_look *look, struct hl_err *err)
{
	int r = read_world(look, err), shown;
	struct hl_err why = {0};

	if (r) {
		return r;
	}
	hl_lists_zones_keep(
		look->p->config.zones, look->consumers, look->n_consumers);
	if (look->p->ready && look->p->head.has_key) {
		r = publish(look, err);
	}
	/* also after a fault: what is new of it is shown, and who ended is
	 * refused */
	shown = hl_lists_show(look, r ? &why : err);
	return r ? r : shown ? shown : prune(look, err);
}

int hl_lists_publisher_look(
	struct hl_lists_publisher *p, int64_t now_us, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)1 << 30, true);
	struct hl_lists_look look = {.p = p, .arena = arena, .now_us = now_us};
	int r = arena ? hl_lists_head(p->config.store, arena, &p->head, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory to look");

	if (!r) {
		r = hl_lists_uses_save(
			p->config.uses, p->config.store, now_us, err);
	}
	if (r) {
		return r;
	}
	if (p->head.seq == p->seq && now_us - p->looked_at_us < CALM_US &&
		now_us / HL_US_PER_DAY == p->looked_at_us / HL_US_PER_DAY) {
		return HL_NOTFOUND;
	}
	int64_t seq = p->head.seq;
	r = look_at_all(&look, err);
	if (!r) {
		p->seq = look.waits ? -1 : seq;
		p->looked_at_us = now_us;
	}
	return r;
}

void hl_lists_publisher_run(
	struct hl_lists_publisher *p, int stop_fd, int idle_ms)
{
	struct pollfd wait = {.fd = stop_fd, .events = POLLIN};
	int ms = 0, n;

	while ((n = poll(&wait, 1, ms)) == 0 || (n < 0 && errno == EINTR)) {
		struct hl_err err = {0};
		int r = hl_lists_publisher_look(p, hl_time_now_us(), &err);

		ms = idle_ms;
		if (r && r != HL_NOTFOUND) {
			err.code = err.code ? err.code : r;
			hl_log_err(HL_LOG_ERROR, "lists.publish", &err);
			ms = AGAIN_S * 1000;
		}
	}
	/* what was asked since the last look */
	hl_lists_uses_save(
		p->config.uses, p->config.store, hl_time_now_us(), NULL);
}
