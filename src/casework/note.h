/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_NOTE_H
#define HL_CASEWORK_NOTE_H

#include "casework/casework.h"

#define HL_CASEWORK_NOTE_MAX 10000 /* characters */

/* Words about a case, sealed to the queue key. HL_E_INVALID: empty, too
 * long, or no UTF-8. */
int hl_casework_add_note(const struct hl_who *who, int64_t case_id,
	struct hl_str words, enum hl_casework_why *why, struct hl_err *err);

#endif
