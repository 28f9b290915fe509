/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_LOGINS_H
#define HL_MAIN_DEMO_LOGINS_H

#include "accounts/apikey.h"
#include "base/text.h"
#include "domain/flow.h"
#include "publish/consumer.h"
#include "seal/password.h"
#include "seal/totp.h"

/*
 * The invented staff of a demonstration. Their logins stand in a file of the
 * installation, passwords and all: `hotline demo` has to come in as them. No
 * other installation has such a file.
 */
#define HL_MAIN_DEMO_LOGINS "demo-logins.json"

enum hl_main_demo_person {
	HL_DEMO_SOFIE, /* supervisor */
	HL_DEMO_SIMON, /* the same: for what needs two of them */
	HL_DEMO_ANNA,  /* analyst and verifier */
	HL_DEMO_BEN,   /* as Anna */
	HL_DEMO_RITA,  /* referral officer */
	HL_DEMO_ADAM,  /* administrator */
	HL_DEMO_PEOPLE,
};

struct hl_main_demo_login {
	const char *login, *name, *what; /* static */
	unsigned roles;
	char password[HL_SEAL_PASSWORD_RANDOM];
	struct hl_seal_totp totp;
};
struct hl_main_demo_logins {
	struct hl_main_demo_login at[HL_DEMO_PEOPLE];
	char api_key[HL_ACCOUNTS_KEY_TEXT]; /* of a platform's program */
	/* of a school that blocks, and its number */
	char list_token[HL_PUBLISH_TOKEN_TEXT];
	char consumer[HL_REF_MAX];
};
/* For the cleanup attribute as well. */
void hl_main_demo_logins_wipe(struct hl_main_demo_logins *l);
#define HL_MAIN_DEMO_LOGINS_AUTO \
	__attribute__((          \
		cleanup(hl_main_demo_logins_wipe))) struct hl_main_demo_logins

/* Names and roles; passwords and secrets are still to be made. */
void hl_main_demo_logins_init(struct hl_main_demo_logins *l);
int hl_main_demo_logins_save(const struct hl_main_demo_logins *l,
	const char *dir, struct hl_err *err);
/* HL_NOTFOUND, with err: no demonstration in that folder. */
int hl_main_demo_logins_load(
	const char *dir, struct hl_main_demo_logins *l, struct hl_err *err);

#endif
