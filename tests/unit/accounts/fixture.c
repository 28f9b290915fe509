/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/time.h"
#include "seal/box.h"

const struct hl_seal_cost cheap = {
	.mem_kib = 64, .passes = 1, .allow_weak = true};

int64_t add_user(
	struct fixture *f, const char *login, unsigned roles, bool grant)
{
	struct hl_accounts_user user = {.login = hl_str_c(login),
		.display_name = HL_STR("Some Body"),
		.roles = roles};

	assert_int_equal(
		0, hl_accounts_create(&f->host, &user,
			   HL_STR("first words to come in"), &cheap, NULL));
	if (grant) {
		assert_int_equal(0, hl_accounts_grant(&f->host, user.id, NULL));
	}
	return user.id;
}

int change(struct fixture *f, int64_t id, unsigned roles, bool active,
	enum hl_authz_user_why *why)
{
	return hl_accounts_change(&f->host, id,
		&(struct hl_accounts_standing){roles, active, false}, why,
		NULL);
}

int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct hl_seal_pub worker;
	struct hl_seal_secret secret;

	assert_int_equal(0, hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-accounts-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	f->arena = hl_arena_new(8 << 20, true);
	/* tests act as the command line and as the staff process */
	assert_int_equal(0,
		hl_store_open(f->path,
			(enum hl_store_role)(HL_STORE_STAFF | HL_STORE_ADMIN),
			&f->store, NULL));
	hl_seal_keypair_new(&worker, &secret);
	assert_int_equal(0,
		hl_accounts_found(f->store, f->arena, &worker, &f->ring, NULL));
	f->host = (struct hl_who){
		.ring = &f->ring, .store = f->store, .arena = f->arena};
	f->supervisor = add_user(f, "sofie", HL_ROLE_SUPERVISOR, true);
	f->analyst = add_user(f, "anna", HL_ROLE_ANALYST, true);
	*state = f;
	return 0;
}

int tear_down(void **state)
{
	struct fixture *f = *state;
	char wal[128];

	hl_time_pretend(0);
	hl_store_close(f->store);
	hl_arena_free(f->arena);
	hl_seal_ring_wipe(&f->ring);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	unlink(wal);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}
