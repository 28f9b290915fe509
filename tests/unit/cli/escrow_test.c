/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/escrow.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "accounts/accounts.h"
#include "accounts/session.h"
#include "cli/escrow_note.h"
#include "store/sql.h"

#define SHEETS_MAX (64 * 1024)
#define WORDS HL_STR("first words to come in")

static const struct hl_seal_cost cheap = {
	.mem_kib = 64, .passes = 1, .allow_weak = true};

struct fixture {
	char dir[64], path[96];
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_seal_ring ring;
	struct hl_who host;
	struct hl_buf sheets;
	int64_t sofie, anna, vera;
};

static int64_t add_user(struct fixture *f, const char *login, unsigned roles)
{
	struct hl_accounts_user user = {.login = hl_str_c(login),
		.display_name = hl_str_c(login),
		.roles = roles};

	assert_int_equal(
		0, hl_accounts_create(&f->host, &user, WORDS, &cheap, NULL));
	assert_int_equal(0, hl_accounts_grant(&f->host, user.id, NULL));
	return user.id;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct hl_cli_escrow_size size = {2, 3};
	struct hl_seal_secret secret;
	struct hl_seal_pub worker;

	assert_int_equal(0, hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-escrow-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	f->arena = hl_arena_new(8 << 20, true);
	assert_int_equal(0,
		hl_store_open(f->path,
			(enum hl_store_role)(HL_STORE_STAFF | HL_STORE_ADMIN),
			&f->store, NULL));
	hl_seal_keypair_new(&worker, &secret);
	assert_int_equal(0,
		hl_accounts_found(f->store, f->arena, &worker, &f->ring, NULL));
	f->host = (struct hl_who){
		.ring = &f->ring, .store = f->store, .arena = f->arena};
	f->sofie = add_user(f, "sofie", HL_ROLE_SUPERVISOR);
	f->anna = add_user(f, "anna", HL_ROLE_ANALYST);
	f->vera = add_user(f, "vera", HL_ROLE_VERIFIER);
	f->sheets = HL_BUF_SECRET(SHEETS_MAX);
	struct hl_cli_escrow_order order = {f->store, &f->ring, size, 0};
	assert_int_equal(0, hl_cli_escrow_make(&order, &f->sheets, NULL));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char wal[128];

	hl_store_close(f->store);
	hl_arena_free(f->arena);
	hl_buf_fini(&f->sheets);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	unlink(wal);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

/* The supervisor forgot the password, and the sheets are at hand. */
static void forget(struct fixture *f)
{
	struct hl_accounts_first first = {WORDS, &cheap, false};
	enum hl_authz_user_why why;

	assert_int_equal(HL_DENIED,
		hl_accounts_reset(&f->host, f->sofie, &first, &why, NULL));
	assert_int_equal(HL_AUTHZ_USER_KEYS_ON_SHEETS, why);
	first.from_sheets = true;
	assert_int_equal(
		0, hl_accounts_reset(&f->host, f->sofie, &first, &why, NULL));
}

/* Sheets with these numbers, of reports and of who reported: bit i is sheet
 * i + 1. */
static void pick(
	struct fixture *f, unsigned reports, unsigned who, struct hl_buf *out)
{
	struct hl_str rest = hl_buf_str(&f->sheets), line;
	unsigned wanted = 0;
	int number = 0;

	while (hl_str_next(&rest, '\n', &line)) {
		if (hl_str_starts(line, HL_STR("# OpenHotline"))) {
			wanted = hl_str_ends(line, HL_STR("who reported"))
					 ? who
					 : reports;
		}
		if (hl_str_starts(line, HL_STR("# sheet "))) {
			number = line.p[8] - '0';
		}
		if (number && wanted >> (number - 1) & 1) {
			hl_buf_put(out, line);
			hl_buf_put_c(out, '\n');
		}
	}
}

static bool same(
	const struct hl_seal_ring_keys *a, const struct hl_seal_ring_keys *b)
{
	return a->n == b->n &&
	       memcmp(a->at, b->at, a->n * sizeof(a->at[0])) == 0;
}

static void sizes(void **state)
{
	static const struct {
		const char *text;
		int k, n; /* 0: refused */
	} rows[] = {
		{"2/3", 2, 3},
		{"3/3", 3, 3},
		{"2/32", 2, 32},
		{"1/3", 0, 0},
		{"4/3", 0, 0},
		{"2/33", 0, 0},
		{"2", 0, 0},
		{"", 0, 0},
		{"/", 0, 0},
		{"2/3/4", 0, 0},
		{"-2/3", 0, 0},
		{"2 / 3", 0, 0},
		{"two/3", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_cli_escrow_size size = {0, 0};
		int r = hl_cli_escrow_parse(rows[i].text, &size, NULL);

		if (r != (rows[i].k ? 0 : HL_E_INVALID) ||
			size.k != rows[i].k || size.n != rows[i].n) {
			fail_msg("\"%s\": %d, %d/%d", rows[i].text, r, size.k,
				size.n);
		}
	}
}

static void enough_sheets_bring_the_keys_back(void **state)
{
	static const struct {
		unsigned reports, who;
		int result;
		size_t n_identity;
	} rows[] = {
		{3, 3, 0, 1},
		{5, 6, 0, 1},
		{7, 7, 0, 1},
		{6, 0, 0, 0},
		{1, 3, HL_E_INVALID, 0},
		{3, 4, HL_E_INVALID, 0},
		{0, 3, HL_E_INVALID, 0},
		{0, 0, HL_E_INVALID, 0},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO typed = HL_BUF_SECRET(SHEETS_MAX);
		HL_SEAL_RING_AUTO ring = {0};
		struct hl_err err = {0};

		pick(f, rows[i].reports, rows[i].who, &typed);
		int r = hl_cli_escrow_join(
			f->store, f->arena, hl_buf_str(&typed), &ring, &err);
		if (r != rows[i].result ||
			ring.identity.n != rows[i].n_identity ||
			(r == 0 && !same(&ring.queue, &f->ring.queue)) ||
			(r && (!err.msg[0] || ring.queue.n || ring.has_url))) {
			fail_msg("row %zu: %d %s", i, r, err.msg);
		}
		if (rows[i].n_identity) {
			assert_true(same(&ring.identity, &f->ring.identity));
		}
		if (r == 0) {
			assert_true(ring.has_url);
			assert_int_equal(f->ring.url_epoch, ring.url_epoch);
			assert_memory_equal(
				&f->ring.url, &ring.url, sizeof(ring.url));
		}
	}
}

static int join_text(
	struct fixture *f, const struct hl_buf *typed, struct hl_err *err)
{
	HL_SEAL_RING_AUTO ring = {0};

	return hl_cli_escrow_join(
		f->store, f->arena, hl_buf_str(typed), &ring, err);
}

static void typing_is_forgiven_and_errors_are_found(void **state)
{
	HL_BUF_AUTO typed = HL_BUF_SECRET(SHEETS_MAX);
	struct fixture *f = *state;
	struct hl_err err = {0};

	pick(f, 3, 0, &typed);
	for (size_t i = 0; i < typed.n; i++) {
		typed.p[i] = (char)tolower((unsigned char)typed.p[i]);
	}
	assert_int_equal(0, join_text(f, &typed, &err));
	/* a symbol of the fourth line of the first share */
	size_t at = hl_str_find(hl_buf_str(&typed), HL_STR("share 1\n")) + 8;
	at += 3 * 28 + 2;
	typed.p[at] = typed.p[at] == 'z' ? 'y' : 'z';
	assert_int_equal(HL_E_INVALID, join_text(f, &typed, &err));
	assert_non_null(strstr(err.msg, "begins in line 4"));
	/* a line of it is missing: the shares get out of step */
	typed.n = hl_str_find(hl_buf_str(&typed), HL_STR("share 1\n")) + 60;
	typed.p[typed.n] = '\0';
	assert_int_equal(HL_E_INVALID, join_text(f, &typed, &err));
	assert_non_null(strstr(err.msg, "fewer than four lines"));
}

static void sheets_of_another_installation_are_refused(void **state)
{
	struct fixture *f = *state;
	struct hl_err err = {0};
	void *other = NULL;

	set_up(&other);
	struct fixture *o = other;
	assert_int_equal(HL_E_CRYPTO, join_text(f, &o->sheets, &err));
	assert_non_null(strstr(err.msg, "not of this installation"));

	/* nor does it help to put the note of those sheets into this store */
	struct hl_cli_escrow_note note;
	static const enum hl_key_kind kinds[] = {
		HL_KEY_QUEUE, HL_KEY_IDENTITY, HL_KEY_URL_HASH};
	for (size_t i = 0; i < HL_ARRAY_LEN(kinds); i++) {
		assert_int_equal(0, hl_cli_escrow_read(o->store, o->arena,
					    kinds[i], 1, &note, NULL));
		struct hl_tx *tx = hl_tx_begin(f->store, f->arena);
		hl_cli_escrow_put(tx, f->arena, kinds[i], &note);
		assert_int_equal(0, hl_tx_run(tx, NULL));
	}
	assert_int_equal(HL_E_CRYPTO, join_text(f, &o->sheets, &err));
	assert_non_null(strstr(err.msg, "does not fit the store"));
	tear_down(&other);
}

static int hand_over(struct fixture *f, struct hl_cli_escrow_heir heir,
	bool *renewed, struct hl_err *err)
{
	HL_BUF_AUTO typed = HL_BUF_SECRET(SHEETS_MAX);
	HL_SEAL_RING_AUTO ring = {0};

	pick(f, 5, 5, &typed);
	assert_int_equal(0, hl_cli_escrow_join(f->store, f->arena,
				    hl_buf_str(&typed), &ring, NULL));
	return hl_cli_escrow_hand_over(
		f->store, f->arena, &ring, &heir, renewed, err);
}

/* What a user's password opens: the key of that kind and epoch. */
static bool opens(struct fixture *f, const char *login, enum hl_key_kind kind,
	int64_t epoch, uint8_t key[HL_SEAL_KEY_BYTES])
{
	struct hl_in_staff_by_login who = {hl_str_c(login)};
	struct hl_row_staff_by_login *user;
	struct hl_row_key_share_of *shares;
	HL_SEAL_SECRET_AUTO secret;
	struct hl_seal_pub pub;
	size_t n;

	assert_int_equal(0, hl_get_staff_by_login(
				    f->store, f->arena, &who, &user, &n, NULL));
	assert_int_equal(0, hl_seal_pub_from(user->public_key, &pub));
	assert_int_equal(0, hl_seal_staff_unwrap(user->id, &pub, WORDS,
				    user->key_sealed, &secret, NULL));
	struct hl_in_key_share_of in = {user->id};
	assert_int_equal(0, hl_get_key_share_of(f->store, f->arena, &in,
				    &shares, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		struct hl_seal_grant grant = {
			kind == HL_KEY_QUEUE ? HL_SEAL_QUEUE : HL_SEAL_IDENTITY,
			epoch, user->id};

		if (shares[i].kind == (int64_t)kind &&
			shares[i].epoch == epoch) {
			return hl_seal_grant_open(&grant, &secret,
				       shares[i].key_sealed, key, NULL) == 0;
		}
	}
	return false;
}

static void keys_go_to_a_supervisor_without_keys(void **state)
{
	struct fixture *f = *state;
	const struct {
		struct hl_cli_escrow_heir heir;
		const char *says;
	} rows[] = {
		{{f->sofie, HL_ROLE_SUPERVISOR, true}, "holds keys"},
		{{f->sofie, HL_ROLE_SUPERVISOR, false}, "active supervisor"},
		{{f->anna, HL_ROLE_ANALYST, true}, "active supervisor"},
	};
	uint8_t key[HL_SEAL_KEY_BYTES];
	bool renewed;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_err err = {0};

		int r = hand_over(f, rows[i].heir, &renewed, &err);
		if (r != HL_DENIED || !strstr(err.msg, rows[i].says)) {
			fail_msg("row %zu: %d %s", i, r, err.msg);
		}
	}
	forget(f);
	assert_false(opens(f, "sofie", HL_KEY_QUEUE, 1, key));
	assert_int_equal(0, hand_over(f, rows[0].heir, &renewed, NULL));
	assert_false(renewed);
	assert_true(opens(f, "sofie", HL_KEY_QUEUE, 1, key));
	assert_memory_equal(
		f->ring.queue.at[0].secret.b, key, HL_SEAL_KEY_BYTES);
	assert_true(opens(f, "sofie", HL_KEY_IDENTITY, 1, key));
	assert_memory_equal(
		f->ring.identity.at[0].secret.b, key, HL_SEAL_KEY_BYTES);
}

/* Somebody left after the sheets were made, then the supervisor forgot the
 * password: nobody could hand over the key in use any more. */
static void a_newer_key_is_replaced(void **state)
{
	uint8_t key[HL_SEAL_KEY_BYTES], of_vera[HL_SEAL_KEY_BYTES];
	struct hl_row_key_epoch_current *epochs;
	struct hl_seal_secret secret;
	struct fixture *f = *state;
	struct hl_seal_pub pub;
	bool renewed;
	size_t n;

	assert_int_equal(0, hl_accounts_change(&f->host, f->anna,
				    &(struct hl_accounts_standing){
					    HL_ROLE_ANALYST, false, false},
				    NULL, NULL));
	forget(f);
	assert_int_equal(0, hand_over(f,
				    (struct hl_cli_escrow_heir){
					    f->sofie, HL_ROLE_SUPERVISOR, true},
				    &renewed, NULL));
	assert_true(renewed);
	assert_true(opens(f, "sofie", HL_KEY_QUEUE, 1, key));
	assert_false(opens(f, "sofie", HL_KEY_QUEUE, 2, key));
	assert_true(opens(f, "sofie", HL_KEY_QUEUE, 3, key));
	/* who held the lost one goes on working */
	assert_true(opens(f, "vera", HL_KEY_QUEUE, 2, of_vera));
	assert_true(opens(f, "vera", HL_KEY_QUEUE, 3, of_vera));
	assert_memory_equal(key, of_vera, sizeof(key));
	assert_int_equal(0, hl_get_key_epoch_current(
				    f->store, f->arena, &epochs, &n, NULL));
	assert_int_equal(HL_KEY_QUEUE, epochs[0].kind);
	assert_int_equal(3, epochs[0].epoch);
	assert_true(n < 2 || epochs[1].kind != HL_KEY_QUEUE);
	memcpy(secret.b, key, sizeof(key));
	hl_seal_pub_of(&secret, &pub);
	assert_true(hl_str_eq(hl_seal_pub_str(&pub), epochs[0].public_key));
}

static struct hl_accounts_session unlock(struct fixture *f, const char *login,
	struct hl_str password, int result)
{
	struct hl_accounts_session user;
	struct hl_accounts_typed typed = {hl_str_c(login), password};

	assert_int_equal(result,
		hl_accounts_unlock(f->store, f->arena, &typed, &user, NULL));
	return user;
}

static void new_sheets_open_every_epoch(void **state)
{
	HL_BUF_AUTO older = HL_BUF_SECRET(SHEETS_MAX);
	uint8_t key[HL_SEAL_KEY_BYTES];
	HL_SEAL_RING_AUTO ring = {0};
	struct fixture *f = *state;
	struct hl_err err = {0};
	bool renewed;

	assert_int_equal(0, hl_accounts_change(&f->host, f->anna,
				    &(struct hl_accounts_standing){
					    HL_ROLE_ANALYST, false, false},
				    NULL, NULL));
	struct hl_accounts_session sofie = unlock(f, "sofie", WORDS, 0);
	assert_int_equal(2, sofie.ring.queue.n);
	pick(f, 3, 3, &older);
	hl_buf_reset(&f->sheets);
	struct hl_cli_escrow_order order = {
		f->store, &sofie.ring, {2, 3}, f->sofie};
	assert_int_equal(0, hl_cli_escrow_make(&order, &f->sheets, NULL));
	/* the older sheets have had their day */
	assert_int_equal(HL_E_CRYPTO, join_text(f, &older, &err));
	assert_non_null(strstr(err.msg, "newer sheets"));
	HL_BUF_AUTO typed = HL_BUF_SECRET(SHEETS_MAX);
	pick(f, 6, 5, &typed);
	assert_int_equal(0, hl_cli_escrow_join(f->store, f->arena,
				    hl_buf_str(&typed), &ring, NULL));
	assert_true(same(&sofie.ring.queue, &ring.queue));
	assert_true(same(&sofie.ring.identity, &ring.identity));
	forget(f);
	assert_int_equal(0, hl_cli_escrow_hand_over(f->store, f->arena, &ring,
				    &(struct hl_cli_escrow_heir){
					    f->sofie, HL_ROLE_SUPERVISOR, true},
				    &renewed, NULL));
	assert_false(renewed);
	assert_true(opens(f, "sofie", HL_KEY_QUEUE, 1, key));
	assert_true(opens(f, "sofie", HL_KEY_QUEUE, 2, key));
	hl_seal_ring_wipe(&sofie.ring);
}

static void a_password_opens_its_keys_only(void **state)
{
	struct fixture *f = *state;
	struct hl_accounts_session vera = unlock(f, "vera", WORDS, 0);

	assert_true(same(&f->ring.queue, &vera.ring.queue));
	assert_int_equal(0, vera.ring.identity.n);
	assert_true(vera.ring.has_url);
	hl_seal_ring_wipe(&vera.ring);
	struct hl_accounts_session none =
		unlock(f, "vera", HL_STR("something else"), HL_DENIED);
	assert_int_equal(0, none.ring.queue.n);
	unlock(f, "nobody", WORDS, HL_DENIED);
	assert_int_equal(0, hl_accounts_change(&f->host, f->anna,
				    &(struct hl_accounts_standing){
					    HL_ROLE_ANALYST, false, false},
				    NULL, NULL));
	unlock(f, "anna", WORDS, HL_DENIED);
}

/* The command with a password in its standard input. */
static int run_command(struct fixture *f, const char *login, const char *size,
	struct hl_str password, struct hl_buf *printed)
{
	char name[40], count[16], path[96];
	char *argv[] = {name, count, NULL};
	int in[2], kept[2] = {dup(STDIN_FILENO), dup(STDOUT_FILENO)};

	snprintf(name, sizeof(name), "%s", login);
	snprintf(count, sizeof(count), "%s", size);
	snprintf(path, sizeof(path), "%s/printed", f->dir);
	assert_int_equal(0, pipe(in));
	assert_int_equal(password.n, write(in[1], password.p, password.n));
	assert_int_equal(1, write(in[1], "\n", 1));
	fflush(stdout);
	FILE *out = fopen(path, "w+");
	assert_non_null(out);
	assert_true(dup2(in[0], STDIN_FILENO) >= 0);
	assert_true(dup2(fileno(out), STDOUT_FILENO) >= 0);
	int r = hl_cli_escrow(f->store, f->arena, argv, NULL);
	fflush(stdout);
	assert_true(dup2(kept[0], STDIN_FILENO) >= 0);
	assert_true(dup2(kept[1], STDOUT_FILENO) >= 0);
	rewind(out);
	char *room = hl_buf_reserve(printed, SHEETS_MAX / 2);
	printed->n = fread(room, 1, SHEETS_MAX / 2, out);
	fclose(out);
	unlink(path);
	close(in[0]);
	close(in[1]);
	close(kept[0]);
	close(kept[1]);
	return r;
}

static void the_command_prints_for_supervisors_only(void **state)
{
	static const struct {
		const char *login, *size;
		bool right;
		int result;
	} rows[] = {
		{"sofie", "2/3", true, 0},
		{"sofie", "3/2", true, HL_E_INVALID},
		{"sofie", "2/3", false, HL_DENIED},
		{"vera", "2/3", true, HL_DENIED},
		{"nobody", "2/3", true, HL_DENIED},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO printed = HL_BUF_SECRET(SHEETS_MAX);
		HL_SEAL_RING_AUTO ring = {0};
		int r = run_command(f, rows[i].login, rows[i].size,
			rows[i].right ? WORDS : HL_STR("wrong"), &printed);

		if (r != rows[i].result || (printed.n > 0) != (r == 0)) {
			fail_msg("row %zu: %d, %zu bytes", i, r, printed.n);
		}
		if (r == 0) {
			assert_int_equal(
				0, hl_cli_escrow_join(f->store, f->arena,
					   hl_buf_str(&printed), &ring, NULL));
			assert_true(same(&f->ring.queue, &ring.queue));
		}
	}
}

static void the_store_keeps_no_share(void **state)
{
	HL_BUF_AUTO file = HL_BUF_INIT(4 << 20);
	struct fixture *f = *state;
	struct hl_str rest = hl_buf_str(&f->sheets), one;

	hl_store_close(f->store);
	f->store = NULL;
	FILE *in = fopen(f->path, "rb");
	assert_non_null(in);
	char *room = hl_buf_reserve(&file, 2 << 20);
	file.n = fread(room, 1, 2 << 20, in);
	fclose(in);
	assert_true(file.n > 0);
	while (hl_str_next(&rest, '\n', &one)) {
		if (one.n && one.p[0] != '#' &&
			hl_str_find(hl_buf_str(&file), hl_str_sub(one, 0, 11)) <
				file.n) {
			fail_msg("a share is in the store");
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		TEST(enough_sheets_bring_the_keys_back),
		TEST(typing_is_forgiven_and_errors_are_found),
		TEST(sheets_of_another_installation_are_refused),
		TEST(keys_go_to_a_supervisor_without_keys),
		TEST(a_newer_key_is_replaced),
		TEST(new_sheets_open_every_epoch),
		TEST(a_password_opens_its_keys_only),
		TEST(the_command_prints_for_supervisors_only),
		TEST(the_store_keeps_no_share),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
