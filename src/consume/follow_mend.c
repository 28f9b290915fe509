/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in the folder is looked at before the hotline is asked, and each
 * minute: programs that block read it from there, and what somebody removed
 * or wrote over would block nothing while all seems well. Once a day every
 * byte is read, for what no time of a file shows.
 */
#include "base/log.h"
#include "base/time.h"
#include "consume/follow_inner.h"

#define READ_ALL_US HL_US_PER_DAY

static int look(struct hl_consume_follow *f, struct hl_urls_error *why)
{
	int64_t now_us = hl_time_mono_us();
	int r = hl_urls_refresh(f->config.list, why);

	if (r >= 0 &&
		(!f->read_all_us || now_us - f->read_all_us >= READ_ALL_US)) {
		r = hl_urls_verify(f->config.list, why);
		f->read_all_us = now_us;
	}
	return r;
}

bool hl_consume_follow_mend(struct hl_consume_follow *f)
{
	struct hl_urls_error why = {0};
	bool was_damaged = f->is_damaged;

	f->is_damaged = look(f, &why) < 0;
	if (f->is_damaged) {
		f->etag[0] = '\0'; /* the manifest is needed once more */
	}
	if (f->is_damaged && !was_damaged) {
		hl_log(HL_LOG_ERROR, "list.damaged", "%s: %s",
			hl_urls_code_name(why.code), why.text);
	}
	return f->is_damaged && !was_damaged;
}

int hl_consume_follow_mended(struct hl_consume_follow *f, struct hl_err *err)
{
	struct hl_urls_error why = {0};

	if (!f->is_damaged) {
		return 0;
	}
	f->is_damaged = look(f, &why) < 0;
	if (!f->is_damaged) {
		hl_log(HL_LOG_INFO, "list.damaged", "the folder is mended");
		return 0;
	}
	f->raised = HL_CONSUME_DAMAGED;
	return HL_FAIL(err, HL_E_CORRUPT, "the folder: %s: %s",
		hl_urls_code_name(why.code), why.text);
}
