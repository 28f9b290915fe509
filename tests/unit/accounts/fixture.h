/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_ACCOUNTS_FIXTURE_H
#define HL_TEST_ACCOUNTS_FIXTURE_H

#include "accounts/accounts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* A founded store with a supervisor and an analyst who hold the keys. */
struct fixture {
	char dir[64], path[96];
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_seal_ring ring;
	struct hl_who host; /* the host's administrator, at the founding */
	int64_t analyst, supervisor;
};

extern const struct hl_seal_cost cheap;

/* With "first words to come in"; grant: the keys as well. */
int64_t add_user(
	struct fixture *f, const char *login, unsigned roles, bool grant);
int change(struct fixture *f, int64_t id, unsigned roles, bool active,
	enum hl_authz_user_why *why);
int set_up(void **state);
int tear_down(void **state);

#endif
