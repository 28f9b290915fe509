/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_EVENT_HASH_H
#define HL_DOMAIN_EVENT_HASH_H

/* The part of HL_EVENT_LIST (event.h) that is about known hashes. */
#define HL_EVENT_LIST_HASH(X)              \
	X(HASH_LIST_PROPOSED, 801)         \
	X(HASH_LIST_APPROVED, 802)         \
	X(HASH_LIST_CHANGED, 803)          \
	X(HASH_LIST_RETIRED, 804)          \
	X(HASH_LIST_IMPORTED, 805)         \
	X(HASH_LIST_EXPORTED, 806)         \
	X(HASH_LIST_SWITCHED, 807)         \
	X(HASH_LIST_CHANGE_PROPOSED, 808)  \
	X(HASH_LIST_CHANGE_APPROVED, 809)  \
	X(HASH_LIST_CHANGE_REFUSED, 810)   \
	X(HASH_LIST_CHANGE_WITHDRAWN, 811) \
	X(HASH_PROPOSED, 901)              \
	X(HASH_APPROVED, 902)              \
	X(HASH_WITHDRAWN, 903)             \
	X(HASH_CONFIRMED, 904)             \
	X(HASH_DOUBTED, 905)               \
	X(HASH_RESOLVED, 906)              \
	X(HASH_TAKEN_BACK, 907)

#endif
