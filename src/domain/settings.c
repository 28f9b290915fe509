/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/settings_keys.h"

#include <stdlib.h>

/*
 * The file is read line by line; each key may stand once, lines of text
 * several times. Faults name file, line and key and say what was expected.
 * They never show the value, which can be a name or a place.
 */

#define ARENA_MAX ((size_t)4 << 20)

struct source {
	const char *name; /* of the file; NULL: no file */
	int line;
	bool *seen; /* by key; NULL: no file */
};

static int bad(const struct source *at, struct hl_str key,
	const struct hl_settings_key *k, struct hl_err *err)
{
	HL_BUF_AUTO form = HL_BUF_INIT(200);

	if (k) {
		hl_settings_put_form(&form, k);
	}
	if (at->name) {
		return HL_FAIL(err, HL_E_INVALID, "%s:%d: %.*s: %s%s", at->name,
			at->line, HL_STR_ARG(hl_str_sub(key, 0, 40)),
			k ? "needs " : "no such setting", k ? form.p : "");
	}
	return HL_FAIL(err, HL_E_INVALID, "%.*s: %s%s",
		HL_STR_ARG(hl_str_sub(key, 0, 40)),
		k ? "needs " : "no such setting", k ? form.p : "");
}

static const struct hl_settings_key *find(struct hl_str key)
{
	for (size_t i = 0; i < hl_settings_n_keys; i++) {
		if (hl_str_eq(key, hl_str_c(hl_settings_keys[i].name))) {
			return &hl_settings_keys[i];
		}
	}
	return NULL;
}

/* The form of referral.police_hold.XX. */
static const struct hl_settings_key hold_form = {
	.name = HL_SETTINGS_HOLD_PREFIX "XX",
	.type = HL_SETTINGS_INT,
	.max = HL_SETTINGS_HOLD_MAX_HOURS,
};

static int set_hold(struct hl_settings *s, struct hl_str country,
	struct hl_str value, bool once)
{
	struct hl_settings_hold *hold = s->police_holds;
	struct hl_settings_hold *end = hold + s->n_police_holds;
	int64_t hours;

	if (country.n != 2 || country.p[0] < 'A' || country.p[0] > 'Z' ||
		country.p[1] < 'A' || country.p[1] > 'Z' || value.n > 6 ||
		!hl_str_to_i64(value, &hours) || hours < 0 ||
		hours > HL_SETTINGS_HOLD_MAX_HOURS) {
		return HL_E_INVALID;
	}
	while (hold < end && memcmp(hold->country, country.p, 2) != 0) {
		hold++;
	}
	if (hold == s->police_holds + HL_SETTINGS_LIST_MAX ||
		(once && hold < end)) {
		return HL_E_INVALID;
	}
	s->n_police_holds += hold == end;
	*hold = (struct hl_settings_hold){
		{country.p[0], country.p[1], '\0'}, (int)hours};
	return 0;
}

/* A further line of text behind those that the file gave already. */
static int append_line(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str value, int *fault)
{
	HL_BUF_AUTO all = HL_BUF_INIT(64 * 1024);

	hl_settings_write(s, k, &all);
	hl_buf_put_c(&all, '\n');
	hl_buf_put(&all, value);
	if (all.fault) {
		return HL_E_LIMIT;
	}
	return hl_settings_read(s, k, hl_buf_str(&all), fault) ? 0
							       : HL_E_INVALID;
}

static int twice(const struct source *at, struct hl_str key, struct hl_err *err)
{
	return HL_FAIL(err, HL_E_INVALID, "%s:%d: %.*s: set a second time",
		at->name, at->line, HL_STR_ARG(key));
}

static int set_key(struct hl_settings *s, const struct source *at,
	const struct hl_settings_key *k, struct hl_str value,
	struct hl_err *err)
{
	struct hl_str key = hl_str_c(k->name);
	bool *seen = at->seen ? &at->seen[k - hl_settings_keys] : NULL;
	int fault = 0, rc = 0;

	if (seen && *seen && k->type == HL_SETTINGS_LINES) {
		rc = append_line(s, k, value, &fault);
	} else if (seen && *seen) {
		return twice(at, key, err);
	} else if (!hl_settings_read(s, k, value, &fault)) {
		rc = HL_E_INVALID;
	}
	if (fault) {
		return HL_FAIL(err, fault, "settings: no memory");
	}
	if (seen) {
		*seen = true;
	}
	return rc ? bad(at, key, k, err) : 0;
}

static int set(struct hl_settings *s, const struct source *at,
	struct hl_str key, struct hl_str value, struct hl_err *err)
{
	struct hl_str prefix = HL_STR(HL_SETTINGS_HOLD_PREFIX);
	const struct hl_settings_key *k = find(key);

	if (k) {
		return set_key(s, at, k, hl_str_trim(value), err);
	}
	if (!hl_str_starts(key, prefix)) {
		return bad(at, key, NULL, err);
	}
	return set_hold(s, hl_str_sub(key, prefix.n, key.n), hl_str_trim(value),
		       at->seen)
		       ? bad(at, key, &hold_form, err)
		       : 0;
}

static int load_line(struct hl_settings *s, const struct source *at,
	struct hl_str line, struct hl_err *err)
{
	size_t equals;

	line = hl_str_trim(line);
	if (!line.n || line.p[0] == '#') {
		return 0;
	}
	equals = hl_str_find_char(line, '=');
	if (equals == line.n) {
		return HL_FAIL(err, HL_E_INVALID,
			"%s:%d: needs \"key = value\"", at->name, at->line);
	}
	return set(s, at, hl_str_trim(hl_str_sub(line, 0, equals)),
		hl_str_sub(line, equals + 1, line.n), err);
}

int hl_settings_new(struct hl_settings **out, struct hl_err *err)
{
	HL_SETTINGS_AUTO *s = calloc(1, sizeof(*s));
	int fault = 0;

	if (s) {
		s->arena = hl_arena_new(ARENA_MAX, false);
	}
	if (!s || !s->arena) {
		return HL_FAIL(err, HL_E_NOMEM, "settings: no memory");
	}
	for (size_t i = 0; i < hl_settings_n_keys; i++) {
		const struct hl_settings_key *k = &hl_settings_keys[i];

		if (!hl_settings_read(s, k, hl_str_c(k->initial), &fault)) {
			return HL_FAIL(
				err, HL_E_INTERNAL, "%s: bad default", k->name);
		}
	}
	fault = fault ? fault : hl_settings_follow(s);
	if (fault) {
		return HL_FAIL(err, fault, "settings: no memory");
	}
	*out = s;
	s = NULL;
	return 0;
}

static int load_lines(struct hl_settings *s, struct source *at,
	struct hl_str text, struct hl_err *err)
{
	struct hl_str line;

	while (hl_str_next(&text, '\n', &line)) {
		int rc;

		at->line++;
		rc = load_line(s, at, line, err);
		if (rc) {
			return rc;
		}
	}
	return hl_settings_follow(s) ? HL_FAIL(err, HL_E_NOMEM, "no memory")
				     : 0;
}

int hl_settings_load(struct hl_str text, const char *name,
	struct hl_settings **out, struct hl_err *err)
{
	HL_SETTINGS_AUTO *s = NULL;
	struct source at = {.name = name};
	int rc;

	if (text.n > HL_SETTINGS_BYTES_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "%s: over %d bytes", name,
			HL_SETTINGS_BYTES_MAX);
	}
	at.seen = calloc(hl_settings_n_keys, sizeof(*at.seen));
	if (!at.seen) {
		return HL_FAIL(err, HL_E_NOMEM, "%s: no memory", name);
	}
	rc = hl_settings_new(&s, err);
	rc = rc ? rc : load_lines(s, &at, text, err);
	free(at.seen);
	if (rc == 0) {
		*out = s;
		s = NULL;
	}
	return rc;
}

int hl_settings_set(struct hl_settings *s, struct hl_str key,
	struct hl_str value, struct hl_err *err)
{
	const struct source at = {0};
	int rc = set(s, &at, key, value, err);

	if (!rc && hl_settings_follow(s)) {
		return HL_FAIL(err, HL_E_NOMEM, "settings: no memory");
	}
	return rc;
}

int hl_settings_get(
	const struct hl_settings *s, struct hl_str key, struct hl_buf *out)
{
	struct hl_str prefix = HL_STR(HL_SETTINGS_HOLD_PREFIX);
	const struct hl_settings_key *k = find(key);

	if (k) {
		hl_settings_write(s, k, out);
		return 0;
	}
	for (size_t i = 0; i < s->n_police_holds; i++) {
		if (hl_str_starts(key, prefix) &&
			hl_str_eq(hl_str_sub(key, prefix.n, key.n),
				hl_str_c(s->police_holds[i].country))) {
			hl_buf_printf(out, "%d", s->police_holds[i].hours);
			return 0;
		}
	}
	return HL_NOTFOUND;
}

void hl_settings_free(struct hl_settings *s)
{
	if (s) {
		hl_arena_free(s->arena);
		free(s);
	}
}

void hl_settings_freep(struct hl_settings **s)
{
	hl_settings_free(*s);
	*s = NULL;
}
