/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/escrow.h"

#include "accounts/accounts.h"
#include "base/time.h"
#include "cli/escrow_note.h"
#include "store/sql.h"

#define SHARE_LINES 4
/* What was typed of one epoch of one key. */
struct pile {
	enum hl_key_kind kind;
	struct hl_str pub; /* as the store has it; empty for a symmetric key */
	struct hl_cli_escrow_note note;
	size_t n;
	struct hl_str shares[HL_SEAL_ESCROW_MAX];
};

struct piles {
	struct pile *at; /* newest epoch first */
	size_t n;
};

/* Every epoch of every key of which shares were made. */
static int read_notes(struct hl_store *store, struct hl_arena *arena,
	struct piles *piles, struct hl_err *err)
{
	struct hl_row_key_epoch_list *rows;
	size_t n;
	int r = hl_get_key_epoch_list(store, arena, &rows, &n, err);

	if (r) {
		return r;
	}
	piles->at = hl_arena_array(arena, n + 1, sizeof(*piles->at));
	if (!piles->at) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for shares");
	}
	for (size_t i = n; i-- > 0;) {
		struct pile *p = &piles->at[piles->n];

		*p = (struct pile){.kind = (enum hl_key_kind)rows[i].kind,
			.pub = rows[i].public_key};
		r = hl_cli_escrow_name(p->kind)
			    ? hl_cli_escrow_read(store, arena, p->kind,
				      rows[i].epoch, &p->note, err)
			    : HL_NOTFOUND;
		if (r < 0) {
			return r;
		}
		piles->n += r == 0;
	}
	return 0;
}

static int add_share(struct piles *piles, struct hl_str share, int line_no,
	struct hl_err *err)
{
	struct hl_seal_share_info info;
	struct hl_err why = {0};

	if (hl_seal_escrow_info(share, &info, &why)) {
		return HL_FAIL(err, HL_E_INVALID,
			"the share that begins in line %d: %s", line_no,
			why.msg);
	}
	for (size_t i = 0; i < piles->n; i++) {
		struct pile *p = &piles->at[i];

		if (strcmp(p->note.set, info.set) != 0) {
			continue;
		}
		if (p->n == HL_SEAL_ESCROW_MAX) {
			return HL_FAIL(err, HL_E_INVALID, "too many shares");
		}
		p->shares[p->n++] = share;
		return 0;
	}
	return HL_FAIL(err, HL_E_CRYPTO,
		"the share that begins in line %d, of set %s, is not of this "
		"installation, or newer sheets have taken its place",
		line_no, info.set);
}

static int read_shares(struct hl_arena *arena, struct hl_str typed,
	struct piles *piles, struct hl_err *err)
{
	HL_BUF_AUTO share = HL_BUF_SECRET(1024);
	struct hl_str line;
	int line_no = 0, n_lines = 0, begun = 0, r = 0;

	while (!r && hl_str_next(&typed, '\n', &line)) {
		line_no++;
		line = hl_str_trim(line);
		if (line.n == 0 || line.p[0] == '#') {
			continue;
		}
		begun = n_lines ? begun : line_no;
		hl_buf_put(&share, line);
		hl_buf_put_c(&share, '\n');
		if (++n_lines < SHARE_LINES) {
			continue;
		}
		struct hl_str copy = hl_arena_dup(arena, hl_buf_str(&share));
		r = copy.p && !share.fault
			    ? add_share(piles, copy, begun, err)
			    : HL_FAIL(err, HL_E_LIMIT, "a line is too long");
		hl_buf_reset(&share);
		n_lines = 0;
	}
	if (!r && n_lines) {
		r = HL_FAIL(err, HL_E_INVALID,
			"the share that begins in line %d has fewer than four "
			"lines",
			begun);
	}
	return r;
}

static int join(
	const struct pile *p, struct hl_seal_ring *ring, struct hl_err *err)
{
	struct hl_seal_ring_key key = {.epoch = p->note.epoch};
	struct hl_err why = {0};
	int r = hl_seal_escrow_join(p->shares, p->n, &key.secret, &why);

	if (r) {
		return HL_FAIL(err, r, "the %s key: %s",
			hl_cli_escrow_name(p->kind), why.msg);
	}
	if (p->kind == HL_KEY_URL_HASH) {
		memcpy(ring->url.b, key.secret.b, sizeof(ring->url.b));
		ring->url_epoch = key.epoch;
		ring->has_url = true;
	} else {
		hl_seal_pub_of(&key.secret, &key.pub);
		r = hl_str_eq(p->pub, hl_seal_pub_str(&key.pub)) ? 0
								 : HL_E_CRYPTO;
	}
	if (r) {
		HL_FAIL(err, r, "the %s key does not fit the store",
			hl_cli_escrow_name(p->kind));
	} else if (p->kind != HL_KEY_URL_HASH) {
		r = hl_seal_ring_add(p->kind == HL_KEY_QUEUE ? &ring->queue
							     : &ring->identity,
			&key, err);
	}
	explicit_bzero(&key, sizeof(key));
	return r;
}

int hl_cli_escrow_join(struct hl_store *store, struct hl_arena *arena,
	struct hl_str typed, struct hl_seal_ring *ring, struct hl_err *err)
{
	struct piles piles = {0};
	int r = read_notes(store, arena, &piles, err);

	*ring = (struct hl_seal_ring){0};
	if (!r) {
		r = read_shares(arena, typed, &piles, err);
	}
	for (size_t i = 0; i < piles.n && !r; i++) {
		r = piles.at[i].n ? join(&piles.at[i], ring, err) : 0;
	}
	if (!r && (!ring->queue.n || !ring->has_url)) {
		r = HL_FAIL(err, HL_E_INVALID,
			"there are no shares of the queue key");
	}
	if (r) {
		hl_seal_ring_wipe(ring);
	}
	return r;
}

static int deny(const struct hl_row_doctor_staff *rows, size_t n,
	const struct hl_cli_escrow_heir *heir, struct hl_err *err)
{
	if (!heir->active || !(heir->roles & HL_ROLE_SUPERVISOR)) {
		return HL_FAIL(err, HL_DENIED,
			"the keys go to an active supervisor only");
	}
	for (size_t i = 0; i < n; i++) {
		if (rows[i].id == heir->id &&
			(rows[i].n_queue || rows[i].n_identity ||
				rows[i].n_url)) {
			return HL_FAIL(err, HL_DENIED,
				"this supervisor holds keys; if their "
				"password is lost, reset the login first");
		}
	}
	return 0;
}

static int grant_to_holders(struct hl_tx *tx,
	const struct hl_row_staff_holders *holders, size_t n,
	const struct hl_seal_ring_key *key, struct hl_err *err)
{
	HL_BUF_AUTO sealed = HL_BUF_SECRET(1024);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct hl_seal_grant grant = {
			HL_SEAL_QUEUE, key->epoch, holders[i].id};
		struct hl_seal_pub pub;

		hl_buf_reset(&sealed);
		r = hl_seal_pub_from(holders[i].public_key, &pub);
		if (!r) {
			r = hl_seal_grant(
				&grant, &pub, key->secret.b, &sealed, err);
		}
		hl_tx_key_share_add(tx,
			&(struct hl_in_key_share_add){HL_KEY_QUEUE, key->epoch,
				holders[i].id, hl_buf_str(&sealed)});
	}
	return r;
}

/* Newest first. */
static int put_first(struct hl_seal_ring_keys *keys,
	const struct hl_seal_ring_key *key, struct hl_err *err)
{
	int r = hl_seal_ring_add(keys, key, err);

	if (!r) {
		memmove(&keys->at[1], &keys->at[0],
			(keys->n - 1) * sizeof(keys->at[0]));
		keys->at[0] = *key;
	}
	return r;
}

/* Nobody may be left who opens what is sealed to the key in use, so that a
 * new one takes its place. */
static int renew(struct hl_store *store, struct hl_arena *arena, int64_t newest,
	struct hl_seal_ring *ring, struct hl_err *err)
{
	struct hl_seal_ring_key key = {.epoch = newest + 1};
	struct hl_row_staff_holders *holders;
	size_t n;
	int r = hl_get_staff_holders(store, arena,
		&(struct hl_in_staff_holders){HL_KEY_QUEUE, 0}, &holders, &n,
		err);

	if (r) {
		return r;
	}
	hl_seal_keypair_new(&key.pub, &key.secret);
	struct hl_tx *tx = hl_tx_begin(store, arena);
	hl_tx_key_epoch_add(
		tx, &(struct hl_in_key_epoch_add){HL_KEY_QUEUE, key.epoch,
			    hl_seal_pub_str(&key.pub), hl_time_now_us()});
	hl_tx_key_epoch_close(
		tx, &(struct hl_in_key_epoch_close){
			    hl_time_now_us(), HL_KEY_QUEUE, key.epoch});
	r = grant_to_holders(tx, holders, n, &key, err);
	if (!r) {
		r = hl_tx_run(tx, err);
	}
	hl_tx_drop(tx);
	if (!r) {
		r = put_first(&ring->queue, &key, err);
	}
	explicit_bzero(&key, sizeof(key));
	return r;
}

int hl_cli_escrow_hand_over(struct hl_store *store, struct hl_arena *arena,
	struct hl_seal_ring *ring, const struct hl_cli_escrow_heir *heir,
	bool *renewed, struct hl_err *err)
{
	struct hl_who host = {.ring = ring, .store = store, .arena = arena};
	struct hl_row_key_epoch_current *epochs;
	struct hl_row_doctor_staff *staff;
	size_t n_staff, n_epochs;
	int64_t newest = 0;
	int r = hl_get_doctor_staff(store, arena, &staff, &n_staff, err);

	*renewed = false;
	if (!r) {
		r = deny(staff, n_staff, heir, err);
	}
	if (!r) {
		r = hl_get_key_epoch_current(
			store, arena, &epochs, &n_epochs, err);
	}
	for (size_t i = 0; i < n_epochs && !r; i++) {
		if (epochs[i].kind == HL_KEY_QUEUE &&
			epochs[i].epoch > newest) {
			newest = epochs[i].epoch;
		}
	}
	if (!r && newest > ring->queue.at[0].epoch) {
		r = renew(store, arena, newest, ring, err);
		*renewed = r == 0;
	}
	return r ? r : hl_accounts_grant(&host, heir->id, err);
}
