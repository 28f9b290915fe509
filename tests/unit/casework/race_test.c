/* SPDX-License-Identifier: Apache-2.0 */
/* Several people at once, through a store process of its own. */
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"

#define N 4

static volatile int stop;

static void on_term(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

static pid_t serve(struct fixture *f, int ends[N][2])
{
	struct hl_store_peer peers[N];
	pid_t pid;

	for (int i = 0; i < N; i++) {
		assert_int_equal(
			0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends[i]));
		peers[i] = (struct hl_store_peer){ends[i][1], HL_STORE_STAFF};
	}
	hl_store_close(f->store);
	f->store = NULL;
	pid = fork();
	if (pid == 0) {
		struct hl_store_server server = {.peers = peers,
			.n_peers = N,
			.listen_fd = -1,
			.stop = &stop};

		signal(SIGTERM, on_term);
		int r = hl_store_open(
			f->path, HL_STORE_STAFF, &server.store, NULL);
		_exit(r ? 1 : hl_store_serve(&server, NULL));
	}
	return pid;
}

static void end_serving(struct fixture *f, pid_t pid, int ends[N][2])
{
	int status;

	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	for (int i = 0; i < N; i++) {
		close(ends[i][0]);
		close(ends[i][1]);
	}
	/* number() and change() open it again */
	assert_int_equal(0,
		hl_store_open(f->path,
			(enum hl_store_role)(HL_STORE_STAFF | HL_STORE_PUBLIC |
					     HL_STORE_WORKER | HL_STORE_ADMIN),
			&f->store, NULL));
}

struct racer {
	struct fixture *f;
	int fd;
	enum person person;
	int64_t case_id;
	void (*run)(struct racer *racer, const struct hl_who *who);
	int r;
	enum hl_casework_why why;
	size_t n;
	pthread_barrier_t *start;
};

static void *race(void *arg)
{
	struct racer *racer = arg;
	struct hl_who w = who(racer->f, racer->person);

	w.arena = hl_arena_new((size_t)64 << 20, true);
	hl_store_link(racer->fd, &w.store, NULL);
	pthread_barrier_wait(racer->start);
	racer->run(racer, &w);
	hl_store_close(w.store);
	hl_arena_free(w.arena);
	return NULL;
}

static void all_at_once(struct fixture *f, struct racer racers[N],
	void (*run)(struct racer *racer, const struct hl_who *who))
{
	int ends[N][2];
	pid_t pid = serve(f, ends);
	pthread_t threads[N];
	pthread_barrier_t start;

	pthread_barrier_init(&start, NULL, N);
	for (int i = 0; i < N; i++) {
		racers[i].f = f;
		racers[i].fd = ends[i][0];
		racers[i].run = run;
		racers[i].start = &start;
		pthread_create(&threads[i], NULL, race, &racers[i]);
	}
	for (int i = 0; i < N; i++) {
		pthread_join(threads[i], NULL);
	}
	pthread_barrier_destroy(&start);
	end_serving(f, pid, ends);
}

static void run_take(struct racer *racer, const struct hl_who *w)
{
	racer->r = hl_casework_take(
		w, racer->f->settings, racer->case_id, &racer->why, NULL);
}

static void one_of_those_who_take_a_case_gets_it(void **state)
{
	struct fixture *f = *state;

	for (int round = 0; round < 10; round++) {
		/* two are the same person in two windows */
		struct racer racers[N] = {{.person = ANNA}, {.person = BENNY},
			{.person = BENNY}, {.person = ANNA}};
		char address[64];
		int won[N_PEOPLE] = {0};

		snprintf(address, sizeof(address), "example.org/%d", round);
		int64_t id = put_case(f, address);
		for (int i = 0; i < N; i++) {
			racers[i].case_id = id;
		}
		all_at_once(f, racers, run_take);
		for (int i = 0; i < N; i++) {
			if (racers[i].r) {
				assert_int_equal(HL_DENIED, racers[i].r);
				assert_int_equal(
					HL_CASEWORK_TAKEN, racers[i].why);
			}
			won[racers[i].person] += racers[i].r == 0;
		}
		assert_true((won[ANNA] > 0) != (won[BENNY] > 0));
		int64_t holder = number_of(
			f, "SELECT holder FROM cases WHERE id = %lld", id);
		assert_int_equal(f->people[won[ANNA] ? ANNA : BENNY], holder);
		assert_int_equal(
			1, number_of(f,
				   "SELECT count(*) FROM case_step WHERE "
				   "ended_at_us = 0 AND case_id = %lld",
				   id));
	}
	check_history(f);
}

static void run_take_next(struct racer *racer, const struct hl_who *w)
{
	int64_t id;

	racer->r = 0;
	while (!racer->r) {
		racer->r = hl_casework_take_next(w, racer->f->settings,
			HL_CASEWORK_WORK_ANY, &id, &racer->why, NULL);
		racer->n += racer->r == 0;
	}
}

static void each_case_goes_to_one(void **state)
{
	struct fixture *f = *state;
	struct racer racers[N] = {{.person = ANNA}, {.person = BENNY},
		{.person = BENNY}, {.person = ANNA}};
	size_t sum = 0;

	for (int i = 0; i < 30; i++) {
		char address[64];

		snprintf(address, sizeof(address), "example.org/%d", i);
		put_addresses(f, address);
	}
	triage_all(f);
	all_at_once(f, racers, run_take_next);
	for (int i = 0; i < N; i++) {
		assert_int_equal(HL_NOTFOUND, racers[i].r);
		sum += racers[i].n;
	}
	assert_int_equal(30, sum);
	assert_int_equal(
		30, number(f, "SELECT count(*) FROM event WHERE kind = 202"));
	check_history(f);
}

static void run_triage(struct racer *racer, const struct hl_who *w)
{
	struct hl_casework_triaged done;

	racer->r = hl_casework_triage(
		w, racer->f->settings, 1000, &done, &racer->why, NULL);
	racer->n = done.n_done;
}

/* Reports that share addresses, some sent twice. */
static void triage_by_several_doubles_nothing(void **state)
{
	struct fixture *f = *state;
	struct racer racers[N] = {{.person = ANNA}, {.person = BENNY},
		{.person = ANNA}, {.person = SOFIE}};

	for (int i = 0; i < 60; i++) {
		char text[256];

		snprintf(text, sizeof(text),
			"example.org/%d example.org/%d example.org/%d", i % 7,
			7 + i % 11, i / 2 + 100);
		put_report(f, &(struct hl_report){.place = HL_PLACE_WEBSITE,
				      .addresses_text = hl_str_c(text),
				      .words = i % 20 < 10 ? HL_STR("same")
							   : HL_STR("other")});
		put_report(f, &(struct hl_report){.place = HL_PLACE_WEBSITE,
				      .addresses_text = hl_str_c(text),
				      .words = i % 20 < 10 ? HL_STR("same")
							   : HL_STR("other")});
	}
	all_at_once(f, racers, run_triage);
	for (int i = 0; i < N; i++) {
		assert_int_equal(0, racers[i].r);
	}
	/* what conflicts more often than it may waits for the next time */
	triage_all(f);
	assert_int_equal(
		0, number(f, "SELECT count(*) FROM report WHERE state <> 3"));
	assert_int_equal(7 + 11 + 30, number(f, "SELECT count(*) FROM item"));
	assert_int_equal(360, number(f, "SELECT count(*) FROM report_item"));
	assert_int_equal(0,
		number(f, "SELECT count(*) FROM item i WHERE n_reports <> "
			  "(SELECT count(*) FROM report_item a WHERE a.item_id "
			  "= i.id)"));
	/* of each pair one is the one sent again, and counts once */
	assert_int_equal(60,
		number(f, "SELECT count(*) FROM report WHERE triage_reason = "
			  "2"));
	assert_int_equal(180, number(f, "SELECT sum(n_independent) FROM item"));
	check_history(f);
}

static void run_start(struct racer *racer, const struct hl_who *w)
{
	racer->r = hl_casework_view_start(w, racer->case_id, &racer->why, NULL);
}

static void two_clicks_start_one_clock(void **state)
{
	struct fixture *f = *state;
	struct racer racers[N] = {{.person = ANNA}, {.person = ANNA},
		{.person = ANNA}, {.person = ANNA}};
	int64_t id = put_case(f, "example.org/a");
	struct hl_who anna = who(f, ANNA);

	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	for (int i = 0; i < N; i++) {
		racers[i].case_id = id;
	}
	all_at_once(f, racers, run_start);
	for (int i = 0; i < N; i++) {
		assert_int_equal(0, racers[i].r);
	}
	assert_int_equal(1, number(f, "SELECT count(*) FROM viewing"));
}

static void run_verify(struct racer *racer, const struct hl_who *w)
{
	struct hl_facts facts = facts_for(HL_OUTCOME_BASELINE);
	struct hl_casework_assessed out;

	racer->r = hl_casework_verify(w, &racer->f->laws, racer->case_id,
		&facts, &out, &racer->why, NULL);
}

static void a_form_sent_four_times_counts_once(void **state)
{
	struct fixture *f = *state;
	struct racer racers[N] = {{.person = BENNY}, {.person = BENNY},
		{.person = BENNY}, {.person = BENNY}};
	int64_t id = put_case(f, "example.org/a");
	struct hl_who benny = who(f, BENNY);
	int n = 0;

	assess(f, id, HL_OUTCOME_BASELINE);
	ok(hl_casework_take(&benny, f->settings, id, NULL, NULL));
	for (int i = 0; i < N; i++) {
		racers[i].case_id = id;
	}
	all_at_once(f, racers, run_verify);
	for (int i = 0; i < N; i++) {
		n += racers[i].r == 0;
	}
	assert_int_equal(1, n);
	assert_int_equal(2, number(f, "SELECT count(*) FROM assessment"));
	assert_int_equal(
		HL_CASE_ACTIONING, number(f, "SELECT state FROM cases"));
	check_history(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_of_those_who_take_a_case_gets_it),
		TEST(each_case_goes_to_one),
		TEST(triage_by_several_doubles_nothing),
		TEST(two_clicks_start_one_clock),
		TEST(a_form_sent_four_times_counts_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
