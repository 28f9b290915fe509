/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_ROWS_FAULT_H
#define HL_MATCH_ROWS_FAULT_H

/* What is said of a call that failed. */
#include "hotline/match.h"

#include <stdint.h>

/* Sets err and returns its code. */
int hl_match_fault(struct hl_match_error *err, int code, const char *format,
	...) __attribute__((format(printf, 3, 4)));
/* From errno: full, no memory, or another fault of input and output. */
int hl_match_fault_io(
	struct hl_match_error *err, const char *file, const char *what);
int hl_match_fault_at(struct hl_match_error *err, const char *file,
	uint64_t offset, const char *what);
static inline int hl_match_fault_memory(struct hl_match_error *err)
{
	return hl_match_fault(err, HL_MATCH_E_NOMEM, "no memory");
}

/* What a caller hears of a call that may have tried more than once: `why` when
 * the code is a fault, nothing for an outcome. Returns the code. */
int hl_match_told(
	struct hl_match_error *err, const struct hl_match_error *why, int code);

#endif
