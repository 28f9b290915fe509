/* SPDX-License-Identifier: Apache-2.0 */
#include "main/demo_mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void mail_is_read_as_its_recipient_would(void **state)
{
	static const struct {
		const char *name, *message, *ref, *to, *link;
		bool test;
	} rows[] = {
		{"plain",
			"From: a@example.org\r\nTo: b@example.invalid\r\n"
			"X-OpenHotline-Referral: F-ABCD-EFGH-J\r\n\r\n"
			"Answer: http://127.0.0.1:1/answer/abc\r\nBye\r\n",
			"F-ABCD-EFGH-J", "b@example.invalid",
			"http://127.0.0.1:1/answer/abc", false},
		{"folded by quoted-printable",
			"X-OpenHotline-Referral: F-1\r\n"
			"X-OpenHotline-Test: yes\r\n\r\n"
			"see <http://h/ans=\r\nwer/a=3Db=\r\nc> =E2=80=93",
			"", "", "http://h/answer/a=bc", true},
		{"a name, folded",
			"Subject: x\r\nTo: Some Body\r\n "
			"<c@example.invalid>\r\n"
			"From: <d@example.org>\r\n\r\n",
			"", "c@example.invalid", "", false},
		{"a name alone",
			"Subject: x\r\nTo: Some\r\nFrom: "
			"<d@example.org>\r\n\r\n",
			"", "Some", "", false},
		{"no link", "To: b@example.invalid\r\n\r\nnothing", "", "", "",
			false},
		{"empty", "", "", "", "", false},
		{"cut", "\r\nTo: x\r\n\r\nhttp://h/answer/=", "", "x",
			"http://h/answer/=", false},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_main_demo_mail mail;

		assert_int_equal(0, hl_main_demo_mail_read(
					    hl_str_c(rows[i].message), &mail));
		if (strcmp(mail.ref, rows[i].ref) != 0 ||
			strcmp(mail.to, rows[i].to) != 0 ||
			strcmp(mail.link, rows[i].link) != 0 ||
			mail.test != rows[i].test) {
			fail_msg("%s: \"%s\" \"%s\" \"%s\" %d", rows[i].name,
				mail.ref, mail.to, mail.link, mail.test);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_is_read_as_its_recipient_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
