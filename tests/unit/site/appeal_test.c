/* SPDX-License-Identifier: Apache-2.0 */
#include "browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/text.h"
#include "casefile/label.h"
#include "intake/appeal.h"
#include "seal/box.h"

#define APPEALS "SELECT count(*) FROM list_appeal"

static const char filled[] =
	"address=http%3A%2F%2Fmistake.invalid%2Fpage&words=This+is+my+own+shop"
	"&contact=owner%40example.org";

/* The piece behind `before` on the page, up to a mark. */
static void piece(const struct browser *b, const char *before, char mark,
	char *out, size_t size)
{
	struct hl_str all = hl_buf_str(&b->body);
	size_t at = hl_str_find(all, hl_str_c(before));

	assert_true(at < all.n);
	all = hl_str_sub(all, at + strlen(before), all.n);
	snprintf(out, size, "%.*s", (int)hl_str_find_char(all, mark), all.p);
}

static void get_form(struct browser *b, char form[1024], const char *fields)
{
	char once[64];

	browser_get(b, "/appeal");
	browser_must(b, "form", 200, "Why should it not be blocked?");
	piece(b, "name=\"once\" value=\"", '"', once, sizeof(once));
	assert_int_equal(43, strlen(once));
	snprintf(form, 1024, "%s&once=%s", fields, once);
}

static void get_receipt(const struct browser *b, char out[32])
{
	piece(b, "translate=\"no\" dir=\"ltr\">", '<', out, 32);
	assert_int_equal(25, strlen(out));
}

/* Opens the newest appeal as whoever decides would. */
static struct hl_str open_sealed(struct browser *b)
{
	struct fixture *f = b->f;
	int64_t id = fixture_number(f, "SELECT id FROM list_appeal");
	struct hl_seal_label label = HL_LABEL_LIST_APPEAL(id);
	HL_BUF_AUTO plain = HL_BUF_SECRET(HL_INTAKE_APPEAL_JSON_MAX);
	HL_BUF_AUTO key = HL_BUF_INIT(4096);
	HL_BUF_AUTO body = HL_BUF_INIT(256 * 1024);

	fixture_blob(f, "SELECT key_sealed FROM list_appeal", &key);
	fixture_blob(f, "SELECT body_sealed FROM list_appeal", &body);
	assert_int_equal(
		0, hl_seal_report_open(&f->queue, &label, hl_buf_str(&key),
			   hl_buf_str(&body), &plain, NULL));
	return hl_arena_dup(f->arena, hl_buf_str(&plain));
}

static void sealed_and_stored(void **state)
{
	struct browser *b = *state;
	char form[1024], receipt[32];

	get_form(b, form, filled);
	browser_post(b, "/appeal", form);
	browser_must(b, "sent", 200, "We have your appeal");
	get_receipt(b, receipt);
	browser_must(b, "a link", 200,
		"<a class=\"govuk-link hl-break\" href=\"/status\">http");
	browser_must(b, "footer", 200, "Check a report or an appeal");
	assert_int_equal(1, fixture_number(b->f, APPEALS));
	assert_string_equal("{\"address\":\"http://mistake.invalid/page\","
			    "\"words\":\"This is my own shop\","
			    "\"contact\":\"owner@example.org\"}",
		open_sealed(b).p);
	assert_false(fixture_files_have(b->f, HL_STR("mistake.invalid")));
	assert_false(fixture_files_have(b->f, HL_STR("owner@example.org")));
	assert_false(fixture_files_have(b->f, HL_STR("my own shop")));
	assert_int_equal(1,
		fixture_number(b->f, "SELECT count(*) FROM event WHERE kind = "
				     "1301"));
}

/* Twice is one, with one receipt; other words are another appeal. */
static void sent_twice(void **state)
{
	struct browser *b = *state;
	char form[1024], first[32], second[32], other[1100];

	get_form(b, form, filled);
	browser_post(b, "/appeal", form);
	get_receipt(b, first);
	browser_post(b, "/appeal", form);
	browser_must(b, "again", 200, "We have your appeal");
	get_receipt(b, second);
	assert_string_equal(first, second);
	assert_int_equal(1, fixture_number(b->f, APPEALS));
	snprintf(other, sizeof(other), "words=Something+else&%s", form);
	browser_post(b, "/appeal", other);
	get_receipt(b, second);
	assert_string_not_equal(first, second);
	assert_int_equal(2, fixture_number(b->f, APPEALS));
	/* two visitors who write the same have two receipts */
	get_form(b, form, filled);
	browser_post(b, "/appeal", form);
	get_receipt(b, second);
	assert_string_not_equal(first, second);
	assert_int_equal(3, fixture_number(b->f, APPEALS));
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *form, *says;
	} rows[] = {
		{"", "Enter the reference of the entry or the address"},
		{"words=why", "Enter the reference of the entry or the"},
		{"address=example.org", "Say why it should not be blocked"},
		{"entry=R-7K3Q-X9M2-C&words=why", "not a reference of an"},
		{"entry=E-0000-0000-1&words=why", "not a reference of an"},
		{"entry=%3Cb%3E&words=why", "&lt;b&gt;"},
		{"address=example.org&words=++", "Say why it should not"},
	};
	struct browser *b = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		browser_post(b, "/appeal", rows[i].form);
		browser_must(b, rows[i].form, 422, rows[i].says);
		browser_must(b, "title", 422, "<title>Error:");
	}
	browser_send(b, "/appeal", "text/plain", HL_STR("words"));
	assert_int_equal(400, b->status);
	browser_post(b, "/appeal", "words=%ff&address=x");
	assert_int_equal(400, b->status);
	assert_int_equal(0, fixture_number(b->f, APPEALS));
}

/* n times c, percent-encoded, as a field. */
static void put_field(
	struct hl_buf *out, const char *name, const char *c, int n)
{
	hl_buf_printf(out, "%s%s=", out->n ? "&" : "", name);
	for (int i = 0; i < n; i++) {
		hl_buf_printf(out, "%s", c);
	}
}

static void lengths(void **state)
{
	static const struct {
		const char *c;
		int address, words, contact, want;
	} rows[] = {
		{"a", 2000, 2000, 200, 200},
		{"%F0%9F%8C%B3", 1000, 2000, 200, 200},
		{"a", 2001, 5, 0, 422},
		{"a", 5, 2001, 0, 422},
		{"%C3%A6", 5, 2001, 0, 422},
		{"a", 5, 5, 201, 422},
		/* each of these takes six bytes */
		{"%3C", 2000, 2000, 200, 422},
		{"a", 60000, 60000, 0, 422},
	};
	struct browser *b = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO form = HL_BUF_INIT(1 << 20);
		char row[32];

		put_field(&form, "address", rows[i].c, rows[i].address);
		put_field(&form, "words", rows[i].c, rows[i].words);
		put_field(&form, "contact", rows[i].c, rows[i].contact);
		snprintf(row, sizeof(row), "row %zu", i);
		browser_post(b, "/appeal", form.p);
		browser_must(b, row, rows[i].want, "");
	}
	assert_int_equal(2, fixture_number(b->f, APPEALS));
}

/* The page that stopped somebody hands the reference over. An entry that is
 * not there is no fault: who appeals cannot know. */
static void with_a_reference(void **state)
{
	struct browser *b = *state;
	char ref[HL_REF_MAX], text[128];

	hl_ref_print(HL_REF_LIST_ENTRY, 987654321, ref);
	snprintf(text, sizeof(text), "/appeal?e=%s", ref);
	browser_get(b, text);
	snprintf(text, sizeof(text), "value=\"%s\"", ref);
	browser_must(b, "filled in", 200, text);
	snprintf(text, sizeof(text), "/appeal?entry=%s", ref);
	browser_get(b, text);
	snprintf(text, sizeof(text), "value=\"%s\"", ref);
	browser_must(b, "by its other name", 200, text);
	snprintf(text, sizeof(text), "entry=%s&words=why", ref);
	browser_post(b, "/appeal", text);
	browser_must(b, "sent", 200, "We have your appeal");
	assert_int_equal(
		0, fixture_number(b->f, "SELECT entry_id FROM list_appeal"));
	assert_string_equal("{\"words\":\"why\"}", open_sealed(b).p);
	browser_get(b, "/appeal?e=%3Cscript%3E");
	browser_must(b, "escaped", 200, "&lt;script&gt;");
	browser_get(b, "/appeal?e=%ff");
	assert_int_equal(200, b->status);
}

static void outcome_by_receipt(void **state)
{
	static const struct {
		const char *sql, *says;
	} rows[] = {
		{"UPDATE list_appeal SET state = 1", "Not decided yet"},
		{"UPDATE list_appeal SET state = 2, why = 3, "
		 "decided_at_us = 1795348800000000",
			"The entry blocked more than it should."},
		{"UPDATE list_appeal SET why = 1", "not illegal under the law"},
		{"UPDATE list_appeal SET state = 3, why = 5",
			"Appeal rejected"},
		{"UPDATE list_appeal SET why = 6", "No entry of our list"},
		{"UPDATE list_appeal SET why = 7", "You can appeal again"},
	};
	struct browser *b = *state;
	char form[1024], receipt[32], typed[64];

	get_form(b, form, filled);
	browser_post(b, "/appeal", form);
	get_receipt(b, receipt);
	snprintf(typed, sizeof(typed), "receipt=%s", receipt);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		fixture_sql(b->f, rows[i].sql);
		browser_post(b, "/status", typed);
		browser_must(b, rows[i].sql, 200, rows[i].says);
		assert_false(browser_sees(b, "mistake.invalid"));
	}
	browser_must(b, "day", 200, "on 22 Nov 2026");
	browser_post(b, "/status", "receipt=ABCDE-FGHJK-MNPQR-STVWX-0");
	assert_int_equal(422, b->status);
}

/* A key that was retired meanwhile is not sealed to. */
static void new_keys(void **state)
{
	struct browser *b = *state;

	browser_post(b, "/appeal", filled);
	browser_must(b, "first", 200, "We have your appeal");
	fixture_sql(b->f, "DELETE FROM list_appeal");
	fixture_new_epoch(b->f);
	browser_post(b, "/appeal", filled);
	browser_must(b, "second", 200, "We have your appeal");
	assert_int_equal(
		2, fixture_number(b->f, "SELECT epoch FROM list_appeal"));
	assert_true(open_sealed(b).n > 0);
}

static void without_keys(void **state)
{
	struct browser *b = *state;

	browser_post(b, "/appeal", filled);
	assert_int_equal(503, b->status);
	assert_int_equal(0, fixture_number(b->f, APPEALS));
}

static void too_many(void **state)
{
	struct browser *b = *state;
	int n = 0;

	b->peer = 77;
	while (n < 1000) {
		browser_post(b, "/appeal", filled);
		if (b->status != 200) {
			break;
		}
		n++;
	}
	assert_int_equal(429, b->status);
	assert_int_equal(n, fixture_number(b->f, APPEALS));
}

int main(void)
{
#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, browser_set_up, browser_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(sealed_and_stored),
		TEST(sent_twice),
		TEST(what_is_refused),
		TEST(lengths),
		TEST(with_a_reference),
		TEST(outcome_by_receipt),
		TEST(new_keys),
		cmocka_unit_test_setup_teardown(
			without_keys, browser_set_up_bare, browser_tear_down),
		TEST(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
