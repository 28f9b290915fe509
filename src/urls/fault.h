/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FAULT_H
#define HL_URLS_FAULT_H

/* What is said of a call that failed. */
#include "base/err.h"
#include "hotline/urls.h"

/* Sets err and returns its code. */
int hl_urls_fault(struct hl_urls_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* From errno. */
int hl_urls_fault_io(
	struct hl_urls_error *err, const char *file, const char *what);
/* From what the rooms below say of bytes: `what` names them. */
int hl_urls_fault_of(
	struct hl_urls_error *err, const struct hl_err *why, const char *what);
static inline int hl_urls_fault_memory(struct hl_urls_error *err)
{
	return hl_urls_fault(err, HL_URLS_E_NOMEM, "no memory");
}

#endif
