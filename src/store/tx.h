/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_TX_H
#define HL_STORE_TX_H

#include "domain/event.h"
#include "store/store.h"

/*
 * A batch: begin, add statements with the hl_tx_NAME() functions of sql.h,
 * add events, run, read rows with hl_tx_rows_NAME(). Lives in its arena, as
 * do all rows. Adding never fails: the first fault sticks and hl_tx_run()
 * gives it. Single reads and writes have a short form in sql.h,
 * hl_get_NAME() and hl_do_NAME().
 */
struct hl_tx;

/* At most this many statements and events in one batch. */
#define HL_TX_MAX_OPS 256u
/* At most this many bytes of parameters in one batch, and of rows in one
 * answer. */
#define HL_TX_MAX_REQUEST (160u * 1024)
#define HL_TX_MAX_ANSWER (16u * 1024 * 1024)

/* NULL when there is no memory; every function below takes that NULL and
 * hl_tx_run() then says so. */
struct hl_tx *hl_tx_begin(struct hl_store *store, struct hl_arena *arena);

/*
 * An entry of the audit log, in the same transaction: ids and numbers only.
 * Time, number, source and hash are added by the store.
 */
struct hl_store_event {
	int kind;        /* enum hl_event, domain/event.h */
	int64_t actor;   /* staff id, 0 for nobody in person */
	int object_kind; /* enum hl_object */
	int64_t object_id;
	int64_t a, b; /* by kind: from-state and to-state, a count, … */
};
void hl_tx_event(struct hl_tx *tx, const struct hl_store_event *event);
/* The same, of an object of the kind that the event is about. */
void hl_tx_happened(struct hl_tx *tx, int64_t actor, enum hl_event event,
	int64_t object_id, int64_t a, int64_t b);

/*
 * 0: all of it happened and is durable. HL_CONFLICT: a statement that expects
 * one row met none or several, or a unique value is taken; nothing happened.
 * HL_DENIED: the role may not run one of the statements; nothing happened.
 */
int hl_tx_run(struct hl_tx *tx, struct hl_err *err);

/* Gives up a batch that will not be run; after it has run, or for NULL, this
 * does nothing. */
void hl_tx_drop(struct hl_tx *tx);

/* For sql.h: one value of a parameter or of a row. */
enum hl_value_type { HL_VALUE_INT, HL_VALUE_TEXT, HL_VALUE_BLOB };
struct hl_value {
	enum hl_value_type type;
	int64_t i;
	struct hl_str s; /* the absent view is stored as empty */
};
void hl_tx_add(struct hl_tx *tx, int statement, const struct hl_value *values,
	size_t n_values);
/* The rows of the first such statement in the batch, row after row. */
int hl_tx_values(const struct hl_tx *tx, int statement,
	const struct hl_value **values, size_t *n_rows);
void *hl_tx_array(const struct hl_tx *tx, size_t n, size_t size);

#endif
