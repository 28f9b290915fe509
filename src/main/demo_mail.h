/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_MAIL_H
#define HL_MAIN_DEMO_MAIL_H

#include "base/str.h"

/* Reads delivered mail as its recipient would. */
#define HL_MAIN_DEMO_LINK_MAX 512

struct hl_main_demo_mail {
	char ref[16]; /* "F-…", "" if it is none of ours */
	char to[128]; /* as in the header */
	char link[HL_MAIN_DEMO_LINK_MAX]; /* to the answer page, or "" */
	bool test;                        /* marked as a test */
};
/* message: RFC 5322. HL_E_NOMEM, HL_E_LIMIT. */
int hl_main_demo_mail_read(
	struct hl_str message, struct hl_main_demo_mail *out);

#endif
