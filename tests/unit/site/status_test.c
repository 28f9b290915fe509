/* SPDX-License-Identifier: Apache-2.0 */
#include "browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static void submit(struct browser *b, struct hl_seal_receipt *receipt)
{
	struct hl_report report;

	fixture_report(b->f->arena, 1, &report);
	assert_int_equal(0, hl_intake_submit(&b->f->at, &report, HL_STR_NONE,
				    receipt, NULL));
}

static void ask(struct browser *b, const char *typed)
{
	HL_BUF_AUTO form = HL_BUF_INIT(4096);

	hl_buf_put(&form, HL_STR("receipt="));
	for (const char *p = typed; *p; p++) {
		hl_buf_printf(&form, "%%%02x", (unsigned char)*p);
	}
	browser_post(b, "/status", form.p);
}

/* As people write it down and type it again. */
static void receipts_are_read_kindly(void **state)
{
	struct browser *b = *state;
	struct hl_seal_receipt receipt;
	char text[HL_SEAL_RECEIPT_TEXT], typed[200];

	submit(b, &receipt);
	hl_seal_receipt_print(&receipt, text);
	ask(b, text);
	browser_must(b, "as printed", 200, "Received");
	for (size_t i = 0; text[i]; i++) {
		char c = text[i];

		typed[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32
				  : c == '-'           ? ' '
				  : c == '0'           ? 'o'
				  : c == '1'           ? 'l'
						       : c);
	}
	typed[strlen(text)] = 0;
	ask(b, typed);
	browser_must(b, "small, spaces, o and l", 200, "Received");
	snprintf(typed, sizeof(typed), "  %s\n", text);
	ask(b, typed);
	browser_must(b, "spaces around", 200, "Received");
}

static void each_typo_has_its_message(void **state)
{
	struct browser *b = *state;
	struct hl_seal_receipt receipt;
	char text[HL_SEAL_RECEIPT_TEXT], wrong[HL_SEAL_RECEIPT_TEXT];
	static const struct {
		const char *typed, *says;
	} rows[] = {
		{"", "Enter your receipt"},
		{"   ", "Enter your receipt"},
		{"ABCDE", "too short"},
		{"ABCDE-FGHJK-MNPQR-STVWX-00", "too long"},
		{"ABCDE-FGHJK-MNPQR-STVWU-0", "no receipt has"},
		{"\xc3\xa6", "no receipt has"},
		{"<script>", "no receipt has"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		ask(b, rows[i].typed);
		browser_must(b, rows[i].typed, 422, rows[i].says);
		browser_must(b, rows[i].typed, 422, "href=\"#receipt\"");
		assert_false(browser_sees(b, "<script>"));
	}
	submit(b, &receipt);
	hl_seal_receipt_print(&receipt, text);
	for (size_t i = 0; text[i]; i++) {
		if (text[i] == '-') {
			continue;
		}
		memcpy(wrong, text, sizeof(wrong));
		wrong[i] = text[i] == 'A' ? 'B' : 'A';
		ask(b, wrong);
		browser_must(b, wrong, 422, "not right");
	}
	hl_seal_receipt_new(&receipt);
	hl_seal_receipt_print(&receipt, text);
	ask(b, text);
	browser_must(b, "nobody's", 422, "We have no report");
}

static void the_page_shows_steps_and_no_content(void **state)
{
	struct browser *b = *state;
	struct hl_seal_receipt receipt;
	char text[HL_SEAL_RECEIPT_TEXT];

	submit(b, &receipt);
	hl_seal_receipt_print(&receipt, text);
	fixture_sql(b->f,
		"INSERT INTO cases SELECT 1, 1, 1, 1, 1, 0, 0, 3, 0, 0, 0, 0,"
		" 0, 0, 0, 0, 0, 0, 0;"
		"INSERT INTO item (id, case_id, url_hash, host_hash,"
		" canon_version, kind, epoch, url_sealed, worker_sealed, state,"
		" n_reports, n_independent, first_at_us, last_at_us, country,"
		" asn, network, provider_id, traced_at_us, removed_at_us,"
		" public_status, passed_to, status_at_us)"
		" VALUES (1, 1, x'01', x'00', 1, 1, 1, x'', x'', 1, 1, 1, 1,"
		" 1, '', 0, '', 0, 0, 0, 4, 6, 1795305600000000);"
		"INSERT INTO report_item SELECT id, 1, 1, 1, 0, 5 FROM report;"
		"INSERT INTO report_item SELECT id, 2, 0, 4, 8, 5 FROM report");
	ask(b, text);
	browser_must(b, "first", 200, "Passed on to the hosting provider");
	browser_must(b, "to whom", 200, "Passed on to: Police, Hosting");
	browser_must(b, "day", 200, "since 22 Nov 2026");
	browser_must(b, "second", 200, "Not enough information");
	browser_must(b, "number", 200, "Address 2");
	assert_false(browser_sees(b, "quillfeather"));
	assert_false(browser_sees(b, "snapdragon"));
	fixture_sql(b->f, "UPDATE report SET state = 6");
	ask(b, text);
	browser_must(b, "erased", 200, "erased for good");
}

int main(void)
{
#define BROWSE(test) \
	cmocka_unit_test_setup_teardown(test, browser_set_up, browser_tear_down)
	const struct CMUnitTest tests[] = {
		BROWSE(receipts_are_read_kindly),
		BROWSE(each_typo_has_its_message),
		BROWSE(the_page_shows_steps_and_no_content),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
