/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_LOG_H
#define HL_BASE_LOG_H

#include "base/err.h"

/*
 * One JSON object a line on standard error:
 *   {"at":"…","level":"warn","process":"worker","event":"outbox.retry",…}
 * Ids, counts and names of the installation only: never a reporter's words,
 * URLs, hashes, names or network addresses. Thread-safe, one write(2) a
 * line.
 */
enum hl_log_level { HL_LOG_DEBUG, HL_LOG_INFO, HL_LOG_WARN, HL_LOG_ERROR };

/* Called once by each process at its start; the name is a literal. */
void hl_log_init(const char *process, enum hl_log_level least);

/* event is a literal "area.what"; fmt makes the human-readable "text". */
void hl_log(enum hl_log_level level, const char *event, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A fault with its code, place and message. */
void hl_log_err(
	enum hl_log_level level, const char *event, const struct hl_err *err);

#endif
