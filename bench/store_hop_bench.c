/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the hop to the store process costs: the same batches on the engine in
 * this process and through a link to another one. Reads are answered from
 * memory, so they show the hop alone; writes wait for the disk, which the
 * links of several threads share. CPU is of all processes and threads. One
 * JSON line a measure. The store lies beside the build, on a disk.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "store/sql.h"
#include "measure.h"

#define LINKS_MAX 16
#define SECONDS 2
#define VALUE_BYTES 1000

static volatile int stop;

struct bench {
	char path[128];
	int ends[LINKS_MAX][2];
	pid_t store;
};

struct job {
	struct hl_store *store;
	bool writes;
	int64_t until_us;
	int64_t serial;
	long n_done;
};

static void must(int r, const char *what)
{
	if (r) {
		fprintf(stderr, "store_hop_bench: %s: %d\n", what, r);
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
	struct hl_store_peer peers[LINKS_MAX];
	struct hl_store *store;

	signal(SIGTERM, on_term);
	for (int i = 0; i < LINKS_MAX; i++) {
		peers[i] =
			(struct hl_store_peer){b->ends[i][1], HL_STORE_STAFF};
	}
	must(hl_store_open(b->path, HL_STORE_STAFF, &store, NULL), "open");
	must(hl_store_serve(&(struct hl_store_server){.store = store,
				    .peers = peers,
				    .n_peers = LINKS_MAX,
				    .listen_fd = -1,
				    .stop = &stop},
		     NULL),
		"serve");
	hl_store_close(store);
	_exit(0);
}

static void write_one(struct job *j, struct hl_arena *arena)
{
	static const char value[VALUE_BYTES];
	struct hl_tx *tx = hl_tx_begin(j->store, arena);

	hl_tx_meta_put(tx,
		&(struct hl_in_meta_put){hl_arena_printf(arena, "k%lld",
						 (long long)(j->serial % 4096)),
			hl_str_mem(value, sizeof(value))});
	hl_tx_event(tx,
		&(struct hl_store_event){
			.kind = 703, .object_kind = 7, .object_id = j->serial});
	must(hl_tx_run(tx, NULL), "write");
}

static void read_one(struct job *j, struct hl_arena *arena)
{
	struct hl_in_meta_get in = {HL_STR("k0")};
	struct hl_row_meta_get *rows;
	size_t n;

	must(hl_get_meta_get(j->store, arena, &in, &rows, &n, NULL), "read");
}

static void *work(void *arg)
{
	struct job *j = arg;
	struct hl_arena *arena = hl_arena_new(1 << 20, true);

	while (hl_time_mono_us() < j->until_us) {
		if (j->writes) {
			write_one(j, arena);
		} else {
			read_one(j, arena);
		}
		j->serial += LINKS_MAX;
		j->n_done++;
		hl_arena_reset(arena);
	}
	hl_arena_free(arena);
	return NULL;
}

static int64_t cpu_us_of(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * HL_US_PER_S +
	       u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static long run(struct hl_store **stores, int n, bool writes)
{
	pthread_t threads[LINKS_MAX];
	struct job jobs[LINKS_MAX];
	int64_t until = hl_time_mono_us() + SECONDS * HL_US_PER_S;
	long done = 0;

	for (int i = 0; i < n; i++) {
		jobs[i] = (struct job){stores[i], writes, until, i, 0};
		must(pthread_create(&threads[i], NULL, work, &jobs[i]),
			"thread");
	}
	for (int i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		done += jobs[i].n_done;
	}
	return done;
}

static void tell(const char *way, int n, bool writes, long done, int64_t cpu)
{
	char name[64];

	snprintf(name, sizeof(name), "store_hop.%s.%s.%d_threads", way,
		writes ? "write" : "read", n);
	bench_tell(name, (double)done / SECONDS, "1/s");
	snprintf(name, sizeof(name), "store_hop.%s.%s.%d_threads.cpu", way,
		writes ? "write" : "read", n);
	bench_tell(name, (double)cpu / (double)done, "us");
}

static void forget(const struct bench *b)
{
	char wal[160];

	snprintf(wal, sizeof(wal), "%s-wal", b->path);
	unlink(wal);
	unlink(b->path);
}

static void measure_local(const struct bench *b, bool writes)
{
	struct hl_store *store;

	must(hl_store_open(b->path, HL_STORE_STAFF, &store, NULL), "open");
	int64_t before = cpu_us_of(RUSAGE_SELF);
	long done = run(&store, 1, writes);
	tell("engine", 1, writes, done, cpu_us_of(RUSAGE_SELF) - before);
	hl_store_close(store);
}

/* The store's own CPU is known when it has ended. */
static void measure_link(struct bench *b, int n, bool writes)
{
	struct hl_store *stores[LINKS_MAX];
	int64_t children = cpu_us_of(RUSAGE_CHILDREN);

	for (int i = 0; i < LINKS_MAX; i++) {
		must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, b->ends[i]),
			"socketpair");
	}
	b->store = fork();
	if (b->store == 0) {
		serve(b);
	}
	for (int i = 0; i < n; i++) {
		must(hl_store_link(b->ends[i][0], &stores[i], NULL), "link");
	}
	int64_t before = cpu_us_of(RUSAGE_SELF);
	long done = run(stores, n, writes);
	int64_t own = cpu_us_of(RUSAGE_SELF) - before;
	kill(b->store, SIGTERM);
	waitpid(b->store, NULL, 0);
	tell("link", n, writes, done,
		own + cpu_us_of(RUSAGE_CHILDREN) - children);
	for (int i = 0; i < LINKS_MAX; i++) {
		if (i < n) {
			hl_store_close(stores[i]);
		}
		close(b->ends[i][0]);
		close(b->ends[i][1]);
	}
}

int main(void)
{
	struct bench b = {.path = ""};
	static const int threads[] = {1, 4, 16};

	snprintf(b.path, sizeof(b.path), "store-hop-%d.db", (int)getpid());
	for (int writes = 1; writes >= 0; writes--) {
		measure_local(&b, writes);
		for (size_t i = 0; i < HL_ARRAY_LEN(threads); i++) {
			measure_link(&b, threads[i], writes);
		}
	}
	forget(&b);
	return 0;
}
