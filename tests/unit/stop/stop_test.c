/* SPDX-License-Identifier: Apache-2.0 */
#include "stop/stop.h"

#include <sodium.h>

/* clang-format off */
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"

static const struct hl_stop_config full = {
	.hotline = HL_STR_INIT("Example Hotline"),
	.contact = {.href = HL_STR_INIT("mailto:list@hotline.example.org")},
	.consumer = HL_STR_INIT("School Network North"),
	.consumer_uri = HL_STR_INIT("https://school.example.org/"),
	.appeal = HL_STR_INIT("https://hotline.example.org/appeal"),
	.worry = {HL_STR_INIT("Line One"),
		HL_STR_INIT("https://one.example.org/")},
	.young = {HL_STR_INIT("Line Two, 116 111"), HL_STR_INIT("tel:116111")}};

enum { ENTRY = 123456789 };

static void must_have(const struct hl_stop_answer *a, const char *text)
{
	struct hl_str body = hl_buf_str(&a->body);

	if (hl_str_find(body, hl_str_c(text)) == body.n) {
		fail_msg("not there: %s\n%.*s", text, HL_STR_ARG(body));
	}
}

static void must_not_have(const struct hl_stop_answer *a, const char *text)
{
	struct hl_str body = hl_buf_str(&a->body);

	if (hl_str_find(body, hl_str_c(text)) != body.n) {
		fail_msg("there: %s", text);
	}
}

static struct hl_str header(const struct hl_stop_answer *a, const char *name)
{
	struct hl_str found = HL_STR_NONE;

	for (size_t i = 0; i < a->n_headers; i++) {
		if (!strcmp(name, a->headers[i].name)) {
			assert_null(found.p);
			found = a->headers[i].value;
		}
	}
	return found;
}

static void must_be(
	const struct hl_stop_answer *a, const char *name, const char *want)
{
	struct hl_str value = header(a, name);

	if (!hl_str_eq(value, hl_str_c(want))) {
		fail_msg("%s: %.*s", name, HL_STR_ARG(value));
	}
}

static void whole_page(void **state)
{
	static const struct hl_stop_ask ask = {
		.entry = ENTRY, .reason = HL_STOP_FOLDER};
	HL_STOP_ANSWER_AUTO a = {0};
	char ref[HL_REF_MAX], href[128];

	(void)state;
	hl_ref_print(HL_REF_LIST_ENTRY, ENTRY, ref);
	assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
	must_have(&a, "<html lang=\"en\" dir=\"ltr\">");
	must_have(&a, "This address is in a part of a site that the hotline "
		      "<bdi>Example Hotline</bdi> assessed.");
	must_have(&a, "<bdi>School Network North</bdi> blocks it here");
	must_have(&a, ref);
	snprintf(href, sizeof(href),
		"href=\"https://hotline.example.org/appeal?e=%s\"", ref);
	must_have(&a, href);
	must_have(&a, "href=\"mailto:list@hotline.example.org\"><bdi>"
		      "list@hotline.example.org</bdi>");
	must_have(&a, "href=\"https://one.example.org/\"><bdi>Line One");
	must_have(&a, "href=\"tel:116111\"");
	must_have(&a, "</main>\n</body>\n</html>\n");
	/* nothing is run, asked for or claimed */
	must_not_have(&a, "<script");
	must_not_have(&a, " src=");
	must_not_have(&a, "url(");
	must_not_have(&a, "@import");
	must_not_have(&a, "<link");
	must_not_have(&a, "404");
}

static void headers(void **state)
{
	static const struct hl_stop_ask ask = {
		.accept_language = HL_STR_INIT("de-AT")};
	HL_STOP_ANSWER_AUTO a = {0};

	(void)state;
	assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
	must_be(&a, "Content-Type", "text/html; charset=utf-8");
	must_be(&a, "Content-Language", "de");
	must_be(&a, "Vary", "Accept, Accept-Language");
	must_be(&a, "Cache-Control", "no-store");
	must_be(&a, "Referrer-Policy", "no-referrer");
	must_be(&a, "X-Content-Type-Options", "nosniff");
	must_be(&a, "Link",
		"<https://school.example.org/>; rel=\"blocked-by\"");
	assert_string_equal("de", a.language);
	assert_int_equal(451, HL_STOP_STATUS);

	struct hl_stop_config c = full;
	c.consumer_uri = HL_STR_NONE;
	assert_int_equal(0, hl_stop_answer(&c, &ask, &a, NULL));
	assert_null(header(&a, "Link").p);
}

/* The policy allows the style that is on the page, and it alone. */
static void policy(void **state)
{
	static const struct hl_stop_ask ask = {0};
	uint8_t hash[crypto_hash_sha256_BYTES];
	HL_STOP_ANSWER_AUTO a = {0};
	HL_BUF_AUTO want = HL_BUF_INIT(512);

	(void)state;
	assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
	struct hl_str body = hl_buf_str(&a.body);
	size_t from = hl_str_find(body, HL_STR("<style>")) + 7;
	size_t to = hl_str_find(body, HL_STR("</style>"));
	assert_true(from < to && to < body.n);
	crypto_hash_sha256(hash, (const uint8_t *)body.p + from, to - from);
	hl_buf_put(&want, HL_STR("default-src 'none'; style-src 'sha256-"));
	hl_text_put_base64(&want, hash, sizeof(hash));
	hl_buf_put(&want, HL_STR("'; form-action 'none'; base-uri 'none'; "
				 "frame-ancestors 'none'"));
	must_be(&a, "Content-Security-Policy", want.p);
}

static void what_is_absent_is_left_out(void **state)
{
	static const struct hl_stop_config bare = {
		.hotline = HL_STR_INIT("Example Hotline")};
	static const struct hl_stop_ask ask = {.reason = HL_STOP_UNKNOWN};
	HL_STOP_ANSWER_AUTO a = {0};

	(void)state;
	assert_int_equal(0, hl_stop_answer(&bare, &ask, &a, NULL));
	must_have(&a, "This address is on a list of the hotline");
	must_have(&a, "The network or the service that you use blocks it");
	must_not_have(&a, "Where to find help");
	must_not_have(&a, "Reference of the entry");
	must_not_have(&a, "Contact of the hotline");
	must_not_have(&a, "<a ");

	struct hl_stop_config one = bare;
	one.young = full.young;
	assert_int_equal(0, hl_stop_answer(&one, &ask, &a, NULL));
	must_have(&a, "Where to find help");
	must_have(&a, "For children and young people");
	must_not_have(&a, "If you worry");
}

static void each_reason(void **state)
{
	static const struct {
		const char *name, *says;
		enum hl_stop_reason want;
	} rows[] = {
		{"page", "assessed the page at this address", HL_STOP_PAGE},
		{"folder", "is in a part of a site", HL_STOP_FOLDER},
		{"site", "belongs to a site", HL_STOP_SITE},
		{"directory", "is in a part of a site", HL_STOP_FOLDER},
		{"domain", "belongs to a site", HL_STOP_SITE},
		{"", "is on a list", HL_STOP_UNKNOWN},
		{NULL, "is on a list", HL_STOP_UNKNOWN},
		{"PAGE", "is on a list", HL_STOP_UNKNOWN},
		{"page ", "is on a list", HL_STOP_UNKNOWN},
		{"<b>", "is on a list", HL_STOP_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_stop_ask ask = {
			.reason = hl_stop_reason_of(hl_str_c(rows[i].name))};
		HL_STOP_ANSWER_AUTO a = {0};

		assert_int_equal(rows[i].want, ask.reason);
		assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
		must_have(&a, rows[i].says);
	}
	for (int r = 0; r < 4; r++) {
		const char *name = hl_stop_reason_name((enum hl_stop_reason)r);

		assert_int_equal(r, hl_stop_reason_of(hl_str_c(name)));
	}
}

static void entries_out_of_range(void **state)
{
	static const int64_t rows[] = {
		0, -1, INT64_MIN, INT64_MAX, INT64_C(1) << 40};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const struct hl_stop_ask ask = {.entry = rows[i]};
		HL_STOP_ANSWER_AUTO a = {0};

		assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
		must_not_have(&a, "Reference of the entry");
		must_have(&a, "href=\"https://hotline.example.org/appeal\"");
	}
}

static void appeal_addresses(void **state)
{
	static const struct {
		const char *appeal, *want;
	} rows[] = {
		{"https://a.example/x", "https://a.example/x?e=@"},
		{"https://a.example/x?y=1", "https://a.example/x?y=1&e=@"},
		{"https://a.example/x#top", "https://a.example/x?e=@#top"},
		{"https://a.example/?a#b?c", "https://a.example/?a&e=@#b?c"},
	};
	const struct hl_stop_ask ask = {
		.entry = ENTRY, .accept = HL_STR("application/json")};
	char ref[HL_REF_MAX];

	(void)state;
	hl_ref_print(HL_REF_LIST_ENTRY, ENTRY, ref);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_stop_config c = full;
		HL_STOP_ANSWER_AUTO a = {0};
		HL_JSON_AUTO *json = NULL;
		char want[128], *at;

		c.appeal = hl_str_c(rows[i].appeal);
		assert_int_equal(0, hl_stop_answer(&c, &ask, &a, NULL));
		assert_int_equal(0, hl_json_parse(hl_buf_str(&a.body),
					    HL_STOP_BODY_MAX, &json, NULL));
		at = strchr(rows[i].want, '@');
		snprintf(want, sizeof(want), "%.*s%s%s",
			(int)(at - rows[i].want), rows[i].want, ref, at + 1);
		assert_string_equal(want, hl_json_str(json, "appeal").p);
	}
}

static void escaping(void **state)
{
	static const char hostile[] = "<script>\"'&amp;{ref}</style>";
	struct hl_stop_config c = full;
	struct hl_stop_ask ask = {.entry = ENTRY};
	HL_STOP_ANSWER_AUTO a = {0};

	(void)state;
	c.hotline = c.consumer = c.worry.name = c.young.name = c.contact.name =
		hl_str_c(hostile);
	assert_int_equal(0, hl_stop_answer(&c, &ask, &a, NULL));
	must_not_have(&a, "<script");
	must_not_have(&a, "{ref}</style");
	must_have(&a, "&lt;script&gt;&quot;&#39;&amp;amp;{ref}&lt;/style&gt;");
	ask.accept = HL_STR("application/json");
	assert_int_equal(0, hl_stop_answer(&c, &ask, &a, NULL));
	must_not_have(&a, "<");
	HL_JSON_AUTO *json = NULL;
	assert_int_equal(0, hl_json_parse(hl_buf_str(&a.body), HL_STOP_BODY_MAX,
				    &json, NULL));
	assert_string_equal(hostile, hl_json_str(json, "hotline").p);
}

static void refused_settings(void **state)
{
	static const struct {
		const char *name, *value, *says;
		size_t at; /* in struct hl_stop_config */
	} rows[] = {
#define ROW(member, value, says) \
	{#member, value, says, offsetof(struct hl_stop_config, member)}
		ROW(hotline, "", "missing"),
		ROW(hotline, "a\nb", "control character"),
		ROW(hotline, "a\x7f", "control character"),
		ROW(hotline, "a\u202eb", "control character"),
		ROW(hotline, "\xff", "UTF-8"),
		ROW(consumer, "a\r\nSet-Cookie: b=c", "control character"),
		ROW(consumer_uri, "school.example.org", "https://"),
		ROW(consumer_uri, "javascript:alert(1)", "https://"),
		ROW(consumer_uri, "https://a.example/>; rel=\"x", "https://"),
		ROW(consumer_uri, "https://a.example/\r\nX: y", "https://"),
		ROW(consumer_uri, "mailto:a@a.example", "https://"),
		ROW(appeal, "/appeal", "https://"),
		ROW(appeal, "https://a.example/ b", "https://"),
		ROW(contact.href, "javascript:alert(1)", "https://"),
		ROW(contact.href, "data:text/html,x", "https://"),
		ROW(worry.href, "ftp://a.example/", "https://"),
		ROW(worry.href, "mailto:a b", "https://"),
		ROW(young.href, "https://a.example/\u00e6", "https://"),
		ROW(young.name, "a\u2028b", "control character"),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		static const struct hl_stop_ask ask = {0};
		struct hl_stop_config c = full;
		struct hl_str value = hl_str_c(rows[i].value);
		struct hl_err err = {0};
		HL_STOP_ANSWER_AUTO a = {0};

		memcpy((char *)&c + rows[i].at, &value, sizeof(value));
		if (hl_stop_check(&c, &err) != HL_E_INVALID ||
			!strstr(err.msg, rows[i].says)) {
			fail_msg("%s = %s: %s", rows[i].name, rows[i].value,
				err.msg);
		}
		assert_int_equal(
			HL_E_INVALID, hl_stop_answer(&c, &ask, &a, NULL));
		assert_int_equal(0, a.n_headers);
	}
	assert_int_equal(0, hl_stop_check(&full, NULL));
}

/* The longest that the settings allow fits, in each language and form. */
static void longest(void **state)
{
	static const char *const forms[] = {
		"text/html", "text/plain", "application/json"};
	char name[HL_STOP_NAME_MAX + 2], href[HL_STOP_HREF_MAX + 2];
	struct hl_stop_config c = full;

	(void)state;
	memset(name, '\'', sizeof(name));
	memset(href, '&', sizeof(href));
	memcpy(href, "https://", 8);
	c.hotline = c.consumer = hl_str_mem(name, HL_STOP_NAME_MAX);
	c.consumer_uri = c.appeal = hl_str_mem(href, HL_STOP_HREF_MAX);
	c.contact = c.worry = c.young =
		(struct hl_stop_link){c.hotline, c.appeal};
	for (size_t f = 0; f < HL_ARRAY_LEN(forms); f++) {
		const char *tag;

		for (size_t i = 0; (tag = hl_stop_language_tag(i)); i++) {
			const struct hl_stop_ask ask = {.entry = ENTRY,
				.accept = hl_str_c(forms[f]),
				.accept_language = hl_str_c(tag)};
			HL_STOP_ANSWER_AUTO a = {0};

			assert_int_equal(0, hl_stop_answer(&c, &ask, &a, NULL));
			assert_string_equal(tag, a.language);
			assert_true(hl_utf8_valid(hl_buf_str(&a.body)));
		}
	}
	c.hotline.n++;
	assert_int_equal(HL_E_INVALID, hl_stop_check(&c, NULL));
	c.hotline.n--;
	c.appeal.n++;
	assert_int_equal(HL_E_INVALID, hl_stop_check(&c, NULL));
}

static void as_text(void **state)
{
	const struct hl_stop_ask ask = {.entry = ENTRY,
		.reason = HL_STOP_SITE,
		.accept = HL_STR("text/plain")};
	HL_STOP_ANSWER_AUTO a = {0};
	char line[64], ref[HL_REF_MAX];

	(void)state;
	hl_ref_print(HL_REF_LIST_ENTRY, ENTRY, ref);
	snprintf(line, sizeof(line), "Reference of the entry: %s\n", ref);
	assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
	must_be(&a, "Content-Type", "text/plain; charset=utf-8");
	must_have(&a, "This address is blocked\n\nThis address belongs to a "
		      "site that the hotline Example Hotline assessed.");
	must_have(&a, line);
	must_have(&a, "Appeal against this entry: "
		      "https://hotline.example.org/appeal?e=E-");
	must_have(&a, "Line Two, 116 111 <tel:116111>\n");
	must_have(&a, "Contact of the hotline: list@hotline.example.org\n");
}

static void as_json(void **state)
{
	const struct hl_stop_ask ask = {.entry = ENTRY,
		.reason = HL_STOP_PAGE,
		.accept = HL_STR("application/json"),
		.accept_language = HL_STR("uk")};
	HL_STOP_ANSWER_AUTO a = {0};
	HL_JSON_AUTO *json = NULL;

	(void)state;
	assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
	must_be(&a, "Content-Type", "application/json");
	assert_int_equal(0, hl_json_parse(hl_buf_str(&a.body), HL_STOP_BODY_MAX,
				    &json, NULL));
	assert_int_equal(451, hl_json_int(json, "status", 0));
	assert_string_equal("uk", hl_json_str(json, "language").p);
	assert_string_equal("page", hl_json_str(json, "scope").p);
	assert_string_equal(
		"School Network North", hl_json_str(json, "blocked_by").p);
	assert_string_equal("tel:116111",
		hl_json_str(json_object_get(json, "help_young"), "url").p);
	assert_true(hl_json_str(json, "why").n > 100);
	assert_true(hl_json_str(json, "recorded").n > 100);
}

static void right_to_left(void **state)
{
	const struct hl_stop_ask ask = {.accept_language = HL_STR("ar")};
	HL_STOP_ANSWER_AUTO a = {0};

	(void)state;
	assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
	must_have(&a, "<html lang=\"ar\" dir=\"rtl\">");
	must_have(&a, "<bdi>Example Hotline</bdi>");
}

/* One answer for many requests: nothing of the one before is left. */
static void used_again(void **state)
{
	struct hl_stop_ask ask = {.entry = ENTRY, .reason = HL_STOP_SITE};
	HL_STOP_ANSWER_AUTO a = {0}, b = {0};

	(void)state;
	assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
	ask = (struct hl_stop_ask){.accept = HL_STR("text/plain")};
	assert_int_equal(0, hl_stop_answer(&full, &ask, &a, NULL));
	assert_int_equal(0, hl_stop_answer(&full, &ask, &b, NULL));
	assert_true(hl_str_eq(hl_buf_str(&a.body), hl_buf_str(&b.body)));
	assert_int_equal(a.n_headers, b.n_headers);
	hl_stop_answer_fini(&a);
	hl_stop_answer_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_page),
		cmocka_unit_test(headers),
		cmocka_unit_test(policy),
		cmocka_unit_test(what_is_absent_is_left_out),
		cmocka_unit_test(each_reason),
		cmocka_unit_test(entries_out_of_range),
		cmocka_unit_test(appeal_addresses),
		cmocka_unit_test(escaping),
		cmocka_unit_test(refused_settings),
		cmocka_unit_test(longest),
		cmocka_unit_test(as_text),
		cmocka_unit_test(as_json),
		cmocka_unit_test(right_to_left),
		cmocka_unit_test(used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
