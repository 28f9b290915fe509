/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPU time of one canonical form at three lengths, of unusual addresses, of
 * the look-up expressions and of reading a pasted list. One JSON line a
 * measure; each is the median of several rounds. The peer is libcurl's URL
 * API in the same run: parse, normalise, give back, with less folding.
 */
#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "url/extract.h"

enum { ROUNDS = 9 };

struct bench {
	const char *url;
	struct hl_buf out;
	struct hl_str canon;
	struct hl_arena *arena;
	size_t sum; /* keeps the work from being left out */
	char machine[128];
};

static void must(bool good)
{
	if (!good) {
		fprintf(stderr, "url_bench: fault\n");
		abort();
	}
}

static void run_canon(struct bench *b)
{
	hl_buf_reset(&b->out);
	must(hl_url_canon(hl_str_c(b->url), &b->out, NULL) == 0);
	b->sum += b->out.n;
}

static void run_curl(struct bench *b)
{
	CURLU *u = curl_url();
	char *out = NULL;

	must(u && curl_url_set(u, CURLUPART_URL, b->url, 0) == CURLUE_OK);
	must(curl_url_get(u, CURLUPART_URL, &out, CURLU_URLDECODE) ==
		CURLUE_OK);
	b->sum += strlen(out);
	curl_free(out);
	curl_url_cleanup(u);
}

static void run_expressions(struct bench *b)
{
	struct hl_url_exprs e;

	must(hl_url_expressions(b->canon, &e, NULL) == 0);
	b->sum += e.n_hosts * e.n_paths;
}

static void run_extract(struct bench *b)
{
	struct hl_url_list l;

	hl_arena_reset(b->arena);
	must(hl_url_extract(hl_str_c(b->url), b->arena, &l, NULL) == 0);
	b->sum += l.n_addresses;
}

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double measure(struct bench *b, void (*run)(struct bench *), int times)
{
	double ns[ROUNDS];

	run(b);
	for (int i = 0; i < ROUNDS; i++) {
		double from = cpu_ns();

		for (int k = 0; k < times; k++) {
			run(b);
		}
		ns[i] = (cpu_ns() - from) / times;
	}
	qsort(ns, ROUNDS, sizeof(ns[0]), by_value);
	return ns[ROUNDS / 2];
}

static void print(
	const struct bench *b, const char *name, double ns, double peer)
{
	printf("{\"name\":\"%s\",\"value\":%.4g,\"unit\":\"ns\",", name, ns);
	if (isnan(peer)) {
		printf("\"peer\":null,\"ratio\":null");
	} else {
		printf("\"peer\":{\"name\":\"libcurl URL API\",\"value\":%.4g},"
		       "\"ratio\":%.3f",
			peer, ns / peer);
	}
	printf(",\"machine\":\"%s\"}\n", b->machine);
	fflush(stdout);
}

static void bench_canon(struct bench *b)
{
	static const struct {
		const char *name, *url;
		bool peer;
	} rows[] = {
		{"url.canon_39", "https://www.example.org/forum/a1b2c3d4/",
			true},
		{"url.canon_80",
			"https://img7.static.example.org/galleries/2026/11/"
			"a1b2c3d4e5f6/index.html?page=2",
			true},
		{"url.canon_160",
			"https://img7.static.example.org/galleries/2026/11/"
			"a1b2c3d4e5f6/index.html?page=2&session="
			"0123456789abcdef0123456789abcdef&sort=newest&"
			"lang=en&view=grid&size=480",
			true},
		{"url.canon_escaped_80",
			"HTTP://www.Example.ORG:80/a/../%7Eb/%2563/./d//e?f="
			"%41%42%43&g=%2525%25#h1234567",
			true},
		{"url.canon_ipv4_80",
			"http://192.0.2.77/galleries/2026/11/"
			"a1b2c3d4e5f6a1b2c3d4e5f6/index.html?page=2#a",
			true},
		{"url.canon_idn_80",
			"https://b\xc3\xbc"
			"cher.example/galleries/2026/11/"
			"a1b2c3d4e5f6a1b2c3d4/index.html?p=2222",
			false},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		b->url = rows[i].url;
		print(b, rows[i].name, measure(b, run_canon, 20000),
			rows[i].peer ? measure(b, run_curl, 5000) : NAN);
	}
}

static void bench_expressions(struct bench *b)
{
	static const struct {
		const char *name, *canon;
	} rows[] = {
		{"url.expressions_6", "https://www.example.org/forum/a"},
		{"url.expressions_30",
			"https://a.b.c.d.example.org/1/2/3/4/5.html?page=2"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		b->canon = hl_str_c(rows[i].canon);
		print(b, rows[i].name, measure(b, run_expressions, 20000), NAN);
	}
}

int main(void)
{
	static struct bench b;
	struct utsname u;

	uname(&u);
	snprintf(b.machine, sizeof(b.machine), "%s, %ld cores", u.machine,
		sysconf(_SC_NPROCESSORS_ONLN));
	b.out = HL_BUF_SECRET(HL_URL_MAX);
	b.arena = hl_arena_new(1 << 20, true);
	must(b.arena && hl_buf_reserve(&b.out, 1024));
	bench_canon(&b);
	bench_expressions(&b);
	b.url = "I saw hxxps://example[.]org/a and www.example.net/b, then\n"
		"http://192.0.2.7:8080/c?d=e (and c.example)";
	print(&b, "url.extract_100", measure(&b, run_extract, 2000), NAN);
	hl_arena_free(b.arena);
	hl_buf_fini(&b.out);
	return b.sum ? 0 : 1;
}
