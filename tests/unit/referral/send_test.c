/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/send.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/time.h"
#include "mailserver.h"

/* Sending against a real mail server: every way in which it can go wrong,
 * and that what went right arrived unchanged. */

#define TO "abuse@host.example.org"

static const char message[] = "From: <notice@hotline.example.org>\r\n"
			      "To: <" TO ">\r\n"
			      "Subject: Notice\r\n"
			      "Message-ID: <1@hotline.example.org>\r\n"
			      "\r\n"
			      "one\r\n"
			      ".\r\n"
			      "..two\r\n"
			      ".three\r\n";

static struct hl_referral_transport over(const struct mailserver *s)
{
	return (struct hl_referral_transport){
		.via = HL_MAIL_SMTP,
		.production = true,
		.url = s->url,
		.user = s->user,
		.password = s->password,
		.ca_file = s->ca_file,
		.total_timeout_ms = 10000,
	};
}

static struct hl_referral_sent send_to(
	const struct hl_referral_transport *via, const char *to)
{
	struct hl_referral_envelope envelope = {
		.from = HL_STR("notice@hotline.example.org"),
		.to = hl_str_c(to)};
	struct hl_referral_sent sent;
	struct hl_err err;

	if (hl_referral_mail_send(
		    via, &envelope, hl_str_c(message), &sent, &err)) {
		fail_msg("to %s: %s", to, err.msg);
	}
	return sent;
}

static void check(const char *row, const struct hl_referral_sent *sent,
	enum hl_referral_sent_status status, bool config, int code)
{
	if (sent->status != status || sent->config != config ||
		sent->code != code || !sent->reply[0]) {
		fail_msg("%s: %s, config %d, code %d, \"%s\"", row,
			hl_referral_sent_name(sent->status), sent->config,
			sent->code, sent->reply);
	}
}

/* The text behind the headers that the server put before ours. */
static void assert_arrived(const struct mailserver *s)
{
	HL_BUF_AUTO got = HL_BUF_INIT(65536), want = HL_BUF_INIT(65536);

	assert_true(mailserver_wait(s, 1, "10"));
	mailserver_read(s, &got);
	for (const char *p = message; *p; p++) {
		if (*p != '\r') {
			hl_buf_put_c(&want, *p);
		}
	}
	if (!hl_str_ends(hl_buf_str(&got), hl_buf_str(&want))) {
		fail_msg("not what was sent: %s", got.p);
	}
	assert_true(hl_str_find(hl_buf_str(&got),
			    HL_STR("Envelope-to: " TO "\n")) < got.n);
	assert_true(hl_str_find(hl_buf_str(&got),
			    HL_STR("Return-path: <notice@hotline.example.org>"
				   "\n")) < got.n);
}

static void starttls_arrives_unchanged(void **state)
{
	struct mailserver s;

	mailserver_start(&s, NULL);
	struct hl_referral_transport via = over(&s);
	struct hl_referral_sent sent = send_to(&via, TO);
	check("sent", &sent, HL_REFERRAL_MAIL_SENT, false, 250);
	assert_non_null(strstr(sent.reply, "OK id="));
	assert_arrived(&s);

	/* EHLO names the sender's domain, not this machine. */
	HL_BUF_AUTO log = HL_BUF_INIT(1 << 20);
	mailserver_log(&s, &log);
	assert_non_null(strstr(log.p, "H=(hotline.example.org)"));
	assert_non_null(strstr(log.p, "P=esmtpsa"));
	mailserver_stop(&s);
}

static void smtps_arrives_unchanged(void **state)
{
	struct mailserver s;

	mailserver_start(&s, (const char *const[]){"--smtps", NULL});
	struct hl_referral_transport via = over(&s);
	struct hl_referral_sent sent = send_to(&via, TO);
	check("smtps", &sent, HL_REFERRAL_MAIL_SENT, false, 250);
	assert_arrived(&s);
	mailserver_stop(&s);
}

static void refusals_are_told_apart(void **state)
{
	struct mailserver s;

	mailserver_start(&s, NULL);
	mailserver_tell(&s, "reject", "gone@host.example.org");
	mailserver_tell(&s, "defer", "busy@host.example.org");
	struct hl_referral_transport via = over(&s);

	struct hl_referral_sent sent = send_to(&via, "gone@host.example.org");
	check("550", &sent, HL_REFERRAL_MAIL_PERMANENT, false, 550);
	assert_string_equal("5.1.1 no such mailbox", sent.reply);

	sent = send_to(&via, "busy@host.example.org");
	check("451", &sent, HL_REFERRAL_MAIL_TRANSIENT, false, 451);
	assert_string_equal("4.7.1 come back later", sent.reply);

	mailserver_tell(&s, "accept", "busy@host.example.org");
	sent = send_to(&via, "busy@host.example.org");
	check("accepted again", &sent, HL_REFERRAL_MAIL_SENT, false, 250);

	mailserver_tell(&s, "reject-text", "on");
	sent = send_to(&via, TO);
	check("554 to the text", &sent, HL_REFERRAL_MAIL_PERMANENT, false, 554);
	assert_string_equal("5.7.1 not with these words", sent.reply);
	mailserver_tell(&s, "reject-text", "off");

	mailserver_tell(&s, "defer-text", "on");
	sent = send_to(&via, TO);
	check("452 to the text", &sent, HL_REFERRAL_MAIL_TRANSIENT, false, 452);
	mailserver_tell(&s, "defer-text", "off");

	mailserver_tell(&s, "refuse", "on");
	sent = send_to(&via, TO);
	check("554 to us", &sent, HL_REFERRAL_MAIL_TRANSIENT, true, 554);
	mailserver_tell(&s, "refuse", "off");

	via.password = "wrong";
	sent = send_to(&via, TO);
	check("login", &sent, HL_REFERRAL_MAIL_TRANSIENT, true, 535);

	via.user = NULL;
	sent = send_to(&via, TO);
	check("no login", &sent, HL_REFERRAL_MAIL_TRANSIENT, true, 530);
	assert_false(mailserver_wait(&s, 2, "0.3"));
	mailserver_stop(&s);
}

static void what_breaks_is_tried_again(void **state)
{
	struct mailserver s;

	mailserver_start(&s, NULL);
	struct hl_referral_transport via = over(&s);

	mailserver_tell(&s, "close", "on");
	struct hl_referral_sent sent = send_to(&via, TO);
	check("nobody listens", &sent, HL_REFERRAL_MAIL_TRANSIENT, false, 0);
	mailserver_tell(&s, "close", "off");

	mailserver_tell(&s, "hang", "on");
	via.total_timeout_ms = 1000;
	int64_t before = hl_time_mono_us();
	sent = send_to(&via, TO);
	check("no greeting", &sent, HL_REFERRAL_MAIL_TRANSIENT, false, 0);
	assert_true(hl_time_mono_us() - before < 5 * HL_US_PER_S);
	mailserver_tell(&s, "hang", "off");
	via.total_timeout_ms = 10000;

	mailserver_tell(&s, "die-after-data", "on");
	sent = send_to(&via, TO);
	check("died behind the text", &sent, HL_REFERRAL_MAIL_TRANSIENT, false,
		0);
	mailserver_tell(&s, "die-after-data", "off");
	assert_false(mailserver_wait(&s, 1, "0.3"));

	sent = send_to(&via, TO);
	check("back again", &sent, HL_REFERRAL_MAIL_SENT, false, 250);
	assert_arrived(&s);
	mailserver_stop(&s);
}

/* Cut at many places: in the greeting, in TLS, in the text. Never "sent",
 * never permanent, and nothing half delivered. */
static void a_cut_anywhere_is_transient(void **state)
{
	static const char *const cuts[] = {
		"1", "20", "30", "400", "600", "700", "800", "20000", "100000"};
	HL_BUF_AUTO big = HL_BUF_INIT(1 << 20);
	struct hl_referral_envelope envelope = {
		.from = HL_STR("notice@hotline.example.org"), .to = HL_STR(TO)};
	struct mailserver s;

	hl_buf_put(&big, hl_str_c(message));
	while (big.n < 200000) {
		hl_buf_put(&big, HL_STR("0123456789012345678901234567890\r\n"));
	}
	mailserver_start(&s, NULL);
	struct hl_referral_transport via = over(&s);
	for (size_t i = 0; i < HL_ARRAY_LEN(cuts); i++) {
		struct hl_referral_sent sent;

		mailserver_tell(&s, "cut", cuts[i]);
		assert_int_equal(0, hl_referral_mail_send(&via, &envelope,
					    hl_buf_str(&big), &sent, NULL));
		check(cuts[i], &sent, HL_REFERRAL_MAIL_TRANSIENT, false, 0);
	}
	assert_false(mailserver_wait(&s, 1, "0.3"));
	mailserver_stop(&s);
}

static void without_good_tls_nothing_is_said(void **state)
{
	static const struct {
		const char *name;
		const char *options[3];
	} rows[] = {
		{"for another host", {"--cert", "wrong-name"}},
		{"by another authority", {"--cert", "wrong-ca"}},
		{"expired", {"--cert", "expired"}},
		{"no STARTTLS", {"--no-tls"}},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO log = HL_BUF_INIT(1 << 20);
		struct mailserver s;

		mailserver_start(&s, rows[i].options);
		struct hl_referral_transport via = over(&s);
		struct hl_referral_sent sent = send_to(&via, TO);
		check(rows[i].name, &sent, HL_REFERRAL_MAIL_TRANSIENT, true, 0);
		mailserver_log(&s, &log);
		if (strstr(log.p, "<=") || strstr(log.p, "A=plain")) {
			fail_msg("%s: was said: %s", rows[i].name, log.p);
		}
		mailserver_stop(&s);
	}
}

static void a_missing_authority_file_is_told(void **state)
{
	struct mailserver s;

	mailserver_start(&s, NULL);
	struct hl_referral_transport via = over(&s);
	via.ca_file = "/nonexistent/ca.pem";
	struct hl_referral_sent sent = send_to(&via, TO);
	check("no such file", &sent, HL_REFERRAL_MAIL_TRANSIENT, true, 0);
	via.ca_file = NULL;
	sent = send_to(&via, TO);
	check("the system's authorities", &sent, HL_REFERRAL_MAIL_TRANSIENT,
		true, 0);
	mailserver_stop(&s);
}

static void hostile_envelopes_never_leave(void **state)
{
	static const char *const rows[] = {"", "a", "a@", "@b.example.org",
		"a b@example.org", "a@example.org\r\nRCPT TO:<c@example.org>",
		"a@example.org>", "<a@example.org>", "a@example.org\n",
		"a@ex ample.org", "\"a\"@example.org", "a@[192.0.2.1]",
		"a@-example.org", "a@example..org", "a..b@example.org",
		".a@example.org", "a@example.org SIZE=1",
		"\xc3\xa4@example.org", "a@\xc3\xa4.example.org",
		"a@b@example.org", "a,b@example.org"};
	struct hl_referral_transport via = {.via = HL_MAIL_SMTP,
		.production = true,
		.url = "smtp://localhost:1"};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str good = HL_STR("notice@hotline.example.org");
		struct hl_str bad = hl_str_c(rows[i]);
		struct hl_referral_envelope to = {.from = good, .to = bad};
		struct hl_referral_envelope from = {.from = bad, .to = good};
		struct hl_referral_sent sent;

		if (hl_referral_mail_send(&via, &to, hl_str_c(message), &sent,
			    NULL) != HL_E_INVALID ||
			hl_referral_mail_send(&via, &from, hl_str_c(message),
				&sent, NULL) != HL_E_INVALID) {
			fail_msg("taken: %s", rows[i]);
		}
	}
}

static void only_mail_servers_are_talked_to(void **state)
{
	static const char *const rows[] = {"http://localhost:1/",
		"file:///etc/hostname", "localhost", "smtp://", "smtps://",
		"smtp://user:word@localhost", "SMTP://localhost", ""};
	struct hl_referral_envelope envelope = {
		.from = HL_STR("notice@hotline.example.org"), .to = HL_STR(TO)};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_referral_transport via = {.via = HL_MAIL_SMTP,
			.production = true,
			.url = rows[i]};
		struct hl_referral_sent sent;

		if (hl_referral_mail_send(&via, &envelope, hl_str_c(message),
			    &sent, NULL) != HL_E_INVALID) {
			fail_msg("taken: %s", rows[i]);
		}
	}
}

static void skipped_is_never_sent(void **state)
{
	struct hl_referral_transport via = {
		.via = HL_MAIL_NONE, .production = true};
	struct hl_referral_sent sent = send_to(&via, TO);

	check("none", &sent, HL_REFERRAL_MAIL_SKIPPED, false, 0);
	via = (struct hl_referral_transport){
		.via = HL_MAIL_SMTP, .url = "smtp://localhost:1"};
	sent = send_to(&via, TO);
	check("production on a test installation", &sent,
		HL_REFERRAL_MAIL_SKIPPED, false, 0);

	/* A test message does leave a test installation. */
	struct hl_referral_envelope envelope = {
		.from = HL_STR("notice@hotline.example.org"),
		.to = HL_STR(TO),
		.test = true};
	assert_int_equal(0, hl_referral_mail_send(&via, &envelope,
				    hl_str_c(message), &sent, NULL));
	check("test message", &sent, HL_REFERRAL_MAIL_TRANSIENT, false, 0);
}

static size_t count_files(const char *dir, const char *part, char *last)
{
	char path[300];
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, part);
	DIR *d = opendir(path);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] != '.') {
			snprintf(last, 600, "%s/%s", path, e->d_name);
			n++;
		}
	}
	closedir(d);
	return n;
}

static void folder_holds_each_message_once(void **state)
{
	char dir[] = "/tmp/hl-folder-XXXXXX", folder[64], last[600];
	HL_BUF_AUTO got = HL_BUF_INIT(65536);

	assert_non_null(mkdtemp(dir));
	snprintf(folder, sizeof(folder), "%s/mail", dir);
	struct hl_referral_transport via = {
		.via = HL_MAIL_FOLDER, .production = true, .folder = folder};
	for (int i = 0; i < 2; i++) {
		struct hl_referral_sent sent = send_to(&via, TO);

		check("folder", &sent, HL_REFERRAL_MAIL_SENT, false, 0);
	}
	assert_int_equal(0, count_files(folder, "tmp", last));
	assert_int_equal(1, count_files(folder, "new", last));
	assert_int_equal(0, hl_file_read(last, &got, NULL));
	assert_true(hl_str_eq(hl_buf_str(&got), hl_str_c(message)));

	struct stat st;
	assert_int_equal(0, stat(last, &st));
	assert_int_equal(0600, st.st_mode & 0777);

	/* A folder that cannot be written is no failure of the message. */
	via.folder = "/proc/nothing/mail";
	struct hl_referral_sent sent = send_to(&via, TO);
	check("no folder", &sent, HL_REFERRAL_MAIL_TRANSIENT, true, 0);

	static const char *const parts[] = {"/tmp", "/new", "/cur", ""};
	assert_int_equal(0, unlink(last));
	for (size_t i = 0; i < HL_ARRAY_LEN(parts); i++) {
		snprintf(last, sizeof(last), "%s%s", folder, parts[i]);
		assert_int_equal(0, rmdir(last));
	}
	assert_int_equal(0, rmdir(dir));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starttls_arrives_unchanged),
		cmocka_unit_test(smtps_arrives_unchanged),
		cmocka_unit_test(refusals_are_told_apart),
		cmocka_unit_test(what_breaks_is_tried_again),
		cmocka_unit_test(a_cut_anywhere_is_transient),
		cmocka_unit_test(without_good_tls_nothing_is_said),
		cmocka_unit_test(a_missing_authority_file_is_told),
		cmocka_unit_test(hostile_envelopes_never_leave),
		cmocka_unit_test(only_mail_servers_are_talked_to),
		cmocka_unit_test(skipped_is_never_sent),
		cmocka_unit_test(folder_holds_each_message_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
