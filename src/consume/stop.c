/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/stop.h"

#include "base/text.h"

static enum hl_stop_reason reason_of(enum hl_consume_reason reason)
{
	switch (reason) {
	case HL_CONSUME_PAGE:
		return HL_STOP_PAGE;
	case HL_CONSUME_DIRECTORY:
		return HL_STOP_FOLDER;
	case HL_CONSUME_DOMAIN:
		return HL_STOP_SITE;
	}
	return HL_STOP_UNKNOWN;
}

struct hl_stop_ask hl_consume_stop_ask(
	const struct hl_consume_decision *decision)
{
	return (struct hl_stop_ask){
		.entry = decision->is_ref ? (int64_t)decision->entry : 0,
		.reason = reason_of(decision->reason)};
}

struct hl_stop_ask hl_consume_stop_ask_text(
	struct hl_str entry, struct hl_str scope)
{
	struct hl_stop_ask ask = {.reason = hl_stop_reason_of(scope)};

	if (hl_ref_parse(HL_REF_LIST_ENTRY, entry, &ask.entry)) {
		ask.entry = 0;
	}
	return ask;
}
