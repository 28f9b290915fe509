/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_AUTHZ_USER_H
#define HL_DOMAIN_AUTHZ_USER_H

#include "base/err.h"
#include "domain/vocab.h"

/* Changes of users, which are apart from the matrix of authz.h: what they
 * must keep true is about all users together. */
struct hl_authz_actor;

enum hl_authz_user_why {
	HL_AUTHZ_USER_ALLOWED = 0,
	HL_AUTHZ_USER_NOT_PERMITTED = 1,
	HL_AUTHZ_USER_SELF = 2, /* nobody changes their own roles */
	HL_AUTHZ_USER_LAST_SUPERVISOR = 3,
	HL_AUTHZ_USER_LAST_ADMIN = 4,
	HL_AUTHZ_USER_MIXED = 5, /* administrator and content together */
	HL_AUTHZ_USER_NO_ROLE = 6,
	HL_AUTHZ_USER_BAD_ROLE = 7,
	HL_AUTHZ_USER_LAST_KEYS = 8,      /* and no sheets to bring them back */
	HL_AUTHZ_USER_KEYS_ON_SHEETS = 9, /* and nobody said to use them */
};
extern const struct hl_vocab hl_vocab_authz_user_why;

/* What would become of the keys that the change takes from the user. */
enum hl_authz_keys {
	HL_AUTHZ_KEYS_SAFE = 0, /* somebody else who is active holds them */
	HL_AUTHZ_KEYS_ON_SHEETS = 1, /* nobody, but escrow sheets do */
	HL_AUTHZ_KEYS_LOST = 2,
};

struct hl_authz_user {
	int64_t user_id; /* 0 for one that is being created */
	unsigned roles_before, roles_after;
	bool enabled_before, enabled_after;
	/* Enabled users with the role, this one not counted. */
	int n_other_supervisors, n_other_admins;
	enum hl_authz_keys keys;
	bool from_sheets; /* somebody said that the sheets are at hand */
};

/* Creating, enabling, disabling a user and changing roles. actor NULL is
 * the installation itself (`hotline init`, `hotline user` at the host).
 * HL_DENIED. */
int hl_authz_user_change(const struct hl_authz_actor *actor,
	const struct hl_authz_user *user, enum hl_authz_user_why *why);

#endif
