/* SPDX-License-Identifier: Apache-2.0 */
#include "url/inner.h"

/*
 * Links of peer-to-peer networks. Their hash is the place: names, sizes of
 * pieces and trackers differ between two links to one thing, so that the
 * canonical form is the hash in one spelling, lower-case hex.
 */

/* RFC 4648 base 32 to hex; what does not fill four bits is padding. */
static bool put_base32(struct hl_str s, struct hl_buf *out)
{
	uint32_t bits = 0, n_bits = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = hl_url_lower(s.p[i]);
		bool digit = c >= '2' && c <= '7';

		if (!digit && !hl_url_is_alpha(c)) {
			return false;
		}
		bits = bits << 5 | (uint32_t)(digit ? c - '2' + 26 : c - 'a');
		n_bits += 5;
		while (n_bits >= 4) {
			n_bits -= 4;
			hl_buf_put_c(
				out, "0123456789abcdef"[(bits >> n_bits) & 15]);
		}
		bits &= 15;
	}
	return true;
}

static bool put_hex(struct hl_str s, struct hl_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (hl_url_hex(s.p[i]) < 0) {
			return false;
		}
		hl_buf_put_c(out, hl_url_lower(s.p[i]));
	}
	return true;
}

/* One "xt" of a magnet link. */
static bool put_topic(struct hl_str xt, struct hl_buf *out)
{
	static const struct {
		struct hl_str name;
		size_t n_hex, n_base32; /* 0: not written so */
	} topics[] = {
		{HL_STR_INIT("urn:btih:"), 40, 32},
		{HL_STR_INIT("urn:btmh:"), 68, 0},
		{HL_STR_INIT("urn:sha1:"), 40, 32},
		{HL_STR_INIT("urn:tree:tiger:"), 48, 39},
		{HL_STR_INIT("urn:ed2k:"), 32, 0},
		{HL_STR_INIT("urn:ed2khash:"), 32, 0},
		{HL_STR_INIT("urn:md5:"), 32, 0},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(topics); i++) {
		struct hl_str hash = hl_str_sub(xt, topics[i].name.n, xt.n);
		size_t from = out->n;

		if (!hl_url_starts_nocase(xt, topics[i].name) || !hash.n) {
			continue;
		}
		hl_buf_put(out, topics[i].name);
		if ((hash.n == topics[i].n_hex && put_hex(hash, out)) ||
			(hash.n == topics[i].n_base32 &&
				put_base32(hash, out))) {
			return true;
		}
		out->n = from;
	}
	return false;
}

int hl_url_read_magnet(
	struct hl_str s, struct hl_arena *a, struct hl_url_found *out)
{
	HL_BUF_AUTO canon = HL_BUF_SECRET(1024);
	struct hl_str rest = hl_str_sub(s, 8, s.n), piece;
	char xt[256];

	hl_buf_put(&canon, HL_STR("magnet:?xt="));
	while (hl_str_next(&rest, '&', &piece)) {
		if (hl_url_starts_nocase(piece, HL_STR("amp;"))) {
			piece = hl_str_sub(piece, 4, piece.n);
		}
		size_t eq = hl_str_find_char(piece, '=');
		struct hl_str v = hl_str_sub(piece, eq + 1, piece.n);
		if (!hl_url_starts_nocase(piece, HL_STR("xt")) ||
			v.n > sizeof(xt)) {
			continue;
		}
		v = hl_str_mem(xt, hl_url_unescape(v, xt));
		if (put_topic(v, &canon)) {
			out->kind = HL_URL_P2P;
			return canon.fault ? canon.fault
					   : hl_url_give(s, hl_buf_str(&canon),
						     a, out);
		}
	}
	return hl_url_give_none(
		out, canon.fault ? canon.fault : HL_URL_WHY_HASH);
}

/* ed2k://|file|NAME|SIZE|HASH|…|/ */
int hl_url_read_ed2k(
	struct hl_str s, struct hl_arena *a, struct hl_url_found *out)
{
	HL_BUF_AUTO canon = HL_BUF_SECRET(256);
	struct hl_str rest = s, part[5] = {{NULL, 0}};
	size_t n = 0;
	int64_t size;

	while (n < 5 && hl_str_next(&rest, '|', &part[n])) {
		n++;
	}
	if (n < 5 || !hl_str_eq_nocase(part[1], HL_STR("file")) ||
		!hl_str_to_i64(part[3], &size) || size < 0 || part[4].n != 32) {
		return hl_url_give_none(out, HL_URL_WHY_HASH);
	}
	hl_buf_printf(&canon, "ed2k://|file|%lld|", (long long)size);
	if (!put_hex(part[4], &canon)) {
		return hl_url_give_none(out, HL_URL_WHY_HASH);
	}
	hl_buf_put(&canon, HL_STR("|/"));
	out->kind = HL_URL_P2P;
	return canon.fault ? canon.fault
			   : hl_url_give(s, hl_buf_str(&canon), a, out);
}
