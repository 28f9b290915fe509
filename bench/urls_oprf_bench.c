/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPU time of confirming hosts on each side, of making tags, and of a proof
 * for a list of 6,000 rows. One JSON line a measure; each is the median of
 * several rounds. The peer of an evaluation is libsodium's bare product in
 * the same run, turn by turn: what is below it can't be reached with it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "urls_oprf/proof.h"
#include "urls_oprf/row.h"

enum { ROUNDS = 9, BATCH = 64, ROWS = 6000 };

struct bench {
	struct hl_oprf_scalar key, blind;
	struct hl_oprf_element pub, x, blinded, evaluated;
	struct hl_oprf_element request[BATCH], answer[BATCH];
	struct hl_oprf_element c[ROWS], d[ROWS];
	struct hl_oprf_list rows;
	struct hl_oprf_proof proof;
	uint8_t tag[HL_OPRF_ROW_TAG_BYTES], row_key[HL_OPRF_ROW_KEY_BYTES];
	char machine[128];
};

static const struct hl_oprf_view host = {"mirror7.example.org", 19};

static void must(int r)
{
	if (r) {
		fprintf(stderr, "urls_oprf_bench: %s\n", hl_oprf_code_name(r));
		abort();
	}
}

static void run_blind(struct bench *b)
{
	must(hl_oprf_blind(HL_OPRF_MODE_OPRF, host, &b->blind, &b->blinded));
}

static void run_finalize(struct bench *b)
{
	struct hl_oprf_output output;
	struct hl_oprf_element n;

	must(hl_oprf_unblind(&b->blind, &b->evaluated, &n));
	must(hl_oprf_output(host, &n, &output));
	hl_oprf_row_tag(&n, b->tag);
	hl_oprf_row_key(&output, b->row_key);
}

static void run_answer(struct bench *b)
{
	must(hl_oprf_evaluate_all(
		&b->key, b->request, sizeof(b->request), b->answer, NULL));
}

static void run_product(struct bench *b)
{
	for (int i = 0; i < BATCH; i++) {
		must(crypto_scalarmult_ristretto255(
			b->answer[i].b, b->key.b, b->request[i].b));
	}
}

static void run_element(struct bench *b)
{
	must(hl_oprf_element_of(HL_OPRF_MODE_OPRF, host, &b->x));
}

/* A row of a new list, of the host's element that is kept. */
static void run_tag(struct bench *b)
{
	struct hl_oprf_output output;
	struct hl_oprf_element n;

	must(hl_oprf_evaluate(&b->key, &b->x, &n));
	must(hl_oprf_output(host, &n, &output));
	hl_oprf_row_tag(&n, b->tag);
	hl_oprf_row_key(&output, b->row_key);
}

static void bind_rows(struct bench *b, uint8_t bind[HL_OPRF_BIND_BYTES])
{
	struct hl_oprf_bind binding;

	hl_oprf_bind_begin(&binding, &b->pub);
	for (size_t i = 0; i < ROWS; i++) {
		hl_oprf_bind_pair(&binding, &b->c[i], &b->d[i]);
	}
	hl_oprf_bind_end(&binding, bind);
}

static void feed(struct bench *b, struct hl_oprf_pairs *pairs)
{
	for (size_t i = 0; i < ROWS; i++) {
		must(hl_oprf_pair(pairs, &b->c[i], &b->d[i]));
	}
}

static void run_prove(struct bench *b)
{
	uint8_t bind[HL_OPRF_BIND_BYTES];
	struct hl_oprf_pairs pairs;

	bind_rows(b, bind);
	must(hl_oprf_prove_begin(&pairs, &b->key, bind));
	feed(b, &pairs);
	must(hl_oprf_prove_end(&pairs, &b->key, NULL, &b->proof));
}

static void run_verify(struct bench *b)
{
	uint8_t bind[HL_OPRF_BIND_BYTES];
	struct hl_oprf_pairs pairs;

	bind_rows(b, bind);
	must(hl_oprf_verify_begin(&pairs, &b->pub, bind));
	feed(b, &pairs);
	must(hl_oprf_verify_end(&pairs, &b->proof));
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double once(struct bench *b, void (*run)(struct bench *), int times)
{
	double from = cpu_us();

	for (int i = 0; i < times; i++) {
		run(b);
	}
	return (cpu_us() - from) / times;
}

static double median(double *us, int n)
{
	qsort(us, (size_t)n, sizeof(us[0]), by_value);
	return us[n / 2];
}

static double measure(
	struct bench *b, void (*run)(struct bench *), int times, int rounds)
{
	double us[ROUNDS];

	for (int i = 0; i < rounds; i++) {
		us[i] = once(b, run, times);
	}
	return median(us, rounds);
}

static void print(const struct bench *b, const char *name, double value,
	const char *unit, double peer)
{
	printf("{\"name\":\"urls_oprf.%s\",\"value\":%.4g,\"unit\":\"%s\",",
		name, value, unit);
	if (isnan(peer)) {
		printf("\"peer\":null,\"ratio\":null");
	} else {
		printf("\"peer\":{\"name\":\"crypto_scalarmult_ristretto255\","
		       "\"value\":%.4g},\"ratio\":%.3f",
			peer, value / peer);
	}
	printf(",\"machine\":\"%s\"}\n", b->machine);
	fflush(stdout);
}

static void answers(struct bench *b)
{
	double ours[ROUNDS], bare[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = once(b, run_answer, 20) / BATCH;
		bare[i] = once(b, run_product, 20) / BATCH;
	}
	double us = median(ours, ROUNDS);
	print(b, "server_evaluate", us, "us", median(bare, ROUNDS));
	print(b, "server_evaluate_rate", 1e6 / us, "1/s", NAN);
}

static void start(struct bench *b)
{
	struct utsname u;
	struct hl_oprf_scalar blind;

	must(hl_oprf_init());
	must(hl_oprf_key_new(&b->key, &b->pub));
	for (size_t i = 0; i < BATCH; i++) {
		must(hl_oprf_blind(
			HL_OPRF_MODE_OPRF, host, &blind, &b->request[i]));
	}
	for (size_t i = 0; i < ROWS; i++) {
		must(hl_oprf_element_of(HL_OPRF_MODE_OPRF,
			(struct hl_oprf_view){&i, sizeof(i)}, &b->c[i]));
		must(hl_oprf_evaluate(&b->key, &b->c[i], &b->d[i]));
	}
	run_blind(b);
	must(hl_oprf_evaluate(&b->key, &b->blinded, &b->evaluated));
	run_element(b);
	uname(&u);
	snprintf(b->machine, sizeof(b->machine), "%s, %ld cores", u.machine,
		sysconf(_SC_NPROCESSORS_ONLN));
}

int main(void)
{
	static struct bench b;

	start(&b);
	answers(&b);
	double finalize = measure(&b, run_finalize, 400, ROUNDS);
	print(&b, "client_finalize", finalize, "us", NAN);
	double blind = measure(&b, run_blind, 400, ROUNDS);
	print(&b, "client_blind", blind, "us", NAN);
	print(&b, "client_rate", 1e6 / (blind + finalize), "1/s", NAN);
	print(&b, "element_of_host", measure(&b, run_element, 1000, ROUNDS),
		"us", NAN);
	print(&b, "tag_and_row_key", measure(&b, run_tag, 400, ROUNDS), "us",
		NAN);
	print(&b, "prove_6000", measure(&b, run_prove, 1, 3) / 1e6, "s", NAN);
	print(&b, "verify_6000", measure(&b, run_verify, 1, 3) / 1e6, "s", NAN);
	return 0;
}
