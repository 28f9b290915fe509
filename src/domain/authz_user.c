/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/authz.h"

/*
 * Changes of users. They are apart from the matrix because what they must
 * keep true is about all users together: somebody who can hand out work and
 * somebody who can mend the installation always remain.
 */

static bool loses(const struct hl_authz_user *u, unsigned role)
{
	bool had = u->enabled_before && (u->roles_before & role);
	bool has = u->enabled_after && (u->roles_after & role);

	return had && !has;
}

static enum hl_authz_user_why judge(
	const struct hl_authz_actor *actor, const struct hl_authz_user *u)
{
	if (actor && hl_authz_check(actor, HL_AUTHZ_USER_MANAGE, NULL, NULL)) {
		return HL_AUTHZ_USER_NOT_PERMITTED;
	}
	if (actor && actor->user_id == u->user_id) {
		return HL_AUTHZ_USER_SELF;
	}
	if (u->roles_after & ~(unsigned)(HL_ROLE_CONTENT | HL_ROLE_ADMIN)) {
		return HL_AUTHZ_USER_BAD_ROLE;
	}
	if (!u->roles_after) {
		return HL_AUTHZ_USER_NO_ROLE;
	}
	if ((u->roles_after & HL_ROLE_ADMIN) &&
		(u->roles_after & HL_ROLE_CONTENT)) {
		return HL_AUTHZ_USER_MIXED;
	}
	if (loses(u, HL_ROLE_SUPERVISOR) && u->n_other_supervisors < 1) {
		return HL_AUTHZ_USER_LAST_SUPERVISOR;
	}
	if (loses(u, HL_ROLE_ADMIN) && u->n_other_admins < 1) {
		return HL_AUTHZ_USER_LAST_ADMIN;
	}
	return HL_AUTHZ_USER_ALLOWED;
}

int hl_authz_user_change(const struct hl_authz_actor *actor,
	const struct hl_authz_user *user, enum hl_authz_user_why *why)
{
	enum hl_authz_user_why w = judge(actor, user);

	if (why) {
		*why = w;
	}
	return w == HL_AUTHZ_USER_ALLOWED ? 0 : HL_DENIED;
}
