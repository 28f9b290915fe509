/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/engine.h"
#include "store/events.h"
#include "store/statement.h"
#include "store/tx.h"
#include "store/wire.h"

/*
 * A public process that was taken over: whatever bytes it sends, the engine
 * stays whole, answers within its limits, and succeeds only when each
 * statement and audit entry of the request is one the role may run. Input
 * with an odd first byte is made into a request of whole statements, so that
 * the search gets past the form.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RUNS_A_FILE 20000

static char path[64];
static struct hl_engine *engine;

static void forget(void)
{
	char beside[80];

	hl_store_engine_close(engine);
	engine = NULL;
	snprintf(beside, sizeof(beside), "%s-wal", path);
	unlink(beside);
	unlink(path);
}

/* A fresh store now and then, so that it stays small. */
static void open_engine(void)
{
	static unsigned runs;

	if (engine && runs++ % RUNS_A_FILE) {
		return;
	}
	if (engine) {
		forget();
	} else {
		const char *dir =
			access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";

		snprintf(path, sizeof(path), "%s/hl-fuzz-%d.db", dir, getpid());
		atexit(forget);
	}
	assert(!hl_store_engine_open(path, &engine, NULL));
}

static uint8_t next(struct hl_str *from)
{
	uint8_t got = from->n ? (uint8_t)from->p[0] : 0;

	*from = hl_str_sub(*from, 1, from->n);
	return got;
}

static void put_values(
	struct hl_buf *out, struct hl_str *from, const char *types)
{
	for (size_t i = 0; types[i]; i++) {
		uint8_t n = next(from);

		if (types[i] == 'i') {
			hl_store_put_i64(out, n < 128 ? n : -(int64_t)n);
			continue;
		}
		hl_store_put_str(out, hl_str_sub(*from, 0, n % 40));
		*from = hl_str_sub(*from, n % 40, from->n);
	}
}

static void assemble(struct hl_buf *out, struct hl_str from)
{
	uint32_t n_ops = next(&from) % 8;

	hl_store_put_u32(out, n_ops);
	for (uint32_t i = 0; i < n_ops; i++) {
		size_t id = next(&from);

		id += 256u * (next(&from) % 2);
		if (id % 16 == 15) {
			hl_store_put_u32(out, HL_STORE_EVENT);
			hl_store_put_i64(out, 100 + 4 * next(&from));
			put_values(out, &from, "iiiii");
			continue;
		}
		id %= hl_store_n_statements;
		hl_store_put_u32(out, (uint32_t)id);
		put_values(out, &from, hl_store_statements[id].in);
	}
}

static void check_op(struct hl_store_cursor *c)
{
	uint32_t id = hl_store_get_u32(c);

	if (id == HL_STORE_EVENT) {
		struct hl_store_entry e = {0};

		e.kind = hl_store_get_i64(c);
		e.actor = hl_store_get_i64(c);
		e.object_kind = hl_store_get_i64(c);
		for (int i = 0; i < 3; i++) {
			hl_store_get_i64(c);
		}
		assert(e.actor == 0);
		assert(hl_store_event_allowed(HL_STORE_PUBLIC, &e));
		return;
	}
	assert(id < hl_store_n_statements);
	assert(hl_store_statements[id].roles & HL_STORE_PUBLIC);
	for (const char *t = hl_store_statements[id].in; *t; t++) {
		if (*t == 'i') {
			hl_store_get_i64(c);
		} else {
			hl_store_get_str(c);
		}
	}
}

static void check_all_allowed(struct hl_str request)
{
	struct hl_store_cursor c = {.rest = request};
	uint32_t n_ops = hl_store_get_u32(&c);

	assert(n_ops <= HL_TX_MAX_OPS);
	for (uint32_t i = 0; i < n_ops; i++) {
		check_op(&c);
	}
	assert(!c.bad && !c.rest.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_BUF_AUTO made = HL_BUF_INIT(HL_TX_MAX_REQUEST);
	HL_BUF_AUTO answer = HL_BUF_INIT(HL_TX_MAX_ANSWER);
	struct hl_str request =
		hl_str_sub(hl_str_mem(data, size), 1, size > 1 ? size : 1);

	open_engine();
	if (size && data[0] % 2) {
		assemble(&made, request);
		request = hl_buf_str(&made);
	}
	bool writes = hl_store_engine_writes(engine, request);
	if (writes) {
		assert(!hl_store_engine_begin(engine, NULL));
	}
	int r = hl_store_engine_run(engine, HL_STORE_PUBLIC, request, &answer);
	if (writes) {
		assert(!hl_store_engine_commit(engine, NULL));
	}
	assert(!answer.fault && answer.n >= sizeof(int64_t));
	if (r == 0) {
		check_all_allowed(request);
	}
	return 0;
}
