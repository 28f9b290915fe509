/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the entries in order, a page at a time, recomputing the
 * chain. Checkpoints are sorted by number (the file is in order by nature;
 * one that is not is a fault) and are met on the way.
 */
#include "audit/audit.h"

#include "audit/checkpoint.h"
#include "domain/event.h"
#include "store/sql.h"

#define PAGE 1000
/* Checkpoints that are remembered until the log notes them, which it does
 * within a moment. */
#define MET_MAX 16

struct walk {
	const struct hl_audit_verify *given;
	struct hl_audit_result *out;
	unsigned char hash[HL_STORE_HASH_BYTES];
	int64_t seq, at_us; /* of the last entry */
	int64_t head_seq;   /* of the head as it was at the start */
	unsigned char head_hash[HL_STORE_HASH_BYTES];
	struct hl_str lines; /* of checkpoints, still to come */
	struct hl_audit_line next;
	bool has_next;
	int64_t met[MET_MAX]; /* entries that had a checkpoint, in a ring */
	size_t n_met;
};

static bool found(struct walk *w, enum hl_audit_fault fault, int64_t seq)
{
	if (w->out->fault == HL_AUDIT_SOUND) {
		w->out->fault = fault;
		w->out->seq = seq;
	}
	return false;
}

/* Reads on to the next checkpoint; false when one is not right. */
static bool next_checkpoint(struct walk *w)
{
	int64_t before = w->has_next ? w->next.seq : 0;
	struct hl_str line;

	w->has_next = false;
	while (hl_str_next(&w->lines, '\n', &line)) {
		if (hl_str_trim(line).n == 0) {
			continue;
		}
		if (hl_audit_line_parse(line, w->given->pub, &w->next) ||
			w->next.seq < before) {
			return found(w, HL_AUDIT_CHECKPOINT, before);
		}
		w->has_next = true;
		return true;
	}
	return true;
}

static bool meet_checkpoints(struct walk *w)
{
	while (w->has_next && w->next.seq == w->seq) {
		if (memcmp(w->next.hash, w->hash, sizeof(w->hash)) != 0) {
			return found(w, HL_AUDIT_REWRITTEN, w->seq);
		}
		w->met[w->n_met++ % MET_MAX] = w->seq;
		w->out->n_checkpoints++;
		w->out->covered_seq = w->seq;
		if (!next_checkpoint(w)) {
			return false;
		}
	}
	return true;
}

/* An entry that notes a checkpoint wants it; in a copy of the checkpoints only
 * as long as there are later ones. */
static bool look_for_noted(struct walk *w, const struct hl_row_event_page *row)
{
	if (row->kind != HL_EVENT_SYSTEM_CHECKPOINT ||
		(row->seq > w->given->complete_to && !w->has_next)) {
		return true;
	}
	for (size_t i = 0; i < w->n_met && i < MET_MAX; i++) {
		if (w->met[i] == row->a) {
			return true;
		}
	}
	return found(w, HL_AUDIT_NO_CHECKPOINT, row->a);
}

static bool look_at(struct walk *w, const struct hl_row_event_page *row)
{
	struct hl_store_entry entry = {.seq = row->seq,
		.at_us = row->at_us,
		.source = row->source,
		.actor = row->actor,
		.kind = row->kind,
		.object_kind = row->object_kind,
		.object_id = row->object_id,
		.a = row->a,
		.b = row->b};

	if (row->seq != w->seq + 1) {
		return found(w, HL_AUDIT_MISSING, w->seq + 1);
	}
	hl_store_chain(w->hash, &entry, w->hash);
	if (row->hash.n != sizeof(w->hash) ||
		memcmp(row->hash.p, w->hash, sizeof(w->hash)) != 0) {
		return found(w, HL_AUDIT_CHANGED, row->seq);
	}
	if (row->at_us < w->at_us) {
		return found(w, HL_AUDIT_TIME, row->seq);
	}
	if (row->seq == w->head_seq &&
		memcmp(w->head_hash, w->hash, sizeof(w->hash)) != 0) {
		return found(w, HL_AUDIT_HEAD, row->seq);
	}
	w->seq = row->seq;
	w->at_us = row->at_us;
	w->out->n_entries++;
	return look_for_noted(w, row) && meet_checkpoints(w);
}

static int walk_pages(
	struct walk *w, struct hl_arena *arena, struct hl_err *err)
{
	size_t n = PAGE;

	while (n == PAGE && w->out->fault == HL_AUDIT_SOUND) {
		struct hl_in_event_page in = {w->seq + 1, PAGE};
		struct hl_row_event_page *rows;

		hl_arena_reset(arena);
		int r = hl_get_event_page(
			w->given->store, arena, &in, &rows, &n, err);
		if (r) {
			return r;
		}
		for (size_t i = 0; i < n && look_at(w, &rows[i]); i++) {
			;
		}
		if (w->given->progress) {
			w->given->progress(w->given->arg, w->seq);
		}
	}
	return 0;
}

static int read_head(struct walk *w, struct hl_arena *arena, int64_t *seq,
	struct hl_err *err)
{
	struct hl_row_event_head *head;
	size_t n;
	int r = hl_get_event_head(w->given->store, arena, &head, &n, err);

	if (r) {
		return r;
	}
	*seq = -1;
	if (n == 1 && head[0].hash.n == sizeof(w->head_hash)) {
		*seq = head[0].seq;
		memcpy(w->head_hash, head[0].hash.p, sizeof(w->head_hash));
	}
	return 0;
}

/* The log may have grown since the start, so only what the head said then
 * has to be there; it never shrinks. */
static int look_at_end(
	struct walk *w, struct hl_arena *arena, struct hl_err *err)
{
	int64_t head_now;
	int r = read_head(w, arena, &head_now, err);

	if (r || w->out->fault != HL_AUDIT_SOUND) {
		return r;
	}
	if (w->seq < w->head_seq || (w->has_next && w->next.seq > w->seq)) {
		found(w, HL_AUDIT_CUT, w->seq + 1);
	} else if (head_now < w->seq) {
		found(w, HL_AUDIT_HEAD, w->seq);
	}
	return 0;
}

int hl_audit_verify(const struct hl_audit_verify *v,
	struct hl_audit_result *out, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(8 << 20, false);
	struct walk w = {.given = v, .out = out, .lines = v->checkpoints};

	*out = (struct hl_audit_result){0};
	if (!arena) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to verify");
	}
	int r = read_head(&w, arena, &w.head_seq, err);
	if (r || !next_checkpoint(&w)) {
		return r;
	}
	r = walk_pages(&w, arena, err);
	return r ? r : look_at_end(&w, arena, err);
}

const char *hl_audit_fault_text(enum hl_audit_fault fault)
{
	switch (fault) {
	case HL_AUDIT_SOUND:
		return "the log is sound";
	case HL_AUDIT_CHANGED:
		return "an entry has been changed";
	case HL_AUDIT_MISSING:
		return "an entry has been removed or moved";
	case HL_AUDIT_CUT:
		return "entries have been removed from the end";
	case HL_AUDIT_HEAD:
		return "the head does not fit the last entry";
	case HL_AUDIT_REWRITTEN:
		return "the log was rewritten after a checkpoint";
	case HL_AUDIT_CHECKPOINT:
		return "a checkpoint is damaged or not signed by this key";
	case HL_AUDIT_NO_CHECKPOINT:
		return "a checkpoint of this entry was signed and is missing";
	case HL_AUDIT_TIME:
		return "an entry is earlier than the one before it";
	default:
		return "unknown";
	}
}
