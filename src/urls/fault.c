/* SPDX-License-Identifier: Apache-2.0 */
#include "urls/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *hl_urls_code_name(int code)
{
	static const char *const names[] = {
		[-HL_URLS_OK] = "done",
		[-HL_URLS_E_ARG] = "wrong argument",
		[-HL_URLS_E_NOMEM] = "no memory",
		[-HL_URLS_E_IO] = "input or output failed",
		[-HL_URLS_E_CORRUPT] = "damaged",
		[-HL_URLS_E_BUSY] = "kept by another process",
		[-HL_URLS_E_FORM] = "out of form",
		[-HL_URLS_E_FORGED] = "forged",
		[-HL_URLS_E_ROLLBACK] = "rolled back",
		[-HL_URLS_E_FORWARD] = "run ahead",
		[-HL_URLS_E_FROZEN] = "frozen",
		[-HL_URLS_E_CLOCK] = "made in the future",
		[-HL_URLS_E_ROOT] = "expired root",
		[-HL_URLS_E_CANON] = "needs a newer library",
		[-HL_URLS_E_STATE] = "called out of order",
		[-HL_URLS_E_TRANSPORT] = "not answered",
		[-HL_URLS_E_FULL] = "disk full",
		[-HL_URLS_E_OTHER] = "another consumer's",
	};

	if (code == HL_URLS_NOTFOUND) {
		return "nothing there";
	}
	if (code > 0 || code <= -(int)(sizeof(names) / sizeof(names[0]))) {
		return "unknown";
	}
	return names[-code];
}

int hl_urls_fault(struct hl_urls_error *err, int code, const char *format, ...)
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

static int code_of(int number)
{
	if (number == ENOSPC || number == EDQUOT || number == EFBIG) {
		return HL_URLS_E_FULL;
	}
	return number == ENOMEM ? HL_URLS_E_NOMEM : HL_URLS_E_IO;
}

int hl_urls_fault_io(
	struct hl_urls_error *err, const char *file, const char *what)
{
	int number = errno;
	const char *why = strerrordesc_np(number);
	int code = hl_urls_fault(err, code_of(number), "%s: %s: %s", file, what,
		why ? why : "unknown");

	if (err) {
		err->sys_errno = number;
	}
	return code;
}

int hl_urls_fault_of(
	struct hl_urls_error *err, const struct hl_err *why, const char *what)
{
	int code = HL_URLS_E_FORM;

	if (why->code == HL_E_NOMEM) {
		code = HL_URLS_E_NOMEM;
	} else if (why->code == HL_E_IO) {
		code = code_of(why->sys_errno);
	} else if (why->code == HL_E_FULL) {
		code = HL_URLS_E_FULL;
	} else if (why->code == HL_E_CRYPTO) {
		code = HL_URLS_E_FORGED;
	} else if (why->code == HL_E_CORRUPT) {
		code = HL_URLS_E_CORRUPT;
	}
	hl_urls_fault(err, code, "%s: %s", what, why->msg);
	if (err) {
		err->sys_errno = why->sys_errno;
	}
	return code;
}
