/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_XARF_RULES_H
#define HL_REFERRAL_XARF_RULES_H

#include "base/str.h"

/* Whether value fits the schema's rule for a string field of that name; the
 * records "a" and "aaaa" count as fields. False for any other name. */
bool hl_referral_xarf_value_ok(const char *name, struct hl_str value);

#endif
