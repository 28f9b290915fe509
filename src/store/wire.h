/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_WIRE_H
#define HL_STORE_WIRE_H

#include "base/buf.h"

/*
 * The form of batches and answers between a process and the store, on one
 * host and from one build, so numbers are in the host's own byte order.
 *
 *   request  magic id n_ops { statement values… }
 *   hold     magic id on                        (see store/backup.c)
 *   answer   magic id total offset bytes…      (one or more packets)
 *   hello    magic                             (the store has just started)
 *
 * The bytes of an answer: code, message, then for each statement that gives
 * rows its place in the batch, the number of rows and their values. An
 * integer is 8 bytes; text and blob are a 4-byte length and the bytes.
 */
#define HL_WIRE_REQUEST 0x31514c48u /* "HLQ1" */
#define HL_WIRE_HOLD 0x31424c48u    /* "HLB1" */
#define HL_WIRE_ANSWER 0x31414c48u  /* "HLA1" */
#define HL_WIRE_HELLO 0x31484c48u   /* "HLH1" */

#define HL_WIRE_PACKET (176u * 1024) /* the largest packet */
#define HL_WIRE_CHUNK (64u * 1024)   /* of an answer */

void hl_store_put_u32(struct hl_buf *b, uint32_t v);
void hl_store_put_i64(struct hl_buf *b, int64_t v);
void hl_store_put_str(struct hl_buf *b, struct hl_str s);

/* A cursor that sticks at its first fault and then gives zeros. */
struct hl_store_cursor {
	struct hl_str rest;
	bool bad;
};
uint32_t hl_store_get_u32(struct hl_store_cursor *c);
int64_t hl_store_get_i64(struct hl_store_cursor *c);
/* Borrowed from the packet. */
struct hl_str hl_store_get_str(struct hl_store_cursor *c);

#endif
