/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TRACE_RECORD_H
#define HL_TRACE_RECORD_H

#include "store/who.h"
#include "trace/setup.h"

/*
 * Traces in the store: what is due is looked up by the worker, dated, sealed
 * to the queue key and to the worker, and put into the item. An abuse contact
 * that is new waits for a person's approval. docs/trace.md, "In the store".
 */
struct hl_trace_worker {
	struct hl_store *store; /* role worker */
	const struct hl_trace_setup *setup;
	const struct hl_seal_pub *pub; /* the worker's own keys */
	const struct hl_seal_secret *secret;
};

/* Traces the item that has been due longest; *found false: none is due.
 * Blocks for the network. A fault of one item is logged, puts it off, and is
 * no fault here. */
int hl_trace_next(
	const struct hl_trace_worker *w, bool *found, struct hl_err *err);

/*
 * Traces one item now and compares with the last time: the look before a
 * referral leaves. HL_NOTFOUND: the worker has no address of it.
 */
int hl_trace_again(const struct hl_trace_worker *w, int64_t item_id,
	enum hl_trace_change *change, struct hl_err *err);

/* Staff: asks for a fresh look-up of a case's item. HL_DENIED: *why as
 * hl_authz_check(), or ALLOWED when the ring lacks the key of the address.
 * HL_NOTFOUND: the address is erased, or there is no worker. */
int hl_trace_want(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err);

/* Staff: what a person found out by other ways. Absent and 0: not known. */
struct hl_trace_typed {
	struct hl_str country; /* "DK" */
	struct hl_str network; /* name of network or provider, ≤ 200 bytes */
	int64_t asn;
	int64_t provider_id; /* recipient, 0 none */
};
/*
 * It holds, whatever look-ups find later, until a person types in something
 * else or drops it. HL_E_INVALID: a country that is not two capital letters,
 * a number or name out of range, no such recipient, or one that nobody is to
 * write to.
 */
int hl_trace_type_in(const struct hl_who *who, int64_t item_id,
	const struct hl_trace_typed *typed, enum hl_authz_why *why,
	struct hl_err *err);
/* The newest look-up that found a place counts again, and another is made.
 * HL_NOTFOUND: nothing was typed in, or the item is erased. */
int hl_trace_drop_typed(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err);

#endif
