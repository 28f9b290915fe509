/* SPDX-License-Identifier: Apache-2.0 */
/* Where hashes come from: arguments, lines, files. */
#include "cli_hash/match.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cli_hash/hash.h"

static const char *const forms[HL_MATCH_FORMS] = {
	NULL, /* the picture as it is */
	"rotate90",
	"rotate180",
	"rotate270",
	"flipx",
	"flipy",
	"flip-plus-1",
	"flip-minus-1",
};

static unsigned kind_by_length(const struct hl_look *look, size_t n)
{
	if (look->kind && n == 2 * hl_hashlist_kind_bytes(look->kind)) {
		return look->kind;
	}
	return n == 64   ? HL_MATCH_PDQ
	       : n == 40 ? HL_MATCH_SHA1
	       : n == 32 ? HL_MATCH_MD5
			 : 0;
}

/* Digits of this kind, or of the one that their number tells. */
static bool read_hash(const struct hl_look *look, struct hl_str digits,
	unsigned kind, struct hl_look_hash *out)
{
	*out = (struct hl_look_hash){.kind = kind, .quality = -1, .frame = -1};
	if (kind == 0) {
		out->kind = kind_by_length(look, digits.n);
	}
	return out->kind && hl_text_parse_hex(digits, out->bytes,
				    hl_hashlist_kind_bytes(out->kind)) == 0;
}

/* ---- Files ------------------------------------------------------------ */

static int look_digests(struct hl_look *look, struct hl_str input,
	const struct hl_media_result *result, struct hl_err *err)
{
	const struct {
		unsigned kind;
		const uint8_t *bytes;
	} all[] = {{HL_MATCH_MD5, result->md5}, {HL_MATCH_SHA1, result->sha1},
		{HL_MATCH_SHA256, result->sha256}};
	int rc = 0;

	for (size_t i = 0; result->digests && i < 3 && rc == 0; i++) {
		struct hl_look_hash hash = {.input = input,
			.kind = all[i].kind,
			.quality = -1,
			.frame = -1};

		memcpy(hash.bytes, all[i].bytes,
			hl_hashlist_kind_bytes(hash.kind));
		rc = hl_look_up(look, &hash, err);
	}
	return rc;
}

static int look_frame(struct hl_look *look, struct hl_look_hash *hash,
	const struct hl_media_frame *frame, struct hl_err *err)
{
	int rc = 0;

	hash->kind = HL_MATCH_PDQ;
	hash->quality = frame->pdq.quality;
	for (size_t i = 0; rc == 0 && i < (look->dihedral ? HL_MATCH_FORMS : 1);
		i++) {
		const struct hl_match_hash *of =
			i ? &frame->dihedral[i] : &frame->pdq.hash;

		hash->form = forms[i];
		memcpy(hash->bytes, of->bytes, sizeof(hash->bytes));
		rc = hl_look_up(look, hash, err);
	}
	return rc;
}

/* What is no picture has digests all the same, and what cannot be decoded
 * was looked up if those matched. */
static void hashed(struct hl_look *look, struct hl_str input,
	const char *status, struct hl_str text)
{
	HL_BUF_AUTO why = HL_BUF_INIT(4096);

	if (look->matched || strcmp(status, "hashed") == 0 ||
		strcmp(status, "no-picture") == 0) {
		hl_look_end(look, input);
		return;
	}
	hl_buf_put(&why, hl_str_sub(text, 0, 1024));
	hl_buf_put_c(&why, '\0');
	hl_look_failed(look, input, why.p);
}

static int look_result(struct hl_look *look, struct hl_str input,
	const struct hl_media_result *result, struct hl_err *err)
{
	int rc = look_digests(look, input, result, err);

	for (size_t i = 0; i < result->n_frames && rc == 0; i++) {
		const struct hl_media_frame *frame = &result->frames[i];
		struct hl_look_hash hash = {.input = input, .frame = -1};

		if (result->n_frames > 1) {
			hash.frame = frame->pdq.number;
		}
		rc = look_frame(look, &hash, frame, err);
	}
	if (rc) {
		return rc;
	}
	hashed(look, input, hl_media_status_name(result->status),
		hl_str_c(result->text));
	return 0;
}

static int look_file(struct hl_look *look, const char *path, struct hl_err *err)
{
	const struct hl_media_setup setup = {
		.n_workers = 1, .user = hl_cli_hash_user()};
	const struct hl_media_options options = {
		.flags = HL_MEDIA_DIGESTS |
			 (look->dihedral ? (uint32_t)HL_MEDIA_DIHEDRAL : 0)};
	struct hl_media_result result = {.frames = NULL};
	HL_FD_AUTO fd = hl_cli_hash_open(path, &result);
	int rc;

	if (fd < 0) {
		hl_look_failed(look, hl_str_c(path), result.text);
		return 0;
	}
	rc = look->pool ? 0 : hl_media_pool_new(&setup, &look->pool, err);
	if (rc == 0) {
		rc = hl_media_hash_fd(look->pool, fd, &options, &result, err);
	}
	if (rc == 0) {
		rc = look_result(look, hl_str_c(path), &result, err);
	}
	hl_media_result_fini(&result);
	return rc;
}

int hl_look_argument(struct hl_look *look, const char *text, struct hl_err *err)
{
	struct hl_look_hash hash;
	int rc;

	if (!read_hash(look, hl_str_c(text), 0, &hash)) {
		return look_file(look, text, err);
	}
	hash.input = hl_str_c(text);
	rc = hl_look_up(look, &hash, err);
	if (rc == 0) {
		hl_look_end(look, hash.input);
	}
	return rc;
}

/* ---- Lines ------------------------------------------------------------ */

static int json_hash(struct hl_look *look, const json_t *object,
	const char *name, struct hl_look_hash *like, struct hl_err *err)
{
	struct hl_str digits = hl_json_str(object, name);
	struct hl_look_hash hash;

	if (!digits.p) {
		return 0;
	}
	if (!read_hash(look, digits,
		    like->kind ? like->kind
			       : hl_hashlist_kind_of(hl_str_c(name)),
		    &hash)) {
		hl_look_failed(look, like->input, "a hash in it is none");
		return 0;
	}
	hash.input = like->input;
	hash.frame = like->frame;
	hash.form = like->form;
	hash.quality = like->quality;
	return hl_look_up(look, &hash, err);
}

static int json_frame(struct hl_look *look, const json_t *frame,
	struct hl_look_hash *like, struct hl_err *err)
{
	const json_t *turned = json_object_get(frame, "dihedral");
	int rc;

	like->kind = HL_MATCH_PDQ;
	like->quality = (int)hl_json_int(frame, "quality", -1);
	like->form = NULL;
	rc = json_hash(look, frame, "pdq", like, err);
	for (size_t i = 1;
		look->dihedral && turned && i < HL_MATCH_FORMS && rc == 0;
		i++) {
		like->form = forms[i];
		rc = json_hash(look, turned, forms[i], like, err);
	}
	return rc;
}

/* An object as `hotline hash --json` prints it. */
static int look_json(
	struct hl_look *look, struct hl_str line, struct hl_err *err)
{
	static const char *const digests[] = {"md5", "sha1", "sha256", "pdq"};
	HL_JSON_AUTO *json = NULL;
	struct hl_look_hash like = {.quality = -1, .frame = -1};
	const json_t *frames, *frame;
	struct hl_str status;
	uint64_t failed = look->n_failed;
	size_t i;
	int rc = 0;

	if (hl_json_parse(line, line.n, &json, NULL)) {
		hl_look_failed(look, HL_STR("a line"), "it is not valid JSON");
		return 0;
	}
	like.input = hl_json_str(json, "path");
	frames = json_object_get(json, "frames");
	for (i = 0; i < HL_ARRAY_LEN(digests) && rc == 0; i++) {
		rc = json_hash(look, json, digests[i], &like, err);
	}
	json_array_foreach(frames, i, frame)
	{
		like.frame = json_array_size(frames) > 1
				     ? hl_json_int(frame, "number", (int64_t)i)
				     : -1;
		rc = rc ? rc : json_frame(look, frame, &like, err);
	}
	status = hl_json_str(json, "status");
	if (rc == 0 && failed == look->n_failed) {
		hashed(look, like.input,
			status.p ? json_string_value(
					   json_object_get(json, "status"))
				 : "hashed",
			hl_json_str(json, "text"));
	}
	return rc;
}

/* "hash", "kind hash", or hash, quality and path with tabs between. */
static int look_text(
	struct hl_look *look, struct hl_str line, struct hl_err *err)
{
	struct hl_str rest = line, first, quality = HL_STR_NONE, path;
	struct hl_look_hash hash;
	int64_t n;
	unsigned kind;
	int rc;

	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] == ' ' || rest.p[i] == '\t') {
			rest.n = i;
		}
	}
	first = rest;
	rest = hl_str_trim(hl_str_sub(line, first.n, line.n));
	kind = rest.n ? hl_hashlist_kind_of(first) : 0;
	path = line;
	if (kind) {
		first = rest;
	} else if (rest.n && hl_str_next(&rest, '\t', &quality) && rest.n) {
		hl_str_next(&rest, '\t', &path);
	}
	if (!read_hash(look, first, kind, &hash)) {
		hl_look_failed(look, HL_STR("a line"), "it is no hash");
		return 0;
	}
	if (hl_str_to_i64(quality, &n) && n >= 0 && n <= 100) {
		hash.quality = (int)n;
	}
	hash.input = path;
	rc = hl_look_up(look, &hash, err);
	if (rc == 0) {
		hl_look_end(look, path);
	}
	return rc;
}

int hl_look_lines(struct hl_look *look, struct hl_err *err)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = getline(&line, &cap, stdin)) >= 0) {
		struct hl_str text = hl_str_trim(hl_str_mem(line, (size_t)n));

		if (text.n == 0 || text.p[0] == '#') {
			continue;
		}
		rc = text.p[0] == '{' ? look_json(look, text, err)
				      : look_text(look, text, err);
	}
	if (rc == 0 && ferror(stdin)) {
		rc = HL_FAIL_SYS(err, "standard input");
	}
	free(line);
	return rc;
}
