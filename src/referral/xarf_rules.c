/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/xarf_rules.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/json.h"
#include "base/time.h"
#include "base/utf8.h"
#include "referral/header.h"
#include "referral/xarf.h"

/*
 * The rules of xarf-core, content-base and content-csam, version 4, for the
 * fields that docs/referral.md lists. The schemas allow more; what we send
 * is this and nothing else, so an unknown field is a fault here.
 */

static bool is_version(struct hl_str s)
{
	return hl_str_eq(s, HL_STR("4.2.0"));
}

/* RFC 9562: version 4, variant 10. */
static bool is_uuid4(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = (s.p[i] >= '0' && s.p[i] <= '9') ||
			   (s.p[i] >= 'a' && s.p[i] <= 'f');

		if (dash ? s.p[i] != '-' : !hex) {
			return false;
		}
	}
	return s.n == 36 && s.p[14] == '4' && memchr("89ab", s.p[19], 4);
}

static bool is_time(struct hl_str s)
{
	int64_t at_us;

	return hl_time_parse_iso(s, &at_us) == 0;
}

static bool is_text(struct hl_str s, size_t max)
{
	return s.n > 0 && hl_utf8_valid(s) && hl_utf8_count(s) <= max;
}

static bool is_org(struct hl_str s)
{
	return is_text(s, 200);
}

static bool is_description(struct hl_str s)
{
	return is_text(s, 1000);
}

static bool is_any_text(struct hl_str s)
{
	return is_text(s, 8192);
}

static bool is_hostname(struct hl_str s)
{
	char address[300];
	int n = snprintf(address, sizeof(address), "a@%.*s", HL_STR_ARG(s));

	return s.n <= 253 && n > 2 &&
	       hl_referral_address_ok(hl_str_mem(address, (size_t)n));
}

static bool is_lower_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* ([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,} */
static bool is_domain(struct hl_str s)
{
	char before = '-';
	size_t top = 0, dots = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '.' || c == '-') {
			if (before == '.' || before == '-') {
				return false;
			}
			dots += c == '.';
			top = 0;
		} else if (!is_lower_alnum(c)) {
			return false;
		}
		top = c >= 'a' && c <= 'z' ? top + 1 : 0;
		before = c;
	}
	return dots > 0 && top >= 2 && s.n > top && s.p[s.n - top - 1] == '.';
}

static bool is_uri(struct hl_str s)
{
	size_t colon = hl_str_find_char(s, ':');

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c <= ' ' || c > '~' || strchr("\"<>\\^`{|}", c)) {
			return false;
		}
	}
	return colon > 0 && colon + 1 < s.n &&
	       ((s.p[0] >= 'a' && s.p[0] <= 'z') ||
		       (s.p[0] >= 'A' && s.p[0] <= 'Z'));
}

static bool is_country(struct hl_str s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' &&
	       s.p[1] <= 'Z';
}

static bool is_ip(struct hl_str s, int family)
{
	char text[64];
	unsigned char bin[16];

	snprintf(text, sizeof(text), "%.*s", HL_STR_ARG(s));
	return s.n < sizeof(text) && inet_pton(family, text, bin) == 1;
}

static bool is_a(struct hl_str s)
{
	return is_ip(s, AF_INET);
}

static bool is_aaaa(struct hl_str s)
{
	return is_ip(s, AF_INET6);
}

static bool is_among(struct hl_str s, const char *const *words)
{
	for (; *words; words++) {
		if (hl_str_eq(s, hl_str_c(*words))) {
			return true;
		}
	}
	return false;
}

static bool is_class(struct hl_str s)
{
	return is_among(s, (const char *const[]){
				   "baseline", "A1", "A2", "B1", "B2", NULL});
}

static bool is_media(struct hl_str s)
{
	return is_among(s, (const char *const[]){"image", "video", "audio",
				   "text", "mixed", NULL});
}

static bool is_detection(struct hl_str s)
{
	return is_among(s, (const char *const[]){"hash_match", "manual_review",
				   "user_report", NULL});
}

static bool is_verification(struct hl_str s)
{
	return is_among(
		s, (const char *const[]){"manual", "user_report", NULL});
}

static bool is_evidence_source(struct hl_str s)
{
	return hl_str_eq(s, HL_STR("user_report"));
}

static bool is_content(struct hl_str s)
{
	return hl_str_eq(s, HL_STR("content"));
}

static bool is_csam(struct hl_str s)
{
	return hl_str_eq(s, HL_STR("csam"));
}

struct rule {
	const char *name;
	bool required;
	bool (*ok)(struct hl_str value); /* a string; NULL: see below */
	bool (*ok_json)(const json_t *value);
};

static bool strings_are(
	const json_t *list, bool (*ok)(struct hl_str), size_t max)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v)
	{
		if (!json_is_string(v) || !ok(hl_str_mem(json_string_value(v),
						  json_string_length(v)))) {
			return false;
		}
	}
	return json_is_array(list) && i > 0 && i <= max;
}

static bool is_asn(const json_t *v)
{
	return json_is_integer(v) && json_integer_value(v) >= 1 &&
	       json_integer_value(v) <= UINT32_MAX;
}

/* ^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*$ */
static bool is_tag(struct hl_str s)
{
	struct hl_str part;
	size_t parts = 0;

	while (hl_str_next(&s, ':', &part)) {
		parts++;
		if (part.n == 0 || !is_lower_alnum(part.p[0])) {
			return false;
		}
		for (size_t i = 0; i < part.n; i++) {
			if (!is_lower_alnum(part.p[i]) &&
				!memchr("_+-", part.p[i], 3)) {
				return false;
			}
		}
	}
	return parts == 2;
}

static bool are_tags(const json_t *v)
{
	return strings_are(v, is_tag, 20);
}

static bool are_a(const json_t *v)
{
	return strings_are(v, is_a, 64);
}

static bool are_aaaa(const json_t *v)
{
	return strings_are(v, is_aaaa, 64);
}

static const struct rule party_rules[] = {
	{"org", true, is_org, NULL},
	{"contact", true, hl_referral_address_ok, NULL},
	{"domain", true, is_hostname, NULL},
	{NULL, false, NULL, NULL},
};

static const struct rule record_rules[] = {
	{"a", false, NULL, are_a},
	{"aaaa", false, NULL, are_aaaa},
	{NULL, false, NULL, NULL},
};

static bool is_party(const json_t *v);
static bool is_records(const json_t *v);

static const struct rule rules[] = {
	{"xarf_version", true, is_version, NULL},
	{"report_id", true, is_uuid4, NULL},
	{"timestamp", true, is_time, NULL},
	{"reporter", true, NULL, is_party},
	{"sender", true, NULL, is_party},
	{"source_identifier", true, is_any_text, NULL},
	{"category", true, is_content, NULL},
	{"type", true, is_csam, NULL},
	{"evidence_source", false, is_evidence_source, NULL},
	{"description", false, is_description, NULL},
	{"tags", false, NULL, are_tags},
	{"url", true, is_uri, NULL},
	{"domain", false, is_domain, NULL},
	{"verified_at", false, is_time, NULL},
	{"verification_method", false, is_verification, NULL},
	{"hosting_provider", false, is_any_text, NULL},
	{"asn", false, NULL, is_asn},
	{"country_code", false, is_country, NULL},
	{"dns_records", false, NULL, is_records},
	{"classification", true, is_class, NULL},
	{"media_type", false, is_media, NULL},
	{"detection_method", true, is_detection, NULL},
	{NULL, false, NULL, NULL},
};

static bool value_ok(const struct rule *rule, const json_t *v)
{
	if (!rule->ok) {
		return rule->ok_json(v);
	}
	return json_is_string(v) && rule->ok(hl_str_mem(json_string_value(v),
					    json_string_length(v)));
}

/* The name of the first field at fault; NULL if there is none. */
static const char *find_fault(const json_t *obj, const struct rule *table)
{
	size_t n = 0;

	for (; table->name; table++) {
		const json_t *v = json_object_get(obj, table->name);

		n += v != NULL;
		if (v ? !value_ok(table, v) : table->required) {
			return table->name;
		}
	}
	return n == json_object_size(obj) ? NULL : "a field that is not ours";
}

static bool is_party(const json_t *v)
{
	return json_is_object(v) && !find_fault(v, party_rules);
}

static bool is_records(const json_t *v)
{
	return json_is_object(v) && !find_fault(v, record_rules);
}

bool hl_referral_xarf_value_ok(const char *name, struct hl_str value)
{
	if (strcmp(name, "a") == 0) {
		return is_a(value);
	}
	if (strcmp(name, "aaaa") == 0) {
		return is_aaaa(value);
	}
	for (const struct rule *r = rules; r->name; r++) {
		if (strcmp(name, r->name) == 0) {
			return r->ok && r->ok(value);
		}
	}
	return false;
}

int hl_referral_xarf_check(struct hl_str json, struct hl_err *err)
{
	HL_JSON_AUTO *j = NULL;
	int r = hl_json_parse(json, HL_REFERRAL_XARF_MAX, &j, err);

	if (r) {
		return r;
	}
	if (!json_is_object(j)) {
		return HL_FAIL(err, HL_E_INVALID, "XARF: not an object");
	}
	const char *fault = find_fault(j, rules);
	return fault ? HL_FAIL(err, HL_E_INVALID, "XARF: %s", fault) : 0;
}
