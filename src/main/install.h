/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_INSTALL_H
#define HL_MAIN_INSTALL_H

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

/* Gives all files to the user; nothing when not root or user is NULL. */
int hl_main_own(const char *dir, const char *user, struct hl_err *err);

/* Where the program's data is: $HOTLINE_DATA, else where it was installed. */
const char *hl_main_data_dir(void);

#endif
