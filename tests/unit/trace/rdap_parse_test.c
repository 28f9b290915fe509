/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/rdap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/file.h"

/* The documents of tests/data/rdap, whose folder is in HL_RDAP_DATA. */

static void read_document(const char *name, struct hl_buf *out)
{
	char path[512];
	const char *dir = getenv("HL_RDAP_DATA");

	assert_non_null(dir);
	snprintf(path, sizeof(path), "%s/%s.json", dir, name);
	if (hl_file_read(path, out, NULL)) {
		fail_msg("%s", path);
	}
}

/* "mail<name,handle>source:pref?" and a space after each */
static void describe(const struct hl_trace_network *n, struct hl_buf *b)
{
	for (size_t i = 0; i < n->n_contacts; i++) {
		const struct hl_trace_contact *c = &n->contacts[i];

		hl_buf_printf(b, "%.*s<%.*s,%.*s>%s:%d%s ", HL_STR_ARG(c->mail),
			HL_STR_ARG(c->name), HL_STR_ARG(c->handle),
			hl_trace_source_name(c->source), c->pref,
			c->doubtful ? "?" : "");
	}
}

static void each_registrys_shape(void **state)
{
	static const struct {
		const char *file;
		const char *name, *holder, *country;
		const char *contacts;
		const char *abuse; /* NULL: none */
		size_t n_links;
	} rows[] = {
		{"ripe", "EXAMPLE-HOSTING", "EXAMPLE-MNT", "DK",
			"abuse@hosting.example<Example Hosting Abuse,"
			"AR1-EXAMPLE>abuse-role:101 "
			"office@hosting.example<Example Hosting ApS,"
			"ORG-EX1-EXAMPLE>other-role:101 ",
			"abuse@hosting.example", 1},
		{"arin", "EXAMPLE-CLOUD", "Example Cloud, Inc.", "",
			"network-abuse@cloud.example<Example Cloud Abuse,"
			"ABUSE1-EX>abuse-role:101 "
			"noc@cloud.example<Example Cloud NOC,"
			"NOC1-EX>other-role:101 ",
			"network-abuse@cloud.example", 1},
		{"apnic", "EXAMPLENET-AP", "", "AU",
			"abuse@net.example<IRT-EXAMPLENET-AP,"
			"IRT-EXAMPLENET-AP>abuse-role:1 "
			"old-abuse@net.example<IRT-EXAMPLENET-AP,"
			"IRT-EXAMPLENET-AP>abuse-role:101? "
			"admin@net.example<Example Net Administrator,"
			"EX1-AP>other-role:101 ",
			"abuse@net.example", 0},
		{"lacnic", "", "Ejemplo del Sur S.A.", "UY",
			"seguridad@sur.example<Equipo de Seguridad,"
			"EJA>abuse-role:101 "
			"noc@sur.example<Operaciones,EJT>other-role:101 ",
			"seguridad@sur.example", 0},
		{"afrinic", "EXAMPLE-AF", "Example Africa Ltd", "KE",
			"abuse-desk@africa.example<,>remark:101 "
			"ops@africa.example<Example Africa Operations,"
			"EA1-EXAMPLE>other-role:101 ",
			"abuse-desk@africa.example", 0},
		{"bare", "BARE", "", "",
			"tech@bare.example<Bare Technical,"
			"BT1>other-role:101 ",
			NULL, 0},
		{"upward", "CUSTOMER", "A Customer", "", "", NULL, 0},
		{"parent", "CARRIER", "", "CA",
			"abuse@carrier.example<Carrier Abuse,"
			"CA1>abuse-role:101 ",
			"abuse@carrier.example", 0},
		{"wide", "WIDE  Bcc: somebody@else.example", "", "SE",
			"first@wide.example<Wide Abuse,W1>abuse-role:1 "
			"second@wide.example<Wide Abuse,W1>abuse-role:2 "
			"third@wide.example<Wide Abuse,W1>abuse-role:3 "
			"unranked@wide.example<Wide Abuse,W1>abuse-role:101 "
			"also@wide.example<Wide Abuse,W1>abuse-role:101 "
			"uri@wide.example<Wide Abuse,W1>abuse-role:101 "
			"noc@wide.example<Wide NOC,W2>other-role:101 ",
			"first@wide.example", 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
		HL_BUF_AUTO text = HL_BUF_INIT(1 << 16);
		HL_BUF_AUTO got = HL_BUF_INIT(1 << 16);
		struct hl_trace_network n;
		const struct hl_trace_contact *abuse;

		hl_buf_put(&got, HL_STR(""));
		read_document(rows[i].file, &text);
		assert_int_equal(0, hl_trace_rdap_parse(hl_buf_str(&text),
					    arena, &n, NULL));
		describe(&n, &got);
		abuse = hl_trace_abuse_contact(&n);
		if (!hl_str_eq(hl_buf_str(&got), hl_str_c(rows[i].contacts)) ||
			!hl_str_eq(n.name, hl_str_c(rows[i].name)) ||
			!hl_str_eq(n.holder, hl_str_c(rows[i].holder)) ||
			strcmp(n.country, rows[i].country) != 0 ||
			n.n_links != rows[i].n_links ||
			!hl_str_eq(abuse ? abuse->mail : HL_STR_NONE,
				hl_str_c(rows[i].abuse))) {
			fail_msg("%s: %.*s, %.*s, %s, %zu: %.*s", rows[i].file,
				HL_STR_ARG(n.name), HL_STR_ARG(n.holder),
				n.country, n.n_links,
				HL_STR_ARG(hl_buf_str(&got)));
		}
	}
}

#define NET                                                                   \
	"{\"objectClassName\":\"ip network\",\"startAddress\":\"192.0.2.0\"," \
	"\"endAddress\":\"192.0.2.255\""

static void what_is_no_network_is_refused(void **state)
{
	static const struct {
		const char *json;
		int r;
	} rows[] = {
		{NET "}", 0},
		{NET ",\"entities\":null,\"links\":7,\"remarks\":{}}", 0},
		{"", HL_E_INVALID},
		{"[]", HL_E_INVALID},
		{"null", HL_E_INVALID},
		{"{}", HL_E_INVALID},
		{"<html>", HL_E_INVALID},
		{NET, HL_E_INVALID},
		{NET "}}", HL_E_INVALID},
		{NET ",\"name\":\"a\",\"name\":\"b\"}", HL_E_INVALID},
		{"{\"objectClassName\":\"autnum\"}", HL_E_INVALID},
		{"{\"objectClassName\":\"ip network\"}", HL_E_INVALID},
		{"{\"objectClassName\":\"ip network\",\"startAddress\":"
		 "\"192.0.2.9\",\"endAddress\":\"192.0.2.1\"}",
			HL_E_INVALID},
		{"{\"objectClassName\":\"ip network\",\"startAddress\":"
		 "\"192.0.2.9\",\"endAddress\":\"2001:db8::1\"}",
			HL_E_INVALID},
		{"{\"errorCode\":404,\"title\":\"Not found\"}", HL_E_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
		struct hl_trace_network n;
		int r = hl_trace_rdap_parse(
			hl_str_c(rows[i].json), arena, &n, NULL);

		if (r != rows[i].r) {
			fail_msg("%s: %d", rows[i].json, r);
		}
	}
}

static void the_range_is_kept(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	struct hl_net_addr in = {.b = {192, 0, 2, 128}};
	struct hl_net_addr out = {.b = {192, 0, 3, 0}};
	struct hl_trace_network n;

	(void)state;
	assert_int_equal(
		0, hl_trace_rdap_parse(HL_STR(NET "}"), arena, &n, NULL));
	assert_true(hl_trace_network_has(&n, &in));
	assert_false(hl_trace_network_has(&n, &out));
	assert_null(hl_trace_abuse_contact(&n));
}

/* A registry's words go to the list of recipients. */
static void unseen_characters_become_blanks(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	struct hl_trace_network n;

	(void)state;
	assert_int_equal(
		0, hl_trace_rdap_parse(
			   HL_STR(NET ",\"name\":\"a\\u202eb\\u0085c\\td\"}"),
			   arena, &n, NULL));
	assert_true(hl_str_eq(HL_STR("a b c d"), n.name));
}

/* Nesting and numbers without end stop at their limits. */
static void deep_and_wide_trees_are_bounded(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(4 << 20, true);
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);
	struct hl_trace_network n;

	(void)state;
	hl_buf_put(&b, HL_STR(NET ",\"entities\":["));
	for (int i = 0; i < 50; i++) {
		hl_buf_printf(&b,
			"{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\","
			"[[\"email\",{},\"text\",\"deep%d@a.example\"]]],"
			"\"entities\":[",
			i);
	}
	for (int i = 0; i < 50; i++) {
		hl_buf_put(&b, HL_STR("]}"));
	}
	hl_buf_put(&b, HL_STR("]}"));
	assert_int_equal(
		0, hl_trace_rdap_parse(hl_buf_str(&b), arena, &n, NULL));
	assert_int_equal(8, n.n_contacts);
	hl_buf_reset(&b);
	hl_buf_put(&b, HL_STR(NET ",\"entities\":["));
	for (int i = 0; i < 1000; i++) {
		hl_buf_printf(&b,
			"%s{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\","
			"[[\"email\",{\"pref\":\"%d\"},\"text\","
			"\"wide%d@a.example\"]]]}",
			i ? "," : "", 100 - i % 100, i);
	}
	hl_buf_put(&b, HL_STR("]}"));
	assert_int_equal(
		0, hl_trace_rdap_parse(hl_buf_str(&b), arena, &n, NULL));
	assert_int_equal(HL_TRACE_CONTACTS, n.n_contacts);
	assert_true(n.more);
	assert_int_equal(1, n.contacts[0].pref);
	assert_true(hl_str_eq(HL_STR("wide99@a.example"), n.contacts[0].mail));
}

/* A megabyte of mail addresses takes bounded memory and time. */
static void a_flood_of_addresses_is_bounded(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 18, true);
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);
	struct hl_trace_network n;

	(void)state;
	hl_buf_put(&b,
		HL_STR(NET
			",\"entities\":[{\"roles\":[\"abuse\"],\"vcardArray\":"
			"[\"vcard\",["));
	for (int i = 0; b.n < (1 << 19); i++) {
		hl_buf_printf(&b, "%s[\"email\",{},\"text\",\"m%d@a.example\"]",
			i ? "," : "", i);
	}
	hl_buf_put(&b, HL_STR("]],\"remarks\":[{\"description\":[\""));
	for (int i = 0; b.n < (1 << 20) - 100; i++) {
		hl_buf_printf(&b, "abuse r%d@a.example ", i);
	}
	hl_buf_put(&b, HL_STR("\"]}]}]}"));
	assert_int_equal(0, b.fault);
	assert_int_equal(
		0, hl_trace_rdap_parse(hl_buf_str(&b), arena, &n, NULL));
	assert_int_equal(HL_TRACE_CONTACTS, n.n_contacts);
	assert_true(n.more);
	assert_true(hl_str_eq(HL_STR("m0@a.example"), n.contacts[0].mail));
}

static void remarks_are_read_word_by_word(void **state)
{
	static const struct {
		const char *line;
		const char *mail; /* NULL: none */
	} rows[] = {
		{"abuse: abuse@a.example", "abuse@a.example"},
		{"Send ABUSE reports to <help@a.example>.", "help@a.example"},
		{"abuse mailto:help@a.example!", "help@a.example"},
		{"abuse (help@a.example),", "help@a.example"},
		{"abuse=help@a.example", "help@a.example"},
		{"contact help@a.example", NULL},
		{"abuse at a.example", NULL},
		{"abuse@", NULL},
		{"@abuse.example", NULL},
		{"abuse@a.example@b.example", NULL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
		HL_BUF_AUTO b = HL_BUF_INIT(4096);
		struct hl_trace_network n;
		const struct hl_trace_contact *c;

		hl_buf_printf(&b,
			NET ",\"remarks\":[{\"description\":[\"%s\"]}]}",
			rows[i].line);
		assert_int_equal(0,
			hl_trace_rdap_parse(hl_buf_str(&b), arena, &n, NULL));
		c = hl_trace_abuse_contact(&n);
		if (!hl_str_eq(c ? c->mail : HL_STR_NONE,
			    hl_str_c(rows[i].mail))) {
			fail_msg("%s: %.*s", rows[i].line,
				HL_STR_ARG(c ? c->mail : HL_STR("none")));
		}
	}
}

static void mail_addresses(void **state)
{
	static const struct {
		const char *mail;
		bool usable;
	} rows[] = {
		{"abuse@a.example", true},
		{"a.b+c@a-b.c.example", true},
		{"Abuse_Desk@A.EXAMPLE", true},
		{"a@xn--bcher-kva.example", true},
		{"", false},
		{"a", false},
		{"a@b", false},
		{"a@b.", false},
		{"a@.b", false},
		{"a@-b.example", false},
		{"a@b_c.example", false},
		{".a@b.example", false},
		{"a.@b.example", false},
		{"a..b@b.example", false},
		{"-a@b.example", false},
		{"a b@b.example", false},
		{"a@b .example", false},
		{"a@b.example ", false},
		{"a\t@b.example", false},
		{"a@b.example\n", false},
		{"a@b.example\r\nBcc: c@d.example", false},
		{"a,b@c.example", false},
		{"a;b@c.example", false},
		{"a@b.example,c@d.example", false},
		{"<a@b.example>", false},
		{"\"a\"@b.example", false},
		{"a(b)@c.example", false},
		{"a\\b@c.example", false},
		{"a%b@c.example", false},
		{"a|b@c.example", false},
		{"a=b@c.example", false},
		{"$a@b.example", false},
		{"a/b@c.example", false},
		{"a`b@c.example", false},
		{"\xc3\xbc@b.example", false},
		{"a@\xc3\xbc.example", false},
		{"a@[192.0.2.1]", false},
		{"1234567890123456789012345678901234567890123456789012345678901"
		 "234@b.example",
			true},
		{"1234567890123456789012345678901234567890123456789012345678901"
		 "2345@b.example",
			false},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_trace_mail_usable(hl_str_c(rows[i].mail)) !=
			rows[i].usable) {
			fail_msg("\"%s\"", rows[i].mail);
		}
	}
}

static void links_in_their_order(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	struct hl_trace_network n;

	(void)state;
	assert_int_equal(
		0, hl_trace_rdap_parse(
			   HL_STR(NET ",\"links\":[{\"rel\":\"up\",\"href\":"
				      "\"https://up.example/\"},"
				      "{\"rel\":\"related\",\"href\":"
				      "\"https://untyped.example/\"},"
				      "{\"rel\":\"related\",\"type\":"
				      "\"application/rdap+json\",\"href\":"
				      "\"https://related.example/\"},"
				      "{\"rel\":\"up\",\"href\":\"/relative\"},"
				      "{\"rel\":\"up\",\"href\":"
				      "\"file:///etc/passwd\"}]}"),
			   arena, &n, NULL));
	assert_int_equal(2, n.n_links);
	assert_true(hl_str_eq(HL_STR("https://related.example/"), n.links[0]));
	assert_true(hl_str_eq(HL_STR("https://up.example/"), n.links[1]));
}

static void lack_of_memory_is_a_fault(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 16);
	struct hl_trace_network n;
	bool done = false;

	(void)state;
	read_document("apnic", &text);
	for (size_t max = 64; max < 1 << 16 && !done; max *= 2) {
		HL_ARENA_AUTO *arena = hl_arena_new(max, true);
		int r = hl_trace_rdap_parse(hl_buf_str(&text), arena, &n, NULL);

		assert_true(r == 0 || r == HL_E_NOMEM);
		done = r == 0;
		if (max == 64) {
			assert_int_equal(HL_E_NOMEM, r);
		}
	}
	assert_true(done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_registrys_shape),
		cmocka_unit_test(what_is_no_network_is_refused),
		cmocka_unit_test(the_range_is_kept),
		cmocka_unit_test(unseen_characters_become_blanks),
		cmocka_unit_test(deep_and_wide_trees_are_bounded),
		cmocka_unit_test(a_flood_of_addresses_is_bounded),
		cmocka_unit_test(remarks_are_read_word_by_word),
		cmocka_unit_test(mail_addresses),
		cmocka_unit_test(links_in_their_order),
		cmocka_unit_test(lack_of_memory_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
