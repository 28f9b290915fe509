/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int fold_errno(int code, int sys_errno)
{
	if (code != HL_E_IO) {
		return code;
	}
	if (sys_errno == ENOSPC || sys_errno == EDQUOT) {
		return HL_E_FULL;
	}
	return sys_errno == ENOMEM ? HL_E_NOMEM : code;
}

int hl_err_set_at(struct hl_err *err, int code, int sys_errno, const char *file,
	int line, const char *fmt, ...)
{
	va_list ap;

	code = fold_errno(code, sys_errno);
	if (!err) {
		return code;
	}
	err->code = code;
	err->sys_errno = sys_errno;
	err->file = file;
	err->line = line;
	va_start(ap, fmt);
	int n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	if (sys_errno && n >= 0 && (size_t)n < sizeof(err->msg)) {
		snprintf(err->msg + n, sizeof(err->msg) - (size_t)n, ": %s",
			strerrordesc_np(sys_errno));
	}
	return code;
}

const char *hl_err_name(int code)
{
	static const struct {
		int code;
		const char *name;
	} names[] = {
		{HL_OK, "ok"},
		{HL_NOTFOUND, "not found"},
		{HL_CONFLICT, "conflict"},
		{HL_DENIED, "denied"},
		{HL_E_NOMEM, "out of memory"},
		{HL_E_IO, "input or output failed"},
		{HL_E_INVALID, "invalid"},
		{HL_E_LIMIT, "over a limit"},
		{HL_E_CORRUPT, "corrupt"},
		{HL_E_CRYPTO, "wrong key or broken seal"},
		{HL_E_TIMEOUT, "timed out"},
		{HL_E_UNAVAILABLE, "unavailable"},
		{HL_E_FULL, "disk full"},
		{HL_E_INTERNAL, "internal fault"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].code == code) {
			return names[i].name;
		}
	}
	return "unknown";
}
