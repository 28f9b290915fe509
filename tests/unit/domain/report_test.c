/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

static struct hl_arena *arena;

static int new_arena(void **state)
{
	(void)state;
	arena = hl_arena_new((size_t)16 << 20, true);
	return arena ? 0 : -1;
}

static int free_arena(void **state)
{
	(void)state;
	hl_arena_freep(&arena);
	return 0;
}

static struct hl_report sample(void)
{
	struct hl_report r = {.danger = HL_YNU_YES,
		.place = HL_PLACE_PEER2PEER,
		.addresses_text = HL_STR("hxxp://a[.]example.org und mehr"),
		.where = HL_STR("links oben, „Album“"),
		.seen = HL_SEEN_MONTH,
		.seen_note = HL_STR("Freitag"),
		.pay = HL_YNU_UNKNOWN,
		.pay_note = HL_STR("<b>&amp;"),
		.words = HL_STR("Zeile 1\nZeile 2\t\"x\" \\ 日本"),
		.contact = HL_STR("me@example.org"),
		.language = HL_STR("de-AT")};

	r.addresses[0] = HL_STR("http://a.example.org/");
	r.addresses[1] = HL_STR("magnet:?xt=urn:x");
	r.n_addresses = 2;
	assert_int_equal(0, hl_hash_parse(HL_HASH_MD5,
				    HL_STR("0123456789abcdef0123456789abcdef"),
				    &r.hashes[0]));
	assert_int_equal(0, hl_hash_parse(HL_HASH_PDQ,
				    HL_STR("0123456789abcdef0123456789abcdef"
					   "0123456789abcdef0123456789abcdef"),
				    &r.hashes[1]));
	r.hashes[1].quality = 97;
	r.n_hashes = 2;
	return r;
}

static void assert_same(const struct hl_report *a, const struct hl_report *b)
{
	assert_int_equal(a->danger, b->danger);
	assert_int_equal(a->place, b->place);
	assert_int_equal(a->seen, b->seen);
	assert_int_equal(a->pay, b->pay);
	assert_int_equal(a->n_addresses, b->n_addresses);
	for (size_t i = 0; i < a->n_addresses; i++) {
		assert_true(hl_str_eq(a->addresses[i], b->addresses[i]));
	}
	assert_true(hl_str_eq(a->addresses_text, b->addresses_text));
	assert_true(hl_str_eq(a->where, b->where));
	assert_true(hl_str_eq(a->seen_note, b->seen_note));
	assert_true(hl_str_eq(a->pay_note, b->pay_note));
	assert_true(hl_str_eq(a->words, b->words));
	assert_true(hl_str_eq(a->contact, b->contact));
	assert_true(hl_str_eq(a->language, b->language));
	assert_int_equal(a->n_hashes, b->n_hashes);
	for (size_t i = 0; i < a->n_hashes; i++) {
		assert_true(hl_hash_same(&a->hashes[i], &b->hashes[i]));
		assert_int_equal(a->hashes[i].quality, b->hashes[i].quality);
	}
}

static void both_documents_give_the_report_back(void **state)
{
	HL_BUF_AUTO body = HL_BUF_INIT(HL_REPORT_JSON_MAX);
	HL_BUF_AUTO contact = HL_BUF_INIT(HL_REPORT_JSON_MAX);
	struct hl_report r = sample(), back = {0};

	(void)state;
	hl_report_put_json(&body, &r);
	hl_report_put_contact_json(&contact, &r);
	assert_null(strstr(body.p, "me@example.org"));
	assert_string_equal(
		"{\"schema\":1,\"contact\":\"me@example.org\"}", contact.p);
	assert_int_equal(
		0, hl_report_parse_json(arena, hl_buf_str(&body), &back, NULL));
	assert_null(back.contact.p);
	assert_int_equal(0,
		hl_report_parse_json(arena, hl_buf_str(&contact), &back, NULL));
	assert_same(&r, &back);
}

static void a_draft_may_be_empty(void **state)
{
	HL_BUF_AUTO body = HL_BUF_INIT(1000);
	struct hl_report none = {0}, back = {0};

	(void)state;
	hl_report_put_json(&body, &none);
	assert_string_equal("{\"schema\":1}", body.p);
	assert_int_equal(
		0, hl_report_parse_json(arena, hl_buf_str(&body), &back, NULL));
	assert_same(&none, &back);
}

static void every_word_round_trips(void **state)
{
	(void)state;
	for (int i = 0; i <= HL_PLACE_UNKNOWN; i++) {
		HL_BUF_AUTO body = HL_BUF_INIT(1000);
		struct hl_report r = {.danger = (enum hl_ynu)(i % 4),
			.place = (enum hl_place)i,
			.seen = (enum hl_seen)(i % 6),
			.pay = (enum hl_ynu)(i / 4 % 4)};
		struct hl_report back = {0};

		hl_report_put_json(&body, &r);
		assert_int_equal(0, hl_report_parse_json(arena,
					    hl_buf_str(&body), &back, NULL));
		assert_same(&r, &back);
	}
}

#define MD5 "0123456789abcdef0123456789abcdef"
#define HASHES(members) "{\"schema\":1,\"hashes\":[{" members "}]}"

static void bad_documents(void **state)
{
	static const struct {
		const char *json, *message;
	} rows[] = {
		{"", "not valid JSON"},
		{"null", "schema"},
		{"[1]", "schema"},
		{"{\"schema\":2}", "schema"},
		{"{\"schema\":1,\"danger\":\"maybe\"}", "danger"},
		{"{\"schema\":1,\"danger\":\"unanswered\"}", "danger"},
		{"{\"schema\":1,\"danger\":1}", "danger"},
		{"{\"schema\":1,\"place\":\"\"}", "place"},
		{"{\"schema\":1,\"words\":null}", "words is no string"},
		{"{\"schema\":1,\"words\":[\"a\"]}", "words is no string"},
		{"{\"schema\":1,\"addresses\":\"a\"}", "addresses"},
		{"{\"schema\":1,\"addresses\":[1]}", "addresses"},
		{"{\"schema\":1,\"language\":\"0123456789012345678901234567890"
		 "123456\"}",
			"language is too long"},
		{"{\"schema\":1,\"ip\":\"192.0.2.1\"}", "not known"},
		{"{\"schema\":1,\"words\":\"\\u0000\"}", "not valid JSON"},
		{"{\"schema\":1,\"words\":\"\xff\"}", "not valid JSON"},
		{"{\"schema\":1,\"hashes\":\"a\"}", "hashes"},
		{"{\"schema\":1,\"hashes\":[1]}", "hashes"},
		{"{\"schema\":1,\"hashes\":[{\"kind\":\"md5\"}]}", "hashes"},
		{HASHES("\"kind\":\"crc\",\"value\":\"" MD5 "\""), "hashes"},
		{HASHES("\"kind\":\"sha1\",\"value\":\"" MD5 "\""), "hashes"},
		{HASHES("\"kind\":\"md5\",\"value\":\"" MD5 "\",\"x\":1"),
			"hashes"},
		{HASHES("\"kind\":\"md5\",\"value\":\"" MD5
			"\",\"quality\":50"),
			"quality"},
		{HASHES("\"kind\":\"pdq\",\"value\":\"" MD5 MD5
			"\",\"quality\":101"),
			"quality"},
		{HASHES("\"kind\":\"pdq\",\"value\":\"" MD5 MD5
			"\",\"quality\":null"),
			"quality"},
		{HASHES("\"kind\":\"md5\",\"value\":"
			"\"d41d8cd98f00b204e9800998ecf8427e\""),
			"hashes"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_report r = {0};
		struct hl_err err = {0};
		int rc = hl_report_parse_json(
			arena, hl_str_c(rows[i].json), &r, &err);

		if (rc != HL_E_INVALID || !strstr(err.msg, rows[i].message)) {
			fail_msg("%s: %d %s", rows[i].json, rc, err.msg);
		}
	}
}

/* The faults as "field:problem …". */
static void put_faults(
	struct hl_buf *out, const struct hl_report *r, uint32_t fields)
{
	struct hl_report_fault faults[HL_FIELD_LAST];
	size_t n = hl_report_check(r, fields, faults);

	for (size_t i = 0; i < n; i++) {
		hl_buf_printf(out, "%s%s:%s", i ? " " : "",
			hl_vocab_name(
				&hl_vocab_report_field, (int)faults[i].field),
			hl_vocab_name(&hl_vocab_report_problem,
				(int)faults[i].problem));
	}
}

static void check_faults(
	const struct hl_report *r, uint32_t fields, const char *want)
{
	HL_BUF_AUTO got = HL_BUF_INIT(1000);

	put_faults(&got, r, fields);
	if (!hl_str_eq(hl_buf_str(&got), hl_str_c(want))) {
		fail_msg("want \"%s\", got \"%.*s\"", want,
			HL_STR_ARG(hl_buf_str(&got)));
	}
}

static void what_must_be_answered(void **state)
{
	struct hl_report r = {0};

	(void)state;
	check_faults(&r, HL_FIELD_ALL,
		"danger:empty place:empty addresses:no_matter");
	check_faults(&r, hl_vocab_bit(HL_FIELD_PLACE), "place:empty");
	check_faults(&r, hl_vocab_bit(HL_FIELD_ADDRESSES), "");
	r.danger = HL_YNU_UNKNOWN;
	r.place = HL_PLACE_UNKNOWN;
	r.where = HL_STR(" \n\t ");
	check_faults(&r, HL_FIELD_ALL, "addresses:no_matter");
	r.where = HL_STR("in the app, third chat");
	check_faults(&r, HL_FIELD_ALL, "");
	r = sample();
	check_faults(&r, HL_FIELD_ALL, "");
}

static void texts(void **state)
{
	static const struct {
		struct hl_str text;
		const char *problem;
	} rows[] = {
		{HL_STR_INIT("plain\r\n\twords"), ""},
		{HL_STR_INIT(
			 "عربي, עברית, 日本, emoji 🙂‍↕️"),
			""},
		{HL_STR_INIT("soft\u00adhyphen, zero\u200bwidth"), ""},
		{HL_STR_INIT("mark\u200eleft and \u200fright"), ""},
		{HL_STR_INIT("\xff"), "words:malformed"},
		{HL_STR_INIT("\xc0\xaf"), "words:malformed"},
		{HL_STR_INIT("\xed\xa0\x80"), "words:malformed"},
		{HL_STR_INIT("cut \xe2\x82"), "words:malformed"},
		{HL_STR_INIT("see data:image/png;base64,iVBORw0KGgo="),
			"words:content"},
		{HL_STR_INIT("DATA:text/html,x"), "words:content"},
		{HL_STR_INIT("the data: image, and/or text;"), ""},
		{HL_STR_INIT("metadata:a/b"), ""},
		{HL_STR_INIT("nul\0byte"), "words:hostile"},
		{HL_STR_INIT("escape \x1b[2J"), "words:hostile"},
		{HL_STR_INIT("delete \x7f"), "words:hostile"},
		{HL_STR_INIT("c1 \xc2\x85"), "words:hostile"},
		{HL_STR_INIT("override \u202egro.elpmaxe"), "words:hostile"},
		{HL_STR_INIT("isolate \u2066x\u2069"), "words:hostile"},
		{HL_STR_INIT("paragraph\u2029"), "words:hostile"},
		{HL_STR_INIT("tag \U000e0041"), "words:hostile"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_report r = {.words = rows[i].text};
		HL_BUF_AUTO got = HL_BUF_INIT(100);

		put_faults(&got, &r, hl_vocab_bit(HL_FIELD_WORDS));
		if (!hl_str_eq(hl_buf_str(&got), hl_str_c(rows[i].problem))) {
			fail_msg("row %zu: %.*s", i,
				HL_STR_ARG(hl_buf_str(&got)));
		}
	}
}

/* A text of n times the two bytes of "ø". */
static struct hl_str long_text(size_t n)
{
	char *p = hl_arena_alloc(arena, 2 * n);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++) {
		memcpy(p + 2 * i, "ø", 2);
	}
	return (struct hl_str){p, 2 * n};
}

static void limits_count_characters(void **state)
{
	static const struct {
		enum hl_report_field field;
		size_t offset;
		size_t max_chars;
		const char *fault;
	} rows[] = {
#define AT(member) offsetof(struct hl_report, member)
		{HL_FIELD_WHERE, AT(where), HL_REPORT_LINE_CHARS,
			"where:too_long"},
		{HL_FIELD_SEEN_NOTE, AT(seen_note), HL_REPORT_SHORT_CHARS,
			"seen_note:too_long"},
		{HL_FIELD_PAY_NOTE, AT(pay_note), HL_REPORT_SHORT_CHARS,
			"pay_note:too_long"},
		{HL_FIELD_WORDS, AT(words), HL_REPORT_WORDS_CHARS,
			"words:too_long"},
		{HL_FIELD_CONTACT, AT(contact), HL_REPORT_SHORT_CHARS,
			"contact:too_long"},
		{HL_FIELD_ADDRESSES, AT(addresses_text),
			HL_REPORT_TEXT_BYTES / 2, "addresses:too_long"},
#undef AT
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint32_t field = hl_vocab_bit((int)rows[i].field);
		struct hl_report r = {0};
		struct hl_str s = long_text(rows[i].max_chars);

		memcpy((char *)&r + rows[i].offset, &s, sizeof(s));
		check_faults(&r, field, "");
		s = long_text(rows[i].max_chars + 1);
		memcpy((char *)&r + rows[i].offset, &s, sizeof(s));
		check_faults(&r, field, rows[i].fault);
		s = long_text(rows[i].max_chars * 8);
		memcpy((char *)&r + rows[i].offset, &s, sizeof(s));
		check_faults(&r, field, rows[i].fault);
	}
}

static void addresses_have_limits(void **state)
{
	uint32_t field = hl_vocab_bit(HL_FIELD_ADDRESSES);
	struct hl_report r = {0};

	(void)state;
	for (size_t i = 0; i < HL_REPORT_ADDRESSES_MAX; i++) {
		r.addresses[i] = HL_STR("https://a.example.org/");
	}
	r.n_addresses = HL_REPORT_ADDRESSES_MAX;
	check_faults(&r, field, "");
	r.n_addresses++;
	check_faults(&r, field, "addresses:too_many");
	r.n_addresses = 2;
	r.addresses[1] = long_text(HL_REPORT_ADDRESS_BYTES / 2);
	check_faults(&r, field, "");
	r.addresses[1] = long_text(HL_REPORT_ADDRESS_BYTES / 2 + 1);
	check_faults(&r, field, "addresses:too_long");
	r.addresses[1] = HL_STR("https://a.example.org/\u202etxt.exe");
	check_faults(&r, field, "addresses:hostile");
	for (size_t i = 0; i < 40; i++) {
		r.addresses[i] = long_text(HL_REPORT_ADDRESS_BYTES / 2);
	}
	r.n_addresses = 40;
	check_faults(&r, field, "addresses:too_long");
}

static void words_of_no_vocabulary(void **state)
{
	struct hl_report r = sample();

	(void)state;
	r.danger = (enum hl_ynu)4;
	r.place = (enum hl_place)99;
	r.seen = (enum hl_seen) - 1;
	r.pay = (enum hl_ynu)77;
	r.language = HL_STR("en\"");
	check_faults(&r, HL_FIELD_ALL,
		"danger:malformed place:malformed seen:malformed "
		"pay:malformed language:malformed");
	r = sample();
	r.language = HL_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	check_faults(&r, HL_FIELD_ALL, "language:too_long");
	r.language = HL_STR_NONE;
	check_faults(&r, HL_FIELD_ALL, "");
}

/* The greatest report that the checks let through fits its document. */
static void the_greatest_report_fits(void **state)
{
	HL_BUF_AUTO body = HL_BUF_INIT(HL_REPORT_JSON_MAX);
	struct hl_report r = sample(), back = {0};
	char *p = hl_arena_alloc(arena, HL_REPORT_TEXT_BYTES);

	(void)state;
	assert_non_null(p);
	memset(p, '<', HL_REPORT_TEXT_BYTES); /* six bytes each in JSON */
	r.addresses_text = hl_str_mem(p, HL_REPORT_TEXT_BYTES);
	r.n_addresses = HL_REPORT_TEXT_BYTES / HL_REPORT_ADDRESS_BYTES;
	for (size_t i = 0; i < r.n_addresses; i++) {
		r.addresses[i] = hl_str_mem(p, HL_REPORT_ADDRESS_BYTES);
	}
	r.words = hl_str_mem(p, HL_REPORT_WORDS_CHARS);
	r.where = hl_str_mem(p, HL_REPORT_LINE_CHARS);
	r.seen_note = hl_str_mem(p, HL_REPORT_SHORT_CHARS);
	r.pay_note = hl_str_mem(p, HL_REPORT_SHORT_CHARS);
	check_faults(&r, HL_FIELD_ALL, "");
	hl_report_put_json(&body, &r);
	assert_int_equal(0, body.fault);
	assert_int_equal(
		0, hl_report_parse_json(arena, hl_buf_str(&body), &back, NULL));
	r.contact = HL_STR_NONE;
	assert_same(&r, &back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_documents_give_the_report_back),
		cmocka_unit_test(a_draft_may_be_empty),
		cmocka_unit_test(every_word_round_trips),
		cmocka_unit_test(bad_documents),
		cmocka_unit_test(what_must_be_answered),
		cmocka_unit_test(texts),
		cmocka_unit_test(limits_count_characters),
		cmocka_unit_test(addresses_have_limits),
		cmocka_unit_test(words_of_no_vocabulary),
		cmocka_unit_test(the_greatest_report_fits),
	};
	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
