/* SPDX-License-Identifier: Apache-2.0 */
#include "web/encode.h"

#include <zlib.h>

#include "web/static.h"

/* Under this a page fits one packet anyhow. */
#define WORTH_BYTES 700u
#define LEVEL 6
#define GZIP_WINDOW (15 + 16)

int hl_web_gzip(struct hl_str in, struct hl_buf *out)
{
	z_stream z = {0};

	if (in.n > UINT32_MAX / 2) {
		return HL_E_LIMIT;
	}
	if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8,
		    Z_DEFAULT_STRATEGY) != Z_OK) {
		return HL_E_NOMEM;
	}
	size_t room = deflateBound(&z, in.n);
	char *to = hl_buf_reserve(out, room);
	if (to) {
		/* zlib only reads through next_in, which it declares
		 * without const. */
		z.next_in = (Bytef *)(uintptr_t)in.p;
		z.avail_in = (uInt)in.n;
		z.next_out = (Bytef *)to;
		z.avail_out = (uInt)room;
		if (deflate(&z, Z_FINISH) == Z_STREAM_END) {
			out->n += z.total_out;
		} else {
			out->fault = HL_E_INTERNAL;
		}
	}
	deflateEnd(&z);
	return out->fault;
}

static bool compress_body(struct hl_web_response *resp)
{
	struct hl_buf packed = {.max = resp->body.max, .secret = true};

	if (hl_web_gzip(hl_buf_str(&resp->body), &packed) ||
		packed.n >= resp->body.n) {
		hl_buf_fini(&packed);
		return false;
	}
	hl_buf_fini(&resp->body);
	resp->body = packed;
	return true;
}

void hl_web_encode(const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str *bytes)
{
	bool takes = hl_web_request_takes_gzip(req);
	bool packed = false;

	if (resp->file) {
		packed = takes && resp->file->gzip.n;
		*bytes = packed ? resp->file->gzip : resp->file->bytes;
	} else if (resp->lent_free) {
		*bytes = resp->lent;
	} else {
		if (resp->compress && resp->body.n >= WORTH_BYTES) {
			hl_web_header_add(
				resp, "Vary", HL_STR("Accept-Encoding"));
			packed = takes && compress_body(resp);
		}
		*bytes = hl_buf_str(&resp->body);
	}
	if (packed) {
		hl_web_header_add(resp, "Content-Encoding", HL_STR("gzip"));
	}
}
