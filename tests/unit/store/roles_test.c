/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process that was taken over could do to the store. It has a raw
 * link and may send what it likes; the store knows only the link's role.
 * docs/store-roles.md lists what each role may run, so that whoever widens
 * it is seen doing so; HL_UPDATE_DOCS=1 writes it anew.
 */
#include "store/sql.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "domain/event.h"
#include "store/events.h"
#include "store/statement.h"

static const struct {
	enum hl_store_role role;
	const char *name;
} roles[] = {
	{HL_STORE_PUBLIC, "public"},
	{HL_STORE_WORKER, "worker"},
	{HL_STORE_MATCH, "match"},
	{HL_STORE_LISTS, "lists"},
	{HL_STORE_ADMIN, "admin"},
	{HL_STORE_STAFF, "staff"},
};
enum { N_TRUSTED = 2, STAFF = 5, N_ROLES = HL_ARRAY_LEN(roles) };

static bool is_read(const struct hl_statement *st)
{
	return hl_str_starts(hl_str_c(st->sql), HL_STR("SELECT")) ||
	       hl_str_starts(hl_str_c(st->sql), HL_STR("WITH"));
}

static void put_statements(
	struct hl_buf *out, enum hl_store_role role, bool reads)
{
	for (size_t i = 0; i < hl_store_n_statements; i++) {
		const struct hl_statement *st = &hl_store_statements[i];

		if ((st->roles & role) && is_read(st) == reads) {
			hl_buf_printf(out, "- `%s`\n", st->name);
		}
	}
}

static void put_events(struct hl_buf *out, enum hl_store_role role)
{
	for (size_t i = 0; i < hl_vocab_event.n_words; i++) {
		const struct hl_vocab_word *w = &hl_vocab_event.words[i];

		if (hl_store_event_of_role(role, w->value)) {
			hl_buf_printf(out, "- `%s`\n", w->name);
		}
	}
}

static void put_role(struct hl_buf *out, size_t i)
{
	enum hl_store_role role = roles[i].role;

	hl_buf_printf(out, "\n## %s\n\nReads:\n\n", roles[i].name);
	put_statements(out, role, true);
	hl_buf_printf(out, "\nWrites:\n\n");
	put_statements(out, role, false);
	hl_buf_printf(out, "\nEntries of the audit log:\n\n");
	if (role & (HL_STORE_STAFF | HL_STORE_ADMIN)) {
		hl_buf_printf(out, "all, with an actor\n");
	} else {
		put_events(out, role);
	}
}

static void put_doc(struct hl_buf *out)
{
	hl_buf_printf(out, "%s",
		"<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
		"# What each process may do to the store\n\n"
		"Made from `src/store/sql/*.sql` and `src/store/events.c` by "
		"the test store/roles_test, which fails when this page and "
		"the program differ; `HL_UPDATE_DOCS=1` writes it anew. "
		"Whoever reviews a change of this page asks: could a process "
		"that was taken over misuse the new line?\n\n"
		"The store knows the role of each link. A batch with one "
		"statement or one audit entry that is not listed is refused "
		"whole. The public process, the worker, the match process and "
		"the process of lists can write audit entries of nobody in "
		"person only, and only "
		"the kinds listed; "
		"what staff do is believed of the staff process, and `source` "
		"in each entry tells the process.\n");
	for (size_t i = 0; i < HL_ARRAY_LEN(roles); i++) {
		put_role(out, i);
	}
}

static void document(void **state)
{
	HL_BUF_AUTO want = HL_BUF_INIT(256 * 1024);
	HL_BUF_AUTO have = HL_BUF_INIT(256 * 1024);
	const char *root = getenv("HL_SOURCE_ROOT");
	char path[500];

	(void)state;
	assert_non_null(root);
	snprintf(path, sizeof(path), "%s/docs/store-roles.md", root);
	put_doc(&want);
	assert_int_equal(0, want.fault);
	if (getenv("HL_UPDATE_DOCS")) {
		assert_int_equal(
			0, hl_file_write(path, hl_buf_str(&want), 0644, NULL));
		return;
	}
	assert_int_equal(0, hl_file_read(path, &have, NULL));
	if (!hl_str_eq(hl_buf_str(&want), hl_buf_str(&have))) {
		fail_msg("docs/store-roles.md differs from the program: "
			 "HL_UPDATE_DOCS=1 writes it anew");
	}
}

struct fixture {
	char dir[64], path[96];
	pid_t pid;
	int ends[N_ROLES][2]; /* by place in roles[] */
	struct hl_store *as[N_ROLES];
	struct hl_arena *arena;
};

static volatile int stop;

static void on_term(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

static void serve(struct fixture *f)
{
	struct hl_store_peer peers[N_ROLES];
	struct hl_store *store = NULL;

	signal(SIGTERM, on_term);
	for (size_t i = 0; i < N_ROLES; i++) {
		peers[i] = (struct hl_store_peer){f->ends[i][1], roles[i].role};
	}
	int r = hl_store_open(f->path, HL_STORE_ADMIN, &store, NULL);
	struct hl_store_server server = {.store = store,
		.peers = peers,
		.n_peers = N_ROLES,
		.listen_fd = -1,
		.stop = &stop};
	if (!r) {
		r = hl_store_serve(&server, NULL);
	}
	hl_store_close(store);
	_exit(r ? 1 : 0);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-roles-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	for (size_t i = 0; i < N_ROLES; i++) {
		assert_int_equal(
			0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, f->ends[i]));
	}
	f->pid = fork();
	if (f->pid == 0) {
		serve(f);
	}
	f->arena = hl_arena_new((size_t)16 << 20, false);
	for (size_t i = 0; i < N_ROLES; i++) {
		assert_int_equal(
			0, hl_store_link(f->ends[i][0], &f->as[i], NULL));
	}
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char wal[128];
	int status;

	kill(f->pid, SIGTERM);
	assert_int_equal(f->pid, waitpid(f->pid, &status, 0));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	for (size_t i = 0; i < N_ROLES; i++) {
		hl_store_close(f->as[i]);
		close(f->ends[i][0]);
		close(f->ends[i][1]);
	}
	hl_arena_free(f->arena);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	unlink(wal);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

static void add_plain(struct hl_tx *tx, size_t id)
{
	const char *in = hl_store_statements[id].in;
	struct hl_value values[64];
	size_t n = strlen(in);

	assert_true(n <= HL_ARRAY_LEN(values));
	for (size_t i = 0; i < n; i++) {
		values[i] = (struct hl_value){
			.type = in[i] == 'i'   ? HL_VALUE_INT
				: in[i] == 't' ? HL_VALUE_TEXT
					       : HL_VALUE_BLOB,
			.i = 1,
			.s = HL_STR("x")};
	}
	hl_tx_add(tx, (int)id, values, n);
}

static void each_role_runs_its_statements_and_no_other(void **state)
{
	struct fixture *f = *state;

	for (size_t role = 0; role < HL_ARRAY_LEN(roles); role++) {
		for (size_t i = 0; i < hl_store_n_statements; i++) {
			const struct hl_statement *st = &hl_store_statements[i];
			struct hl_tx *tx = hl_tx_begin(f->as[role], f->arena);

			add_plain(tx, i);
			int r = hl_tx_run(tx, NULL);
			if ((r == HL_DENIED) ==
				((st->roles & roles[role].role) != 0)) {
				fail_msg("%s as %s: %d", st->name,
					roles[role].name, r);
			}
			hl_arena_reset(f->arena);
		}
	}
}

static int try_event(struct hl_store *store, struct hl_arena *arena,
	const struct hl_store_event *e)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);

	hl_tx_event(tx, e);
	return hl_tx_run(tx, NULL);
}

static void the_audit_log_cannot_be_forged(void **state)
{
	struct fixture *f = *state;

	for (size_t role = 0; role < N_ROLES - N_TRUSTED; role++) {
		for (int kind = 0; kind < 1000; kind++) {
			struct hl_store_event e = {.kind = kind,
				.object_kind = kind / 100,
				.object_id = 7};
			bool may =
				hl_store_event_of_role(roles[role].role, kind);
			int r = try_event(f->as[role], f->arena, &e);

			if (r != (may ? 0 : HL_DENIED)) {
				fail_msg("%d as %s", kind, roles[role].name);
			}
			e.actor = 1;
			r = try_event(f->as[role], f->arena, &e);
			if (r != HL_DENIED) {
				fail_msg("%d of somebody as %s", kind,
					roles[role].name);
			}
			e.actor = 0;
			e.object_kind = kind / 100 + 1;
			r = try_event(f->as[role], f->arena, &e);
			if (r != HL_DENIED) {
				fail_msg("%d of another object as %s", kind,
					roles[role].name);
			}
			hl_arena_reset(f->arena);
		}
	}
}

static void nobody_in_public_says_what_staff_did(void **state)
{
	static const enum hl_event staff[] = {HL_EVENT_REPORT_READ,
		HL_EVENT_CONTACT_GRANTED, HL_EVENT_CASE_ASSESSED,
		HL_EVENT_CASE_ADJUDICATED, HL_EVENT_REFERRAL_APPROVED,
		HL_EVENT_USER_LOGIN, HL_EVENT_USER_ROLES,
		HL_EVENT_RECIPIENT_APPROVED, HL_EVENT_SYSTEM_SETTINGS};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(staff); i++) {
		assert_false(hl_store_event_of_role(HL_STORE_PUBLIC, staff[i]));
		assert_false(hl_store_event_of_role(HL_STORE_WORKER, staff[i]));
		assert_true(hl_store_event_of_role(HL_STORE_STAFF, staff[i]));
	}
}

static void put_epochs(struct fixture *f)
{
	for (int kind = HL_KEY_QUEUE; kind <= HL_KEY_IDENTITY; kind++) {
		assert_int_equal(0, hl_do_key_epoch_add(f->as[STAFF], f->arena,
					    &(struct hl_in_key_epoch_add){
						    kind, 1, HL_STR("k"), 1},
					    NULL));
	}
}

static int send_report(struct fixture *f, int64_t id, bool contact)
{
	struct hl_str lookup = hl_arena_printf(f->arena, "lookup %d", (int)id);
	struct hl_tx *tx = hl_tx_begin(f->as[0], f->arena);

	hl_tx_report_put(tx, &(struct hl_in_report_put){.id = id,
				     .lookup = lookup,
				     .mailbox_key = HL_STR("m"),
				     .has_contact = contact});
	hl_tx_report_part_put(
		tx, &(struct hl_in_report_part_put){
			    id, 1, HL_STR("k"), HL_STR("b"), HL_KEY_QUEUE, 1});
	if (contact) {
		hl_tx_report_part_put(
			tx, &(struct hl_in_report_part_put){id, 2, HL_STR("k"),
				    HL_STR("b"), HL_KEY_IDENTITY, 1});
	}
	return hl_tx_run(tx, NULL);
}

static int add_part(struct fixture *f, int64_t id, int part, int kind)
{
	return hl_do_report_part_put(f->as[0], f->arena,
		&(struct hl_in_report_part_put){
			id, part, HL_STR("K"), HL_STR("B"), kind, 1},
		NULL);
}

static void nobody_in_public_adds_to_a_report_of_another(void **state)
{
	struct fixture *f = *state;

	put_epochs(f);
	assert_int_equal(0, send_report(f, 1, false));
	assert_int_equal(0, send_report(f, 2, true));
	assert_int_equal(HL_CONFLICT, send_report(f, 1, true));
	for (int part = 0; part <= 3; part++) {
		for (int kind = 1; kind <= 4; kind++) {
			for (int64_t id = 1; id <= 3; id++) {
				if (add_part(f, id, part, kind) !=
					HL_CONFLICT) {
					fail_msg(
						"part %d of %d", part, (int)id);
				}
			}
		}
	}
	/* erased parts stay erased */
	assert_int_equal(
		0, hl_do_report_part_erase(f->as[STAFF], f->arena,
			   &(struct hl_in_report_part_erase){2}, NULL));
	assert_int_equal(HL_CONFLICT, add_part(f, 2, 1, 1));
}

static void one_forbidden_statement_undoes_the_batch(void **state)
{
	struct fixture *f = *state;
	struct hl_in_draft_get in = {HL_STR("t"), 0};
	struct hl_row_draft_get *rows;
	struct hl_tx *tx = hl_tx_begin(f->as[0], f->arena);
	size_t n;

	hl_tx_draft_new(
		tx, &(struct hl_in_draft_new){HL_STR("t"), 0, HL_STR("a"), 9});
	hl_tx_staff_list(tx);
	assert_int_equal(HL_DENIED, hl_tx_run(tx, NULL));
	assert_int_equal(
		0, hl_get_draft_get(f->as[0], f->arena, &in, &rows, &n, NULL));
	assert_int_equal(0, n);
	tx = hl_tx_begin(f->as[0], f->arena);
	hl_tx_draft_new(
		tx, &(struct hl_in_draft_new){HL_STR("t"), 0, HL_STR("a"), 9});
	hl_tx_event(tx, &(struct hl_store_event){.kind = HL_EVENT_USER_LOGIN,
				.object_kind = HL_OBJECT_USER});
	assert_int_equal(HL_DENIED, hl_tx_run(tx, NULL));
	assert_int_equal(
		0, hl_get_draft_get(f->as[0], f->arena, &in, &rows, &n, NULL));
	assert_int_equal(0, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(document),
		cmocka_unit_test(nobody_in_public_says_what_staff_did),
		cmocka_unit_test_setup_teardown(
			each_role_runs_its_statements_and_no_other, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			the_audit_log_cannot_be_forged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			nobody_in_public_adds_to_a_report_of_another, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			one_forbidden_statement_undoes_the_batch, set_up,
			tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
