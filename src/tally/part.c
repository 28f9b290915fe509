/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hour that has not ended is kept as the record that it would have if it
 * ended now, signed: so there is nothing on the disk that the hotline would
 * not be told, neither salt nor registers nor an entry with fewer than five
 * clients behind it; and a part of an hour that has ended meanwhile is its
 * record. What is lost with a program is who came before, and the hits of
 * entries that were not told yet, which the total has.
 */
#include <sodium.h>

#include "base/log.h"
#include "base/time.h"
#include "tally/inner.h"

#define ARENA_MAX ((size_t)1 << 20)

int hl_tally_part_keep(struct hl_tally *t, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_TALLY_TEXT_MAX);
	uint64_t hits = hl_tally_hits(t); /* more may come meanwhile */
	int r = hl_tally_draft(t, &text, err);

	if (!r) {
		r = hl_tally_keep_put_part(t->keep, hl_buf_str(&text), err);
	}
	if (!r) {
		t->kept_hits = hits;
	}
	return r;
}

static int read_part(const struct hl_tally *t, struct hl_str text,
	struct hl_arena *arena, struct hl_tally_record *out, struct hl_err *err)
{
	uint8_t pub[HL_TALLY_PUB_BYTES];

	crypto_sign_ed25519_sk_to_pk(pub, t->config.secret);
	int r = hl_tally_read(text, pub, arena, out, err);
	if (r == HL_DENIED ||
		(!r && (out->consumer != t->config.consumer ||
			       memcmp(out->hotline, t->config.hotline,
				       sizeof(out->hotline))))) {
		return HL_FAIL(err, HL_E_INVALID,
			"it is of another consumer, or damaged");
	}
	return r;
}

/* The program that was ended is this one again. */
static void go_on(struct hl_tally *t, const struct hl_tally_record *part)
{
	t->hour_us = part->hour_us;
	t->shards[0].hits = t->kept_hits = part->hits;
	atomic_store(&t->failed, part->failed);
	t->due_clients = part->clients;
	t->due_entries = part->entries;
	for (size_t i = 0; i < part->n_entry; i++) {
		hl_tally_add_due(t, &part->entry[i]);
	}
}

static void make_record(struct hl_tally *t, int64_t hour_us, struct hl_str text)
{
	if (hl_tally_keep_put(t->keep, hour_us, text, NULL)) {
		hl_buf_put(&t->stuck, text); /* the next tick tries again */
		t->stuck_hour_us = hour_us;
	}
}

static int take_up(struct hl_tally *t, int64_t now_us, struct hl_str text,
	const struct hl_tally_record *part)
{
	if (hl_tally_keep_is_used(t->keep, part->hour_us)) {
		return HL_NOTFOUND; /* its record was made */
	}
	if (now_us >= part->hour_us + HL_TALLY_HOUR_US ||
		now_us < part->hour_us - HL_TALLY_BACK_MAX) {
		make_record(t, part->hour_us, text);
		return HL_NOTFOUND;
	}
	go_on(t, part);
	return 0;
}

int hl_tally_part_resume(struct hl_tally *t, int64_t now_us)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_TALLY_TEXT_MAX);
	struct hl_arena *arena = hl_arena_new(ARENA_MAX, false);
	struct hl_tally_record part;
	struct hl_err err = {0};
	int r = arena ? hl_tally_keep_part(t->keep, &text, &err)
		      : HL_FAIL(&err, HL_E_NOMEM, "no memory for counters");

	if (!r) {
		r = read_part(t, hl_buf_str(&text), arena, &part, &err);
	}
	if (r < 0) {
		hl_log(HL_LOG_ERROR, "tally.part",
			"what was counted of an hour before the program was "
			"started is lost: %s",
			err.msg);
	}
	r = r ? HL_NOTFOUND : take_up(t, now_us, hl_buf_str(&text), &part);
	hl_arena_free(arena);
	return r;
}
