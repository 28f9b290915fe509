/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_RECEIPT_H
#define HL_SEAL_RECEIPT_H

#include "base/buf.h"
#include "seal/key.h"

/*
 * The receipt: 100 random bits that the reporter alone keeps, printed as
 * "ABCDE-FGHJK-MNPQR-STVWX-C". The store keeps the look-up value and the
 * mailbox's public key, which are derived apart: neither leads to the other
 * or back to the receipt.
 */
#define HL_SEAL_RECEIPT_SYMBOLS 20
#define HL_SEAL_RECEIPT_TEXT 26 /* printed, with a NUL */
#define HL_SEAL_LOOKUP_BYTES 16

struct hl_seal_receipt {
	char symbols[HL_SEAL_RECEIPT_SYMBOLS]; /* canonical, no NUL */
};

/* What is wrong with a typed receipt, for the page that answers. */
enum hl_seal_receipt_fault {
	HL_SEAL_RECEIPT_OK,
	HL_SEAL_RECEIPT_EMPTY,
	HL_SEAL_RECEIPT_SHORT,
	HL_SEAL_RECEIPT_LONG,
	HL_SEAL_RECEIPT_SYMBOL, /* a character that no receipt has */
	HL_SEAL_RECEIPT_CHECK,  /* a wrong symbol, or two swapped */
};

/* The caller wipes it; the AUTO form does so by itself. */
void hl_seal_receipt_new(struct hl_seal_receipt *r);
void hl_seal_receipt_wipe(struct hl_seal_receipt *r);
#define HL_SEAL_RECEIPT_AUTO \
	__attribute__((cleanup(hl_seal_receipt_wipe))) struct hl_seal_receipt

/* Gives a view of out. */
struct hl_str hl_seal_receipt_print(
	const struct hl_seal_receipt *r, char out[HL_SEAL_RECEIPT_TEXT]);

/*
 * Takes what a person typed or pasted: either case, any spaces, hyphens,
 * dashes or dots, O for 0, I or L for 1. 0 or HL_E_INVALID; *fault (may be
 * NULL) says which. A single wrong symbol and any two symbols swapped are
 * always found.
 */
int hl_seal_receipt_parse(struct hl_str typed, struct hl_seal_receipt *r,
	enum hl_seal_receipt_fault *fault);

/* What the store finds the report by. */
void hl_seal_receipt_lookup(
	const struct hl_seal_receipt *r, uint8_t out[HL_SEAL_LOOKUP_BYTES]);
/* The key pair of the mailbox that only the receipt opens. Either out may
 * be NULL; the caller wipes the secret. */
void hl_seal_receipt_mailbox(const struct hl_seal_receipt *r,
	struct hl_seal_pub *pub, struct hl_seal_secret *secret);

#endif
