/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step is: ask after the position of the index, check the answer, apply
 * it, commit with the new position, let the shelved view follow. The writer's
 * own handle shows changes before they are committed, so readers have
 * another one, which only ever sees commits. When a batch cannot be applied
 * to its end the writer is closed, which forgets what was not committed.
 *
 * An index that has to begin anew is loaded beside the one in use: `next`.
 */
#include "lookup/follow.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/log.h"
#include "base/time.h"

#define ARENA_MAX ((size_t)128 << 20)
#define MAINTAIN_MOST 8 /* pieces of it between two batches */
#define BACKOFF_FIRST_MS 500
#define BACKOFF_MOST_MS 15000
#define USED_MOST 64

struct hl_lookup_follower {
	struct hl_lookup_follow_config config;
	struct hl_arena *arena;
	struct hl_match_index *writer; /* NULL: none yet */
	struct hl_lookup_name name;    /* of the writer's */
	struct hl_lookup_view *view;   /* the shelf's, borrowed; NULL: none */
	bool loading;
	uint64_t load_floor;  /* the source's, when the load began */
	uint32_t known_list;  /* one that the writer has; 0: not looked yet */
	pthread_mutex_t lock; /* of standing */
	struct hl_lookup_standing standing;
};

/* -- opening -- */

static int open_writer(struct hl_lookup_follower *f, struct hl_err *err)
{
	struct hl_match_index_options options = {.size_of = sizeof(options),
		.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE};
	struct hl_match_error why = {0};
	char path[HL_LOOKUP_PATH_MAX];
	int r = hl_lookup_name_path(f->config.folder, &f->name, path, err);

	f->known_list = 0;
	if (r) {
		return r;
	}
	int code = hl_match_index_open(path, &options, &f->writer, &why);
	if (code) {
		f->writer = NULL;
		return hl_lookup_fault(code, &why, err);
	}
	return 0;
}

static void shelve(struct hl_lookup_follower *f, struct hl_lookup_view *view)
{
	f->view = view;
	hl_lookup_shelf_put(f->config.shelf, view);
}

/* What is there and can be read. Faults of an index are told and lead to a
 * new one; only somebody else's hand on the folder is a reason to end. */
static int open_found(struct hl_lookup_follower *f, struct hl_err *err)
{
	struct hl_lookup_name current = {.number = 0}, next = current;
	struct hl_lookup_view *view = NULL;
	struct hl_err why = {0};
	const char *folder = f->config.folder;
	bool has =
		!hl_lookup_name_read(folder, HL_LOOKUP_CURRENT, &current, NULL);
	bool loads = !hl_lookup_name_read(folder, HL_LOOKUP_NEXT, &next, NULL);

	hl_lookup_sweep(folder, has ? &current : NULL, loads ? &next : NULL);
	if (has && !hl_lookup_view_open(folder, &current, &view, &why)) {
		shelve(f, view);
	} else if (has) {
		hl_log_err(HL_LOG_WARN, "lookup.index", &why);
	}
	f->name = current.number > next.number ? current : next;
	f->loading = loads || !view;
	if (!loads && !view) {
		return 0;
	}
	f->name = loads ? next : current;
	int r = open_writer(f, &why);
	if (r == HL_CONFLICT || r == HL_E_NOMEM) {
		if (err) {
			*err = why;
		}
		return r;
	}
	if (r) {
		hl_log_err(HL_LOG_WARN, "lookup.index", &why);
		f->loading = true;
	}
	return 0;
}

int hl_lookup_follower_new(const struct hl_lookup_follow_config *config,
	struct hl_lookup_follower **out, struct hl_err *err)
{
	struct hl_lookup_follower *f = calloc(1, sizeof(*f));

	if (!f) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to follow");
	}
	f->config = *config;
	pthread_mutex_init(&f->lock, NULL);
	f->arena = hl_arena_new(ARENA_MAX, false);
	int r = f->arena ? open_found(f, err)
			 : HL_FAIL(err, HL_E_NOMEM, "no memory to follow");
	if (r) {
		hl_lookup_follower_free(f);
		return r;
	}
	f->standing.loading = f->loading;
	*out = f;
	return 0;
}

void hl_lookup_follower_free(struct hl_lookup_follower *f)
{
	if (f) {
		hl_match_index_close(f->writer);
		hl_arena_free(f->arena);
		pthread_mutex_destroy(&f->lock);
		free(f);
	}
}

/* -- beginning anew -- */

static int begin(struct hl_lookup_follower *f, const char *registry,
	const char *reason, struct hl_err *err)
{
	struct hl_lookup_name name = {.number = f->name.number + 1};

	hl_log(HL_LOG_INFO, "lookup.load",
		"loading an index from the "
		"beginning: %s",
		reason);
	memcpy(name.registry, registry, sizeof(name.registry));
	if (f->view && strcmp(f->view->name.registry, registry) != 0) {
		shelve(f, NULL);
	}
	hl_match_index_close(f->writer);
	f->writer = NULL;
	f->loading = true;
	f->name = name;
	int r = hl_lookup_name_write(
		f->config.folder, HL_LOOKUP_NEXT, &name, err);
	if (!r) {
		hl_lookup_sweep(f->config.folder, &name,
			f->view ? &f->view->name : NULL);
		r = open_writer(f, err);
	}
	pthread_mutex_lock(&f->lock);
	f->standing.n_loads++;
	pthread_mutex_unlock(&f->lock);
	return r;
}

/* The load has come to the head: from now on it is what readers see. */
static int promote(struct hl_lookup_follower *f, struct hl_err *err)
{
	struct hl_lookup_view *view = NULL;
	int r = hl_lookup_view_open(f->config.folder, &f->name, &view, err);

	if (r) {
		return r == HL_NOTFOUND ? HL_FAIL(err, HL_E_INTERNAL,
						  "the index is not there")
					: r;
	}
	r = hl_lookup_name_promote(f->config.folder, err);
	if (r) {
		hl_lookup_view_unref(view);
		return r;
	}
	shelve(f, view);
	f->loading = false;
	hl_lookup_sweep(f->config.folder, &f->name, NULL);
	hl_log(HL_LOG_INFO, "lookup.ready", "the index is loaded");
	return 0;
}

/* -- applying -- */

static int put_list(struct hl_match_index *w, const struct hl_lookup_change *c,
	struct hl_match_error *why)
{
	struct hl_match_list list = {.size_of = sizeof(list),
		.id = c->list,
		.flags = c->negative ? HL_MATCH_LIST_NEGATIVE : 0,
		.radius = c->radius ? c->radius : HL_MATCH_RADIUS_EQUAL,
		.version = c->version};

	memcpy(list.name, c->name.p, c->name.n);
	memcpy(list.owner, c->owner.p, c->owner.n);
	return hl_match_list_put(w, &list, why);
}

/* What an answer says of each match of it, as the answer says it. */
static int make_payload(struct hl_buf *out, const struct hl_lookup_change *c)
{
	hl_buf_put(out, HL_STR("\"label\":"));
	hl_json_put_str(out, c->label);
	hl_buf_put(out, HL_STR(",\"about\":"));
	hl_buf_put(out, c->about);
	return out->fault == HL_E_NOMEM ? HL_MATCH_E_NOMEM
	       : out->fault             ? HL_MATCH_E_LIMIT
					: 0;
}

static int put_entry(struct hl_match_index *w, const struct hl_lookup_change *c,
	struct hl_match_error *why)
{
	HL_BUF_AUTO payload = HL_BUF_INIT(HL_MATCH_PAYLOAD_MAX);
	int code = make_payload(&payload, c);

	if (!code) {
		code = hl_match_index_remove(w, c->list, c->entry, why);
	}
	code = code == HL_MATCH_NOTFOUND ? 0 : code;
	for (size_t i = 0; i < c->n_hashes && !code; i++) {
		struct hl_match_entry e = {.list = c->list,
			.part = c->hashes[i].part,
			.id = c->entry,
			.kind = c->hashes[i].kind,
			.payload_bytes = (uint32_t)payload.n,
			.payload = payload.p};

		memcpy(e.hash, c->hashes[i].bytes,
			hl_lookup_kind_bytes(e.kind));
		code = hl_match_index_put(w, &e, why);
	}
	return code;
}

/* A list may come into use between two questions of the source: then its
 * entries come again behind it. */
static bool has_list(struct hl_lookup_follower *f, uint32_t list)
{
	struct hl_match_stats stats = {.size_of = sizeof(stats)};

	if (list != f->known_list &&
		!hl_match_index_stats(f->writer, list, &stats)) {
		f->known_list = list;
	}
	return list == f->known_list;
}

static int apply_one(struct hl_lookup_follower *f,
	const struct hl_lookup_change *c, struct hl_match_error *why)
{
	struct hl_match_index *w = f->writer;
	int code = HL_MATCH_E_ARG;

	switch (c->op) {
	case HL_LOOKUP_LIST:
		return put_list(w, c, why);
	case HL_LOOKUP_LIST_GONE:
		f->known_list = 0;
		code = hl_match_list_remove(w, c->list, why);
		break;
	case HL_LOOKUP_ENTRY:
		return has_list(f, c->list) ? put_entry(w, c, why) : 0;
	case HL_LOOKUP_GONE:
		code = hl_match_index_remove(w, c->list, c->entry, why);
		break;
	}
	return code == HL_MATCH_NOTFOUND ? 0 : code;
}

/* Forgets what is not committed. */
static void start_over(struct hl_lookup_follower *f)
{
	struct hl_err why = {0};

	hl_match_index_close(f->writer);
	f->writer = NULL;
	if (open_writer(f, &why)) {
		hl_log_err(HL_LOG_ERROR, "lookup.index", &why);
	}
}

static int apply(struct hl_lookup_follower *f, const struct hl_lookup_batch *b,
	struct hl_err *err)
{
	const uint32_t flags = b->last == b->head ? HL_MATCH_DURABLE : 0;
	struct hl_match_error why = {0};
	int code = 0;

	/* lists first: one that changed again comes behind its entries */
	for (size_t i = 0; i < b->n && !code; i++) {
		if (b->changes[i].op == HL_LOOKUP_LIST) {
			code = apply_one(f, &b->changes[i], &why);
		}
	}
	for (size_t i = 0; i < b->n && !code; i++) {
		if (b->changes[i].op != HL_LOOKUP_LIST) {
			code = apply_one(f, &b->changes[i], &why);
		}
	}
	if (!code) {
		code = hl_match_index_commit(f->writer, b->last, flags, &why);
	}
	if (code) {
		start_over(f);
		return hl_lookup_fault(code, &why, err);
	}
	return 0;
}

static int show(struct hl_lookup_follower *f, struct hl_err *err)
{
	struct hl_match_error why = {0};
	int code = f->view ? hl_match_index_follow(f->view->index, &why) : 0;

	return code < 0 ? hl_lookup_fault(code, &why, err) : 0;
}

static int maintain(struct hl_lookup_follower *f, struct hl_err *err)
{
	struct hl_match_error why = {0};
	int code = HL_MATCH_MORE;

	for (int i = 0; i < MAINTAIN_MOST && code == HL_MATCH_MORE; i++) {
		code = hl_match_index_maintain(f->writer, &why);
	}
	return code < 0 ? hl_lookup_fault(code, &why, err) : code;
}

/* -- one step -- */

static void note(struct hl_lookup_follower *f, const struct hl_lookup_batch *b)
{
	struct hl_lookup_standing *s = &f->standing;
	uint64_t position = f->writer ? hl_match_index_position(f->writer) : 0;
	int64_t now_us = hl_time_mono_us();

	pthread_mutex_lock(&f->lock);
	memcpy(s->registry, b->registry, sizeof(s->registry));
	s->head = b->head;
	s->position = position;
	s->seen_us = now_us;
	s->loading = f->loading;
	s->n_changes += b->n;
	if (position >= b->head) {
		s->behind_us = 0;
	} else if (!s->behind_us) {
		s->behind_us = now_us;
	}
	pthread_mutex_unlock(&f->lock);
}

static int take_keys(struct hl_lookup_follower *f,
	const struct hl_lookup_batch *b, struct hl_err *err)
{
	const struct hl_lookup_source *source = f->config.source;
	int64_t now_us = hl_time_now_us(), ids[USED_MOST];
	int r = b->keys ? hl_lookup_ring_put(f->config.ring, b->keys, err) : 0;

	hl_lookup_ring_heard(f->config.ring, now_us);
	if (!r && source->used) {
		size_t n = hl_lookup_ring_used(
			f->config.ring, now_us / HL_US_PER_DAY, ids, USED_MOST);

		if (n) {
			source->used(
				source->arg, ids, n, now_us / HL_US_PER_DAY);
		}
	}
	return r;
}

/* Why the index has to begin anew with this answer; NULL: it has not. */
static const char *reason_to_begin(
	const struct hl_lookup_follower *f, const struct hl_lookup_batch *b)
{
	if (!f->writer) {
		return "there is none";
	}
	if (strcmp(f->name.registry, b->registry) != 0) {
		return "this is another registry";
	}
	/* from 0 on nothing is missed of what was forgotten before */
	return b->after > 0 && b->floor > b->after && b->floor > f->load_floor
		       ? "the source has forgotten what was removed"
		       : NULL;
}

static int take_up(struct hl_lookup_follower *f,
	const struct hl_lookup_batch *b, struct hl_err *err)
{
	const char *reason = reason_to_begin(f, b);
	int r = reason ? begin(f, b->registry, reason, err) : 0;

	if (r || (reason && b->after > 0)) {
		return r ? r : HL_LOOKUP_MORE;
	}
	if (b->after == 0) {
		f->load_floor = b->floor;
	}
	if (b->last > hl_match_index_position(f->writer)) {
		r = apply(f, b, err);
	}
	if (r) {
		return r;
	}
	if (f->loading && b->last == b->head) {
		r = promote(f, err);
	} else if (!f->loading) {
		r = show(f, err);
	}
	if (!r) {
		r = maintain(f, err);
	}
	if (r < 0) {
		return r;
	}
	return r || b->last < b->head ? HL_LOOKUP_MORE : 0;
}

static int step(struct hl_lookup_follower *f, int wait_ms, struct hl_err *err)
{
	char tag[HL_LOOKUP_TAG_TEXT];
	struct hl_lookup_batch b;
	struct hl_lookup_ask ask = {
		.after = f->writer ? hl_match_index_position(f->writer) : 0,
		.n_most = HL_LOOKUP_CHANGES_MAX,
		.keys_tag = tag,
		.wait_ms = wait_ms};

	hl_lookup_ring_tag(f->config.ring, tag);
	int r = f->config.source->read(
		f->config.source->arg, &ask, f->arena, &b, err);
	if (r == HL_NOTFOUND && ask.after > 0) {
		r = begin(f, f->name.registry,
			"the source has forgotten what was here", err);
		return r ? r : HL_LOOKUP_MORE;
	}
	if (r) {
		return r > 0 ? HL_FAIL(err, HL_E_INVALID,
				       "the feed has no beginning")
			     : r;
	}
	r = hl_lookup_batch_check(&b, &ask, err);
	if (!r) {
		r = take_keys(f, &b, err);
	}
	if (!r) {
		r = take_up(f, &b, err);
		note(f, &b);
	}
	return r;
}

int hl_lookup_follower_step(
	struct hl_lookup_follower *f, int wait_ms, struct hl_err *err)
{
	int r = step(f, wait_ms, err);

	hl_arena_reset(f->arena);
	if (r < 0) {
		pthread_mutex_lock(&f->lock);
		f->standing.n_faults++;
		pthread_mutex_unlock(&f->lock);
	}
	return r;
}

void hl_lookup_follower_run(
	struct hl_lookup_follower *f, int stop_fd, int idle_ms, int wait_ms)
{
	struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
	int backoff_ms = 0, pause_ms = 0;

	while (poll(&stop, 1, pause_ms) <= 0) {
		struct hl_err err = {0};
		int r = hl_lookup_follower_step(f, wait_ms, &err);

		if (r >= 0) {
			backoff_ms = 0;
			pause_ms = r ? 0 : idle_ms;
			continue;
		}
		backoff_ms = backoff_ms ? backoff_ms * 2 : BACKOFF_FIRST_MS;
		backoff_ms = backoff_ms < BACKOFF_MOST_MS ? backoff_ms
							  : BACKOFF_MOST_MS;
		pause_ms = backoff_ms;
		hl_log_err(HL_LOG_WARN, "lookup.follow", &err);
	}
}

void hl_lookup_follower_standing(
	struct hl_lookup_follower *f, struct hl_lookup_standing *out)
{
	pthread_mutex_lock(&f->lock);
	*out = f->standing;
	pthread_mutex_unlock(&f->lock);
}
