/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tx.h"

#include "store/handle.h"
#include "store/statement.h"
#include "store/wire.h"

/* What a statement gave, found in the answer. */
struct rows {
	int statement;
	size_t n_rows;
	struct hl_value *values;
};

struct hl_tx {
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_buf request; /* in the heap until it has run */
	uint32_t n_ops;
	uint32_t ops[HL_TX_MAX_OPS];
	struct rows *rows;
	size_t n_rows;
	int fault;
};

/* A batch that is never run must not leave its request in memory. */
static void forget_request(void *arg)
{
	hl_buf_fini(&((struct hl_tx *)arg)->request);
}

struct hl_tx *hl_tx_begin(struct hl_store *store, struct hl_arena *arena)
{
	struct hl_tx *tx = hl_arena_alloc(arena, sizeof(*tx));

	if (tx && !hl_arena_defer(arena, forget_request, tx)) {
		return NULL;
	}
	if (tx) {
		tx->store = store;
		tx->arena = arena;
		tx->request = HL_BUF_SECRET(HL_TX_MAX_REQUEST);
		hl_store_put_u32(&tx->request, 0); /* n_ops, at the end */
	}
	return tx;
}

static bool add_op(struct hl_tx *tx, uint32_t statement)
{
	if (!tx || tx->fault) {
		return false;
	}
	if (tx->n_ops == HL_TX_MAX_OPS) {
		tx->fault = HL_E_LIMIT;
		return false;
	}
	tx->ops[tx->n_ops++] = statement;
	hl_store_put_u32(&tx->request, statement);
	return true;
}

void hl_tx_add(struct hl_tx *tx, int statement, const struct hl_value *values,
	size_t n_values)
{
	if (!add_op(tx, (uint32_t)statement)) {
		return;
	}
	for (size_t i = 0; i < n_values; i++) {
		if (values[i].type == HL_VALUE_INT) {
			hl_store_put_i64(&tx->request, values[i].i);
		} else {
			hl_store_put_str(&tx->request, values[i].s);
		}
	}
}

void hl_tx_event(struct hl_tx *tx, const struct hl_store_event *event)
{
	if (!add_op(tx, HL_STORE_EVENT)) {
		return;
	}
	hl_store_put_i64(&tx->request, event->kind);
	hl_store_put_i64(&tx->request, event->actor);
	hl_store_put_i64(&tx->request, event->object_kind);
	hl_store_put_i64(&tx->request, event->object_id);
	hl_store_put_i64(&tx->request, event->a);
	hl_store_put_i64(&tx->request, event->b);
}

void hl_tx_happened(struct hl_tx *tx, int64_t actor, enum hl_event event,
	int64_t object_id, int64_t a, int64_t b)
{
	hl_tx_event(tx, &(struct hl_store_event){.kind = (int)event,
				.actor = actor,
				.object_kind = (int)hl_event_object(event),
				.object_id = object_id,
				.a = a,
				.b = b});
}

static struct hl_value read_value(struct hl_store_cursor *c, char type)
{
	struct hl_value v = {.type = HL_VALUE_INT};

	if (type == 'i') {
		v.i = hl_store_get_i64(c);
	} else {
		v.type = type == 't' ? HL_VALUE_TEXT : HL_VALUE_BLOB;
		v.s = hl_store_get_str(c);
	}
	return v;
}

static int read_rows(struct hl_tx *tx, struct hl_store_cursor *c)
{
	uint32_t op = hl_store_get_u32(c);
	size_t n = hl_store_get_u32(c);

	if (c->bad || op >= tx->n_ops || tx->n_rows >= tx->n_ops ||
		tx->ops[op] >= hl_store_n_statements) {
		return HL_E_CORRUPT;
	}
	const char *types = hl_store_statements[tx->ops[op]].out;
	size_t n_columns = strlen(types);
	/* each value is at least its 4-byte length */
	if (!n_columns || n > c->rest.n / (n_columns * sizeof(uint32_t))) {
		return HL_E_CORRUPT;
	}
	struct rows *rows = &tx->rows[tx->n_rows++];
	rows->statement = (int)tx->ops[op];
	rows->n_rows = n;
	rows->values = hl_arena_array(
		tx->arena, n * n_columns, sizeof(struct hl_value));
	if (!rows->values) {
		return HL_E_NOMEM;
	}
	for (size_t i = 0; i < n * n_columns && !c->bad; i++) {
		rows->values[i] = read_value(c, types[i % n_columns]);
	}
	return c->bad ? HL_E_CORRUPT : 0;
}

/* The rows' bytes are borrowed from a copy of the answer in the arena. What
 * the store sends is checked as anybody's: it holds no keys, and who takes it
 * over must not come further through its clients. */
static int read_answer(
	struct hl_tx *tx, struct hl_str answer, struct hl_err *err)
{
	struct hl_store_cursor c = {hl_arena_dup(tx->arena, answer), false};

	if (!c.rest.p) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for an answer");
	}
	int64_t said = hl_store_get_i64(&c);
	struct hl_str msg = hl_store_get_str(&c);
	int code = (int)said;
	if (c.bad || said < HL_E_INTERNAL || said > HL_DENIED ||
		said == HL_NOTFOUND) {
		return HL_FAIL(err, HL_E_CORRUPT, "not an answer");
	}
	if (code) {
		return HL_FAIL(err, code, "%.*s", HL_STR_ARG(msg));
	}
	tx->rows = hl_arena_array(tx->arena, tx->n_ops, sizeof(*tx->rows));
	int r = tx->rows ? 0 : HL_E_NOMEM;
	while (!r && c.rest.n) {
		r = read_rows(tx, &c);
	}
	return r ? HL_FAIL(err, r, "cannot read the store's answer") : 0;
}

int hl_tx_run(struct hl_tx *tx, struct hl_err *err)
{
	if (!tx) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a batch");
	}
	HL_BUF_AUTO request = tx->request;
	tx->request = HL_BUF_INIT(0);
	int r = tx->fault ? tx->fault : request.fault;
	if (r) {
		return HL_FAIL(err, r, "batch of %u statements: %s", tx->n_ops,
			hl_err_name(r));
	}
	HL_BUF_AUTO answer = HL_BUF_SECRET(HL_TX_MAX_ANSWER);
	memcpy(request.p, &tx->n_ops, sizeof(tx->n_ops));
	r = hl_store_carry(tx->store, hl_buf_str(&request), &answer, err);
	return r ? r : read_answer(tx, hl_buf_str(&answer), err);
}

void hl_tx_drop(struct hl_tx *tx)
{
	if (tx) {
		hl_buf_fini(&tx->request);
		tx->request = HL_BUF_INIT(0);
	}
}

int hl_tx_values(const struct hl_tx *tx, int statement,
	const struct hl_value **values, size_t *n_rows)
{
	*values = NULL;
	*n_rows = 0;
	for (size_t i = 0; tx && i < tx->n_rows; i++) {
		if (tx->rows[i].statement == statement) {
			*values = tx->rows[i].values;
			*n_rows = tx->rows[i].n_rows;
			return 0;
		}
	}
	return HL_E_INTERNAL; /* the batch has no such statement */
}

void *hl_tx_array(const struct hl_tx *tx, size_t n, size_t size)
{
	return hl_arena_array(tx->arena, n, size);
}
