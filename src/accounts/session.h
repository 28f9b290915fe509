/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_ACCOUNTS_SESSION_H
#define HL_ACCOUNTS_SESSION_H

#include "accounts/accounts.h"
#include "seal/password.h"
#include "seal/token.h"
#include "seal/totp.h"

/*
 * Coming in: password, then a code or a recovery code, each on a page of its
 * own. A session's cookie seals the user's secret key in the session's row,
 * so a restart logs nobody out and a stolen store opens nothing.
 */
enum hl_accounts_stage {
	HL_ACCOUNTS_PASSWORD = 1, /* the second factor is still to come */
	HL_ACCOUNTS_FULL = 2,
};

struct hl_accounts_limits {
	int idle_minutes;
	int max_hours;
};

struct hl_accounts_session {
	int64_t staff_id;
	enum hl_accounts_stage stage;
	unsigned roles;
	bool must_change; /* the password, before anything else */
	bool has_totp;    /* else it has to be set up first */
	struct hl_str login, display_name; /* in the arena */
	int64_t ends_at_us;                /* if nothing is done until then */
	struct hl_seal_secret secret;
	struct hl_seal_ring ring;
};
/* Wipes keys; for the cleanup attribute as well. */
void hl_accounts_session_wipe(struct hl_accounts_session *s);

/*
 * Right password: *token is a new session at stage PASSWORD. HL_DENIED: wrong
 * login or password, a user who may not come in, or too many wrong tries
 * before; neither the answer nor its time tells which. Costs 64 MiB for 0.1 s:
 * the caller bounds how many run at once.
 */
struct hl_accounts_typed {
	struct hl_str login, password;
};
int hl_accounts_login(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_typed *typed,
	const struct hl_accounts_limits *limits, struct hl_seal_token *token,
	struct hl_err *err);

/*
 * On the host, without a session: the keys that a password opens. HL_DENIED:
 * wrong login or password, or a user who may not come in. The caller wipes
 * user->ring; user->secret stays empty.
 */
int hl_accounts_unlock(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_typed *typed, struct hl_accounts_session *user,
	struct hl_err *err);

/*
 * Opens the session of a cookie. HL_NOTFOUND: none, run out, or the user has
 * left. Keys are opened at stage FULL only.
 */
int hl_accounts_open(struct hl_store *store, struct hl_arena *arena,
	const struct hl_seal_token *token,
	const struct hl_accounts_limits *limits,
	struct hl_accounts_session *out, struct hl_err *err);

/*
 * What a person types who has come in already and changes what they come in
 * with: whoever found their session open knows neither. Wrong tries count
 * as those at the door do.
 */
enum hl_accounts_wrong {
	HL_ACCOUNTS_WRONG_NONE, /* of these; then it is the step's code */
	HL_ACCOUNTS_WRONG_PASSWORD,
	HL_ACCOUNTS_WRONG_CODE,
};
struct hl_accounts_again {
	struct hl_str password;
	struct hl_str code; /* of the generator now, or a recovery code */
	enum hl_accounts_wrong wrong; /* out, with HL_DENIED */
	int wait_s;                   /* out, with HL_E_LIMIT */
};

/* What the second factor's functions work on. */
struct hl_accounts_step {
	const struct hl_seal_token *token;
	const struct hl_accounts_session *session; /* of that token */
	const struct hl_accounts_limits *limits;
	struct hl_str code;              /* as typed */
	struct hl_accounts_again *again; /* for a full session */
};

/*
 * The second factor: a six-digit code or a recovery code. On success *fresh
 * is the new cookie (the old one ends, so that a cookie seen before the
 * second factor is worth nothing). HL_DENIED: wrong or used up.
 * HL_E_LIMIT: too many tries; *wait_s says how long to wait.
 */
int hl_accounts_second(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_step *step, struct hl_seal_token *fresh,
	int *wait_s, struct hl_err *err);

/*
 * Setting up the second factor. The secret follows from the session's token,
 * so that nothing has to be kept between showing it and the code that proves
 * that the app has it. Enrolling puts ten recovery codes into *codes, a line
 * each, and makes the session full under *fresh; all others of the user end.
 * A full session, or one of a user who has a second factor, needs
 * step->again. HL_DENIED: a wrong code or what `again` says. HL_CONFLICT:
 * somebody else has set one up meanwhile.
 */
void hl_accounts_enrol_secret(
	const struct hl_seal_token *token, struct hl_seal_totp *secret);
int hl_accounts_enrol(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_step *step, struct hl_seal_token *fresh,
	struct hl_buf *codes, struct hl_err *err);

/* Ten new recovery codes; the old ones end. HL_DENIED as `again` says. */
int hl_accounts_new_recovery(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_session *session,
	struct hl_accounts_again *again, struct hl_buf *codes,
	struct hl_err *err);

/*
 * Changes one's own password. HL_DENIED: the old one is wrong. HL_E_LIMIT:
 * too many wrong tries; wait. HL_E_INVALID:
 * the new one is against the policy; *why is a sentence for the page. Ends
 * all other sessions of the user.
 */
struct hl_accounts_new_password {
	const struct hl_seal_token *token; /* of the session that stays */
	struct hl_str before, after;
	const struct hl_seal_cost *cost;
	struct hl_str hotline; /* names that are no password here, or none */
};
int hl_accounts_password(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_session *session,
	const struct hl_accounts_new_password *change,
	enum hl_seal_password_fault *why, struct hl_err *err);

int hl_accounts_logout(struct hl_store *store, struct hl_arena *arena,
	const struct hl_seal_token *token, struct hl_err *err);

#endif
