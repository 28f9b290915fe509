/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of addresses at 6,000, a million and ten million rows: opening, a
 * check of a host that is not listed, one of 24 expressions that is, and what
 * an update does to readers. One JSON line a measure. Rows that nobody asks
 * for are random bytes, since they look the same; the others are real.
 *
 * usage: urls_bench [ROWS]...
 */
#include "hotline/urls.h"
#include "measure.h"
#include "urls_file/make.h"
#include "urls_file/manifest.h"
#include "urls_oprf/oprf.h"

#include <dirent.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
	ROUNDS = 9,
	TIMES = 20000,
	ADDRESSES = 4096,
	POOL = 1024,
	CHANGES = 1000,
	UNITS = 3
};
#define NOW INT64_C(1795338000)

struct bench {
	char folder[64];
	size_t n;
	struct hl_urls_head head;
	uint8_t k[HL_URLS_ELEMENT], key[32], secret[64];
	struct hl_urls_root root;
	struct hl_urls_manifest manifest;
	struct hl_urls_row *row;
	size_t n_rows;
	uint8_t (*sealed)[HL_URLS_UNIT * UNITS];
	uint8_t real[HL_URLS_SEALED_MAX];
	struct hl_buf root_text, list, before, delta, text;
	char (*address)[128];
	struct hl_urls_list *open;
	struct hl_urls_reader *reader;
};

static void must(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "urls_bench: %s\n", what);
		exit(1);
	}
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void tell(
	const struct bench *b, const char *what, double value, const char *unit)
{
	char name[96];

	(void)snprintf(name, sizeof(name), "urls.%s_%zu", what, b->n);
	bench_tell(name, value, unit);
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

/* --- making --- */

static void fake_row(struct bench *b, struct hl_urls_row *row)
{
	uint8_t random[24];

	randombytes_buf(random, sizeof(random));
	memcpy(&row->v, random, 8);
	row->v >>= 64 - b->head.bits;
	memcpy(row->tag, random + 8, sizeof(row->tag));
	row->units = UNITS;
	row->sealed = b->sealed[random[8] + 256u * (random[9] % 4)];
}

static void real_row(struct bench *b)
{
	struct hl_str host = HL_STR("listed.example.org");
	struct hl_urls_item item = {.scope = HL_URLS_ITEM_PAGE,
		.entry = 7,
		.minute = (uint32_t)(NOW / 60 + 4000)};
	struct hl_urls_row *row = &b->row[b->n_rows++];
	struct hl_urls_keys keys;

	must(hl_urls_keys_make(b->k, host, NULL, &keys), "keys");
	item.path = hl_urls_path(
		keys.path, HL_STR("/galleries/2026/11/index.html?page=2"));
	must(hl_urls_row_seal(&keys, 1, &item, 1, b->real, &row->units, NULL) ==
			0,
		"seal");
	row->v = hl_urls_prefilter(b->head.prefilter, b->head.bits, host);
	memcpy(row->tag, keys.tag, sizeof(row->tag));
	row->sealed = b->real;
}

static void sign(struct bench *b)
{
	b->text.n = 0;
	hl_urls_manifest_put(&b->manifest, &b->text);
	must(hl_urls_text_sign(&b->text, b->secret, NULL) == 0, "sign");
}

static void digest(struct bench *b, uint8_t out[32])
{
	struct hl_urls_manifest same;
	struct hl_urls_text text;

	must(hl_urls_manifest_read(hl_buf_str(&b->text), &same, &text, NULL) ==
			0,
		"manifest");
	hl_urls_text_digest(&text, out);
}

static void make_list(struct bench *b)
{
	const struct hl_urls_sink sink = {&b->list, hl_urls_sink_buf};
	struct hl_urls_manifest *m = &b->manifest;
	struct hl_urls_made made;

	b->head.version++;
	b->list.n = 0;
	must(hl_urls_list_make(
		     &b->head, b->row, b->n_rows, &sink, &made, NULL) == 0,
		"list");
	memcpy(m->hotline, b->head.hotline, sizeof(m->hotline));
	if (m->version) {
		digest(b, m->previous);
	}
	m->consumer = b->head.consumer;
	m->root = 1;
	m->version = b->head.version;
	m->made = NOW;
	m->expires = NOW + 3600;
	m->wait_s = 300;
	m->canon = m->tier = 1;
	m->epoch = b->head.epoch;
	m->rows = (uint32_t)b->n_rows;
	m->list_bytes = made.bytes;
	memcpy(m->list_root, made.root, sizeof(m->list_root));
	m->n_deltas = 0;
	sign(b);
}

/* The next version: a thousand rows go, a thousand come. */
static void make_next(struct bench *b)
{
	const struct hl_urls_sink sink = {&b->delta, hl_urls_sink_buf};
	struct hl_buf before = b->before;
	struct hl_urls_file from, to;
	struct hl_urls_made made;
	size_t step = b->n_rows / CHANGES;

	for (size_t i = 0; i < CHANGES; i++) {
		struct hl_urls_row *row = &b->row[i * step];

		if (row->sealed != b->real) {
			fake_row(b, row);
		}
	}
	b->before = b->list;
	b->list = before;
	make_list(b);
	b->delta.n = 0;
	must(!hl_urls_file_open(&from, b->before.p, b->before.n, NULL, NULL) &&
			!hl_urls_file_open(
				&to, b->list.p, b->list.n, NULL, NULL) &&
			!hl_urls_delta_make(&from, &to, &sink, &made, NULL),
		"delta");
	hl_urls_file_fini(&from);
	hl_urls_file_fini(&to);
	b->manifest.n_deltas = 1;
	b->manifest.delta[0].from = b->head.version - 1;
	b->manifest.delta[0].bytes = made.bytes;
	memcpy(b->manifest.delta[0].digest, made.digest, sizeof(made.digest));
	sign(b);
}

static void make_root(struct bench *b)
{
	uint8_t other[32], secret[64];

	crypto_sign_keypair(b->key, b->secret);
	crypto_sign_keypair(other, secret);
	b->root = (struct hl_urls_root){.version = 1,
		.made = NOW - 60,
		.expires = NOW + 86400,
		.threshold = 1,
		.n_root = 2,
		.n_online = 1};
	memcpy(b->root.hotline, b->head.hotline, sizeof(b->root.hotline));
	memcpy(b->root.root[0], b->key, 32);
	memcpy(b->root.root[1], other, 32);
	memcpy(b->root.online[0], b->key, 32);
	hl_urls_root_put(&b->root, &b->root_text);
	must(hl_urls_text_sign(&b->root_text, b->secret, NULL) == 0, "root");
}

static void make_all(struct bench *b)
{
	struct hl_oprf_element pub;
	struct hl_oprf_scalar k;

	must(hl_oprf_key_new(&k, &pub) == 0, "key");
	memcpy(b->k, k.b, sizeof(b->k));
	b->head = (struct hl_urls_head){.consumer = 1,
		.tier = 1,
		.canon = 1,
		.epoch = (uint64_t)NOW / 86400,
		.bits = hl_urls_bits(b->n)};
	memset(b->head.hotline, 1, sizeof(b->head.hotline));
	randombytes_buf(b->head.prefilter, sizeof(b->head.prefilter));
	make_root(b);
	for (size_t i = 0; i < POOL; i++) {
		randombytes_buf(b->sealed[i], 72);
		memset(b->sealed[i], 0, 8);
	}
	for (size_t i = 1; i < b->n; i++) {
		fake_row(b, &b->row[b->n_rows++]);
	}
	real_row(b);
	make_list(b);
}

static void make_addresses(struct bench *b)
{
	for (unsigned i = 0; i < ADDRESSES; i++) {
		uint32_t r = randombytes_random();

		(void)snprintf(b->address[i], sizeof(b->address[i]),
			"https://img%u.s%08x.example.org/galleries/2026/11/"
			"a1b2c3d4/index.html?page=%u",
			i % 10, r, i % 10);
	}
}

/* --- measuring --- */

static int confirm(void *arg, const void *request, size_t n, void *answer,
	size_t n_max, size_t *n_answer)
{
	const struct bench *b = arg;
	const uint8_t *in = request;
	uint8_t *out = answer;
	struct hl_oprf_scalar k;

	memcpy(k.b, b->k, sizeof(k.b));
	memcpy(out, in, 16);
	out[4] = 255;
	*n_answer = n;
	return n > n_max || hl_oprf_evaluate_all(
				    &k, in + 16, n - 16, out + 16, NULL)
		       ? -1
		       : 0;
}

static struct hl_urls_decision check(struct bench *b, const char *address)
{
	struct hl_urls_decision d = {.size_of = sizeof(d)};

	must(hl_urls_check(b->reader, address, strlen(address), NOW, &d) == 0,
		"check");
	return d;
}

static void bench_missing(struct bench *b)
{
	double ns[ROUNDS];
	size_t n_unsure = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double from = seconds(CLOCK_THREAD_CPUTIME_ID);

		for (int k = 0; k < TIMES; k++) {
			n_unsure +=
				check(b, b->address[k % ADDRESSES]).verdict ==
				HL_URLS_UNSURE;
		}
		ns[i] = (seconds(CLOCK_THREAD_CPUTIME_ID) - from) / TIMES * 1e9;
	}
	tell(b, "check_missing_80", median(ns, ROUNDS), "ns");
	tell(b, "unsure", 100.0 * (double)n_unsure / ROUNDS / TIMES, "%");
}

static void bench_listed(struct bench *b)
{
	/* 4 hosts and 6 paths. */
	static const char address[] =
		"https://listed.example.org/galleries/2026/11/index.html"
		"?page=2";
	static const char deep[] =
		"https://a.b.listed.example.org/galleries/2026/11/index.html"
		"?page=2";
	struct hl_urls_transport transport = {b, confirm};
	struct hl_urls_address ask[2] = {
		{address, sizeof(address) - 1, 0}, {deep, sizeof(deep) - 1, 0}};
	struct hl_urls_decision d[2] = {{.size_of = sizeof(d[0])}};
	double ns[2][ROUNDS];

	must(hl_urls_confirm(b->reader, &transport, ask, 2, NOW, d, NULL) ==
				0 &&
			d[0].verdict == HL_URLS_LISTED &&
			d[1].verdict == HL_URLS_CLEAR,
		"confirm");
	for (int i = 0; i < ROUNDS; i++) {
		for (int which = 0; which < 2; which++) {
			double from = seconds(CLOCK_THREAD_CPUTIME_ID);

			for (int k = 0; k < TIMES; k++) {
				must(check(b, which ? deep : address).verdict ==
						d[which].verdict,
					"verdict");
			}
			ns[which][i] =
				(seconds(CLOCK_THREAD_CPUTIME_ID) - from) /
				TIMES * 1e9;
		}
	}
	tell(b, "check_listed", median(ns[0], ROUNDS), "ns");
	tell(b, "check_24_expressions", median(ns[1], ROUNDS), "ns");
}

static void open_it(struct bench *b, uint32_t flags)
{
	struct hl_urls_options options = {
		.size_of = sizeof(options), .flags = flags};

	must(hl_urls_open(b->folder, &options, &b->open, NULL) == 0, "open");
	must(hl_urls_reader_new(b->open, &b->reader, NULL) == 0, "reader");
}

static void close_it(struct bench *b)
{
	hl_urls_reader_free(b->reader);
	hl_urls_close(b->open);
}

static void bench_open(struct bench *b)
{
	double ms[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double from = seconds(CLOCK_MONOTONIC);

		open_it(b, 0);
		ms[i] = (seconds(CLOCK_MONOTONIC) - from) * 1e3;
		close_it(b);
	}
	tell(b, "open", median(ms, ROUNDS), "ms");
}

struct watching {
	struct bench *b;
	_Atomic bool ends;
	_Atomic uint64_t version;
	_Atomic int64_t seen_ns; /* when that version was first seen */
	double longest;          /* between two answers */
	uint64_t n;
};

static void *watch(void *arg)
{
	struct watching *w = arg;
	struct hl_urls_reader *reader = NULL;
	double last = 0;

	must(hl_urls_reader_new(w->b->open, &reader, NULL) == 0, "reader");
	while (!atomic_load(&w->ends)) {
		const char *address = w->b->address[w->n++ % ADDRESSES];
		struct hl_urls_decision d = {.size_of = sizeof(d)};
		double now;

		must(!hl_urls_check(reader, address, strlen(address), NOW, &d),
			"check");
		now = seconds(CLOCK_MONOTONIC);
		if (last > 0 && now - last > w->longest) {
			w->longest = now - last;
		}
		last = now;
		if (d.version != atomic_load(&w->version)) {
			atomic_store(&w->seen_ns, (int64_t)(now * 1e9));
			atomic_store(&w->version, d.version);
		}
	}
	hl_urls_reader_free(reader);
	return NULL;
}

static void begin_watch(struct watching *w, struct bench *b, pthread_t *thread)
{
	*w = (struct watching){.b = b};
	must(pthread_create(thread, NULL, watch, w) == 0, "thread");
	while (atomic_load(&w->version) != b->head.version) {
		sched_yield();
	}
}

/* What the machine does to a reader when nothing changes. */
static void bench_quiet(struct bench *b)
{
	const struct timespec second = {.tv_sec = 1};
	struct watching w;
	pthread_t thread;

	begin_watch(&w, b, &thread);
	nanosleep(&second, NULL);
	atomic_store(&w.ends, true);
	pthread_join(thread, NULL);
	tell(b, "longest_stall_quiet", w.longest * 1e3, "ms");
}

static void bench_update(struct bench *b)
{
	struct hl_urls_wanted wanted = {.size_of = sizeof(wanted)};
	struct watching w;
	pthread_t thread;
	double from, taken, effect;

	begin_watch(&w, b, &thread);
	make_next(b);
	from = seconds(CLOCK_MONOTONIC);
	must(!hl_urls_look(b->open, b->text.p, b->text.n, NOW, &wanted, NULL) &&
			wanted.is_delta &&
			!hl_urls_take(
				b->open, b->delta.p, b->delta.n, NOW, NULL),
		"take");
	taken = seconds(CLOCK_MONOTONIC) - from;
	while (atomic_load(&w.version) != b->head.version) {
		sched_yield();
	}
	effect = (double)atomic_load(&w.seen_ns) / 1e9 - from;
	atomic_store(&w.ends, true);
	pthread_join(thread, NULL);
	tell(b, "delta_bytes", (double)b->delta.n, "B");
	tell(b, "delta_effect", effect * 1e3, "ms");
	tell(b, "delta_on_disk", taken * 1e3, "ms");
	tell(b, "longest_stall", w.longest * 1e3, "ms");
}

static void bench_size(struct bench *b)
{
	struct hl_urls_stats stats = {.size_of = sizeof(stats)};

	must(hl_urls_stats(b->open, NOW, &stats) == 0, "stats");
	tell(b, "resident_per_row",
		(double)stats.bytes_resident / (double)stats.n_rows, "B");
	tell(b, "heap", (double)stats.bytes_heap, "B");
	tell(b, "file", (double)stats.bytes_mapped, "B");
}

static void keep(struct bench *b)
{
	struct hl_urls_wanted wanted = {.size_of = sizeof(wanted)};
	double from;

	open_it(b, HL_URLS_OPEN_KEEP);
	must(!hl_urls_begin(
		     b->open, 1, b->root_text.p, b->root_text.n, NOW, NULL),
		"begin");
	from = seconds(CLOCK_MONOTONIC);
	must(!hl_urls_look(b->open, b->text.p, b->text.n, NOW, &wanted, NULL) &&
			!hl_urls_take(b->open, b->list.p, b->list.n, NOW, NULL),
		"take");
	tell(b, "take_whole", (seconds(CLOCK_MONOTONIC) - from) * 1e3, "ms");
}

static void bench_all(struct bench *b)
{
	make_all(b);
	make_addresses(b);
	keep(b);
	bench_missing(b);
	bench_listed(b);
	bench_size(b);
	bench_quiet(b);
	bench_update(b);
	bench_size(b);
	close_it(b);
	bench_open(b);
}

static void empty(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.') {
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
		}
	}
	closedir(dir);
	(void)rmdir(folder);
}

static void run(size_t n)
{
	size_t most = (size_t)n * 128 + (8u << 20);
	struct bench b = {.n = n,
		.folder = "/tmp/hl-urls-bench-XXXXXX",
		.root_text = HL_BUF_INIT(HL_URLS_TEXT_MAX),
		.text = HL_BUF_INIT(HL_URLS_TEXT_MAX),
		.list = HL_BUF_INIT(most),
		.before = HL_BUF_INIT(most),
		.delta = HL_BUF_INIT(most)};

	b.row = calloc(n + 1, sizeof(*b.row));
	b.sealed = calloc(POOL, sizeof(*b.sealed));
	b.address = calloc(ADDRESSES, sizeof(*b.address));
	must(b.row && b.sealed && b.address && mkdtemp(b.folder), "memory");
	bench_all(&b);
	empty(b.folder);
	free(b.row);
	free(b.sealed);
	free(b.address);
	hl_buf_fini(&b.root_text);
	hl_buf_fini(&b.text);
	hl_buf_fini(&b.list);
	hl_buf_fini(&b.before);
	hl_buf_fini(&b.delta);
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = {6000, 1000000, 10000000};

	must(sodium_init() >= 0, "libsodium");
	for (int i = 1; i < argc; i++) {
		run((size_t)strtoul(argv[i], NULL, 10));
	}
	for (size_t i = 0; argc == 1 && i < HL_ARRAY_LEN(sizes); i++) {
		run(sizes[i]);
	}
	return 0;
}
