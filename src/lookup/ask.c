/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/ask.h"

#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "lookup/feed.h"
#include "web/form.h"

static int say(
	struct hl_lookup_wrong *wrong, const char *at, const char *detail)
{
	snprintf(wrong->at, sizeof(wrong->at), "%s", at);
	wrong->detail = detail;
	return HL_E_INVALID;
}

static int say_in(struct hl_lookup_wrong *wrong, const char *array, size_t i,
	const char *member)
{
	snprintf(wrong->at, sizeof(wrong->at), "/%s/%zu%s", array, i, member);
	return HL_E_INVALID;
}

static void start(struct hl_lookup_question *q)
{
	*q = (struct hl_lookup_question){.n_most = HL_LOOKUP_MATCHES_DEFAULT};
}

/* The library takes 0 for "each list's own" and -1 for "equal only". */
static int set_radius(struct hl_lookup_question *q, int64_t radius)
{
	if (radius < 0 || radius > HL_MATCH_RADIUS_MAX) {
		return HL_E_INVALID;
	}
	q->radius = radius ? (int32_t)radius : -1;
	return 0;
}

static int set_most(struct hl_lookup_question *q, int64_t most)
{
	if (most < 1 || most > HL_LOOKUP_MATCHES_MAX) {
		return HL_E_INVALID;
	}
	q->n_most = (size_t)most;
	return 0;
}

static const char radius_is[] = "radius is a whole number from 0 to 63.";
static const char max_is[] = "max is a whole number from 1 to 100.";
static const char lists_are[] =
	"lists has the ids of 1 to 64 lists, from 1 to 65535.";

static int read_hash(const json_t *v, size_t i, struct hl_lookup_asked *out,
	struct hl_lookup_wrong *wrong)
{
	struct hl_str value = hl_json_str(v, "value");
	int kind = hl_lookup_kind_parse(hl_json_str(v, "kind"));

	if (!json_is_object(v) || json_object_size(v) != 2) {
		wrong->detail = "A hash is an object with kind and value, and "
				"nothing else.";
		return say_in(wrong, "hashes", i, "");
	}
	if (!kind) {
		wrong->detail = "kind is pdq, md5, sha1 or sha256.";
		return say_in(wrong, "hashes", i, "/kind");
	}
	if (hl_text_parse_hex(value, out->bytes, hl_lookup_kind_bytes(kind))) {
		wrong->detail =
			"value is a string of hexadecimal digits: 64 for pdq "
			"and sha256, 40 for sha1, 32 for md5.";
		return say_in(wrong, "hashes", i, "/value");
	}
	out->kind = (uint16_t)kind;
	return 0;
}

static int read_hashes(const json_t *list, struct hl_arena *arena,
	struct hl_lookup_question *q, struct hl_lookup_wrong *wrong)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n == 0 || n > HL_LOOKUP_BATCH_MAX) {
		return say(wrong, "/hashes",
			"hashes is a list of 1 to 1,000 hashes.");
	}
	q->asked = hl_arena_array(arena, n, sizeof(*q->asked));
	if (!q->asked) {
		return HL_E_NOMEM;
	}
	q->n = n;
	for (size_t i = 0; i < n; i++) {
		int r = read_hash(
			json_array_get(list, i), i, &q->asked[i], wrong);
		if (r) {
			return r;
		}
	}
	return 0;
}

static int read_lists(const json_t *list, struct hl_arena *arena,
	struct hl_lookup_question *q, struct hl_lookup_wrong *wrong)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n == 0 || n > HL_LOOKUP_ASKED_LISTS_MAX) {
		return say(wrong, "/lists", lists_are);
	}
	q->lists = hl_arena_array(arena, n, sizeof(*q->lists));
	if (!q->lists) {
		return HL_E_NOMEM;
	}
	q->n_lists = n;
	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_array_get(list, i);
		json_int_t id = json_integer_value(v);

		if (!json_is_integer(v) || id < 1 || id > HL_MATCH_LISTS_MAX) {
			wrong->detail = lists_are;
			return say_in(wrong, "lists", i, "");
		}
		q->lists[i] = (uint32_t)id;
	}
	return 0;
}

static int read_member(const char *name, const json_t *v,
	struct hl_arena *arena, struct hl_lookup_question *q,
	struct hl_lookup_wrong *wrong)
{
	if (strcmp(name, "hashes") == 0) {
		return read_hashes(v, arena, q, wrong);
	}
	if (strcmp(name, "lists") == 0) {
		return read_lists(v, arena, q, wrong);
	}
	if (strcmp(name, "radius") == 0) {
		return json_is_integer(v) &&
				       !set_radius(q, json_integer_value(v))
			       ? 0
			       : say(wrong, "/radius", radius_is);
	}
	if (strcmp(name, "max") == 0) {
		return json_is_integer(v) && !set_most(q, json_integer_value(v))
			       ? 0
			       : say(wrong, "/max", max_is);
	}
	return say(wrong, "",
		"There is a member other than hashes, lists, radius and max.");
}

int hl_lookup_question_parse(struct hl_str body, struct hl_arena *arena,
	struct hl_lookup_question *out, struct hl_lookup_wrong *wrong)
{
	HL_JSON_AUTO *root = NULL;
	const char *name;
	json_t *v;

	start(out);
	int r = hl_json_parse(body, HL_LOOKUP_BODY_MAX, &root, NULL);
	if (r || !json_is_object(root)) {
		return say(wrong, "", "Send one JSON object (RFC 8259).");
	}
	json_object_foreach(root, name, v)
	{
		r = read_member(name, v, arena, out, wrong);
		if (r) {
			return r;
		}
	}
	return out->n ? 0
		      : say(wrong, "/hashes",
				"hashes is a list of 1 to 1,000 hashes.");
}

static int query_lists(struct hl_str text, struct hl_arena *arena,
	struct hl_lookup_question *q, struct hl_lookup_wrong *wrong)
{
	struct hl_str one;

	q->lists = hl_arena_array(
		arena, HL_LOOKUP_ASKED_LISTS_MAX, sizeof(*q->lists));
	if (!q->lists) {
		return HL_E_NOMEM;
	}
	while (hl_str_next(&text, ',', &one)) {
		int64_t id;

		if (q->n_lists == HL_LOOKUP_ASKED_LISTS_MAX ||
			!hl_str_to_i64(one, &id) || id < 1 ||
			id > HL_MATCH_LISTS_MAX) {
			return say(wrong, "lists", lists_are);
		}
		q->lists[q->n_lists++] = (uint32_t)id;
	}
	return 0;
}

static int query_field(const struct hl_web_field *f, struct hl_arena *arena,
	struct hl_lookup_question *q, struct hl_lookup_wrong *wrong)
{
	int64_t n = -1;
	bool number = hl_str_to_i64(f->value, &n);

	if (hl_str_eq(f->name, HL_STR("lists"))) {
		return query_lists(f->value, arena, q, wrong);
	}
	if (hl_str_eq(f->name, HL_STR("radius"))) {
		return number && !set_radius(q, n)
			       ? 0
			       : say(wrong, "radius", radius_is);
	}
	if (hl_str_eq(f->name, HL_STR("max"))) {
		return number && !set_most(q, n) ? 0
						 : say(wrong, "max", max_is);
	}
	return say(wrong, "",
		"There is a parameter other than lists, radius and max.");
}

int hl_lookup_question_query(struct hl_str query, struct hl_arena *arena,
	struct hl_lookup_question *out, struct hl_lookup_wrong *wrong)
{
	struct hl_web_form form;

	start(out);
	int r = hl_web_form_parse(arena, query, &form, NULL);
	if (r) {
		return r == HL_E_NOMEM
			       ? r
			       : say(wrong, "", "The query has not its form.");
	}
	for (size_t i = 0; i < form.n && !r; i++) {
		for (size_t k = 0; k < i && !r; k++) {
			if (hl_str_eq(
				    form.fields[k].name, form.fields[i].name)) {
				r = say(wrong, "",
					"A parameter is there twice.");
			}
		}
		r = r ? r : query_field(&form.fields[i], arena, out, wrong);
	}
	return r;
}
