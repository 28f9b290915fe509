/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/status.h"

static bool told(uint32_t passed_to, enum hl_recipient kind)
{
	return (passed_to & hl_vocab_bit((int)kind)) != 0;
}

static enum hl_public_status of_told(uint32_t passed_to)
{
	if (told(passed_to, HL_RECIPIENT_PROVIDER) ||
		told(passed_to, HL_RECIPIENT_PLATFORM) ||
		told(passed_to, HL_RECIPIENT_REGISTRAR)) {
		return HL_STATUS_TO_PROVIDER;
	}
	if (told(passed_to, HL_RECIPIENT_PARTNER)) {
		return HL_STATUS_TO_PARTNER;
	}
	return told(passed_to, HL_RECIPIENT_POLICE) ? HL_STATUS_TO_POLICE
						    : HL_STATUS_UNANSWERED;
}

static enum hl_public_status of_closed(const struct hl_public_status_input *in)
{
	switch (in->reason) {
	case HL_CLOSE_REMOVED:
		return HL_STATUS_REMOVED;
	case HL_CLOSE_NOT_ILLEGAL:
		return HL_STATUS_NOT_ILLEGAL;
	case HL_CLOSE_GONE:
	case HL_CLOSE_PAYWALL:
	case HL_CLOSE_CANNOT_TELL:
	case HL_CLOSE_UNREACHABLE:
		return HL_STATUS_UNREACHABLE;
	case HL_CLOSE_UNANSWERED:
	case HL_CLOSE_PASSED_ON:
	case HL_CLOSE_REFUSED:
		break;
	}
	return HL_STATUS_ASSESSING;
}

enum hl_public_status hl_public_status_of(
	const struct hl_public_status_input *in)
{
	enum hl_public_status passed = of_told(in->passed_to);
	bool closed =
		in->state == HL_CASE_CLOSED || in->state == HL_CASE_ERASED;

	if (closed && in->reason == HL_CLOSE_NOT_ILLEGAL) {
		return HL_STATUS_NOT_ILLEGAL;
	}
	if (passed) {
		bool gone = in->item == HL_ITEM_OFFLINE ||
			    (closed && in->reason == HL_CLOSE_REMOVED);

		return gone ? HL_STATUS_REMOVED : passed;
	}
	if (closed) {
		return of_closed(in);
	}
	return in->state == HL_CASE_NEW && !in->touched ? HL_STATUS_RECEIVED
							: HL_STATUS_ASSESSING;
}

bool hl_close_reason_fits(const struct hl_public_status_input *in)
{
	bool assessed =
		in->state != HL_CASE_NEW && in->state != HL_CASE_ASSIGNED;

	switch (in->reason) {
	case HL_CLOSE_REMOVED:
	case HL_CLOSE_PASSED_ON:
	case HL_CLOSE_REFUSED:
		return in->passed_to != 0;
	case HL_CLOSE_GONE:
		return in->passed_to == 0;
	case HL_CLOSE_UNREACHABLE:
		return true;
	case HL_CLOSE_PAYWALL:
	case HL_CLOSE_CANNOT_TELL:
		return !assessed;
	case HL_CLOSE_NOT_ILLEGAL:
	case HL_CLOSE_UNANSWERED:
		break;
	}
	return false;
}
