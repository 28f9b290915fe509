/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/receipt.h"

#include <assert.h>

/*
 * Whatever is typed gives an outcome and its reason; what is taken prints in
 * the one form that gives the same receipt again, and no single symbol of
 * that can be another.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_taken(const struct hl_seal_receipt *r, size_t at)
{
	struct hl_seal_receipt back;
	char text[HL_SEAL_RECEIPT_TEXT];
	struct hl_str s = hl_seal_receipt_print(r, text);

	assert(s.n == 25);
	assert(hl_seal_receipt_parse(s, &back, NULL) == 0);
	assert(memcmp(r, &back, sizeof(back)) == 0);
	at %= s.n;
	if (text[at] != '-') {
		text[at] = text[at] == '7' ? '8' : '7';
		assert(hl_seal_receipt_parse(s, &back, NULL) == HL_E_INVALID);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_seal_receipt r;
	enum hl_seal_receipt_fault fault = HL_SEAL_RECEIPT_CHECK;
	int res = hl_seal_receipt_parse(hl_str_mem(data, size), &r, &fault);

	assert(res == 0 || res == HL_E_INVALID);
	assert((res == 0) == (fault == HL_SEAL_RECEIPT_OK));
	if (res == 0) {
		check_taken(&r, size);
	}
	return 0;
}
