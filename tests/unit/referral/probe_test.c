/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mailserver.h"

/* Against a real mail server: what is told, and that nothing is mailed. */

static int probe(const struct mailserver *s, const char *password,
	struct hl_referral_sent *sent)
{
	struct hl_referral_transport via = {.via = HL_MAIL_SMTP,
		.url = s->url,
		.user = password ? s->user : NULL,
		.password = password,
		.ca_file = s->ca_file,
		.total_timeout_ms = 10000};

	return hl_referral_mail_probe(
		&via, HL_STR("notice@hotline.example.org"), sent, NULL);
}

static void a_login_is_taken_and_nothing_mailed(void **state)
{
	HL_BUF_AUTO log = HL_BUF_INIT(1 << 20);
	struct hl_referral_sent sent;
	struct mailserver s;

	(void)state;
	mailserver_start(&s, NULL);
	assert_int_equal(0, probe(&s, s.password, &sent));
	assert_int_equal(250, sent.code);
	mailserver_log(&s, &log);
	assert_false(mailserver_wait(&s, 1, "0.3"));
	assert_null(strstr(log.p ? log.p : "", "<="));
	mailserver_stop(&s);
}

static void a_wrong_password_is_told(void **state)
{
	struct hl_referral_sent sent;
	struct mailserver s;

	(void)state;
	mailserver_start(&s, NULL);
	assert_int_equal(HL_DENIED, probe(&s, "wrong", &sent));
	assert_int_equal(535, sent.code);
	assert_true(sent.config);
	mailserver_stop(&s);
}

static void bad_tls_is_told(void **state)
{
	static const char *const rows[][3] = {
		{"--cert", "wrong-name"}, {"--cert", "expired"}, {"--no-tls"}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_referral_sent sent;
		struct mailserver s;

		mailserver_start(&s, rows[i]);
		int r = probe(&s, s.password, &sent);
		if (r != HL_DENIED || !sent.config || !sent.reply[0]) {
			fail_msg("row %zu: %d, %s", i, r, sent.reply);
		}
		mailserver_stop(&s);
	}
}

static void no_server_is_told(void **state)
{
	const struct mailserver s = {.url = "smtps://127.0.0.1:1"};
	const struct mailserver web = {.url = "https://127.0.0.1:1"};
	struct hl_referral_sent sent;

	(void)state;
	assert_int_equal(HL_DENIED, probe(&s, NULL, &sent));
	assert_false(sent.config);
	assert_true(sent.reply[0]);
	assert_int_equal(HL_E_INVALID, probe(&web, NULL, &sent));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_login_is_taken_and_nothing_mailed),
		cmocka_unit_test(a_wrong_password_is_told),
		cmocka_unit_test(bad_tls_is_told),
		cmocka_unit_test(no_server_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
