/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `hotline hash` prints: lines of hash, quality and path with tabs
 * between, a line a frame, or an object of JSON a file. Lines of one file
 * that count its frames are one record, so that record is known to be whole
 * at the next line only: that line is given back to the window and framed
 * once more, as rows of CSV are.
 *
 * The path stays out. It is of somebody's machine, tells what a list must
 * not, and the same picture has another one elsewhere: a record is known by
 * its digests, or by its hashes.
 */
#include "exchange/json_frame.h"

#include <sodium.h>

#include "base/text.h"

enum { QUALITY_MIN = 50 }; /* as match.h has it for frames that count */

struct printed {
	struct hl_exchange_rows rows;
	struct hl_str path;   /* of the open one */
	struct hl_str digest; /* its strongest */
	uint64_t last;        /* its last frame, and where that is */
	int64_t last_ms;
};
_Static_assert(offsetof(struct printed, rows) == 0, "frames are lines");

struct line {
	struct hl_str digits, path;
	struct hl_str digests[HL_HASHLIST_KINDS]; /* by kind */
	struct hl_hashlist_hash how;
	bool moves; /* it is a frame of many */
	bool unknown;
};

/* ---- The record ------------------------------------------------------- */

/* A hash of too low a quality is counted and has no place on a list. */
static const char *put_pdq(struct hl_hashlist_reader *r, struct hl_str digits,
	const struct hl_hashlist_hash *how)
{
	if (how->quality >= 0 && how->quality < QUALITY_MIN) {
		r->totals.n_weak++;
		return NULL;
	}
	return hl_exchange_put_hash(r, digits, how);
}

static struct hl_str id_of_frames(struct hl_hashlist_reader *r)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	HL_BUF_AUTO text = HL_BUF_INIT(128);

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < r->record.n_hashes; i++) {
		crypto_hash_sha256_update(
			&state, r->record.hashes[i].bytes, 32);
	}
	crypto_hash_sha256_final(&state, sum);
	hl_buf_put(&text, HL_STR("frames-"));
	hl_text_put_hex(&text, sum, 16);
	return hl_arena_dup(r->arena, hl_buf_str(&text));
}

static struct hl_str id_of_hash(struct hl_hashlist_reader *r, size_t i)
{
	const struct hl_hashlist_hash *hash = &r->record.hashes[i];
	HL_BUF_AUTO text = HL_BUF_INIT(128);

	hl_text_put_hex(&text, hash->bytes, hl_hashlist_kind_bytes(hash->kind));
	return hl_arena_dup(r->arena, hl_buf_str(&text));
}

/* The strongest digest, or the only hash, or a name for all frames. */
static struct hl_str id_of(struct hl_hashlist_reader *r)
{
	size_t best = 0;

	for (size_t i = 1; i < r->record.n_hashes; i++) {
		best = r->record.hashes[i].kind > r->record.hashes[best].kind
			       ? i
			       : best;
	}
	return r->record.hashes[best].kind == HL_MATCH_PDQ &&
			       r->record.n_hashes > 1
		       ? id_of_frames(r)
		       : id_of_hash(r, best);
}

static int finish(struct hl_hashlist_reader *r)
{
	bool torn = r->torn;

	if (r->record.n_hashes == 0 && r->record.incomplete) {
		r->line = r->record.line;
		r->offset = r->record.offset;
		hl_exchange_refuse(r, "there is no hash that can be read");
		r->torn = torn; /* where it ends is known */
		return HL_EXCHANGE_LOST;
	}
	if (r->record.n_hashes == 0) {
		return HL_EXCHANGE_LOST; /* and why was counted */
	}
	r->record.id = id_of(r);
	return r->record.id.n
		       ? 0
		       : hl_exchange_refuse(r, "no memory for the record");
}

/* The record is whole: the line that showed it is looked at again. */
static int give(struct hl_hashlist_reader *r)
{
	struct printed *own = r->own;

	own->rows.open = false;
	own->rows.closing = false;
	r->in.at = r->in.keep;
	r->in.line = r->line;
	return finish(r);
}

/* ---- Plain lines ------------------------------------------------------ */

static bool small_number(struct hl_str text, uint64_t most, uint64_t *out)
{
	return hl_exchange_number(text, out) && *out <= most;
}

/* The other forms of the same hash; who asks turns the picture asked for. */
static bool is_passed_over(struct hl_str name)
{
	static const char *const names[] = {"cli512", "rotate90", "rotate180",
		"rotate270", "flipx", "flipy", "flip-plus-1", "flip-minus-1",
		"damaged", "cut", "turned"};

	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		if (hl_str_eq(name, hl_str_c(names[i]))) {
			return true;
		}
	}
	return false;
}

/* Behind the path: "name=value", or a mark. The reason when it is bad. */
static const char *read_field(struct line *line, struct hl_str field)
{
	size_t at = hl_str_find_char(field, '=');
	struct hl_str name = hl_str_sub(field, 0, at);
	struct hl_str value = hl_str_sub(field, at + 1, field.n);
	unsigned kind = hl_hashlist_kind_of(name);
	uint64_t n;

	if (hl_str_eq(name, HL_STR("screening"))) {
		return "made by --screening, which is not for hash lists";
	}
	if (hl_str_eq(name, HL_STR("frame"))) {
		if (!small_number(value, UINT32_MAX, &n)) {
			return "the frame is no number";
		}
		line->how.part = (uint32_t)n;
		line->moves = true;
	} else if (hl_str_eq(name, HL_STR("seconds"))) {
		line->how.at_ms = hl_exchange_seconds(value);
		if (line->how.at_ms < 0) {
			return "the seconds are no number";
		}
	} else if (kind > HL_MATCH_PDQ) {
		line->digests[kind] = value;
	} else if (!is_passed_over(name)) {
		line->unknown = true;
	}
	return NULL;
}

static const char *read_line(struct line *line, struct hl_str text)
{
	struct hl_str quality, field;
	const char *bad = NULL;
	uint64_t n;

	*line = (struct line){.how = {.kind = HL_MATCH_PDQ, .at_ms = -1}};
	if (!hl_str_next(&text, '\t', &line->digits) ||
		!hl_str_next(&text, '\t', &quality) ||
		!hl_str_next(&text, '\t', &line->path) || !line->path.n) {
		return "the line is not hash, quality and path";
	}
	if (!small_number(quality, 100, &n)) {
		return "the quality is no number from 0 to 100";
	}
	line->how.quality = (int16_t)n;
	while (!bad && hl_str_next(&text, '\t', &field)) {
		bad = read_field(line, field);
	}
	line->moves |= line->how.at_ms >= 0;
	return bad;
}

static void put_digests(
	struct hl_hashlist_reader *r, const struct hl_str *digests)
{
	for (unsigned kind = HL_MATCH_MD5; kind < HL_HASHLIST_KINDS; kind++) {
		struct hl_hashlist_hash how = {
			.kind = (uint16_t)kind, .quality = -1, .at_ms = -1};

		if (digests[kind].p) {
			hl_exchange_put_hex(r, digests[kind], &how);
		}
	}
}

static struct hl_str strongest(const struct line *line)
{
	unsigned kind = HL_HASHLIST_KINDS - 1;

	while (kind > HL_MATCH_MD5 && !line->digests[kind].n) {
		kind--;
	}
	return line->digests[kind];
}

static bool follows(const struct printed *own, const struct line *line)
{
	return line->moves && line->how.part > own->last &&
	       hl_str_eq(line->path, own->path);
}

/* The same when its path or the number of its frame is damaged: by the
 * digests, or the seconds. */
static bool goes_on(const struct printed *own, const struct line *line)
{
	struct hl_str digest = strongest(line);

	if (!line->moves || hl_str_eq(line->path, own->path)) {
		return line->moves && (line->how.part > own->last ||
					      line->how.at_ms > own->last_ms);
	}
	return line->how.part > own->last && digest.n &&
	       hl_str_eq(digest, own->digest);
}

static const char *open_record(
	struct hl_hashlist_reader *r, const struct line *line)
{
	struct printed *own = r->own;

	hl_exchange_new(r);
	own->path = hl_arena_dup(r->arena, line->path);
	own->digest = hl_arena_dup(r->arena, strongest(line));
	if (!own->path.p) {
		return "no memory for the line";
	}
	own->rows.open = line->moves;
	if (line->moves) {
		hl_exchange_mend(r);
		put_digests(r, line->digests);
	}
	r->torn = false;
	return NULL;
}

/* A line that is a record of its own. */
static int take_single(struct hl_hashlist_reader *r, const struct line *line)
{
	const char *bad = put_pdq(r, line->digits, &line->how);

	if (bad) {
		return hl_exchange_refuse(r, bad);
	}
	put_digests(r, line->digests);
	return finish(r);
}

static int take_frame(struct hl_hashlist_reader *r, const struct line *line)
{
	struct printed *own = r->own;
	const char *bad = put_pdq(r, line->digits, &line->how);

	own->last = line->how.part;
	own->last_ms = line->how.at_ms;
	if (bad) {
		hl_exchange_miss(r, bad);
	}
	return HL_EXCHANGE_LOST;
}

static int parse_line(struct hl_hashlist_reader *r, struct hl_str text)
{
	struct printed *own = r->own;
	struct line line;
	/* A path is what bytes it is, and not kept. */
	const char *bad = read_line(&line, text);

	if (bad) {
		return hl_exchange_refuse(r, bad);
	}
	if (own->rows.open && !goes_on(own, &line)) {
		return give(r);
	}
	if (!own->rows.open) {
		bad = open_record(r, &line);
	} else if (!follows(own, &line)) {
		hl_exchange_miss(r, "a frame that does not follow the last");
	}
	if (bad) {
		return hl_exchange_refuse(r, bad);
	}
	if (line.unknown) {
		hl_exchange_miss(r, "a field that is not known was not read");
	}
	return line.moves ? take_frame(r, &line) : take_single(r, &line);
}

/* ---- Objects ---------------------------------------------------------- */

static const char *put_json_frame(
	struct hl_hashlist_reader *r, const json_t *one, size_t i, bool moves)
{
	const json_t *seconds = json_object_get(one, "seconds");
	int64_t quality = hl_json_int(one, "quality", -1);
	int64_t number = hl_json_int(one, "number", (int64_t)i);
	double s = json_is_number(seconds) ? json_number_value(seconds) : -1;
	struct hl_hashlist_hash how = {.kind = HL_MATCH_PDQ, .at_ms = -1};

	if (quality < 0 || quality > 100) {
		return "the quality of a frame is no number from 0 to 100";
	}
	if (number < 0 || number > UINT32_MAX) {
		return "the frame is no number";
	}
	how.quality = (int16_t)quality;
	how.part = (uint32_t)number;
	if (moves && s >= 0 && s <= UINT32_MAX) {
		how.at_ms = (int64_t)(s * 1000 + 0.5);
	}
	return put_pdq(r, hl_json_str(one, "pdq"), &how);
}

static void put_json_digests(struct hl_hashlist_reader *r)
{
	struct hl_str digests[HL_HASHLIST_KINDS] = {0};

	for (unsigned kind = HL_MATCH_MD5; kind < HL_HASHLIST_KINDS; kind++) {
		const char *name = hl_hashlist_kind_name(kind);
		const json_t *v = json_object_get(r->json, name);

		digests[kind] = hl_json_str(r->json, name);
		if (v && !json_is_string(v)) {
			hl_exchange_miss(r, "a hash is no text");
		}
	}
	put_digests(r, digests);
}

static void put_json_file(struct hl_hashlist_reader *r)
{
	struct hl_str format = hl_json_str(r->json, "format");
	int64_t bytes = hl_json_int(r->json, "bytes", 0);

	r->record.size_bytes = bytes > 0 ? (uint64_t)bytes : 0;
	if (format.n) {
		r->record.media = hl_str_eq(format, HL_STR("video"))
					  ? HL_HASHLIST_VIDEO
					  : HL_HASHLIST_PICTURE;
	}
}

static const char *why_no_list(const json_t *file)
{
	return !json_is_array(json_object_get(file, "frames"))
		       ? "the object has no frames"
	       : json_is_true(json_object_get(file, "screening"))
		       ? "made by --screening, which is not for hash lists"
	       : hl_json_int(file, "bytes", -1) == 0 ? "the file is empty"
						     : NULL;
}

static int parse_json(struct hl_hashlist_reader *r, struct hl_str text)
{
	struct hl_str status;
	uint64_t weak = r->totals.n_weak;
	const json_t *frames, *one;
	size_t i;
	int rc = hl_exchange_json_read(r, text);
	const char *bad = rc ? NULL : why_no_list(r->json);

	if (rc || bad) {
		return rc ? rc : hl_exchange_refuse(r, bad);
	}
	put_json_file(r);
	put_json_digests(r);
	frames = json_object_get(r->json, "frames");
	json_array_foreach(frames, i, one)
	{
		bad = put_json_frame(r, one, i,
			json_array_size(frames) > 1 ||
				r->record.media == HL_HASHLIST_VIDEO);
		if (bad) {
			hl_exchange_miss(r, bad);
		}
	}
	status = hl_json_str(r->json, "status");
	if (r->record.n_hashes == 0 && r->totals.n_weak == weak) {
		return hl_exchange_refuse(
			r, hl_str_eq(status, HL_STR("hashed"))
				   ? "there is no hash that can be read"
				   : "the file was not hashed");
	}
	return finish(r);
}

static int parse(
	struct hl_hashlist_reader *r, struct hl_str piece, struct hl_err *err)
{
	struct printed *own = r->own;
	struct hl_str text = hl_str_trim(piece);

	(void)err;
	if (own->rows.closing) {
		return give(r);
	}
	if (text.n == 0 || text.p[0] == '#') {
		return HL_EXCHANGE_LOST;
	}
	/* of a film, a line that only begins as an object does is a frame */
	if (text.p[0] != '{' || (own->rows.open && text.p[text.n - 1] != '}')) {
		return parse_line(r, text);
	}
	return own->rows.open ? give(r) : parse_json(r, text);
}

static void save(const struct hl_hashlist_reader *r, struct hl_buf *out)
{
	(void)r;
	(void)out;
}

static int load(struct hl_hashlist_reader *r, const json_t *state)
{
	(void)r;
	(void)state;
	return 0;
}

const struct hl_exchange_ops hl_exchange_printed = {
	.bytes = sizeof(struct printed),
	.frame = hl_exchange_rows_frame,
	.end = hl_exchange_rows_end,
	.parse = parse,
	.save = save,
	.load = load,
};
