/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPU time of what a report costs in sealing, of its opening, and of a
 * log-in. One JSON line a measure; each is the median of several rounds. The
 * peer of a seal is libsodium's crypto_box_seal of the same bytes in the same
 * run, which neither labels nor pads (docs/adr/0011).
 */
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "seal/box.h"
#include "seal/receipt.h"
#include "seal/staffkey.h"

enum { ROUNDS = 9, TEXT = 1000 };

struct bench {
	struct hl_seal_pub pub;
	struct hl_seal_secret secret;
	struct hl_buf key, body, plain, peer;
	char text[TEXT];
	uint32_t mem_kib;
	char machine[128];
};

static const struct hl_seal_label label = {
	.kind = "report", .id = 4711, .field = "body", .schema = 1};

static void must(int r)
{
	if (r) {
		fprintf(stderr, "seal_bench: fault %d\n", r);
		abort();
	}
}

static void seal_report(struct bench *b)
{
	hl_buf_reset(&b->key);
	hl_buf_reset(&b->body);
	must(hl_seal_report(&b->pub, &label, hl_str_mem(b->text, TEXT), &b->key,
		&b->body, NULL));
}

static void open_report(struct bench *b)
{
	hl_buf_reset(&b->plain);
	must(hl_seal_report_open(&b->secret, &label, hl_buf_str(&b->key),
		hl_buf_str(&b->body), &b->plain, NULL));
}

static void peer_seal(struct bench *b)
{
	must(crypto_box_seal(
		(uint8_t *)b->peer.p, (uint8_t *)b->text, TEXT, b->pub.b));
}

static void peer_open(struct bench *b)
{
	must(crypto_box_seal_open((uint8_t *)b->plain.p, (uint8_t *)b->peer.p,
		TEXT + crypto_box_SEALBYTES, b->pub.b, b->secret.b));
}

/* All that the public process does for a report: receipt, look-up value,
 * mailbox key, seal. */
static void accept_report(struct bench *b)
{
	HL_SEAL_RECEIPT_AUTO r;
	struct hl_seal_pub mailbox;
	uint8_t lookup[HL_SEAL_LOOKUP_BYTES];

	hl_seal_receipt_new(&r);
	hl_seal_receipt_lookup(&r, lookup);
	hl_seal_receipt_mailbox(&r, &mailbox, NULL);
	seal_report(b);
}

static void log_in(struct bench *b)
{
	const struct hl_seal_cost cost = {
		.mem_kib = b->mem_kib, .passes = 2, .allow_weak = true};

	(void)hl_seal_staff_pretend(
		HL_STR("a long enough phrase"), &cost, NULL);
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

static double measure(struct bench *b, void (*run)(struct bench *), int times)
{
	double us[ROUNDS];

	run(b);
	for (int i = 0; i < ROUNDS; i++) {
		double from = cpu_us();

		for (int k = 0; k < times; k++) {
			run(b);
		}
		us[i] = (cpu_us() - from) / times;
	}
	qsort(us, ROUNDS, sizeof(us[0]), by_value);
	return us[ROUNDS / 2];
}

static void print(const struct bench *b, const char *name, double value,
	const char *unit, double peer)
{
	printf("{\"name\":\"%s\",\"value\":%.3g,\"unit\":\"%s\",", name, value,
		unit);
	if (isnan(peer)) {
		printf("\"peer\":null,\"ratio\":null");
	} else {
		printf("\"peer\":{\"name\":\"crypto_box_seal\",\"value\":%.3g},"
		       "\"ratio\":%.2f",
			peer, value / peer);
	}
	printf(",\"machine\":\"%s\"}\n", b->machine);
	fflush(stdout);
}

static void start(struct bench *b)
{
	struct utsname u;

	must(hl_seal_init(NULL));
	hl_seal_keypair_new(&b->pub, &b->secret);
	memset(b->text, 'x', sizeof(b->text));
	b->key = HL_BUF_INIT(4096);
	b->body = HL_BUF_INIT(4096);
	b->plain = HL_BUF_SECRET(4096);
	b->peer = HL_BUF_INIT(4096);
	if (!hl_buf_reserve(&b->peer, 4096) ||
		!hl_buf_reserve(&b->plain, 4096)) {
		abort();
	}
	uname(&u);
	snprintf(b->machine, sizeof(b->machine), "%s, %ld cores", u.machine,
		sysconf(_SC_NPROCESSORS_ONLN));
}

int main(void)
{
	static struct bench b;

	start(&b);
	double seal = measure(&b, peer_seal, 400);
	print(&b, "seal.report", measure(&b, seal_report, 400), "us", seal);
	seal = measure(&b, peer_open, 400);
	print(&b, "seal.report_open", measure(&b, open_report, 400), "us",
		seal);
	print(&b, "seal.report_and_receipt", measure(&b, accept_report, 400),
		"us", NAN);
	b.mem_kib = 65536;
	print(&b, "seal.login_64MiB_2", measure(&b, log_in, 1) / 1000, "ms",
		NAN);
	b.mem_kib = HL_SEAL_COST_MIN_KIB;
	print(&b, "seal.login_19MiB_2", measure(&b, log_in, 1) / 1000, "ms",
		NAN);
	hl_buf_fini(&b.key);
	hl_buf_fini(&b.body);
	hl_buf_fini(&b.plain);
	hl_buf_fini(&b.peer);
	return 0;
}
