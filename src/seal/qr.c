/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/totp.h"

#include <errno.h>
#include <limits.h>
#include <qrencode.h>
#include <sodium.h>

enum { QUIET = 4 /* ISO/IEC 18004, 6.3.8 */ };

/* One bar for each run of dark modules of a row. */
static void put_row(
	struct hl_buf *out, const unsigned char *row, int width, int y)
{
	for (int x = 0; x < width; x++) {
		int from = x;

		while (x < width && (row[x] & 1)) {
			x++;
		}
		if (x > from) {
			hl_buf_printf(out, "M%d %dh%dv1h-%dz", from + QUIET,
				y + QUIET, x - from, x - from);
		}
	}
}

static void code_freep(QRcode **code)
{
	if (*code) {
		size_t side = (size_t)(*code)->width;

		sodium_memzero((*code)->data, side * side);
		QRcode_free(*code);
	}
}

int hl_seal_qr_path(
	struct hl_str text, struct hl_buf *out, int *size, struct hl_err *err)
{
	if (text.n == 0 || text.n > INT_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "no text for a QR code");
	}
	__attribute__((cleanup(code_freep))) QRcode *code = QRcode_encodeData(
		(int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	if (!code && errno == ENOMEM) {
		return HL_FAIL(err, HL_E_NOMEM, "QR code");
	}
	if (!code) {
		return HL_FAIL(err, HL_E_LIMIT, "too long for a QR code");
	}
	for (int y = 0; y < code->width; y++) {
		put_row(out, code->data + y * code->width, code->width, y);
	}
	*size = code->width + 2 * QUIET;
	return out->fault ? HL_FAIL(err, out->fault, "no room for a QR code")
			  : 0;
}
