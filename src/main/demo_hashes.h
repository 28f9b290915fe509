/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_HASHES_H
#define HL_MAIN_DEMO_HASHES_H

#include "main/demo_inner.h"

/* Before the history, in its first day: the platform's key, entries of our
 * lists in every state, a partner's list in use. */
int hl_main_demo_registry(struct hl_main_demo *demo, struct hl_err *err);

/* Behind the history: a platform reports what is known and what is not. */
int hl_main_demo_known(struct hl_main_demo *demo, struct hl_err *err);

#endif
