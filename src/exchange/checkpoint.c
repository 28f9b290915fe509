/* SPDX-License-Identifier: Apache-2.0 */
/* Where reading stands, as a line of JSON, and going on from there. */
#include "exchange/inner.h"

enum { VERSION = 1 };

static void put_totals(struct hl_buf *out, const struct hl_hashlist_totals *t)
{
	hl_buf_printf(out, ",\"totals\":[%llu,%llu,%llu,%llu",
		(unsigned long long)t->n_records,
		(unsigned long long)t->n_deleted, (unsigned long long)t->n_bad,
		(unsigned long long)t->n_notes);
	for (size_t i = 0; i < HL_HASHLIST_KINDS; i++) {
		hl_buf_printf(out, ",%llu", (unsigned long long)t->n_hashes[i]);
	}
	hl_buf_printf(out, "],\"weak\":%llu,\"incomplete\":%llu",
		(unsigned long long)t->n_weak,
		(unsigned long long)t->n_incomplete);
	hl_buf_put(out, HL_STR(",\"others\":["));
	for (size_t i = 0; i < t->n_others; i++) {
		hl_buf_printf(out, "%s[", i ? "," : "");
		hl_json_put_str(out, hl_str_c(t->others[i].name));
		hl_buf_printf(
			out, ",%llu]", (unsigned long long)t->others[i].n);
	}
	hl_buf_put_c(out, ']');
}

int hl_hashlist_reader_checkpoint(const struct hl_hashlist_reader *r,
	struct hl_buf *out, uint64_t *offset, struct hl_err *err)
{
	struct hl_exchange_input place = r->in;

	if (!r->border) {
		return HL_FAIL(err, HL_E_INVALID,
			"a checkpoint can be taken behind a record only");
	}
	*offset = hl_exchange_input_offset(&place, r->in.at);
	hl_buf_put_c(out, '{');
	hl_json_put_member_i64(out, "version", VERSION);
	hl_json_put_member(out, "format",
		hl_str_c(hl_hashlist_format_name(r->options.format)));
	hl_json_put_member_i64(out, "encoding", r->in.encoding);
	hl_json_put_member_i64(out, "offset", (int64_t)*offset);
	hl_json_put_member_i64(out, "line", (int64_t)r->in.line);
	hl_json_put_member_bool(out, "torn", r->torn);
	put_totals(out, &r->totals);
	hl_json_put_name(out, "frame");
	hl_buf_put_c(out, '{');
	r->ops->save(r, out);
	hl_buf_put(out, HL_STR("}}"));
	return out->fault ? HL_FAIL(err, out->fault, "no room for a checkpoint")
			  : 0;
}

static bool number(const json_t *v, uint64_t *out)
{
	if (!json_is_integer(v) || json_integer_value(v) < 0) {
		return false;
	}
	*out = (uint64_t)json_integer_value(v);
	return true;
}

static bool load_others(const json_t *list, struct hl_hashlist_totals *t)
{
	t->n_others = json_array_size(list);
	if (!json_is_array(list) || t->n_others > HL_HASHLIST_NAMES_MAX) {
		return false;
	}
	for (size_t i = 0; i < t->n_others; i++) {
		const json_t *one = json_array_get(list, i);
		const json_t *name = json_array_get(one, 0);
		size_t n = json_string_length(name);

		if (!json_is_string(name) || n >= HL_HASHLIST_NAME_MAX ||
			!number(json_array_get(one, 1), &t->others[i].n)) {
			return false;
		}
		memcpy(t->others[i].name, json_string_value(name), n + 1);
	}
	return true;
}

static bool load_totals(const json_t *state, struct hl_hashlist_totals *t)
{
	const json_t *list = json_object_get(state, "totals");
	uint64_t *to[] = {&t->n_records, &t->n_deleted, &t->n_bad, &t->n_notes,
		&t->n_hashes[0], &t->n_hashes[1], &t->n_hashes[2],
		&t->n_hashes[3], &t->n_hashes[4]};

	for (size_t i = 0; i < HL_ARRAY_LEN(to); i++) {
		if (!number(json_array_get(list, i), to[i])) {
			return false;
		}
	}
	if (!number(json_object_get(state, "weak"), &t->n_weak) ||
		!number(json_object_get(state, "incomplete"),
			&t->n_incomplete)) {
		return false;
	}
	return load_others(json_object_get(state, "others"), t);
}

static bool load(struct hl_hashlist_reader *r, const json_t *state)
{
	uint64_t encoding;

	if (hl_json_int(state, "version", 0) != VERSION ||
		!hl_str_eq(hl_json_str(state, "format"),
			hl_str_c(hl_hashlist_format_name(r->options.format))) ||
		!number(json_object_get(state, "encoding"), &encoding) ||
		encoding < HL_EXCHANGE_UTF8 || encoding > HL_EXCHANGE_UTF16BE ||
		!number(json_object_get(state, "offset"), &r->in.mark_offset) ||
		!number(json_object_get(state, "line"), &r->in.line) ||
		!load_totals(state, &r->totals)) {
		return false;
	}
	r->in.encoding = (enum hl_exchange_encoding)encoding;
	r->torn = json_is_true(json_object_get(state, "torn"));
	return r->ops->load(r, json_object_get(state, "frame")) == 0;
}

int hl_hashlist_reader_resume(struct hl_hashlist_reader *r, struct hl_str state,
	uint64_t *offset, struct hl_err *err)
{
	HL_JSON_AUTO *json = NULL;
	int rc = hl_json_parse(state, HL_EXCHANGE_STATE_MAX, &json, NULL);

	if (rc == HL_E_NOMEM) {
		return HL_FAIL(err, rc, "no memory for a checkpoint");
	}
	if (rc || r->in.encoding != HL_EXCHANGE_UNSEEN || !load(r, json)) {
		return HL_FAIL(err, HL_E_INVALID,
			"this is no checkpoint of a %s file",
			hl_hashlist_format_name(r->options.format));
	}
	*offset = r->in.mark_offset;
	return 0;
}
