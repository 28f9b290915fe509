/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_EVENT_LIST_H
#define HL_DOMAIN_EVENT_LIST_H

/* The part of HL_EVENT_LIST (event.h) that is about lists of addresses:
 * docs/publish.md, "The audit log". */
#define HL_EVENT_LIST_LISTS(X)            \
	X(LIST_PROPOSED, 1001)            \
	X(LIST_APPROVED, 1002)            \
	X(LIST_THIRD, 1003)               \
	X(LIST_REFUSED, 1004)             \
	X(LIST_ENDED, 1005)               \
	X(LIST_LOOKED, 1006)              \
	X(LIST_READ, 1007)                \
	X(CONSUMER_PROPOSED, 1101)        \
	X(CONSUMER_APPROVED, 1102)        \
	X(CONSUMER_REFUSED, 1103)         \
	X(CONSUMER_TOKEN, 1104)           \
	X(CONSUMER_CHANGED, 1105)         \
	X(CONSUMER_CHANGE_PROPOSED, 1106) \
	X(CONSUMER_CHANGE_APPROVED, 1107) \
	X(CONSUMER_CHANGE_REFUSED, 1108)  \
	X(CONSUMER_ENDED, 1109)           \
	X(CONSUMER_BUDGET, 1110)          \
	X(EDITION_PUBLISHED, 1201)        \
	X(EDITION_HELD, 1202)             \
	X(EDITION_RELEASED, 1203)         \
	X(EDITION_REFUSED, 1204)          \
	X(EDITION_HALTED, 1205)           \
	X(EDITION_RESUMING, 1206)         \
	X(EDITION_RESUMED, 1207)          \
	X(EDITION_ROLLING_BACK, 1208)     \
	X(EDITION_ROLLED_BACK, 1209)      \
	X(EDITION_NOT_ROLLED_BACK, 1210)  \
	X(APPEAL_RECEIVED, 1301)          \
	X(APPEAL_READ, 1302)              \
	X(APPEAL_DECIDED, 1303)

#endif
