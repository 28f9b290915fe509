/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_ACCOUNTS_INNER_H
#define HL_ACCOUNTS_INNER_H

#include <stdbool.h>

#include "base/str.h"

/* Inside the room: what people and programs have in common. */

/* What either is called: 1 to HL_ACCOUNTS_NAME_MAX characters of UTF-8 on one
 * line, none of them a control character of ASCII. */
bool hl_accounts_name_valid(struct hl_str name);

#endif
