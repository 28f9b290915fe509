/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_INNER_H
#define HL_MAIN_DEMO_INNER_H

#include "accounts/session.h"
#include "main/demo.h"
#include "main/demo_logins.h"

/* A demonstration while it is being made; inside demo*.c only. */
struct hl_main_demo {
	struct hl_main_install *made;
	const char *dir;
	struct hl_arena *arena; /* emptied before each step of the history */
	struct hl_main_demo_logins logins;
	int64_t staff_id[HL_DEMO_PEOPLE];
	struct hl_accounts_session session[HL_DEMO_PEOPLE];
};

/* How far back the history begins. */
#define HL_MAIN_DEMO_DAYS 60

/* Makes the people, lets each come in once as a person does, and keeps their
 * sessions, whose keys the history is made with. */
int hl_main_demo_staff(struct hl_main_demo *demo, struct hl_err *err);
/* Acting as that person. Borrows from demo. */
struct hl_who hl_main_demo_who(
	const struct hl_main_demo *demo, enum hl_main_demo_person person);

#endif
