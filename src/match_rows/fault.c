/* SPDX-License-Identifier: Apache-2.0 */
#include "match_rows/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int hl_match_fault(
	struct hl_match_error *err, int code, const char *format, ...)
{
	va_list args;

	if (err) {
		memset(err, 0, sizeof(*err));
		err->code = code;
		va_start(args, format);
		(void)vsnprintf(err->text, sizeof(err->text), format, args);
		va_end(args);
	}
	return code;
}

int hl_match_fault_io(
	struct hl_match_error *err, const char *file, const char *what)
{
	int number = errno, code = HL_MATCH_E_IO;

	if (number == ENOSPC || number == EDQUOT || number == EFBIG) {
		code = HL_MATCH_E_FULL;
	} else if (number == ENOMEM) {
		code = HL_MATCH_E_NOMEM;
	}
	hl_match_fault(err, code, "%s: %s: %s", file, what,
		strerrordesc_np(number) ? strerrordesc_np(number) : "unknown");
	if (err) {
		err->sys_errno = number;
	}
	return code;
}

int hl_match_fault_at(struct hl_match_error *err, const char *file,
	uint64_t offset, const char *what)
{
	hl_match_fault(err, HL_MATCH_E_CORRUPT, "%s: damaged at %llu: %s", file,
		(unsigned long long)offset, what);
	if (err) {
		err->offset = offset;
	}
	return HL_MATCH_E_CORRUPT;
}

int hl_match_told(
	struct hl_match_error *err, const struct hl_match_error *why, int code)
{
	if (err && code < 0) {
		*err = *why;
		err->code = code;
	}
	return code;
}
