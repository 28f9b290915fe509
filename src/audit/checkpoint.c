/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "domain/event.h"
#include "store/sql.h"

#define FORM "openhotline checkpoint 1"
#define LINE_MAX_BYTES 1024
#define FILE_MAX_BYTES (64u << 20)

/* What is signed: the form and three values, each ended by a line feed. */
static void put_signed(struct hl_buf *out, int64_t seq, struct hl_str hash_hex,
	struct hl_str at)
{
	hl_buf_printf(out, FORM "\n%" PRId64 "\n%.*s\n%.*s\n", seq,
		HL_STR_ARG(hash_hex), HL_STR_ARG(at));
}

int hl_audit_line_parse(struct hl_str text, const struct hl_seal_sign_pub *pub,
	struct hl_audit_line *out)
{
	HL_BUF_AUTO message = HL_BUF_INIT(LINE_MAX_BYTES);
	HL_JSON_AUTO *line = NULL;
	uint8_t signature[HL_SEAL_SIGN_BYTES];

	if (hl_json_parse(text, LINE_MAX_BYTES, &line, NULL) ||
		!hl_str_eq(hl_json_str(line, "form"), HL_STR(FORM))) {
		return HL_E_INVALID;
	}
	struct hl_str hash = hl_json_str(line, "hash");
	out->seq = hl_json_int(line, "seq", -1);
	if (out->seq < 0 ||
		hl_text_parse_hex(hash, out->hash, sizeof(out->hash)) ||
		hl_text_parse_base64url(hl_json_str(line, "signature"),
			signature, sizeof(signature))) {
		return HL_E_INVALID;
	}
	put_signed(&message, out->seq, hash, hl_json_str(line, "at"));
	if (message.fault) {
		return HL_E_INVALID;
	}
	return hl_seal_sign_verify(pub, hl_buf_str(&message),
		hl_str_mem(signature, sizeof(signature)));
}

static void put_line(struct hl_buf *out, const struct hl_seal_sign_key *key,
	int64_t seq, struct hl_str hash_hex)
{
	HL_BUF_AUTO message = HL_BUF_INIT(LINE_MAX_BYTES);
	HL_BUF_AUTO signature_text = HL_BUF_INIT(128);
	char at[HL_TIME_ISO_MAX], id[HL_SEAL_SIGN_ID_TEXT];
	uint8_t signature[HL_SEAL_SIGN_BYTES];
	struct hl_str when = hl_time_iso_s(hl_time_now_us(), at);

	put_signed(&message, seq, hash_hex, when);
	hl_seal_sign(key, hl_buf_str(&message), signature);
	hl_text_put_base64url(&signature_text, signature, sizeof(signature));
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "form", HL_STR(FORM));
	hl_json_put_member_i64(out, "seq", seq);
	hl_json_put_member(out, "hash", hash_hex);
	hl_json_put_member(out, "at", when);
	hl_json_put_member(out, "key", hl_seal_sign_id(&key->pub, id));
	hl_json_put_member(out, "signature", hl_buf_str(&signature_text));
	hl_buf_put(out, HL_STR("}\n"));
}

/* Whether the newest checkpoint is of the newest entry, or of the one before
 * the note that this checkpoint was made. */
static bool is_covered(struct hl_str file, const struct hl_row_event_head *head,
	struct hl_str hash_hex)
{
	size_t from = file.n > LINE_MAX_BYTES ? file.n - LINE_MAX_BYTES : 0;
	struct hl_str tail = hl_str_sub(file, from, file.n);
	struct hl_str rest = hl_str_trim(tail), line, last = HL_STR_NONE;
	HL_JSON_AUTO *one = NULL;

	while (hl_str_next(&rest, '\n', &line)) {
		last = line;
	}
	if (hl_str_find(last, hash_hex) < last.n) {
		return true;
	}
	return hl_json_parse(last, LINE_MAX_BYTES, &one, NULL) == 0 &&
	       hl_json_int(one, "seq", -1) == head->seq - 1;
}

static int append(const char *path, struct hl_str line, struct hl_err *err)
{
	HL_FD_AUTO fd =
		open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		return HL_FAIL_SYS(err, "open %s", path);
	}
	int r = hl_file_write_fd(fd, line, err);
	if (!r && fsync(fd) < 0) {
		r = HL_FAIL_SYS(err, "sync %s", path);
	}
	return r;
}

/* After the line, so that no note is without one. */
static int note(struct hl_store *store, struct hl_arena *arena, int64_t seq,
	struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);

	hl_tx_event(
		tx, &(struct hl_store_event){.kind = HL_EVENT_SYSTEM_CHECKPOINT,
			    .object_kind = HL_OBJECT_SYSTEM,
			    .a = seq});
	return hl_tx_run(tx, err);
}

int hl_audit_newest(struct hl_store *store, struct hl_arena *arena,
	int64_t *seq, struct hl_err *err)
{
	struct hl_row_event_head *head;
	size_t n;
	int r = hl_get_event_head(store, arena, &head, &n, err);

	*seq = !r && n == 1 ? head[0].seq : 0;
	return r;
}

int hl_audit_checkpoint(struct hl_store *store, struct hl_arena *arena,
	const struct hl_seal_sign_key *key, const char *path,
	struct hl_err *err)
{
	HL_BUF_AUTO file = HL_BUF_INIT(FILE_MAX_BYTES);
	HL_BUF_AUTO hex = HL_BUF_INIT(128), line = HL_BUF_INIT(LINE_MAX_BYTES);
	struct hl_row_event_head *head;
	size_t n;
	int r = hl_get_event_head(store, arena, &head, &n, err);

	if (!r) {
		r = hl_file_read(path, &file, err);
	}
	if (r && r != HL_NOTFOUND) {
		return r;
	}
	hl_text_put_hex(&hex, head[0].hash.p, head[0].hash.n);
	if (head[0].seq == 0 ||
		is_covered(hl_buf_str(&file), &head[0], hl_buf_str(&hex))) {
		return 0;
	}
	if (file.n && file.p[file.n - 1] != '\n') {
		hl_buf_put_c(&line, '\n'); /* a line that a crash cut off */
	}
	put_line(&line, key, head[0].seq, hl_buf_str(&hex));
	r = line.fault ? HL_FAIL(err, line.fault, "checkpoint too long")
		       : append(path, hl_buf_str(&line), err);
	return r ? r : note(store, arena, head[0].seq, err);
}

size_t hl_audit_checkpoints_until(struct hl_str text, int64_t seq)
{
	struct hl_str rest = text, line;
	size_t end = 0;

	/* one without its line feed is being written just now */
	while (hl_str_next(&rest, '\n', &line) && rest.p) {
		HL_JSON_AUTO *one = NULL;

		if (hl_json_parse(line, LINE_MAX_BYTES, &one, NULL) == 0 &&
			hl_json_int(one, "seq", 0) > seq) {
			break;
		}
		end = text.n - rest.n;
	}
	return end;
}
