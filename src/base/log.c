/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/time.h"

#define TEXT_BYTES 1024
/* Each byte of a text can become six, "\u003c". */
#define LINE_BYTES (8 * TEXT_BYTES)

/* With time.c's clock the only mutable globals; tools/check/globals. */
static const char *process_name = "hotline";
static enum hl_log_level least_level = HL_LOG_INFO;

void hl_log_init(const char *process, enum hl_log_level least)
{
	process_name = process;
	least_level = least;
}

static void begin(struct hl_buf *b, enum hl_log_level level, const char *event)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	char at[HL_TIME_ISO_MAX];

	hl_buf_put_c(b, '{');
	hl_json_put_member(b, "at", hl_time_iso(hl_time_now_us(), at));
	hl_json_put_member(b, "level", hl_str_c(names[level]));
	hl_json_put_member(b, "process", hl_str_c(process_name));
	hl_json_put_member(b, "event", hl_str_c(event));
}

static void end(struct hl_buf *b)
{
	hl_buf_put(b, HL_STR("}\n"));
	if (!b->fault && write(STDERR_FILENO, b->p, b->n) < 0) {
		return; /* nowhere left to say it */
	}
}

void hl_log(enum hl_log_level level, const char *event, const char *fmt, ...)
{
	HL_BUF_AUTO b = HL_BUF_INIT(LINE_BYTES);
	char text[TEXT_BYTES];
	va_list ap;

	if (level < least_level) {
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	begin(&b, level, event);
	hl_json_put_member(&b, "text", hl_str_c(text));
	end(&b);
}

void hl_log_err(
	enum hl_log_level level, const char *event, const struct hl_err *err)
{
	HL_BUF_AUTO b = HL_BUF_INIT(LINE_BYTES);

	if (level < least_level) {
		return;
	}
	begin(&b, level, event);
	hl_json_put_member(&b, "code", hl_str_c(hl_err_name(err->code)));
	hl_json_put_member(&b, "text", hl_str_c(err->msg));
	if (err->file) {
		hl_json_put_member(&b, "file", hl_str_c(err->file));
		hl_buf_printf(&b, ",\"line\":%d", err->line);
	}
	end(&b);
}
