/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each key is a set of shares of its own. Queue and address key go together,
 * since neither is of use without the other; who reads reports need not
 * learn who reported, so the identity key has sheets of its own.
 */
#include "cli/escrow.h"

#include "base/time.h"
#include "domain/event.h"
#include "cli/escrow_note.h"
#include "store/sql.h"

#define SHARE_LINES 4
#define SET_MAX (HL_SEAL_ESCROW_MAX * HL_SEAL_ESCROW_TEXT_MAX)

int hl_cli_escrow_parse(
	const char *text, struct hl_cli_escrow_size *out, struct hl_err *err)
{
	struct hl_str n = hl_str_c(text), k;
	int64_t kk, nn;

	if (!hl_str_next(&n, '/', &k) || !hl_str_to_i64(k, &kk) ||
		!hl_str_to_i64(n, &nn) || kk < 2 || nn < kk ||
		nn > HL_SEAL_ESCROW_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"escrow wants K/N, as 2/3: K of N sheets, at least 2 "
			"and at most %d",
			HL_SEAL_ESCROW_MAX);
	}
	*out = (struct hl_cli_escrow_size){(int)kk, (int)nn};
	return 0;
}

/* One key's shares, printed one behind the other. */
struct set {
	enum hl_key_kind kind;
	int64_t epoch;
	struct hl_seal_secret secret;
	struct hl_buf text;
	struct hl_cli_escrow_note note;
};

static struct hl_str share_of(const struct set *s, int number)
{
	struct hl_str rest = hl_buf_str(&s->text), line;
	const char *start = rest.p;

	for (int i = 0; i < number * SHARE_LINES; i++) {
		if (i == (number - 1) * SHARE_LINES) {
			start = rest.p;
		}
		hl_str_next(&rest, '\n', &line);
	}
	return hl_str_mem(start, (size_t)(rest.p - start));
}

/* Joined again before anybody relies on them. */
static int prove(const struct set *s, struct hl_err *err)
{
	struct hl_str shares[HL_SEAL_ESCROW_MAX];
	HL_SEAL_SECRET_AUTO back = {0};

	for (int i = 0; i < s->note.n; i++) {
		shares[i] = share_of(s, i + 1);
	}
	int r = hl_seal_escrow_join(
		shares + s->note.n - s->note.k, (size_t)s->note.k, &back, err);
	if (!r && !hl_str_eq_secret(hl_str_mem(back.b, sizeof(back.b)),
			  hl_str_mem(s->secret.b, sizeof(s->secret.b)))) {
		r = HL_FAIL(err, HL_E_INTERNAL, "shares do not join");
	}
	return r;
}

static int split(struct set *s, const struct hl_cli_escrow_size *size,
	struct hl_err *err)
{
	struct hl_seal_share_info info;
	int r = hl_seal_escrow_split(
		&s->secret, size->k, size->n, &s->text, err);

	if (!r) {
		s->note = (struct hl_cli_escrow_note){
			.k = size->k, .n = size->n, .epoch = s->epoch};
		r = hl_seal_escrow_info(share_of(s, 1), &info, err);
	}
	if (r) {
		return r;
	}
	memcpy(s->note.set, info.set, sizeof(s->note.set));
	return prove(s, err);
}

static void put_share(struct hl_buf *out, const struct set *s, int number)
{
	hl_buf_printf(out, "# key %s %lld, set %s, share %d\n",
		hl_cli_escrow_name(s->kind), (long long)s->epoch, s->note.set,
		number);
	hl_buf_put(out, share_of(s, number));
}

/* Sheets that carry the shares of sets from..to-1. */
static void put_sheets(
	struct hl_buf *out, const struct set *from, const struct set *to)
{
	char at[HL_TIME_ISO_MAX];

	hl_time_iso_s(hl_time_now_us(), at);
	for (int i = 1; i <= from->note.n; i++) {
		hl_buf_printf(out,
			"# ---------------------------------------------------"
			"---\n"
			"# OpenHotline escrow: %s\n"
			"# sheet %d of %d; any %d of them open, fewer tell "
			"nothing\n"
			"# made on %.10s; keep it on paper, away from this "
			"host\n",
			from->kind == HL_KEY_IDENTITY ? "who reported"
						      : "reports and cases",
			i, from->note.n, from->note.k, at);
		for (const struct set *s = from; s < to; s++) {
			put_share(out, s, i);
		}
		hl_buf_put_c(out, '\n');
	}
}

static struct set new_set(
	enum hl_key_kind kind, int64_t epoch, const uint8_t *key)
{
	struct set s = {
		.kind = kind, .epoch = epoch, .text = HL_BUF_SECRET(SET_MAX)};

	memcpy(s.secret.b, key, sizeof(s.secret.b));
	return s;
}

struct sets {
	struct set at[2 * HL_SEAL_RING_EPOCHS + 1];
	size_t n, n_reports; /* of the n: those on the sheets of reports */
};

static void add_pairs(struct sets *s, enum hl_key_kind kind,
	const struct hl_seal_ring_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		s->at[s->n++] =
			new_set(kind, keys->at[i].epoch, keys->at[i].secret.b);
	}
}

static int split_all(struct sets *s, const struct hl_cli_escrow_size *size,
	struct hl_err *err)
{
	int r = 0;

	for (size_t i = 0; i < s->n && !r; i++) {
		r = split(&s->at[i], size, err);
	}
	return r;
}

/* One batch: a set is known or the sheets before it still are. */
static int note_all(const struct hl_cli_escrow_order *order,
	const struct sets *s, struct hl_arena *arena, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(order->store, arena);

	for (size_t i = 0; i < s->n; i++) {
		hl_cli_escrow_put(tx, arena, s->at[i].kind, &s->at[i].note);
	}
	hl_tx_event(tx, &(struct hl_store_event){.kind = HL_EVENT_SYSTEM_ESCROW,
				.actor = order->actor,
				.object_kind = HL_OBJECT_SYSTEM,
				.a = order->size.k,
				.b = order->size.n});
	return hl_tx_run(tx, err);
}

int hl_cli_escrow_make(const struct hl_cli_escrow_order *order,
	struct hl_buf *sheets, struct hl_err *err)
{
	const struct hl_seal_ring *ring = order->ring;
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	struct sets s = {0};

	if (!arena) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for sheets");
	}
	if (!ring->queue.n || !ring->identity.n || !ring->has_url) {
		return HL_FAIL(err, HL_E_INVALID, "a key to escrow is missing");
	}
	add_pairs(&s, HL_KEY_QUEUE, &ring->queue);
	s.at[s.n++] = new_set(HL_KEY_URL_HASH, ring->url_epoch, ring->url.b);
	s.n_reports = s.n;
	add_pairs(&s, HL_KEY_IDENTITY, &ring->identity);
	int r = split_all(&s, &order->size, err);
	if (!r) {
		put_sheets(sheets, &s.at[0], &s.at[s.n_reports]);
		put_sheets(sheets, &s.at[s.n_reports], &s.at[s.n]);
		r = sheets->fault
			    ? HL_FAIL(err, sheets->fault, "too many sheets")
			    : note_all(order, &s, arena, err);
	}
	for (size_t i = 0; i < s.n; i++) {
		hl_seal_secret_wipe(&s.at[i].secret);
		hl_buf_fini(&s.at[i].text);
	}
	return r;
}
