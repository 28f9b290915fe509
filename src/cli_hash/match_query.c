/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up one hash, and printing what is known of it. */
#include "cli_hash/match.h"

#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"

static void put_hex(struct hl_buf *b, unsigned kind, const uint8_t *bytes)
{
	hl_text_put_hex(b, bytes, hl_hashlist_kind_bytes(kind));
}

static void print(struct hl_buf *b)
{
	hl_buf_put_c(b, '\n');
	fwrite(b->p, 1, b->n, stdout);
}

/* Text of others, without what a terminal would obey and the separator. */
static void put_cell(struct hl_buf *b, struct hl_str text)
{
	size_t from = b->n;

	hl_buf_put(b, text);
	if (b->fault) {
		return;
	}
	b->n = from + hl_utf8_clean(b->p + from, b->n - from);
	for (size_t i = from; i < b->n; i++) {
		b->p[i] = b->p[i] == '\t' || b->p[i] == '\n' ? ' ' : b->p[i];
	}
}

/* The record that an entry was made of. */
static int record_of(struct hl_look *look, const struct hl_match_found *f,
	const char *label, struct hl_hashlist_record *out, struct hl_err *err)
{
	struct hl_match_entry hash = {.list = f->list,
		.part = f->part,
		.id = f->id,
		.kind = f->kind,
		.payload_bytes = f->payload_bytes,
		.payload = f->payload};
	struct hl_entry e = {.id = f->id, .hashes = &hash, .n = 1};

	memcpy(hash.hash, f->hash, sizeof(hash.hash));
	return hl_entry_record(look->arena, &e,
		*label ? hl_arena_dup(look->arena, hl_str_c(label))
		       : HL_STR_NONE,
		out, err);
}

struct known {
	const struct hl_match_found *found;
	struct hl_match_list list;
	struct hl_hashlist_record record;
};

static int find_out(struct hl_look *look, const struct hl_match_found *f,
	struct known *out, struct hl_err *err)
{
	*out = (struct known){
		.found = f, .list = {.size_of = sizeof(out->list)}};
	if (hl_match_reader_list(look->reader, f->list, &out->list)) {
		out->list.id = f->list;
	}
	return record_of(look, f,
		hl_match_reader_label(look->reader, f->list, f->label),
		&out->record, err);
}

/* ---- Plain lines ------------------------------------------------------ */

static void put_where(struct hl_buf *b, const struct hl_look_hash *hash)
{
	put_cell(b, hash->input);
	if (hash->frame >= 0) {
		hl_buf_printf(b, "\tframe=%lld", (long long)hash->frame);
	}
	if (hash->form) {
		hl_buf_printf(b, "\t%s", hash->form);
	}
}

static void print_line(const struct hl_look_hash *hash,
	const struct hl_match_answer *answer, const struct known *k)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);

	hl_buf_printf(&b, "%s\t%s\t%u\t%u\t",
		k->found->negative ? "negative"
		: answer->cleared  ? "cleared"
				   : "match",
		hl_hashlist_kind_name(k->found->kind), k->found->distance,
		k->found->list);
	put_cell(&b, hl_str_c(k->list.name));
	hl_buf_put_c(&b, '\t');
	put_cell(&b, k->record.id);
	hl_buf_put_c(&b, '\t');
	put_cell(&b, k->record.label);
	hl_buf_put_c(&b, '\t');
	put_where(&b, hash);
	print(&b);
}

static int print_lines(struct hl_look *look, const struct hl_look_hash *hash,
	const struct hl_match_answer *answer, struct hl_err *err)
{
	struct known k;

	for (size_t i = 0; i < answer->n; i++) {
		int rc = find_out(look, &answer->matches[i], &k, err);

		if (rc) {
			return rc;
		}
		print_line(hash, answer, &k);
	}
	if (answer->truncated) {
		printf("more\t%s\t%llu found in all\n",
			hl_hashlist_kind_name(hash->kind),
			(unsigned long long)answer->n_found);
	}
	return 0;
}

/* ---- JSON ------------------------------------------------------------- */

static void put_text(struct hl_buf *b, const char *name, struct hl_str text)
{
	if (text.n) {
		hl_json_put_member(b, name, text);
	}
}

static void put_flags(struct hl_buf *b, const struct hl_hashlist_record *r)
{
	static const char *const names[] = {"victim_identified",
		"offender_identified", "distributed", "suspected",
		"self_generated", "harmless"};

	for (unsigned i = 0; i < HL_ARRAY_LEN(names); i++) {
		if (r->known & 1u << i) {
			hl_json_put_member_bool(b, names[i], r->set & 1u << i);
		}
	}
}

static void put_known(struct hl_buf *b, const struct known *k)
{
	const struct hl_hashlist_record *r = &k->record;

	hl_json_put_sep(b);
	hl_buf_put_c(b, '{');
	hl_json_put_member_i64(b, "list", k->found->list);
	hl_json_put_member(b, "list_name", hl_str_c(k->list.name));
	put_text(b, "list_owner", hl_str_c(k->list.owner));
	hl_json_put_member_bool(b, "negative", k->found->negative);
	hl_json_put_member(b, "id", r->id);
	hl_json_put_member(
		b, "kind", hl_str_c(hl_hashlist_kind_name(k->found->kind)));
	hl_json_put_member_i64(b, "distance", k->found->distance);
	hl_json_put_member_i64(b, "part", k->found->part);
	hl_json_put_name(b, "hash");
	hl_buf_put_c(b, '"');
	put_hex(b, k->found->kind, k->found->hash);
	hl_buf_put_c(b, '"');
	put_text(b, "label", r->label);
	put_text(b, "series", r->series);
	put_text(b, "tags", r->tags);
	put_text(b, "owner", r->owner);
	put_flags(b, r);
	hl_buf_put_c(b, '}');
}

static int print_json(struct hl_look *look, const struct hl_look_hash *hash,
	const struct hl_match_answer *answer, struct hl_err *err)
{
	HL_BUF_AUTO b = HL_BUF_INIT((size_t)64 << 20);
	struct known k;

	hl_buf_put_c(&b, '{');
	hl_json_put_member(&b, "input", hash->input);
	if (hash->frame >= 0) {
		hl_json_put_member_i64(&b, "frame", hash->frame);
	}
	put_text(&b, "form", hl_str_c(hash->form));
	hl_json_put_member(
		&b, "kind", hl_str_c(hl_hashlist_kind_name(hash->kind)));
	hl_json_put_name(&b, "hash");
	hl_buf_put_c(&b, '"');
	put_hex(&b, hash->kind, hash->bytes);
	hl_buf_put_c(&b, '"');
	hl_json_put_member_bool(&b, "cleared", answer->cleared);
	hl_json_put_member_i64(&b, "found", (int64_t)answer->n_found);
	hl_json_put_member_bool(&b, "truncated", answer->truncated);
	hl_json_put_name(&b, "matches");
	hl_buf_put_c(&b, '[');
	for (size_t i = 0; i < answer->n; i++) {
		int rc = find_out(look, &answer->matches[i], &k, err);

		if (rc) {
			return rc;
		}
		put_known(&b, &k);
	}
	hl_buf_put(&b, HL_STR("]}"));
	print(&b);
	return b.fault ? HL_FAIL(err, b.fault, "an answer is too large") : 0;
}

/* ---- Looking up ------------------------------------------------------- */

/* 1 when something was found that is not cleared and not harmless. */
static bool counts(const struct hl_match_answer *answer)
{
	for (size_t i = 0; i < answer->n && !answer->cleared; i++) {
		if (!answer->matches[i].negative) {
			return true;
		}
	}
	return false;
}

int hl_look_up(struct hl_look *look, const struct hl_look_hash *hash,
	struct hl_err *err)
{
	struct hl_match_query query = {.size_of = sizeof(query),
		.kind = hash->kind,
		.radius = hash->kind == HL_MATCH_PDQ ? look->radius : 0,
		.n_lists = (uint32_t)look->n_lists,
		.lists = look->n_lists ? look->lists : NULL};
	struct hl_match_answer answer = {
		.matches = look->found, .n_max = look->max};
	struct hl_match_error why = {.code = 0};
	int rc;

	if (hash->quality >= 0 && hash->quality < look->quality_min) {
		return 0;
	}
	rc = hl_match_reader_query(
		look->reader, hash->bytes, &query, &answer, &why);
	if (rc < 0) {
		return hl_apply_fail(err, rc, &why);
	}
	look->matched |= counts(&answer);
	look->shown |= answer.n > 0;
	if (answer.n == 0 && !look->json) {
		return 0;
	}
	hl_arena_reset(look->arena);
	return look->json ? print_json(look, hash, &answer, err)
			  : print_lines(look, hash, &answer, err);
}

void hl_look_end(struct hl_look *look, struct hl_str input)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);

	look->n_inputs++;
	if (look->matched) {
		look->n_matched++;
	} else if (!look->json && !look->shown) {
		hl_buf_put(&b, HL_STR("none\t"));
		put_cell(&b, input);
		print(&b);
	}
	look->matched = look->shown = false;
}

void hl_look_failed(struct hl_look *look, struct hl_str input, const char *why)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);

	look->n_failed++;
	look->matched = look->shown = false;
	hl_buf_put(&b, HL_STR("hotline match: "));
	put_cell(&b, input);
	hl_buf_printf(&b, ": %s\n", why);
	fwrite(b.p, 1, b.n, stderr);
}
