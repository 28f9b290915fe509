/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/share.h"

#include "casework/inner.h"

#define ARENA_BYTES ((size_t)32 << 20)
#define LIST 200 /* items, at one time */

struct share {
	struct hl_who who; /* with an arena for one address */
	size_t n_most, n_done;
	int64_t after; /* the last item that was tried */
};

static int give(struct share *s, int64_t item_id, struct hl_err *err)
{
	struct hl_in_watch_give in = {.id = item_id};
	int r = hl_casefile_share_url(&s->who, item_id, &in.worker_sealed, err);

	if (r) {
		return hl_casefile_unreadable(r) ? 0 : r;
	}
	r = hl_do_watch_give(s->who.store, s->who.arena, &in, err);
	s->n_done += r == 0;
	return r;
}

/* *more: there may be others behind these. */
static int give_some(struct share *s, struct hl_arena *listed, bool *more,
	struct hl_err *err)
{
	struct hl_in_watch_unshared in = {s->after, LIST};
	struct hl_row_watch_unshared *rows;
	size_t n;
	int r = hl_get_watch_unshared(
		s->who.store, listed, &in, &rows, &n, err);

	for (size_t i = 0; !r && i < n && s->n_done < s->n_most; i++) {
		s->after = rows[i].item_id;
		if (hl_seal_ring_find(&s->who.ring->queue, rows[i].epoch)) {
			hl_arena_reset(s->who.arena);
			r = give(s, rows[i].item_id, err);
		}
	}
	*more = !r && n == LIST && s->n_done < s->n_most;
	return r;
}

int hl_casework_share(const struct hl_who *who, size_t n_most, size_t *n_done,
	struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(ARENA_BYTES, true);
	HL_ARENA_AUTO *listed = hl_arena_new(ARENA_BYTES, false);
	struct share s = {.who = *who, .n_most = n_most};
	bool more = n_most > 0;
	int r = arena && listed
			? 0
			: HL_FAIL(err, HL_E_NOMEM, "no memory to share");

	s.who.arena = arena;
	while (!r && more) {
		hl_arena_reset(listed);
		r = give_some(&s, listed, &more, err);
	}
	*n_done = s.n_done;
	return r;
}
