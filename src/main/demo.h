/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_H
#define HL_MAIN_DEMO_H

#include "main/install.h"

/*
 * The demonstration: docs/demo.md. An installation with invented staff and
 * an invented history of sixty days, made through the real services.
 */

/* Settings of a demonstration, "key=value", to be set before the operator's
 * own. Static. */
const char *const *hl_main_demo_settings(size_t *n);

/* Puts the clock back to where the history begins. Before hl_main_install();
 * hl_main_demo_fill() puts it right again. */
void hl_main_demo_begin(void);

/* Fills a fresh installation and prints its logins, as JSON if told so. The
 * settings' relative paths are taken from dir. */
int hl_main_demo_fill(struct hl_main_install *made, const char *dir, bool json,
	struct hl_err *err);

#endif
