/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_EVENT_H
#define HL_DOMAIN_EVENT_H

#include "domain/event_hash.h"
#include "domain/event_list.h"
#include "domain/vocab.h"

/* The kind of thing an event or a permission is about. Stored. */
enum hl_object {
	HL_OBJECT_NONE = 0,
	HL_OBJECT_REPORT = 1,
	HL_OBJECT_CASE = 2,
	HL_OBJECT_ITEM = 3,
	HL_OBJECT_REFERRAL = 4,
	HL_OBJECT_RECIPIENT = 5,
	HL_OBJECT_USER = 6,
	HL_OBJECT_SYSTEM = 7,
	HL_OBJECT_HASH_LIST = 8,
	HL_OBJECT_HASH = 9,        /* an entry of a list */
	HL_OBJECT_LIST_ENTRY = 10, /* of a list of addresses */
	HL_OBJECT_CONSUMER = 11,
	HL_OBJECT_EDITION = 12,
	HL_OBJECT_APPEAL = 13,
};

/*
 * Everything that is written to the audit log: every change of state, every
 * read of content. X(constant, stored value); names and labels are in
 * hl_vocab_event. Never renumber, never reuse.
 */
#define HL_EVENT_LIST(X)              \
	X(REPORT_RECEIVED, 101)       \
	X(REPORT_READ, 102)           \
	X(REPORT_TRIAGED, 103)        \
	X(REPORT_LINKED, 104)         \
	X(REPORT_FEEDBACK, 105)       \
	X(REPORT_CLOSED, 106)         \
	X(REPORT_REOPENED, 107)       \
	X(REPORT_WITHDRAWN, 108)      \
	X(REPORT_ERASED, 109)         \
	X(CONTACT_REQUESTED, 110)     \
	X(CONTACT_GRANTED, 111)       \
	X(CONTACT_READ, 112)          \
	X(CONTACT_REFUSED, 113)       \
	X(CASE_OPENED, 201)           \
	X(CASE_LEASED, 202)           \
	X(CASE_RELEASED, 203)         \
	X(CASE_LEASE_EXPIRED, 204)    \
	X(CASE_REASSIGNED, 205)       \
	X(CASE_READ, 206)             \
	X(CASE_ASSESSED, 207)         \
	X(CASE_VERIFYING, 208)        \
	X(CASE_VERIFIED, 209)         \
	X(CASE_AGREED, 210)           \
	X(CASE_DISAGREED, 211)        \
	X(CASE_ADJUDICATED, 212)      \
	X(CASE_ACTIONING, 213)        \
	X(CASE_MONITORING, 214)       \
	X(CASE_CLOSED, 215)           \
	X(CASE_REOPENED, 216)         \
	X(CASE_HOLD_SET, 217)         \
	X(CASE_HOLD_LIFTED, 218)      \
	X(CASE_ERASE_PROPOSED, 219)   \
	X(CASE_ERASED, 220)           \
	X(CASE_VIEW_STARTED, 221)     \
	X(CASE_VIEW_STOPPED, 222)     \
	X(CASE_PRIORITY, 223)         \
	X(CASE_NOTED, 224)            \
	X(CASE_EXPORTED, 225)         \
	X(CASE_ERASE_REFUSED, 226)    \
	X(CASE_RECOGNISED, 227)       \
	X(ITEM_CREATED, 301)          \
	X(ITEM_TRACED, 302)           \
	X(ITEM_CHECKED, 303)          \
	X(ITEM_ONLINE, 304)           \
	X(ITEM_SUSPECT, 305)          \
	X(ITEM_OFFLINE, 306)          \
	X(ITEM_HOST_CHANGED, 307)     \
	X(ITEM_REAPPEARED, 308)       \
	X(ITEM_READ, 309)             \
	X(ITEM_WATCH_PAUSED, 310)     \
	X(ITEM_WATCH_RESUMED, 311)    \
	X(ITEM_HOST_TYPED, 312)       \
	X(ITEM_HOST_DROPPED, 313)     \
	X(ITEM_HASH_ADDED, 314)       \
	X(ITEM_HASH_REMOVED, 315)     \
	X(REFERRAL_DRAFTED, 401)      \
	X(REFERRAL_APPROVED, 402)     \
	X(REFERRAL_HELD, 403)         \
	X(REFERRAL_RELEASED, 404)     \
	X(REFERRAL_HOLD_EXPIRED, 405) \
	X(REFERRAL_QUEUED, 406)       \
	X(REFERRAL_SENT, 407)         \
	X(REFERRAL_RETRYING, 408)     \
	X(REFERRAL_BOUNCED, 409)      \
	X(REFERRAL_FAILED, 410)       \
	X(REFERRAL_ANSWERED, 411)     \
	X(REFERRAL_CLOSED, 412)       \
	X(REFERRAL_READ, 413)         \
	X(REFERRAL_EXPORTED, 414)     \
	X(REFERRAL_REMINDED, 415)     \
	X(REFERRAL_OVERRIDDEN, 416)   \
	X(REFERRAL_FOLLOWED, 417)     \
	X(REFERRAL_RECALLED, 418)     \
	X(RECIPIENT_PROPOSED, 501)    \
	X(RECIPIENT_APPROVED, 502)    \
	X(RECIPIENT_REJECTED, 503)    \
	X(RECIPIENT_CHANGED, 504)     \
	X(USER_CREATED, 601)          \
	X(USER_LOGIN, 602)            \
	X(USER_LOGIN_FAILED, 603)     \
	X(USER_LOGOUT, 604)           \
	X(USER_ROLES, 605)            \
	X(USER_DISABLED, 606)         \
	X(USER_ENABLED, 607)          \
	X(USER_PASSWORD, 608)         \
	X(USER_TOTP, 609)             \
	X(USER_RECOVERY, 610)         \
	X(USER_KEY_GRANTED, 611)      \
	X(USER_KEY_REVOKED, 612)      \
	X(SYSTEM_INIT, 701)           \
	X(SYSTEM_STARTED, 702)        \
	X(SYSTEM_SETTINGS, 703)       \
	X(SYSTEM_DENIED, 704)         \
	X(SYSTEM_AUDIT_READ, 705)     \
	X(SYSTEM_AUDIT_VERIFIED, 706) \
	X(SYSTEM_STATS_EXPORTED, 707) \
	X(SYSTEM_CLOCK, 708)          \
	X(SYSTEM_ESCROW, 709)         \
	X(SYSTEM_CHECKPOINT, 710)     \
	X(SYSTEM_KEY_CREATED, 711)    \
	X(SYSTEM_KEY_REVOKED, 712)    \
	HL_EVENT_LIST_HASH(X)         \
	HL_EVENT_LIST_LISTS(X)

enum hl_event {
#define X(constant, value) HL_EVENT_##constant = (value),
	HL_EVENT_LIST(X)
#undef X
};

/* The kind of object that an event is about, from its value. */
enum hl_object hl_event_object(enum hl_event e);

#endif
