/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/escrow_note.h"

#include "store/sql.h"

#define KEY_MAX 32

const char *hl_cli_escrow_name(enum hl_key_kind kind)
{
	switch (kind) {
	case HL_KEY_QUEUE:
		return "queue";
	case HL_KEY_IDENTITY:
		return "identity";
	case HL_KEY_URL_HASH:
		return "url-hash";
	case HL_KEY_WORKER:
		break;
	}
	return NULL;
}

/* "escrow.queue.2" in the table meta. */
static struct hl_str key_of(
	struct hl_arena *arena, enum hl_key_kind kind, int64_t epoch)
{
	const char *name = hl_cli_escrow_name(kind);

	return hl_arena_printf(
		arena, "escrow.%s.%lld", name ? name : "", (long long)epoch);
}

static bool take_number(struct hl_str *rest, int64_t *out)
{
	struct hl_str word;

	return hl_str_next(rest, ' ', &word) && hl_str_to_i64(word, out);
}

/* "SET K N EPOCH" */
static bool parse(struct hl_str text, struct hl_cli_escrow_note *out)
{
	struct hl_str set;
	int64_t k, n;

	if (!hl_str_next(&text, ' ', &set) || set.n != sizeof(out->set) - 1 ||
		!take_number(&text, &k) || !take_number(&text, &n) ||
		!take_number(&text, &out->epoch) || k < 2 || n < k ||
		n > HL_SEAL_ESCROW_MAX) {
		return false;
	}
	memcpy(out->set, set.p, set.n);
	out->set[set.n] = '\0';
	out->k = (int)k;
	out->n = (int)n;
	return true;
}

int hl_cli_escrow_read(struct hl_store *store, struct hl_arena *arena,
	enum hl_key_kind kind, int64_t epoch, struct hl_cli_escrow_note *out,
	struct hl_err *err)
{
	struct hl_in_meta_get in = {key_of(arena, kind, epoch)};
	struct hl_row_meta_get *rows;
	size_t n;
	int r = hl_get_meta_get(store, arena, &in, &rows, &n, err);

	if (r || n == 0) {
		return r ? r : HL_NOTFOUND;
	}
	return parse(rows[0].value, out) && out->epoch == epoch
		       ? 0
		       : HL_FAIL(err, HL_E_CORRUPT,
				 "the note on escrow shares is damaged");
}

int hl_cli_escrow_newest(struct hl_store *store, struct hl_arena *arena,
	enum hl_key_kind kind, int64_t epoch, struct hl_cli_escrow_note *out,
	struct hl_err *err)
{
	int r = HL_NOTFOUND;

	for (; epoch > 0 && r == HL_NOTFOUND; epoch--) {
		r = hl_cli_escrow_read(store, arena, kind, epoch, out, err);
	}
	return r;
}

void hl_cli_escrow_put(struct hl_tx *tx, struct hl_arena *arena,
	enum hl_key_kind kind, const struct hl_cli_escrow_note *note)
{
	hl_tx_meta_put(
		tx, &(struct hl_in_meta_put){key_of(arena, kind, note->epoch),
			    hl_arena_printf(arena, "%s %d %d %lld", note->set,
				    note->k, note->n, (long long)note->epoch)});
}
