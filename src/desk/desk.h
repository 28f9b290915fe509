/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_DESK_H
#define HL_DESK_DESK_H

#include <semaphore.h>

#include "domain/law.h"
#include "domain/settings.h"
#include "registry/known.h"
#include "seal/sign.h"
#include "store/store.h"
#include "web/route.h"

/*
 * The workbench: all pages of the staff process. docs/workbench.md has the
 * pages. Everything works without JavaScript.
 */

struct hl_desk_extra; /* desk/extra.h */

#define HL_DESK_LAWS_MAX 4 /* the baseline, the national one, reserves */

/* ctx->app of the staff process; constant while it serves. Filled by the
 * caller before its sandbox; all pointers are borrowed. */
struct hl_desk_app {
	const struct hl_settings *settings;
	const struct hl_law *laws[HL_DESK_LAWS_MAX];
	size_t n_laws;
	const struct hl_seal_sign_key *sign; /* for bundles */
	const char *checkpoints_path;        /* of the audit log */
	const struct hl_registry_near *near; /* the index; NULL: none */
	const struct hl_desk_extra *extra;   /* of a room above; NULL: none */
	/* Bounds how many passwords are checked at a time: each takes 64 MiB
	 * for a moment. */
	sem_t passwords;
};

int hl_desk_init(struct hl_desk_app *app, const struct hl_settings *settings,
	struct hl_err *err);
void hl_desk_fini(struct hl_desk_app *app);

/* ctx->thread of each pool thread. */
struct hl_desk_thread {
	struct hl_store *store;
};

/*
 * What a route needs. Positive: an enum hl_authz_action; for one without an
 * object the door asks the matrix, for one with an object the service asks it
 * for that object, after the door made sure that some object could be
 * allowed.
 */
enum hl_desk_need {
	HL_DESK_OPEN = -1, /* nobody has to be logged in */
	HL_DESK_HALF = -2, /* the password was right; the code is to come */
	HL_DESK_SELF = -3, /* logged in: one's own account */
};
extern const struct hl_web_routes hl_desk_routes;

/* The process's outermost handler and its error page. */
hl_web_handler hl_desk_handle;
hl_web_handler hl_desk_error;

#endif
