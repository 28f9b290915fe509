/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_INPUT_H
#define HL_EXCHANGE_INPUT_H

#include "base/buf.h"
#include "base/err.h"

/*
 * The bytes of a file as UTF-8, in a window that moves along. It holds from
 * `keep` to its end; what is before may go at any fill.
 */
enum hl_exchange_encoding {
	HL_EXCHANGE_UNSEEN = 0, /* the first four bytes are not there yet */
	HL_EXCHANGE_UTF8 = 1,
	HL_EXCHANGE_UTF16LE = 2,
	HL_EXCHANGE_UTF16BE = 3,
};

struct hl_exchange_input {
	struct hl_buf window;
	size_t at;     /* the next byte to look at */
	size_t keep;   /* the first that is still needed */
	uint64_t line; /* of `at`, from 1; counted by who moves it */
	enum hl_exchange_encoding encoding;
	bool ended; /* no more bytes will come */

	struct hl_str fed; /* the caller's, not in the window yet */
	uint8_t carry[4];  /* the start of a character, or of the file */
	size_t n_carry;
	size_t mark;          /* a place in the window … */
	uint64_t mark_offset; /* … and where in the file that is */
};

/* HL_E_NOMEM. */
int hl_exchange_input_init(
	struct hl_exchange_input *in, size_t record_max, struct hl_err *err);
void hl_exchange_input_fini(struct hl_exchange_input *in);
/*
 * Takes bytes that were fed into the window. 1: some came; 0: none did, and
 * none can until more is fed or the end is told. HL_E_INVALID: UTF-32, or
 * the file ended inside a character.
 */
int hl_exchange_input_fill(struct hl_exchange_input *in, struct hl_err *err);
/* Where in the file the window's byte `at` is. Later calls must not ask for
 * an earlier place. */
uint64_t hl_exchange_input_offset(struct hl_exchange_input *in, size_t at);

#endif
