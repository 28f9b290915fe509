/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_ENGINE_H
#define HL_STORE_ENGINE_H

#include "base/buf.h"
#include "store/store.h"

/*
 * The embedded engine: one SQLite file, one connection, one thread. Batches
 * run in savepoints; a group of them shares one commit.
 */
struct hl_engine;

int hl_store_engine_open(
	const char *path, struct hl_engine **out, struct hl_err *err);
/* For reading alone, as hl_store_open_still(). */
int hl_store_engine_open_still(
	const char *path, struct hl_engine **out, struct hl_err *err);
void hl_store_engine_close(struct hl_engine *e);
int hl_store_engine_settle(struct hl_engine *e, struct hl_err *err);

/* True if the request changes anything; false for what cannot be read. */
bool hl_store_engine_writes(const struct hl_engine *e, struct hl_str request);

/*
 * Runs the statements of one request and appends the answer's bytes. The
 * code in the answer is also given back. On any other than 0 nothing of the
 * request stays.
 */
int hl_store_engine_run(struct hl_engine *e, enum hl_store_role role,
	struct hl_str request, struct hl_buf *answer);

/* A group of batches that share one commit. When the commit fails, none of
 * the group happened. */
int hl_store_engine_begin(struct hl_engine *e, struct hl_err *err);
int hl_store_engine_commit(struct hl_engine *e, struct hl_err *err);

/* Logs a line if the newest entry of the audit log is later than the clock. */
void hl_store_engine_tell_clock(struct hl_engine *e);

/* While it is on, the database file lies still and the log grows. */
void hl_store_engine_hold(struct hl_engine *e, bool on);

/* Replaces an answer's bytes by a fault, for a group that was lost. */
void hl_store_engine_fault(struct hl_buf *answer, const struct hl_err *err);

#endif
