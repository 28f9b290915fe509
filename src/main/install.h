/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_INSTALL_H
#define HL_MAIN_INSTALL_H

#include "cli/common.h"
#include "domain/settings.h"
#include "seal/ring.h"
#include "store/store.h"

/*
 * An installation in its folder:
 *   hotline.conf   settings
 *   hotline.db     the store
 *   keys/          worker.key, sign.key, sign.pub
 *   laws/          law profiles, the operator's own copies
 */
struct hl_main_install {
	struct hl_settings *settings; /* owned */
	struct hl_store *store;       /* owned; the founding engine */
	struct hl_seal_ring ring;     /* the first secrets, to hand over */
};

struct hl_main_new {
	const char *dir;
	const char *user; /* who owns the files when made by root, or NULL */
	const char *const *set; /* n_set times "key=value" */
	size_t n_set;
};

/*
 * Makes a new installation. HL_CONFLICT: there is one in that folder. After
 * a fault what was made is taken away again.
 */
int hl_main_install(const struct hl_main_new *given,
	struct hl_main_install *out, struct hl_err *err);
void hl_main_install_fini(struct hl_main_install *install);

/* Gives all files to the user; nothing when user is NULL. */
int hl_main_own(const char *dir, const char *user, struct hl_err *err);

/* HL_E_INVALID: there is no such system user, or it is another than ours and
 * we are not root. NULL is fine. */
int hl_main_check_user(const char *user, struct hl_err *err);

/*
 * Where the program's data is, the folder with laws/: $HOTLINE_DATA if that is
 * set; else the clone in which the program was built, when it lies in a build
 * folder; else share/hotline beside its bin; else where it was to be
 * installed. HL_E_INVALID: in none of them; err says what to set.
 */
int hl_main_data_dir(char out[HL_CLI_PATH_MAX], struct hl_err *err);

#endif
