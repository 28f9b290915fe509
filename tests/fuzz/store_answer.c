/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store/handle.h"
#include "store/sql.h"
#include "store/statement.h"
#include "store/wire.h"

/*
 * A store that was taken over: whatever it sends, its client reads rows that
 * lie within the answer, or says that it can't. The input is a batch's
 * statements, then packets: even ones as they are, odd ones with the head of
 * an answer to the request that waits.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PACKETS_MAX 24

static uint8_t next(struct hl_str *from)
{
	uint8_t got = from->n ? (uint8_t)from->p[0] : 0;

	*from = hl_str_sub(*from, 1, from->n);
	return got;
}

static void send_packets(int fd, struct hl_str from)
{
	uint32_t offset = 0;

	for (int i = 0; i < PACKETS_MAX && from.n; i++) {
		HL_BUF_AUTO packet = HL_BUF_INIT(8192);
		uint8_t kind = next(&from);
		size_t n = next(&from) + 256u * (kind / 64u);
		struct hl_str body = hl_str_sub(from, 0, n);

		from = hl_str_sub(from, n, from.n);
		if (kind % 2) {
			hl_store_put_u32(&packet, HL_WIRE_ANSWER);
			hl_store_put_u32(&packet, kind / 2 % 4);
			hl_store_put_u32(&packet,
				kind / 8 % 4 ? offset + (uint32_t)body.n
					     : 4000);
			hl_store_put_u32(&packet, offset);
			offset += (uint32_t)body.n;
		}
		hl_buf_put(&packet, body);
		if (packet.n) {
			(void)!send(fd, packet.p, packet.n, MSG_DONTWAIT);
		}
	}
}

/* Touches each byte of each row. */
static unsigned long walk(const struct hl_tx *tx, size_t id)
{
	const struct hl_value *v;
	size_t n_rows;
	unsigned long sum = 0;

	if (hl_tx_values(tx, (int)id, &v, &n_rows)) {
		return 0;
	}
	n_rows *= strlen(hl_store_statements[id].out);
	for (size_t i = 0; i < n_rows; i++) {
		sum += (unsigned long)v[i].i;
		for (size_t k = 0; k < v[i].s.n; k++) {
			sum += (unsigned char)v[i].s.p[k];
		}
	}
	return sum;
}

static void try_batch(struct hl_store *store, struct hl_arena *arena,
	struct hl_str *from, int fd)
{
	static volatile unsigned long seen;
	struct hl_tx *tx = hl_tx_begin(store, arena);
	struct hl_value values[64] = {{.type = HL_VALUE_INT}};
	size_t ids[4], n = next(from) % 5;

	for (size_t i = 0; i < n; i++) {
		ids[i] = next(from) % hl_store_n_statements;
		hl_tx_add(tx, (int)ids[i], values, 1);
	}
	send_packets(fd, *from);
	shutdown(fd, SHUT_WR);
	if (hl_tx_run(tx, NULL) == 0) {
		for (size_t i = 0; i < n; i++) {
			seen += walk(tx, ids[i]);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)64 << 20, false);
	struct hl_str from = hl_str_mem(data, size);
	struct hl_store *store;
	int ends[2];

	assert(arena && !socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends));
	assert(!hl_store_link(ends[0], &store, NULL));
	store->next_id = 0;
	try_batch(store, arena, &from, ends[1]);
	hl_store_close(store);
	close(ends[0]);
	close(ends[1]);
	return 0;
}
