/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_PLURAL_H
#define HL_WEB_PLURAL_H

#include "base/err.h"
#include "base/str.h"

/* The value of a plural rule such as "n%10==1 && n%100!=11 ? 0 : 1": the
 * operators of C on unsigned numbers, without assignment. Division by
 * zero gives zero. HL_E_INVALID when it is no such expression. */
int hl_web_plural_eval(struct hl_str rule, uint64_t n, uint64_t *out);

#endif
