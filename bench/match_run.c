/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: match_run [N...] [--peer FILE.so]... [--only DATA] [--exact]
 *
 * The index with N hashes (default 1000000 and 10000000) of each kind of
 * data: building, bytes a hash, opening, looking up (radius 31, one core,
 * half of the queries within 31 bits of an entry), adding, and looking up
 * while another thread adds or merges. --peer loads a library that is asked
 * the same queries in the same run (bench/match.py makes them). --exact
 * instead compares every answer with a search from end to end, and tells the
 * recall at each distance from 0 to 40.
 */
#include "hotline/match.h"
#include "match_data.h"
#include "measure.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

enum { QUERIES = 4000, PLANTED = 2000, MATCHES = 256, PEERS = 8 };

struct peer {
	const char *(*name)(size_t i); /* NULL: no more */
	void *(*build)(size_t i, const uint8_t *hashes, size_t n);
	size_t (*query)(void *peer, const uint8_t hash[32], unsigned radius);
	void (*free)(void *peer);
};

struct run {
	char folder[256];
	size_t n;
	enum match_data data;
	uint8_t *hashes;
	uint8_t (*query)[32];
	double ns; /* a query */
	struct peer peer[PEERS];
	size_t n_peers;
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void must(int rc, const struct hl_match_error *err)
{
	if (rc < 0) {
		fprintf(stderr, "match_run: %d %s\n", rc, err->text);
		exit(1);
	}
}

static void tell(
	const struct run *r, const char *what, double value, const char *unit)
{
	char name[128];

	(void)snprintf(name, sizeof(name), "match.%s_%zu_%s",
		match_data_name[r->data], r->n, what);
	bench_tell(name, value, unit);
}

static void folder_clear(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *e;

	while (dir && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] != '.') {
			(void)unlinkat(dirfd(dir), e->d_name, 0);
		}
	}
	if (dir) {
		closedir(dir);
	}
	(void)rmdir(path);
}

static struct hl_match_index *open_index(const struct run *r, uint32_t flags)
{
	const struct hl_match_index_options options = {
		.size_of = sizeof(options), .flags = flags};
	struct hl_match_index *index = NULL;
	struct hl_match_error err = {0};

	must(hl_match_index_open(r->folder, &options, &index, &err), &err);
	return index;
}

static struct hl_match_reader *new_reader(struct hl_match_index *index)
{
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err = {0};

	must(hl_match_reader_new(index, &reader, &err), &err);
	return reader;
}

static void make_data(struct run *r)
{
	struct match_source s;
	uint64_t seed = 77;

	r->hashes = malloc(r->n * 32);
	r->query = malloc(QUERIES * sizeof(*r->query));
	if (!r->hashes || !r->query || match_source_init(&s, r->data, 42)) {
		abort();
	}
	for (size_t i = 0; i < r->n; i++) {
		match_source_next(&s, r->hashes + 32 * i);
	}
	for (size_t i = 0; i < QUERIES; i++) {
		match_source_next(&s, r->query[i]);
		if (i % 2 == 0) {
			memcpy(r->query[i],
				r->hashes + 32 * (match_draw(&seed) % r->n),
				32);
			match_flip(&seed, r->query[i],
				(unsigned)(match_draw(&seed) % 32));
		} else if (r->data == ATTACK) {
			memcpy(r->query[i], s.base, 16);
		}
	}
	match_source_fini(&s);
}

static void build(struct run *r)
{
	struct hl_match_list list = {.size_of = sizeof(list), .id = 1};
	struct hl_match_entry e = {.list = 1, .kind = HL_MATCH_PDQ};
	struct hl_match_stats stats = {.size_of = sizeof(stats)};
	struct hl_match_error err = {0};
	struct hl_match_index *index;
	double from, put, cpu;

	index = open_index(r, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE |
				      HL_MATCH_OPEN_BULK);
	must(hl_match_list_put(index, &list, &err), &err);
	from = now_ns();
	for (size_t i = 0; i < r->n; i++) {
		e.id = i;
		memcpy(e.hash, r->hashes + 32 * i, 32);
		must(hl_match_index_put(index, &e, &err), &err);
	}
	put = now_ns();
	cpu = cpu_ns();
	must(hl_match_index_commit(index, 1, HL_MATCH_DURABLE, &err), &err);
	tell(r, "put_in_bulk", (put - from) / 1e9, "s");
	tell(r, "build_cpu", (cpu_ns() - cpu) / 1e9, "s");
	tell(r, "build_to_the_disk", (now_ns() - put) / 1e9, "s");
	must(hl_match_index_stats(index, 0, &stats), &err);
	tell(r, "bytes_a_hash", (double)stats.bytes_mapped / (double)r->n,
		"bytes");
	hl_match_index_close(index);
}

static uint64_t ask(struct hl_match_reader *reader, const uint8_t *hash)
{
	static _Thread_local struct hl_match_found found[MATCHES];
	struct hl_match_answer answer = {.matches = found, .n_max = MATCHES};
	struct hl_match_error err = {0};

	must(hl_match_reader_query(reader, hash, NULL, &answer, &err), &err);
	return answer.n_found;
}

static void measure_open(struct run *r)
{
	double best[5];

	for (int i = 0; i < 5; i++) {
		double from = now_ns();
		struct hl_match_index *index = open_index(r, 0);
		struct hl_match_reader *reader = new_reader(index);

		ask(reader, r->query[i]);
		best[i] = (now_ns() - from) / 1e6;
		hl_match_reader_free(reader);
		hl_match_index_close(index);
	}
	for (int i = 1; i < 5; i++) {
		best[0] = best[i] < best[0] ? best[i] : best[0];
	}
	tell(r, "open_to_first_answer", best[0], "ms");
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Each query once more for warmth; then twice, timed one by one. */
static void measure_queries(
	struct run *r, struct hl_match_reader *reader, const char *when)
{
	static double took[2 * QUERIES];
	char name[64];
	double all = 0;

	for (size_t i = 0; i < 2 * QUERIES; i++) {
		double from = now_ns();

		ask(reader, r->query[i % QUERIES]);
		took[i] = now_ns() - from;
		all += took[i];
	}
	r->ns = all / (2 * QUERIES);
	qsort(took, 2 * QUERIES, sizeof(took[0]), by_value);
	(void)snprintf(name, sizeof(name), "queries%s", when);
	tell(r, name, 1e9 / r->ns, "1/s");
	(void)snprintf(name, sizeof(name), "p50%s", when);
	tell(r, name, took[QUERIES] / 1e3, "us");
	(void)snprintf(name, sizeof(name), "p99%s", when);
	tell(r, name, took[2 * QUERIES * 99 / 100] / 1e3, "us");
}

static void measure_batch(struct run *r, struct hl_match_reader *reader)
{
	enum { BATCH = 100 };
	static struct hl_match_found found[BATCH][16];
	struct hl_match_answer answer[BATCH];
	struct hl_match_error err = {0};
	double from = now_ns();

	for (size_t i = 0; i + BATCH <= QUERIES; i += BATCH) {
		for (size_t k = 0; k < BATCH; k++) {
			answer[k] = (struct hl_match_answer){
				.matches = found[k], .n_max = 16};
		}
		must(hl_match_reader_batch(
			     reader, r->query[i], BATCH, NULL, answer, &err),
			&err);
	}
	tell(r, "queries_by_100", QUERIES * 1e9 / (now_ns() - from), "1/s");
}

/* Slow ones are asked for ten seconds, and their matches compared. */
static void measure_peer(struct run *r, const struct peer *peer, size_t i)
{
	struct hl_match_index *index = open_index(r, 0);
	struct hl_match_reader *reader = new_reader(index);
	double from = now_ns(), built, ns;
	void *it = peer->build(i, r->hashes, r->n);
	uint64_t found = 0, ours = 0;
	struct utsname u;
	size_t k = 0;

	built = now_ns();
	for (; it && k < QUERIES && (k < 20 || now_ns() - built < 1e10); k++) {
		found += peer->query(it, r->query[k], 31);
	}
	ns = (now_ns() - built) / (double)(k ? k : 1);
	for (size_t q = 0; q < k; q++) {
		ours += ask(reader, r->query[q]);
	}
	uname(&u);
	if (it) {
		printf("{\"name\":\"match.%s_%zu_beside\",\"value\":%.4g,"
		       "\"unit\":\"1/s\",\"peer\":{\"name\":\"%s\","
		       "\"value\":%.4g,\"build_s\":%.3g,\"recall\":%.6f},"
		       "\"ratio\":%.4g,\"machine\":\"%s, %ld cores\"}\n",
			match_data_name[r->data], r->n, 1e9 / r->ns,
			peer->name(i), 1e9 / ns, (built - from) / 1e9,
			ours ? (double)found / (double)ours : 1.0, ns / r->ns,
			u.machine, sysconf(_SC_NPROCESSORS_ONLN));
		fflush(stdout);
		peer->free(it);
	}
	hl_match_reader_free(reader);
	hl_match_index_close(index);
}

static void measure_peers(struct run *r)
{
	for (size_t p = 0; p < r->n_peers; p++) {
		for (size_t i = 0; r->peer[p].name(i); i++) {
			measure_peer(r, &r->peer[p], i);
		}
	}
}

struct writer {
	struct hl_match_index *index;
	_Atomic bool stop;
	uint64_t id;
	size_t added;
	double ns, slowest;
	uint64_t seed;
};

/* Adds until told to stop; a commit every 1,000. */
static void *add_all_the_time(void *arg)
{
	struct writer *w = arg;
	struct hl_match_entry e = {.list = 1, .kind = HL_MATCH_PDQ};
	struct hl_match_error err = {0};

	while (!atomic_load(&w->stop)) {
		double from, took;

		match_draw_hash(&w->seed, e.hash);
		e.id = w->id++;
		from = now_ns();
		must(hl_match_index_put(w->index, &e, &err), &err);
		if (++w->added % 1000 == 0) {
			must(hl_match_index_commit(w->index, w->added, 0, &err),
				&err);
		}
		took = now_ns() - from;
		w->ns += took;
		w->slowest = took > w->slowest ? took : w->slowest;
		if (w->added % 64 == 0) {
			/* Fifty thousand a second are plenty. */
			struct timespec nap = {0, 1000000};

			nanosleep(&nap, NULL);
		}
	}
	return NULL;
}

static void *merge_all_the_time(void *arg)
{
	struct writer *w = arg;
	struct hl_match_error err = {0};

	while (!atomic_load(&w->stop)) {
		int rc = hl_match_index_maintain(w->index, &err);

		must(rc, &err);
		if (rc != HL_MATCH_MORE) {
			struct timespec nap = {0, 10000000};

			nanosleep(&nap, NULL);
		}
	}
	return NULL;
}

static void *compact_all_the_time(void *arg)
{
	struct writer *w = arg;
	struct hl_match_error err = {0};

	while (!atomic_load(&w->stop)) {
		struct hl_match_entry e = {.list = 1,
			.kind = HL_MATCH_PDQ,
			.id = w->id++,
			.hash = {1}};

		must(hl_match_index_put(w->index, &e, &err), &err);
		must(hl_match_index_commit(w->index, 9, 0, &err), &err);
		must(hl_match_index_compact(w->index, &err), &err);
	}
	return NULL;
}

static void measure_adding(struct run *r)
{
	struct writer w = {.id = r->n, .seed = 5};
	struct hl_match_entry e = {.list = 1, .kind = HL_MATCH_PDQ};
	struct hl_match_error err = {0};
	struct hl_match_reader *reader;
	pthread_t adder, merger;
	double from;

	w.index = open_index(r, HL_MATCH_OPEN_WRITE);
	reader = new_reader(w.index);
	from = now_ns();
	for (size_t i = 0; i < 100000; i++) {
		match_draw_hash(&w.seed, e.hash);
		e.id = w.id++;
		must(hl_match_index_put(w.index, &e, &err), &err);
	}
	must(hl_match_index_commit(w.index, 2, HL_MATCH_DURABLE, &err), &err);
	tell(r, "add", (now_ns() - from) / 1e5 / 1e3, "us");
	from = now_ns();
	while (hl_match_index_maintain(w.index, &err) == HL_MATCH_MORE) {
	}
	tell(r, "maintain_100000", (now_ns() - from) / 1e9, "s");
	measure_queries(r, reader, "_two_segments");
	if (pthread_create(&adder, NULL, add_all_the_time, &w) ||
		pthread_create(&merger, NULL, merge_all_the_time, &w)) {
		abort();
	}
	measure_queries(r, reader, "_while_adding");
	measure_queries(r, reader, "_while_adding_2");
	atomic_store(&w.stop, true);
	pthread_join(adder, NULL);
	pthread_join(merger, NULL);
	tell(r, "add_while_reading", w.ns / (double)w.added / 1e3, "us");
	tell(r, "add_slowest", w.slowest / 1e6, "ms");
	must(hl_match_index_compact(w.index, &err), &err);
	atomic_store(&w.stop, false);
	if (pthread_create(&merger, NULL, compact_all_the_time, &w)) {
		abort();
	}
	measure_queries(r, reader, "_while_merging");
	atomic_store(&w.stop, true);
	pthread_join(merger, NULL);
	hl_match_reader_free(reader);
	hl_match_index_close(w.index);
}

static void measure(struct run *r)
{
	struct hl_match_index *index;
	struct hl_match_reader *reader;

	make_data(r);
	(void)snprintf(r->folder, sizeof(r->folder), "%s/hl-match-bench-%d",
		getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
	folder_clear(r->folder);
	build(r);
	measure_open(r);
	index = open_index(r, 0);
	reader = new_reader(index);
	for (size_t i = 0; i < QUERIES; i++) {
		ask(reader, r->query[i]);
	}
	measure_queries(r, reader, "");
	measure_batch(r, reader);
	measure_peers(r);
	hl_match_reader_free(reader);
	hl_match_index_close(index);
	if (r->data == UNIFORM) {
		measure_adding(r);
	}
	folder_clear(r->folder);
	free(r->hashes);
	free(r->query);
}

static unsigned distance(const uint8_t *a, const uint8_t *b)
{
	struct hl_match_hash x, y;

	memcpy(x.bytes, a, 32);
	memcpy(y.bytes, b, 32);
	return hl_match_hash_distance(&x, &y);
}

/* Every answer against a search from end to end. */
static int exact(struct run *r)
{
	uint64_t planted[41] = {0}, hit[41] = {0}, near = 0, seed = 3;
	struct hl_match_index *index;
	struct hl_match_reader *reader;
	int bad = 0;

	make_data(r);
	(void)snprintf(r->folder, sizeof(r->folder), "%s/hl-match-exact-%d",
		getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
	folder_clear(r->folder);
	build(r);
	index = open_index(r, HL_MATCH_OPEN_VERIFY);
	reader = new_reader(index);
	for (unsigned i = 0; i < 41 * 10; i++) {
		static struct hl_match_found found[65536];
		struct hl_match_answer answer = {
			.matches = found, .n_max = 65536};
		struct hl_match_error err = {0};
		size_t id = match_draw(&seed) % r->n;
		unsigned d = i % 41;
		uint64_t want = 0;
		uint8_t q[32];

		memcpy(q, r->hashes + 32 * id, 32);
		match_flip(&seed, q, d);
		must(hl_match_reader_query(reader, q, NULL, &answer, &err),
			&err);
		planted[d]++;
		for (size_t k = 0; k < answer.n; k++) {
			hit[d] += found[k].id == id && found[k].distance == d;
		}
		for (size_t k = 0; k < r->n; k++) {
			want += distance(q, r->hashes + 32 * k) <= 31;
		}
		near += want;
		bad += want != answer.n_found;
	}
	for (unsigned d = 0; d <= 40; d++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "recall_at_%u", d);
		tell(r, name, (double)hit[d] / (double)planted[d], "");
		bad += d <= 31 ? hit[d] != planted[d] : hit[d] != 0;
	}
	tell(r, "near_rows_compared", (double)near, "rows");
	tell(r, "wrong_answers", bad, "");
	hl_match_reader_free(reader);
	hl_match_index_close(index);
	folder_clear(r->folder);
	free(r->hashes);
	free(r->query);
	return bad;
}

static void load_peer(struct run *r, const char *file)
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	struct peer *peer = &r->peer[r->n_peers];

	if (!library || r->n_peers == PEERS) {
		fprintf(stderr, "match_run: no peer %s: %s\n", file, dlerror());
		return;
	}
	*(void **)&peer->name = dlsym(library, "peer_name");
	*(void **)&peer->build = dlsym(library, "peer_build");
	*(void **)&peer->query = dlsym(library, "peer_query");
	*(void **)&peer->free = dlsym(library, "peer_free");
	r->n_peers += peer->name && peer->build && peer->query && peer->free;
}

struct wanted {
	size_t sizes[8], n_sizes;
	const char *only;
	bool exactly;
};

static bool take_argument(
	struct wanted *w, struct run *r, const char *name, const char *value)
{
	char *end;

	if (strcmp(name, "--peer") == 0 && value) {
		load_peer(r, value);
		return true;
	}
	if (strcmp(name, "--only") == 0 && value) {
		w->only = value;
		for (int data = 0; data < N_DATA; data++) {
			if (strcmp(value, match_data_name[data]) == 0) {
				return true;
			}
		}
		return false;
	}
	if (strcmp(name, "--exact") == 0) {
		w->exactly = true;
		return true;
	}
	if (w->n_sizes == 8 || *name < '0' || *name > '9') {
		return false;
	}
	w->sizes[w->n_sizes] = strtoull(name, &end, 10);
	return *end == 0 && w->sizes[w->n_sizes++] >= PLANTED;
}

int main(int argc, char **argv)
{
	static struct run r;
	struct wanted w = {0};
	int bad = 0;

	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (!take_argument(&w, &r, argv[i], value)) {
			(void)fprintf(stderr,
				"usage: match_run [N...] [--peer FILE.so]... "
				"[--only uniform|clustered|leaf|attack] "
				"[--exact]; N is %d or more\n",
				PLANTED);
			return 2;
		}
		i += strcmp(argv[i], "--peer") == 0 ||
		     strcmp(argv[i], "--only") == 0;
	}
	if (w.n_sizes == 0) {
		w.sizes[w.n_sizes++] = 1000000;
		w.sizes[w.n_sizes++] = 10000000;
	}
	for (size_t i = 0; i < w.n_sizes; i++) {
		for (int data = 0; data < N_DATA; data++) {
			r.n = w.sizes[i];
			r.data = (enum match_data)data;
			if (w.only &&
				strcmp(w.only, match_data_name[data]) != 0) {
				continue;
			}
			if (w.exactly) {
				bad |= exact(&r);
			} else {
				measure(&r);
			}
		}
	}
	return bad != 0;
}
