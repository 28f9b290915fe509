/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dns_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define HEAD(flags, answers) \
	"\x12\x34" flags "\x00\x01\x00" answers "\x00\x00\x00\x00"
#define QUESTION  \
	"\x01"    \
	"a"       \
	"\x07"    \
	"invalid" \
	"\x00\x00\x01\x00\x01"
/* owner: the question's name */
#define A_RR "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
#define OK "\x81\x80"

/* A message with its length, zeros inside it and all. */
#define MSG(lit) (const uint8_t *)("" lit), sizeof(lit) - 1

static void good_answers_are_read(void **state)
{
	struct hl_net_dns_answer a;

	(void)state;
	assert_int_equal(
		0, hl_net_dns_parse(MSG(HEAD(OK, "\x01") QUESTION A_RR), &a));
	assert_int_equal(1, a.n_rrs);
	assert_string_equal("a.invalid", a.rrs[0].owner);
	assert_int_equal(60, a.rrs[0].ttl_s);
	assert_int_equal(1, a.rrs[0].addr.b[3]);

	assert_int_equal(0,
		hl_net_dns_parse(MSG(HEAD("\x83\x83", "\x00") QUESTION), &a));
	assert_int_equal(HL_NET_RCODE_NXDOMAIN, a.rcode);
	assert_true(a.truncated);

	/* a CNAME to B.a.invalid, with a byte of its own and a pointer */
	assert_int_equal(
		0, hl_net_dns_parse(
			   MSG(HEAD(OK, "\x01") QUESTION
				   "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c"
				   "\x00\x05\x02"
				   "B \xc0\x0c"),
			   &a));
	assert_int_equal(HL_NET_DNS_CNAME, a.rrs[0].type);
	assert_string_equal("b\\032.a.invalid", a.rrs[0].target);
}

static void other_records_are_passed_over(void **state)
{
	struct hl_net_dns_answer a;

	(void)state;
	/* TXT, then an A of class CH, then the A */
	assert_int_equal(
		0, hl_net_dns_parse(
			   MSG(HEAD(OK, "\x03") QUESTION
				   "\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c"
				   "\x00\x02\x01x"
				   "\xc0\x0c\x00\x01\x00\x03\x00\x00\x00\x3c"
				   "\x00\x04\x01\x02\x03\x04" A_RR),
			   &a));
	assert_int_equal(1, a.n_rrs);
	assert_int_equal(192, a.rrs[0].addr.b[0]);
}

static void a_ttl_with_the_top_bit_is_zero(void **state)
{
	struct hl_net_dns_answer a;

	(void)state;
	assert_int_equal(
		0, hl_net_dns_parse(
			   MSG(HEAD(OK, "\x01") QUESTION
				   "\xc0\x0c\x00\x01\x00\x01\x80\x00\x00\x01"
				   "\x00\x04\xc0\x00\x02\x01"),
			   &a));
	assert_int_equal(0, a.rrs[0].ttl_s);
}

static void broken_answers_are_refused(void **state)
{
	static const struct {
		const char *what;
		const uint8_t *msg;
		size_t n;
	} rows[] = {
		{"empty", MSG("")},
		{"half a header", MSG("\x12\x34\x81\x80\x00")},
		{"a question", MSG(HEAD("\x01\x00", "\x00") QUESTION)},
		{"no question", MSG(HEAD(OK, "\x00"))},
		{"record missing", MSG(HEAD(OK, "\x01") QUESTION)},
		{"A of 3 bytes",
			MSG(HEAD(OK, "\x01") QUESTION
				"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c"
				"\x00\x03\xc0\x00\x02")},
		{"AAAA of 4 bytes",
			MSG(HEAD(OK, "\x01") QUESTION
				"\xc0\x0c\x00\x1c\x00\x01\x00\x00\x00\x3c"
				"\x00\x04\xc0\x00\x02\x01")},
		{"data past the end",
			MSG(HEAD(OK, "\x01") QUESTION
				"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c"
				"\xff\xff\xc0\x00\x02\x01")},
		{"pointer to itself",
			MSG(HEAD(OK, "\x01") QUESTION
				"\xc0\x1b\x00\x01\x00\x01\x00\x00\x00\x3c"
				"\x00\x04\xc0\x00\x02\x01")},
		{"pointer forwards",
			MSG(HEAD(OK, "\x01") QUESTION
				"\xc0\x20\x00\x01\x00\x01\x00\x00\x00\x3c"
				"\x00\x04\xc0\x00\x02\x01")},
		{"pointer past the end",
			MSG(HEAD(OK, "\x01") QUESTION
				"\xff\xff\x00\x01\x00\x01\x00\x00\x00\x3c"
				"\x00\x04\xc0\x00\x02\x01")},
		{"label of type 0x40",
			MSG(HEAD(OK, "\x01") "\x41"
					     "a\x00\x00\x01\x00\x01" A_RR)},
		{"CNAME with bytes behind",
			MSG(HEAD(OK, "\x01") QUESTION
				"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c"
				"\x00\x03\xc0\x0cx")},
		{"CNAME that runs out of its data",
			MSG(HEAD(OK, "\x01") QUESTION
				"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c"
				"\x00\x02\x05x")},
	};
	static struct hl_net_dns_answer a;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_net_dns_parse(rows[i].msg, rows[i].n, &a) !=
			HL_E_INVALID) {
			fail_msg("%s was taken", rows[i].what);
		}
	}
}

static void every_truncation_is_refused(void **state)
{
	static const char msg[] = HEAD(OK, "\x02") QUESTION A_RR A_RR;
	struct hl_net_dns_answer a;

	(void)state;
	for (size_t n = 0; n < sizeof(msg) - 1; n++) {
		if (hl_net_dns_parse((const uint8_t *)msg, n, &a) == 0) {
			fail_msg("%zu bytes were taken", n);
		}
	}
}

static void too_long_a_name_is_refused(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(4096);
	struct hl_net_dns_answer a;

	(void)state;
	hl_buf_put_mem(&b, HEAD(OK, "\x00"), 12);
	for (int i = 0; i < 5; i++) {
		hl_buf_put_c(&b, 63);
		for (int j = 0; j < 63; j++) {
			hl_buf_put_c(&b, 'x');
		}
	}
	hl_buf_put_mem(&b, "\x00\x00\x01\x00\x01", 5);
	assert_int_equal(
		HL_E_INVALID, hl_net_dns_parse((const uint8_t *)b.p, b.n, &a));
}

static void more_records_than_we_keep_are_told(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(4096);
	struct hl_net_dns_answer a;

	(void)state;
	hl_buf_put_mem(&b, HEAD(OK, "\x64") QUESTION,
		sizeof(HEAD(OK, "\x64") QUESTION) - 1);
	for (int i = 0; i < 100; i++) {
		hl_buf_put_mem(&b, A_RR, 16);
	}
	assert_int_equal(0, hl_net_dns_parse((const uint8_t *)b.p, b.n, &a));
	assert_int_equal(HL_NET_DNS_RRS, a.n_rrs);
	assert_true(a.more);
}

static void names_to_ask_for(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* NULL: refused */
	} rows[] = {
		{"example.org", "example.org"},
		{"Example.ORG.", "example.org"},
		{"xn--bcher-kva.example", "xn--bcher-kva.example"},
		{"_dmarc.example.org", "_dmarc.example.org"},
		{"a", "a"},
		{"", NULL},
		{".", NULL},
		{"..", NULL},
		{"example.org..", NULL},
		{".example.org", NULL},
		{"exa mple.org", NULL},
		{"exa\tmple.org", NULL},
		{"example.org\n", NULL},
		{"exa\\mple.org", NULL},
		{"ex@mple.org", NULL},
		{"*.example.org", NULL},
		{"b\xc3\xbc"
		 "cher.example",
			NULL},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaa.org",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"aa"
			"aaaaaaa.org"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaa.org",
			NULL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char out[HL_NET_NAME_MAX];
		int r = hl_net_dns_name(hl_str_c(rows[i].in), out);

		if (r != (rows[i].out ? 0 : HL_E_INVALID) ||
			(!r && strcmp(out, rows[i].out) != 0)) {
			fail_msg("%s: %d", rows[i].in, r);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_answers_are_read),
		cmocka_unit_test(other_records_are_passed_over),
		cmocka_unit_test(a_ttl_with_the_top_bit_is_zero),
		cmocka_unit_test(broken_answers_are_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(too_long_a_name_is_refused),
		cmocka_unit_test(more_records_than_we_keep_are_told),
		cmocka_unit_test(names_to_ask_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
