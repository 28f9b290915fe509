/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_MAILSERVER_H
#define HL_TEST_MAILSERVER_H

#include "base/buf.h"

/* Drives tests/fixtures/mail.py, whose path is in HL_MAIL_FIXTURE. Every
 * call ends the test when the fixture fails. */
struct mailserver {
	char dir[64]; /* a fresh one in /tmp */
	char url[64];
	char ca_file[96];
	char user[32];
	char password[64];
};

/* options: up to four arguments of `mail.py start`, or NULL. */
void mailserver_start(struct mailserver *s, const char *const *options);
void mailserver_tell(
	const struct mailserver *s, const char *command, const char *value);
/* Whether n messages are there within the seconds. */
bool mailserver_wait(const struct mailserver *s, int n, const char *seconds);
/* The first delivered message. */
void mailserver_read(const struct mailserver *s, struct hl_buf *out);
void mailserver_log(const struct mailserver *s, struct hl_buf *out);
/* Stops it and removes its folder. */
void mailserver_stop(struct mailserver *s);

#endif
