/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast a backlog is triaged: 10,000 sealed reports, each with two
 * addresses, a third of which are known, through a store process as in
 * service. Then the queue of the cases that this made. One JSON line a
 * measure. An argument: how many reports instead.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rand.h"
#include "base/time.h"
#include "casefile/label.h"
#include "casework/lease.h"
#include "casework/queue.h"
#include "casework/triage.h"
#include "store/sql.h"
#include "measure.h"

#define AT_ONCE 200

static volatile int stop;

struct bench {
	char dir[64], path[96];
	int ends[2];
	pid_t server;
	struct hl_seal_ring ring;
	struct hl_arena *arena;
	struct hl_store *store;
	struct hl_settings *settings;
	struct hl_who who;
};

static void must(int r, const char *what)
{
	if (r) {
		fprintf(stderr, "triage_bench: %s: %s\n", what, hl_err_name(r));
		exit(1);
	}
}

static void on_term(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

static void serve(struct bench *b)
{
	must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, b->ends), "socketpair");
	b->server = fork();
	if (b->server == 0) {
		struct hl_store_peer peer = {b->ends[1],
			(enum hl_store_role)(HL_STORE_PUBLIC | HL_STORE_STAFF |
					     HL_STORE_ADMIN)};
		struct hl_store_server server = {.peers = &peer,
			.n_peers = 1,
			.listen_fd = -1,
			.stop = &stop};

		signal(SIGTERM, on_term);
		must(hl_store_open(b->path, peer.role, &server.store, NULL),
			"store");
		_exit(hl_store_serve(&server, NULL) ? 1 : 0);
	}
	must(hl_store_link(b->ends[0], &b->store, NULL), "link");
}

static void add_epoch(
	struct hl_tx *tx, enum hl_key_kind kind, const struct hl_seal_pub *pub)
{
	hl_tx_key_epoch_add(tx, &(struct hl_in_key_epoch_add){.kind = kind,
					.epoch = 1,
					.public_key = hl_seal_pub_str(pub),
					.created_at_us = 1});
}

static void found(struct bench *b)
{
	struct hl_tx *tx = hl_tx_begin(b->store, b->arena);
	struct hl_seal_ring_key key = {.epoch = 1};

	hl_seal_keypair_new(&key.pub, &key.secret);
	must(hl_seal_ring_add(&b->ring.queue, &key, NULL), "ring");
	b->ring.has_url = true;
	hl_seal_key_new(&b->ring.url);
	add_epoch(tx, HL_KEY_QUEUE, &key.pub);
	add_epoch(tx, HL_KEY_IDENTITY, &key.pub);
	add_epoch(tx, HL_KEY_WORKER, &key.pub);
	must(hl_tx_run(tx, NULL), "keys");
}

static void put_report(struct bench *b, struct hl_tx *tx, int i)
{
	HL_BUF_AUTO plain = HL_BUF_INIT(65536), key = HL_BUF_INIT(4096),
		    body = HL_BUF_INIT(65536);
	int64_t id = hl_rand_id();
	struct hl_seal_label label = HL_LABEL_REPORT_BODY(id);
	struct hl_report r = {.place = HL_PLACE_FORUM,
		.addresses_text = hl_arena_printf(b->arena,
			"hxxp://board%d[.]example.org/thread/%d?page=2\n"
			"https://files%d.invalid/a/b\n",
			i % 50, i, i % 7000),
		.words = HL_STR("Seen this morning, in the third post from the "
				"top; the others only talk about it.")};

	hl_report_put_json(&plain, &r);
	must(hl_seal_report(&b->ring.queue.at[0].pub, &label,
		     hl_buf_str(&plain), &key, &body, NULL),
		"seal");
	hl_tx_report_put(
		tx, &(struct hl_in_report_put){.id = id,
			    .lookup = hl_str_mem(&id, sizeof(id)),
			    .mailbox_key = HL_STR("k"),
			    .received_at_us = hl_time_now_us(),
			    .channel = 1,
			    .danger = i % 100 == 0 ? HL_YNU_YES : HL_YNU_NO,
			    .place = HL_PLACE_FORUM});
	hl_tx_report_part_put(
		tx, &(struct hl_in_report_part_put){.report_id = id,
			    .part = HL_REPORT_PART_ANSWERS,
			    .key_sealed = hl_buf_str(&key),
			    .body_sealed = hl_buf_str(&body),
			    .kind = HL_KEY_QUEUE,
			    .epoch = 1});
}

static void fill(struct bench *b, int n)
{
	for (int i = 0; i < n;) {
		struct hl_tx *tx = hl_tx_begin(b->store, b->arena);

		for (int k = 0; k < 50 && i < n; k++, i++) {
			put_report(b, tx, i);
		}
		must(hl_tx_run(tx, NULL), "fill");
		hl_arena_reset(b->arena);
	}
}

static double cpu_s(int whose)
{
	struct rusage u;

	getrusage(whose, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void triage(struct bench *b, int n)
{
	struct hl_casework_triaged out = {.n_left = 1};
	int64_t from = hl_time_mono_us();
	double cpu = cpu_s(RUSAGE_SELF);
	size_t done = 0;

	while (out.n_left) {
		must(hl_casework_triage(
			     &b->who, b->settings, AT_ONCE, &out, NULL, NULL),
			"triage");
		done += out.n_done;
		hl_arena_reset(b->arena);
	}
	double s = (double)(hl_time_mono_us() - from) / 1e6;
	if (done != (size_t)n) {
		fprintf(stderr, "triage_bench: %zu of %d\n", done, n);
		exit(1);
	}
	bench_tell("triage.reports", n / s, "1/s");
	bench_tell("triage.cpu_a_report", (cpu_s(RUSAGE_SELF) - cpu) * 1e6 / n,
		"us");
}

static void look(struct bench *b)
{
	struct hl_casework_filter filter = {.tab = HL_CASEWORK_UNASSIGNED};
	struct hl_casework_cursor first = {0};
	struct hl_casework_list list;
	struct hl_casework_counts counts;
	int64_t from = hl_time_mono_us(), id;
	int rounds = 20;

	for (int i = 0; i < rounds; i++) {
		must(hl_casework_queue(
			     &b->who, &filter, &first, 50, &list, NULL),
			"queue");
		must(hl_casework_counts(&b->who, &counts, NULL), "counts");
		hl_arena_reset(b->arena);
	}
	bench_tell("triage.queue_page",
		(double)(hl_time_mono_us() - from) / 1e3 / rounds, "ms");
	bench_tell("triage.queue_cases",
		(double)counts.tab[HL_CASEWORK_UNASSIGNED], "1");
	from = hl_time_mono_us();
	for (int i = 0; i < rounds; i++) {
		must(hl_casework_take_next(&b->who, b->settings,
			     HL_CASEWORK_WORK_ANY, &id, NULL, NULL),
			"take");
		hl_arena_reset(b->arena);
	}
	bench_tell("triage.take_next",
		(double)(hl_time_mono_us() - from) / 1e3 / rounds, "ms");
}

static void end(struct bench *b)
{
	char name[128];
	int status;

	hl_store_close(b->store);
	kill(b->server, SIGTERM);
	waitpid(b->server, &status, 0);
	bench_tell("triage.store_cpu", cpu_s(RUSAGE_CHILDREN), "s");
	for (int i = 0; i < 3; i++) {
		static const char *const suffixes[] = {"", "-wal", "-shm"};

		snprintf(name, sizeof(name), "%s%s", b->path, suffixes[i]);
		unlink(name);
	}
	rmdir(b->dir);
	hl_seal_ring_wipe(&b->ring);
	hl_settings_free(b->settings);
	hl_arena_free(b->arena);
}

int main(int argc, char **argv)
{
	struct bench b = {.arena = hl_arena_new((size_t)256 << 20, true)};
	int64_t n = 10000;

	if (argc > 1 && (!hl_str_to_i64(hl_str_c(argv[1]), &n) || n < 1 ||
				n > 1000000)) {
		fputs("usage: triage_bench [REPORTS]\n", stderr);
		return 2;
	}

	snprintf(b.dir, sizeof(b.dir), "/tmp/hl-triage-bench-XXXXXX");
	must(mkdtemp(b.dir) ? 0 : HL_E_IO, "folder");
	snprintf(b.path, sizeof(b.path), "%s/store.db", b.dir);
	must(hl_seal_init(NULL), "seal");
	must(hl_settings_new(&b.settings, NULL), "settings");
	must(hl_settings_set(
		     b.settings, HL_STR("trace.enabled"), HL_STR("yes"), NULL),
		"settings");
	serve(&b);
	found(&b);
	b.who = (struct hl_who){.actor = {.user_id = 1,
					.roles = HL_ROLE_ANALYST,
					.enabled = true,
					.full_login = true},
		.ring = &b.ring,
		.store = b.store,
		.arena = b.arena};
	fill(&b, (int)n);
	triage(&b, (int)n);
	look(&b);
	end(&b);
	return 0;
}
