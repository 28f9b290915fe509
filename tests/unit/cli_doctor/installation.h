/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_DOCTOR_INSTALLATION_H
#define CLI_DOCTOR_INSTALLATION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "accounts/accounts.h"
#include "domain/settings.h"

/* An installation in which all is well. Run by tests/fixtures/geo.py and
 * dns.py, whose data it uses. */
#define TODAY (INT64_C(1795335600) * HL_US_PER_S) /* 2026-11-22, 08:20 */

struct fixture {
	char dir[64];
	struct hl_settings *settings;
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_seal_ring ring;
	struct hl_who host;
	int64_t vera;
};

/* A path in its folder. */
const char *in_dir(struct fixture *f, const char *name);
/* A setting, for the next run(). */
void set(struct fixture *f, const char *key, const char *value);
int64_t add_user(
	struct fixture *f, const char *login, unsigned roles, bool grant);
void close_store(struct fixture *f);
/* In the store's file, which is closed for it. */
void exec(struct fixture *f, const char *sql);
void write_file(struct fixture *f, const char *name, const char *text);
/* Runs the command with the settings as they are; gives its exit status. */
int run(struct fixture *f, const char *arg, char *out, size_t out_max);
/* Lines that begin so; what the kernel of this machine lacks is not
 * counted. */
int count_lines(const char *text, const char *begin);
int set_up(void **state);
int tear_down(void **state);

#endif
