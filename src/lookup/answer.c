/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks up what was asked and writes the answer. What the owner says of an
 * entry stands in the index in the words of the answer, so that a match is
 * written without being parsed.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"
#include "lookup/inner.h"

struct looking {
	struct hl_web_ctx *ctx;
	struct hl_lookup_thread *mine;
	const struct hl_lookup_question *q;
	struct hl_match_answer *answers; /* by asked */
};

static void put_lit(struct hl_buf *out, const char *name, uint64_t value)
{
	char digits[24], *p = digits + sizeof(digits);

	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	hl_buf_put(out, hl_str_c(name));
	hl_buf_put_mem(out, p, (size_t)(digits + sizeof(digits) - p));
}

static void put_match(struct hl_buf *out, const struct hl_match_found *m)
{
	put_lit(out, "{\"list\":", m->list);
	put_lit(out, ",\"entry\":\"", m->id);
	put_lit(out, "\",\"part\":", m->part);
	hl_buf_put(out, HL_STR(",\"kind\":\""));
	hl_buf_put(out, hl_str_c(hl_lookup_kind_name(m->kind)));
	put_lit(out, "\",\"distance\":", m->distance);
	hl_buf_put_c(out, ',');
	hl_buf_put_mem(out, m->payload, m->payload_bytes);
	hl_buf_put(
		out, m->negative ? HL_STR(",\"negative\":true}") : HL_STR("}"));
}

static void put_bool(struct hl_buf *out, const char *name, bool value)
{
	hl_buf_put(out, hl_str_c(name));
	hl_buf_put(out, value ? HL_STR("true") : HL_STR("false"));
}

static void put_result(struct looking *l, struct hl_buf *out, size_t i)
{
	const struct hl_match_answer *a = &l->answers[i];

	hl_buf_put(
		out, i ? HL_STR(",{\"matches\":[") : HL_STR("{\"matches\":["));
	for (size_t m = 0; m < a->n; m++) {
		uint32_t list = a->matches[m].list;

		if (m) {
			hl_buf_put_c(out, ',');
		}
		put_match(out, &a->matches[m]);
		l->mine->seen[list / 64] |= UINT64_C(1) << (list % 64);
	}
	put_lit(out, "],\"found\":", a->n_found);
	put_bool(out, ",\"truncated\":", a->truncated != 0);
	put_bool(out, ",\"cleared\":", a->cleared != 0);
	hl_buf_put(out, l->q->asked[i].kind ? HL_STR("}")
					    : HL_STR(",\"skipped\":"
						     "\"quality\"}"));
}

static void put_list(struct hl_buf *out, const struct hl_match_list *list)
{
	hl_json_put_sep(out);
	put_lit(out, "{\"id\":", list->id);
	hl_json_put_member(out, "name", hl_str_c(list->name));
	hl_json_put_member(out, "owner", hl_str_c(list->owner));
	put_lit(out, ",\"version\":", list->version);
	put_bool(out,
		",\"negative\":", (list->flags & HL_MATCH_LIST_NEGATIVE) != 0);
	hl_buf_put_c(out, '}');
}

/* Behind the results, whose payloads the reader's next call takes away. */
static void put_lists(struct looking *l, struct hl_buf *out)
{
	struct hl_match_list list = {.size_of = sizeof(list)};
	uint64_t *seen = l->mine->seen;

	for (size_t w = 0; w < LISTS_WORDS; w++) {
		for (; seen[w]; seen[w] &= seen[w] - 1) {
			uint32_t id = (uint32_t)(w * 64) +
				      (uint32_t)__builtin_ctzll(seen[w]);

			if (!hl_match_reader_list(
				    l->mine->seat.reader, id, &list)) {
				put_list(out, &list);
			}
		}
	}
}

static int check_lists(struct looking *l, struct hl_lookup_wrong *wrong)
{
	struct hl_match_list list = {.size_of = sizeof(list)};

	for (size_t i = 0; i < l->q->n_lists; i++) {
		if (hl_match_reader_list(
			    l->mine->seat.reader, l->q->lists[i], &list)) {
			*wrong = (struct hl_lookup_wrong){"/lists",
				"There is no list of one of these ids; GET "
				"/v1/ready with this key tells them."};
			return HL_E_INVALID;
		}
	}
	return 0;
}

static int make_room(struct looking *l)
{
	const struct hl_lookup_question *q = l->q;
	struct hl_match_found *all =
		hl_arena_array(l->ctx->arena, q->n * q->n_most, sizeof(*all));

	l->answers = hl_arena_array(l->ctx->arena, q->n, sizeof(*l->answers));
	if (!all || !l->answers) {
		return HL_FAIL(&l->ctx->err, HL_E_NOMEM, "no memory to look");
	}
	for (size_t i = 0; i < q->n; i++) {
		l->answers[i].matches = all + i * q->n_most;
		l->answers[i].n_max = q->n_most;
	}
	return 0;
}

/* Hashes of a kind stand together while they are looked up. */
static int look_up_kind(struct looking *l, uint16_t kind)
{
	const struct hl_lookup_question *q = l->q;
	const struct hl_match_query query = {.size_of = sizeof(query),
		.kind = kind,
		.radius = q->radius,
		.n_lists = (uint32_t)q->n_lists,
		.lists = q->lists};
	size_t bytes = hl_lookup_kind_bytes(kind), n = 0;
	uint8_t *hashes = hl_arena_alloc(l->ctx->arena, q->n * bytes);
	struct hl_match_answer *answers =
		hl_arena_array(l->ctx->arena, q->n, sizeof(*answers));
	struct hl_match_error why = {0};

	if (!hashes || !answers) {
		return HL_FAIL(&l->ctx->err, HL_E_NOMEM, "no memory to look");
	}
	for (size_t i = 0; i < q->n; i++) {
		if (q->asked[i].kind == kind) {
			memcpy(hashes + n * bytes, q->asked[i].bytes, bytes);
			answers[n++] = l->answers[i];
		}
	}
	int code = n ? hl_match_reader_batch(l->mine->seat.reader, hashes, n,
			       &query, answers, &why)
		     : 0;
	if (code < 0) {
		return hl_lookup_fault(code, &why, &l->ctx->err);
	}
	for (size_t i = 0, k = 0; i < q->n; i++) {
		if (q->asked[i].kind == kind) {
			l->answers[i] = answers[k++];
		}
	}
	return 0;
}

/* The reader's next call takes its payloads away. */
static int keep_payloads(struct looking *l, uint16_t kind)
{
	for (size_t i = 0; i < l->q->n; i++) {
		struct hl_match_answer *a = &l->answers[i];

		for (size_t m = 0; l->q->asked[i].kind == kind && m < a->n;
			m++) {
			struct hl_str kept = hl_arena_dup(l->ctx->arena,
				hl_str_mem(a->matches[m].payload,
					a->matches[m].payload_bytes));

			if (!kept.p) {
				return HL_FAIL(&l->ctx->err, HL_E_NOMEM,
					"no memory for an answer");
			}
			a->matches[m].payload = kept.p;
		}
	}
	return 0;
}

static int look_up(struct looking *l)
{
	unsigned kinds = 0;
	int r = make_room(l);

	for (size_t i = 0; i < l->q->n; i++) {
		kinds |= 1u << l->q->asked[i].kind;
	}
	kinds &= ~1u;
	for (uint16_t kind = HL_MATCH_PDQ; !r && kind <= HL_MATCH_SHA256;
		kind++) {
		if (!(kinds & (1u << kind))) {
			continue;
		}
		kinds &= ~(1u << kind);
		r = look_up_kind(l, kind);
		if (!r && kinds) {
			r = keep_payloads(l, kind);
		}
	}
	return r;
}

static void count(struct looking *l)
{
	struct hl_lookup_counts *c = &hl_lookup_of(l->ctx)->counts;
	uint64_t matches = 0, cleared = 0, truncated = 0;

	for (size_t i = 0; i < l->q->n; i++) {
		matches += l->answers[i].n_found > 0;
		cleared += l->answers[i].cleared != 0;
		truncated += l->answers[i].truncated != 0;
	}
	c->lookups += l->q->n;
	c->matches += matches;
	c->cleared += cleared;
	c->truncated += truncated;
}

int hl_lookup_answer(struct hl_web_ctx *ctx, const struct hl_lookup_question *q,
	struct hl_buf *out, struct hl_lookup_wrong *wrong)
{
	struct looking l = {.ctx = ctx, .mine = hl_lookup_mine(ctx), .q = q};
	int r = hl_lookup_seat_take(&l.mine->seat, &ctx->err);

	if (!r) {
		r = check_lists(&l, wrong);
	}
	if (r) {
		return r;
	}
	const struct hl_lookup_view *view = l.mine->seat.view;
	/* before the look, which may know more by then, never less */
	uint64_t position = hl_match_index_position(view->index);
	r = look_up(&l);
	if (r) {
		return r;
	}
	count(&l);
	hl_json_put_member(out, "registry", hl_str_c(view->name.registry));
	put_lit(out, ",\"position\":", position);
	hl_buf_put(out, HL_STR(",\"results\":["));
	for (size_t i = 0; i < q->n; i++) {
		put_result(&l, out, i);
	}
	hl_buf_put(out, HL_STR("],\"lists\":["));
	put_lists(&l, out);
	hl_buf_put_c(out, ']');
	return 0;
}
