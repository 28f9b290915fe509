/* SPDX-License-Identifier: Apache-2.0 */
#include "browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"

static bool has_header(const struct browser *b, const char *line)
{
	struct hl_str all = hl_buf_str(&b->headers);

	return hl_str_find(all, hl_str_c(line)) < all.n;
}

static void with_a_reference(void **state)
{
	struct browser *b = *state;
	char ref[HL_REF_MAX], target[64];

	hl_ref_print(HL_REF_LIST_ENTRY, 987654321, ref);
	snprintf(target, sizeof(target), "/stop?e=%s&r=folder", ref);
	browser_get(b, target);
	browser_must(b, "reference", 451, ref);
	browser_must(b, "scope", 451, "is in a part of a site");
	browser_must(b, "appeal", 451, "/appeal?e=E-");
	browser_must(b, "who", 451, "Its name is not known to this page");
	assert_true(has_header(b, "Content-Language: en\n"));
	assert_true(has_header(b, "Vary: Accept, Accept-Language\n"));
	assert_true(has_header(b, "style-src 'sha256-"));
	assert_false(has_header(b, "style-src 'self'"));
	assert_false(has_header(b, "blocked-by"));
	assert_false(has_header(b, "Set-Cookie"));
}

/* Who sends people here spells it as the stop page of consumers, or as this
 * one's own; the words of either, too. */
static void both_spellings(void **state)
{
	static const struct {
		const char *query, *says;
	} rows[] = {
		{"entry=%s&scope=page", "assessed the page at this address"},
		{"entry=%s&scope=directory", "is in a part of a site"},
		{"entry=%s&scope=folder", "is in a part of a site"},
		{"entry=%s&scope=domain", "belongs to a site"},
		{"e=%s&r=domain", "belongs to a site"},
		{"e=%s&scope=site", "belongs to a site"},
		{"e=&entry=%s&r=&scope=directory", "is in a part of a site"},
	};
	struct browser *b = *state;
	char ref[HL_REF_MAX], query[96], target[128];

	hl_ref_print(HL_REF_LIST_ENTRY, 987654321, ref);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		size_t at =
			(size_t)(strstr(rows[i].query, "%s") - rows[i].query);

		snprintf(query, sizeof(query), "%.*s%s%s", (int)at,
			rows[i].query, ref, rows[i].query + at + 2);
		snprintf(target, sizeof(target), "/stop?%s", query);
		browser_get(b, target);
		browser_must(b, rows[i].query, 451, ref);
		browser_must(b, rows[i].query, 451, rows[i].says);
	}
}

/* What a reader's browser could be sent with shows nothing of itself. */
static void bad_queries(void **state)
{
	static const char *const rows[] = {"/stop", "/stop?",
		"/stop?e=", "/stop?e=E-0000-0000-1",
		"/stop?e=R-7K3Q-X9M2-C&r=all",
		"/stop?entry=R-7K3Q-X9M2-C&scope=all",
		"/stop?e=%3Cscript%3Ealert(1)%3C/script%3E&r=%3Cb%3E",
		"/stop?e=%ff%00&r=%zz", "/stop?url=http://blocked.invalid/x",
		"/stop?r=page&r=site"};
	struct browser *b = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		browser_get(b, rows[i]);
		browser_must(b, rows[i], 451, "This address is blocked");
		if (browser_sees(b, "Reference of the entry") ||
			browser_sees(b, "alert(1)") ||
			browser_sees(b, "blocked.invalid") ||
			browser_sees(b, "<b>")) {
			fail_msg("%s shows too much", rows[i]);
		}
	}
}

static void in_the_readers_language(void **state)
{
	struct browser *b = *state;

	b->speaks = "sv-FI, en;q=0.5";
	browser_get(b, "/stop?r=site");
	browser_must(b, "sv", 451, "<html lang=\"sv\" dir=\"ltr\">");
	b->speaks = "ar";
	browser_get(b, "/stop");
	browser_must(b, "ar", 451, "<html lang=\"ar\" dir=\"rtl\">");
}

static void help_from_the_settings(void **state)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
		{"service.name", "Example & Sons"},
		{"operator.name", "Example Trust"},
		{"operator.mail", "list@hotline.example.org"},
		{"stop.worry_name", "Line One"},
		{"stop.worry_url", "https://one.example.org/talk"},
		{"stop.young_name", "Line Two, 116 111"},
	};
	struct browser *b = *state;

	browser_get(b, "/stop");
	assert_false(browser_sees(b, "Where to find help"));
	hl_site_fini(&b->site);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		assert_int_equal(
			0, hl_settings_set(b->settings, hl_str_c(rows[i].key),
				   hl_str_c(rows[i].value), NULL));
	}
	assert_int_equal(0, hl_site_init(&b->site, b->settings, false, NULL));
	browser_get(b, "/stop");
	browser_must(b, "name", 451, "Example &amp; Sons");
	assert_false(browser_sees(b, "Example Trust")); /* one name */
	browser_must(b, "mail", 451, "mailto:list@hotline.example.org");
	browser_must(b, "link", 451, "href=\"https://one.example.org/talk\"");
	browser_must(b, "name alone", 451, "<bdi>Line Two, 116 111</bdi>");
}

/* A start that would show no page is refused, with what to change. */
static void settings_that_make_no_page(void **state)
{
	struct browser *b = *state;
	struct hl_site_app site;
	struct hl_err err = {0};
	char name[HL_STOP_NAME_MAX + 2];

	memset(name, 'x', sizeof(name));
	assert_int_equal(
		0, hl_settings_set(b->settings, HL_STR("stop.young_name"),
			   hl_str_mem(name, sizeof(name)), NULL));
	assert_int_equal(
		HL_E_INVALID, hl_site_init(&site, b->settings, false, &err));
	assert_non_null(strstr(err.msg, "second help link"));
	hl_site_fini(&site);
}

int main(void)
{
#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, browser_set_up, browser_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(with_a_reference),
		TEST(both_spellings),
		TEST(bad_queries),
		TEST(in_the_readers_language),
		TEST(help_from_the_settings),
		TEST(settings_that_make_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
