/* SPDX-License-Identifier: Apache-2.0 */
/* One code sent by two processes at the same moment lets one of them in. */
#include "accounts/session.h"

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

#include "base/time.h"
#include "store/store.h"

#define WORDS "first words to come in"
enum { N_LINKS = 3, N_ROUNDS = 12, IN = 0, REFUSED = 1, FAILED = 2 };

static const struct hl_accounts_limits limits = {30, 12};

struct fixture {
	char dir[64], path[96];
	int ends[N_LINKS][2];
	pid_t server;
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_seal_totp totp;
	struct hl_buf codes;
};

static volatile int stop;

static void on_term(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

static _Noreturn void serve(struct fixture *f)
{
	struct hl_store_peer peers[N_LINKS];
	struct hl_store *store = NULL;

	signal(SIGTERM, on_term);
	for (int i = 0; i < N_LINKS; i++) {
		peers[i] = (struct hl_store_peer){f->ends[i][1],
			(enum hl_store_role)(HL_STORE_STAFF | HL_STORE_ADMIN)};
	}
	int r = hl_store_open(f->path, HL_STORE_ADMIN, &store, NULL);
	struct hl_store_server server = {.store = store,
		.peers = peers,
		.n_peers = N_LINKS,
		.listen_fd = -1,
		.stop = &stop};

	if (!r) {
		r = hl_store_serve(&server, NULL);
	}
	hl_store_close(store);
	_exit(r ? 1 : 0);
}

/* The user, with a generator and recovery codes. */
static void hire(struct fixture *f)
{
	const struct hl_seal_cost cheap = {
		.mem_kib = 64, .passes = 1, .allow_weak = true};
	struct hl_accounts_user user = {.login = HL_STR("anna"),
		.display_name = HL_STR("Anna"),
		.roles = HL_ROLE_ANALYST};
	struct hl_who host = {.store = f->store, .arena = f->arena};
	struct hl_seal_token token, full;
	struct hl_accounts_session s;
	char code[7];

	assert_int_equal(0,
		hl_accounts_create(&host, &user, HL_STR(WORDS), &cheap, NULL));
	assert_int_equal(0, hl_accounts_login(f->store, f->arena,
				    &(struct hl_accounts_typed){
					    HL_STR("anna"), HL_STR(WORDS)},
				    &limits, &token, NULL));
	assert_int_equal(0, hl_accounts_open(f->store, f->arena, &token,
				    &limits, &s, NULL));
	hl_accounts_enrol_secret(&token, &f->totp);
	hl_seal_totp_code(&f->totp, hl_seal_totp_step(hl_time_now_us()), code);
	assert_int_equal(0, hl_accounts_enrol(f->store, f->arena,
				    &(struct hl_accounts_step){&token, &s,
					    &limits, hl_str_c(code), NULL},
				    &full, &f->codes, NULL));
	hl_accounts_session_wipe(&s);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_int_equal(0, hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-twice-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	f->arena = hl_arena_new(8 << 20, true);
	f->codes = HL_BUF_SECRET(4096);
	for (int i = 0; i < N_LINKS; i++) {
		assert_int_equal(
			0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, f->ends[i]));
	}
	f->server = fork();
	if (f->server == 0) {
		serve(f);
	}
	assert_int_equal(0, hl_store_link(f->ends[0][0], &f->store, NULL));
	hire(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char wal[128];

	hl_time_pretend(0);
	kill(f->server, SIGTERM);
	waitpid(f->server, NULL, 0);
	hl_store_close(f->store);
	hl_arena_free(f->arena);
	hl_buf_fini(&f->codes);
	for (int i = 0; i < N_LINKS; i++) {
		close(f->ends[i][0]);
		close(f->ends[i][1]);
	}
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	unlink(wal);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

/* A process of its own, whose password was right, and which sends the code
 * when the pipe is closed. */
static _Noreturn void send_code(
	struct fixture *f, int link, const int go[2], struct hl_str code)
{
	struct hl_arena *arena = hl_arena_new(8 << 20, true);
	struct hl_accounts_typed typed = {HL_STR("anna"), HL_STR(WORDS)};
	struct hl_seal_token token, fresh;
	struct hl_accounts_session s;
	struct hl_store *store;
	int wait_s;
	char byte;

	close(go[1]);
	if (hl_store_link(f->ends[link][0], &store, NULL) ||
		hl_accounts_login(
			store, arena, &typed, &limits, &token, NULL) ||
		hl_accounts_open(store, arena, &token, &limits, &s, NULL) ||
		read(go[0], &byte, 1) != 0) {
		_exit(FAILED);
	}
	struct hl_accounts_step step = {&token, &s, &limits, code, NULL};
	int r = hl_accounts_second(store, arena, &step, &fresh, &wait_s, NULL);
	_exit(r == 0 ? IN : (r == HL_DENIED ? REFUSED : FAILED));
}

static void send_twice(struct fixture *f, struct hl_str code, const char *what)
{
	int go[2], n_in = 0;
	pid_t pids[2];

	assert_int_equal(0, pipe(go));
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			send_code(f, 1 + i, go, code);
		}
	}
	close(go[0]);
	usleep(20000); /* both have logged in, as a rule */
	close(go[1]);
	for (int i = 0; i < 2; i++) {
		int status = 0;

		waitpid(pids[i], &status, 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status) == FAILED) {
			fail_msg("%s: a process failed", what);
		}
		n_in += WEXITSTATUS(status) == IN;
	}
	if (n_in != 1) {
		fail_msg("%s let %d in", what, n_in);
	}
}

static void a_generators_code_lets_one_in(void **state)
{
	struct fixture *f = *state;
	char code[7];

	for (int i = 0; i < N_ROUNDS; i++) {
		/* later than the last code, and than any wait */
		hl_time_pretend(hl_time_now_us() + 20 * HL_US_PER_MIN);
		hl_seal_totp_code(
			&f->totp, hl_seal_totp_step(hl_time_now_us()), code);
		send_twice(f, hl_str_c(code), code);
	}
}

static void a_recovery_code_lets_one_in(void **state)
{
	struct fixture *f = *state;
	struct hl_str rest = hl_buf_str(&f->codes), code;

	while (hl_str_next(&rest, '\n', &code) && code.n) {
		hl_time_pretend(hl_time_now_us() + 20 * HL_US_PER_MIN);
		send_twice(f, code, "a recovery code");
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_generators_code_lets_one_in),
		TEST(a_recovery_code_lets_one_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
