/* SPDX-License-Identifier: Apache-2.0 */
#include "store/events.h"

#include "domain/event.h"

/* Roles that may write any kind, and in anybody's name. */
#define TRUSTED ((unsigned)HL_STORE_STAFF | (unsigned)HL_STORE_ADMIN)

static const int of_public[] = {
	HL_EVENT_REPORT_RECEIVED,
	HL_EVENT_REFERRAL_ANSWERED,
	HL_EVENT_APPEAL_RECEIVED,
};

/* What time, a look or an answer brings about; no decision of a person. */
static const int of_worker[] = {
	HL_EVENT_REPORT_FEEDBACK,
	HL_EVENT_REPORT_CLOSED,
	HL_EVENT_REPORT_REOPENED,
	HL_EVENT_REPORT_ERASED,
	HL_EVENT_CASE_LEASE_EXPIRED,
	HL_EVENT_CASE_ACTIONING,
	HL_EVENT_CASE_MONITORING,
	HL_EVENT_CASE_CLOSED,
	HL_EVENT_CASE_REOPENED,
	HL_EVENT_CASE_VIEW_STOPPED,
	HL_EVENT_CASE_PRIORITY,
	HL_EVENT_ITEM_TRACED,
	HL_EVENT_ITEM_CHECKED,
	HL_EVENT_ITEM_ONLINE,
	HL_EVENT_ITEM_SUSPECT,
	HL_EVENT_ITEM_OFFLINE,
	HL_EVENT_ITEM_HOST_CHANGED,
	HL_EVENT_ITEM_REAPPEARED,
	HL_EVENT_REFERRAL_HELD,
	HL_EVENT_REFERRAL_RELEASED,
	HL_EVENT_REFERRAL_HOLD_EXPIRED,
	HL_EVENT_REFERRAL_QUEUED,
	HL_EVENT_REFERRAL_SENT,
	HL_EVENT_REFERRAL_RETRYING,
	HL_EVENT_REFERRAL_BOUNCED,
	HL_EVENT_REFERRAL_FAILED,
	HL_EVENT_REFERRAL_ANSWERED,
	HL_EVENT_REFERRAL_CLOSED,
	HL_EVENT_RECIPIENT_PROPOSED,
	HL_EVENT_SYSTEM_CLOCK,
	HL_EVENT_SYSTEM_CHECKPOINT,
};

/* What the publisher does by itself. */
static const int of_lists[] = {
	HL_EVENT_LIST_ENDED,
	HL_EVENT_EDITION_PUBLISHED,
	HL_EVENT_EDITION_HELD,
	HL_EVENT_CONSUMER_BUDGET,
};

static bool lists(const int *kinds, size_t n, int64_t kind)
{
	for (size_t i = 0; i < n; i++) {
		if (kinds[i] == kind) {
			return true;
		}
	}
	return false;
}

bool hl_store_event_of_role(enum hl_store_role role, int64_t kind)
{
	return (role & TRUSTED) ||
	       ((role & HL_STORE_PUBLIC) &&
		       lists(of_public, HL_ARRAY_LEN(of_public), kind)) ||
	       ((role & HL_STORE_WORKER) &&
		       lists(of_worker, HL_ARRAY_LEN(of_worker), kind)) ||
	       ((role & HL_STORE_LISTS) &&
		       lists(of_lists, HL_ARRAY_LEN(of_lists), kind));
}

bool hl_store_event_allowed(
	enum hl_store_role role, const struct hl_store_entry *entry)
{
	if (role & TRUSTED) {
		return true;
	}
	return entry->actor == 0 && hl_store_event_of_role(role, entry->kind) &&
	       entry->object_kind ==
		       (int64_t)hl_event_object((enum hl_event)entry->kind);
}
