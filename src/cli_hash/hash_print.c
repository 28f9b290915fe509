/* SPDX-License-Identifier: Apache-2.0 */
/* What `hotline hash` prints of a file; the man page has the forms. */
#include "cli_hash/hash.h"

#include "base/json.h"
#include "base/utf8.h"

static const char *const dihedral[8] = {
	[HL_MATCH_ORIGINAL] = "original",
	[HL_MATCH_ROTATE90] = "rotate90",
	[HL_MATCH_ROTATE180] = "rotate180",
	[HL_MATCH_ROTATE270] = "rotate270",
	[HL_MATCH_FLIPX] = "flipx",
	[HL_MATCH_FLIPY] = "flipy",
	[HL_MATCH_FLIP_PLUS1] = "flip-plus-1",
	[HL_MATCH_FLIP_MINUS1] = "flip-minus-1",
};

static const struct {
	uint32_t flag;
	const char *name;
} marks[] = {
	{HL_MEDIA_SCALED, "screening"},
	{HL_MEDIA_FLAWED, "damaged"},
	{HL_MEDIA_CUT, "cut"},
	{HL_MEDIA_TURNED, "turned"},
};

struct digest {
	const char *name;
	const uint8_t *p;
	size_t n;
};

static void put_hex(struct hl_buf *b, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		hl_buf_printf(b, "%02x", p[i]);
	}
}

void hl_cli_hash_put_path(struct hl_buf *out, struct hl_str path)
{
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if (c == '\\') {
			hl_buf_put(out, HL_STR("\\\\"));
		} else if (c < ' ' || c == 0x7f) {
			hl_buf_printf(out, "\\x%02x", c);
		} else {
			hl_buf_put_c(out, (char)c);
		}
	}
}

static void put_plain_digests(struct hl_buf *b, const struct hl_media_result *r)
{
	const struct digest all[] = {{"md5", r->md5, sizeof(r->md5)},
		{"sha1", r->sha1, sizeof(r->sha1)},
		{"sha256", r->sha256, sizeof(r->sha256)}};

	for (size_t i = 0; r->digests && i < HL_ARRAY_LEN(all); i++) {
		hl_buf_printf(b, "\t%s=", all[i].name);
		put_hex(b, all[i].p, all[i].n);
	}
}

static void put_plain_frame(struct hl_buf *b, const struct hl_cli_hash *how,
	const struct hl_media_frame *frame)
{
	char hex[65];

	if (how->options.flags & HL_MEDIA_CLI512) {
		hl_match_hash_format(&frame->cli512.hash, hex);
		hl_buf_printf(b, "\tcli512=%s,%d", hex, frame->cli512.quality);
	}
	for (size_t i = 1; how->options.flags & HL_MEDIA_DIHEDRAL && i < 8;
		i++) {
		hl_match_hash_format(&frame->dihedral[i], hex);
		hl_buf_printf(b, "\t%s=%s", dihedral[i], hex);
	}
}

static void put_plain(struct hl_buf *b, const struct hl_cli_hash *how,
	struct hl_str path, const struct hl_media_result *r)
{
	bool moves = r->n_frames > 1 || r->format == HL_MEDIA_VIDEO;

	for (size_t i = 0; i < r->n_frames; i++) {
		const struct hl_match_frame *pdq = &r->frames[i].pdq;
		char hex[65];

		hl_match_hash_format(&pdq->hash, hex);
		hl_buf_printf(b, "%s\t%d\t", hex, pdq->quality);
		hl_cli_hash_put_path(b, path);
		if (moves) {
			hl_buf_printf(b, "\tframe=%u\tseconds=%.3f",
				pdq->number, pdq->seconds);
		}
		put_plain_frame(b, how, &r->frames[i]);
		put_plain_digests(b, r);
		for (size_t k = 0; k < HL_ARRAY_LEN(marks); k++) {
			if (r->flags & marks[k].flag) {
				hl_buf_printf(b, "\t%s", marks[k].name);
			}
		}
		hl_buf_put_c(b, '\n');
	}
}

static void put_json_hash(
	struct hl_buf *b, const char *name, const struct hl_match_hash *hash)
{
	char hex[65];

	hl_match_hash_format(hash, hex);
	hl_json_put_member(b, name, hl_str_c(hex));
}

static void put_json_frame(struct hl_buf *b, const struct hl_cli_hash *how,
	const struct hl_media_frame *frame)
{
	hl_json_put_sep(b);
	hl_buf_put_c(b, '{');
	hl_json_put_member_i64(b, "number", frame->pdq.number);
	hl_json_put_name(b, "seconds");
	hl_buf_printf(b, "%.3f", frame->pdq.seconds);
	put_json_hash(b, "pdq", &frame->pdq.hash);
	hl_json_put_member_i64(b, "quality", frame->pdq.quality);
	if (how->options.flags & HL_MEDIA_CLI512) {
		put_json_hash(b, "cli512", &frame->cli512.hash);
		hl_json_put_member_i64(
			b, "cli512_quality", frame->cli512.quality);
	}
	if (how->options.flags & HL_MEDIA_DIHEDRAL) {
		hl_json_put_name(b, "dihedral");
		hl_buf_put_c(b, '{');
		for (size_t i = 0; i < 8; i++) {
			put_json_hash(b, dihedral[i], &frame->dihedral[i]);
		}
		hl_buf_put_c(b, '}');
	}
	hl_buf_put_c(b, '}');
}

static void put_json_digests(struct hl_buf *b, const struct hl_media_result *r)
{
	const struct digest all[] = {{"md5", r->md5, sizeof(r->md5)},
		{"sha1", r->sha1, sizeof(r->sha1)},
		{"sha256", r->sha256, sizeof(r->sha256)}};

	for (size_t i = 0; r->digests && i < HL_ARRAY_LEN(all); i++) {
		hl_json_put_name(b, all[i].name);
		hl_buf_put_c(b, '"');
		put_hex(b, all[i].p, all[i].n);
		hl_buf_put_c(b, '"');
	}
}

/* A path that is no UTF-8 cannot stand in JSON; its bytes do, beside what
 * can be shown of it. */
static void put_json_path(struct hl_buf *b, struct hl_str path)
{
	hl_json_put_member(b, "path", path);
	if (!hl_utf8_valid(path)) {
		hl_json_put_name(b, "path_hex");
		hl_buf_put_c(b, '"');
		put_hex(b, (const uint8_t *)path.p, path.n);
		hl_buf_put_c(b, '"');
	}
}

static void put_json_picture(struct hl_buf *b, const struct hl_media_result *r)
{
	if (r->format != HL_MEDIA_UNKNOWN) {
		hl_json_put_member(
			b, "format", hl_str_c(hl_media_format_name(r->format)));
	}
	if (r->width) {
		hl_json_put_member_i64(b, "width", r->width);
		hl_json_put_member_i64(b, "height", r->height);
	}
	if (r->orientation) {
		hl_json_put_member_i64(b, "orientation", r->orientation);
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(marks); i++) {
		if (r->flags & marks[i].flag) {
			hl_json_put_member_bool(b, marks[i].name, true);
		}
	}
}

static void put_json(struct hl_buf *b, const struct hl_cli_hash *how,
	struct hl_str path, const struct hl_media_result *r)
{
	hl_buf_put_c(b, '{');
	put_json_path(b, path);
	hl_json_put_member(
		b, "status", hl_str_c(hl_media_status_name(r->status)));
	hl_json_put_member(b, "text", hl_str_c(r->text));
	put_json_picture(b, r);
	hl_json_put_member_i64(b, "bytes", (int64_t)r->n_bytes);
	put_json_digests(b, r);
	hl_json_put_name(b, "frames");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < r->n_frames; i++) {
		put_json_frame(b, how, &r->frames[i]);
	}
	hl_buf_put(b, HL_STR("]}\n"));
}

void hl_cli_hash_put(struct hl_buf *out, const struct hl_cli_hash *how,
	struct hl_str path, const struct hl_media_result *result)
{
	if (how->json) {
		/* hl_json_put_sep() looks at what stands before */
		HL_BUF_AUTO one = HL_BUF_INIT(out->max);

		put_json(&one, how, path, result);
		hl_buf_put(out, hl_buf_str(&one));
		out->fault = out->fault ? out->fault : one.fault;
	} else {
		put_plain(out, how, path, result);
	}
}
