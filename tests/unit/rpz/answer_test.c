/* SPDX-License-Identifier: Apache-2.0 */
#include "rpz/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "ask.h"

static const struct hl_rpz_key wrong_secret = {.name = HL_STR_INIT(KEY_NAME),
	.alg = HL_RPZ_SHA256,
	.secret = HL_STR_INIT("another secret of 32 bytes......")};
static const struct hl_rpz_key wrong_alg = {.name = HL_STR_INIT(KEY_NAME),
	.alg = HL_RPZ_SHA512,
	.secret = HL_STR_INIT("0123456789abcdef0123456789abcdef")};
static const struct hl_rpz_key unknown = {.name = HL_STR_INIT("no.example"),
	.alg = HL_RPZ_SHA256,
	.secret = HL_STR_INIT("0123456789abcdef0123456789abcdef")};
static const struct hl_rpz_key other = {.name = HL_STR_INIT("two.key.example"),
	.alg = HL_RPZ_SHA512,
	.secret = HL_STR_INIT("0123456789abcdef0123456789abcdef")};

/* Two consumers; the second has a zone of the first's name and others. */
struct fixture {
	struct hl_rpz_table table;
	struct hl_rpz_zone *mine, *theirs;
	uint8_t out[65535];
	size_t n;
	struct hl_rpz_xfer xfer;
	struct hl_rpz_msg m;
	bool known;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct hl_rpz_zone_conf c;

	assert_non_null(f);
	hl_rpz_table_init(&f->table);
	f->mine = test_zone();
	hl_rpz_zone_conf_init(&c);
	c.origin = HL_STR("other.example");
	c.keys = &other;
	c.n_keys = 1;
	assert_int_equal(0, hl_rpz_zone_new(&c, &f->theirs, NULL));
	assert_int_equal(0, hl_rpz_table_add(&f->table, f->mine, NULL));
	assert_int_equal(0, hl_rpz_table_add(&f->table, f->theirs, NULL));
	assert_int_equal(0, test_set(f->mine, 3, 10));
	assert_int_equal(0, test_set(f->mine, 4, 11));
	assert_int_equal(0, test_set(f->theirs, 1, 1));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	hl_rpz_table_fini(&f->table);
	hl_rpz_zone_free(f->mine);
	hl_rpz_zone_free(f->theirs);
	free(f);
	return 0;
}

static enum hl_rpz_reply give(
	struct fixture *f, const uint8_t *p, size_t n, bool tcp)
{
	struct hl_rpz_out o = {.p = f->out, .max = sizeof(f->out)};
	struct hl_rpz_asker who = {.tcp = tcp, .now_s = NOW_S};
	struct hl_rpz_msg q;
	int form = hl_rpz_msg_read(p, n, &q);
	enum hl_rpz_reply reply;

	if (form > 0) {
		return HL_RPZ_SILENCE;
	}
	reply = form ? hl_rpz_answer_malformed(&f->table, &q, &o)
		     : hl_rpz_answer(&f->table, &who, &q, &o, &f->xfer);
	f->n = o.n;
	f->known = who.known != NULL;
	if (reply == HL_RPZ_MESSAGE) {
		int r = hl_rpz_msg_read(f->out, o.n, &f->m);

		assert_true(r == 0 || (form && r == HL_E_INVALID));
		assert_true(f->m.flags & HL_RPZ_FLAG_QR);
	}
	return reply;
}

/* Signed: 's'; with an error and not signed: 'e'; without TSIG: '-'. */
static char signature(const struct fixture *f, struct hl_rpz_chain *chain)
{
	if (!f->m.tsig.present) {
		return '-';
	}
	if (f->m.tsig.n_mac == 0) {
		return f->m.tsig.error ? 'e' : '?';
	}
	/* an answer with BADTIME has the question's time and its own */
	int r = hl_rpz_verify(chain, &f->m, f->m.tsig.signed_s);
	return r ? '!' : 's';
}

static const struct {
	const char *what;
	struct test_question q;
	bool tcp;
	unsigned rcode;
	char signature;
	uint16_t error;
	uint16_t answers;
} rows[] = {
	{"SOA", {.type = HL_RPZ_SOA, .key = &test_key}, false, 0, 's', 0, 1},
	{"SOA by TCP", {.type = HL_RPZ_SOA, .key = &test_key}, true, 0, 's', 0,
		1},
	{"SOA with EDNS", {.type = HL_RPZ_SOA, .key = &test_key, .edns = true},
		false, 0, 's', 0, 1},
	{"IXFR by UDP",
		{.type = HL_RPZ_IXFR,
			.key = &test_key,
			.has_serial = true,
			.serial = 10},
		false, 0, 's', 0, 1},
	{"IXFR, nothing new",
		{.type = HL_RPZ_IXFR,
			.key = &test_key,
			.has_serial = true,
			.serial = 11},
		true, 0, 's', 0, 1},
	{"IXFR from ahead",
		{.type = HL_RPZ_IXFR,
			.key = &test_key,
			.has_serial = true,
			.serial = 12},
		true, 0, 's', 0, 1},
	{"IXFR without a serial", {.type = HL_RPZ_IXFR, .key = &test_key}, true,
		HL_RPZ_RCODE_FORMERR, 's', 0, 0},
	{"AXFR by UDP", {.type = HL_RPZ_AXFR, .key = &test_key}, false,
		HL_RPZ_RCODE_REFUSED, 's', 0, 0},
	{"no key", {.type = HL_RPZ_SOA}, false, HL_RPZ_RCODE_REFUSED, '-', 0,
		0},
	{"no key, AXFR", {.type = HL_RPZ_AXFR}, true, HL_RPZ_RCODE_REFUSED, '-',
		0, 0},
	{"unknown key", {.type = HL_RPZ_AXFR, .key = &unknown}, true,
		HL_RPZ_RCODE_NOTAUTH, 'e', HL_RPZ_BADKEY, 0},
	{"another algorithm", {.type = HL_RPZ_AXFR, .key = &wrong_alg}, true,
		HL_RPZ_RCODE_NOTAUTH, 'e', HL_RPZ_BADKEY, 0},
	{"wrong secret", {.type = HL_RPZ_AXFR, .key = &wrong_secret}, true,
		HL_RPZ_RCODE_NOTAUTH, 'e', HL_RPZ_BADSIG, 0},
	{"too early",
		{.type = HL_RPZ_AXFR, .key = &test_key, .at_s = NOW_S + 301},
		true, HL_RPZ_RCODE_NOTAUTH, 's', HL_RPZ_BADTIME, 0},
	{"too late",
		{.type = HL_RPZ_AXFR, .key = &test_key, .at_s = NOW_S - 301},
		true, HL_RPZ_RCODE_NOTAUTH, 's', HL_RPZ_BADTIME, 0},
	{"just in time",
		{.type = HL_RPZ_SOA, .key = &test_key, .at_s = NOW_S - 300},
		true, 0, 's', 0, 1},
	{"a zone of another",
		{.name = "other.example",
			.type = HL_RPZ_AXFR,
			.key = &test_key},
		true, HL_RPZ_RCODE_REFUSED, 's', 0, 0},
	{"mine with their key", {.type = HL_RPZ_AXFR, .key = &other}, true,
		HL_RPZ_RCODE_REFUSED, 's', 0, 0},
	{"a zone that is not",
		{.name = "no.example", .type = HL_RPZ_SOA, .key = &test_key},
		true, HL_RPZ_RCODE_REFUSED, 's', 0, 0},
	{"a listed name",
		{.name = "n1.example." ORIGIN, .type = 1, .key = &test_key},
		false, HL_RPZ_RCODE_REFUSED, 's', 0, 0},
	{"NS", {.type = HL_RPZ_NS, .key = &test_key}, false,
		HL_RPZ_RCODE_REFUSED, 's', 0, 0},
	{"ANY", {.type = 255, .key = &test_key}, false, HL_RPZ_RCODE_REFUSED,
		's', 0, 0},
	{"an update", {.type = HL_RPZ_SOA, .key = &test_key, .flags = 5 << 11},
		false, HL_RPZ_RCODE_NOTIMP, 's', 0, 0},
	{"a notice", {.type = HL_RPZ_SOA, .flags = 4 << 11}, false,
		HL_RPZ_RCODE_NOTIMP, '-', 0, 0},
	{"EDNS 1",
		{.type = HL_RPZ_SOA,
			.key = &test_key,
			.edns = true,
			.edns_version = 1},
		false, 0 /* the upper bits are in OPT */, 's', 0, 0},
};

static void each_question_gets_its_answer(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint8_t p[1024];
		struct hl_rpz_chain chain;
		size_t n = test_ask(&rows[i].q, p, &chain);
		enum hl_rpz_reply reply = give(f, p, n, rows[i].tcp);
		char sig = signature(f, &chain);

		if (reply != HL_RPZ_MESSAGE || f->m.rcode != rows[i].rcode ||
			sig != rows[i].signature ||
			(f->m.tsig.present &&
				f->m.tsig.error != rows[i].error) ||
			(f->out[6] << 8 | f->out[7]) != rows[i].answers ||
			f->m.has_edns != rows[i].q.edns || f->m.id != 0x1234) {
			fail_msg("%s: reply %d rcode %d signature %c error %d "
				 "answers %d",
				rows[i].what, (int)reply, f->m.rcode, sig,
				f->m.tsig.error, f->out[7]);
		}
		/* nothing but an answer with records counts as known */
		assert_int_equal(
			f->known, rows[i].answers || rows[i].rcode == 1);
	}
}

static void bad_time_tells_the_time(void **state)
{
	struct fixture *f = *state;
	struct test_question q = {
		.type = HL_RPZ_SOA, .key = &test_key, .at_s = NOW_S + 1000};
	struct hl_rpz_chain chain;
	uint8_t p[1024];

	assert_int_equal(
		HL_RPZ_MESSAGE, give(f, p, test_ask(&q, p, &chain), false));
	assert_int_equal(NOW_S + 1000, f->m.tsig.signed_s);
	assert_int_equal(6, f->m.tsig.n_other);
	assert_int_equal(NOW_S & 0xff, f->m.tsig.other[5]);
}

/* A set that was withdrawn: secondaries must not go on from it. */
static void without_a_set_there_is_servfail(void **state)
{
	struct fixture *f = *state;
	struct test_question q = {.type = HL_RPZ_SOA, .key = &test_key};
	struct hl_rpz_chain chain;
	uint8_t p[1024];

	hl_rpz_zone_clear(f->mine);
	assert_int_equal(
		HL_RPZ_MESSAGE, give(f, p, test_ask(&q, p, &chain), false));
	assert_int_equal(HL_RPZ_RCODE_SERVFAIL, f->m.rcode);
	assert_int_equal('s', signature(f, &chain));
}

static void a_zone_that_is_gone_has_no_key(void **state)
{
	struct fixture *f = *state;
	struct test_question q = {.type = HL_RPZ_SOA, .key = &test_key};
	struct hl_rpz_chain chain;
	uint8_t p[1024];

	f->mine->gone = true;
	assert_int_equal(
		HL_RPZ_MESSAGE, give(f, p, test_ask(&q, p, &chain), false));
	assert_int_equal(HL_RPZ_RCODE_NOTAUTH, f->m.rcode);
	assert_int_equal(HL_RPZ_BADKEY, f->m.tsig.error);
	assert_int_equal(
		HL_CONFLICT, hl_rpz_table_add(&f->table, f->mine, NULL));
	hl_rpz_table_reap(&f->table);
	assert_int_equal(1, f->table.n);
}

static void only_allowed_addresses_may_ask(void **state)
{
	struct fixture *f = *state;
	struct test_question q = {.type = HL_RPZ_SOA, .key = &test_key};
	struct hl_rpz_chain chain;
	uint8_t p[1024];

	f->mine->n_allow = 1;
	assert_int_equal(0, hl_net_prefix_parse(HL_STR("192.0.2.0/24"),
				    &f->mine->allow[0]));
	assert_int_equal(
		HL_RPZ_MESSAGE, give(f, p, test_ask(&q, p, &chain), false));
	assert_int_equal(HL_RPZ_RCODE_REFUSED, f->m.rcode);
}

/* Every single byte flipped: no records, nobody known, and no crash. */
static void nothing_that_was_changed_is_answered(void **state)
{
	struct fixture *f = *state;
	struct test_question q = {.type = HL_RPZ_IXFR,
		.key = &test_key,
		.has_serial = true,
		.serial = 10,
		.edns = true};
	struct hl_rpz_chain chain;
	uint8_t p[1024];
	size_t n = test_ask(&q, p, &chain);

	for (size_t i = 2; i < n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			p[i] ^= (uint8_t)(1 << bit);
			enum hl_rpz_reply reply = give(f, p, n, true);
			/* the case of the key's and the algorithm's name is
			 * not signed, nor is the original id apart */
			bool same = bit == 5 && reply == HL_RPZ_TRANSFER;

			if (reply == HL_RPZ_TRANSFER) {
				hl_rpz_xfer_fini(&f->xfer);
			} else {
				assert_false(f->known);
			}
			if (reply == HL_RPZ_TRANSFER && !same) {
				fail_msg("byte %zu, bit %d", i, bit);
			}
			p[i] ^= (uint8_t)(1 << bit);
		}
	}
}

static void cut_messages_are_malformed(void **state)
{
	struct fixture *f = *state;
	struct test_question q = {.type = HL_RPZ_SOA, .key = &test_key};
	struct hl_rpz_chain chain;
	uint8_t p[1024];
	size_t n = test_ask(&q, p, &chain);

	for (size_t i = 0; i < n; i++) {
		enum hl_rpz_reply reply = give(f, p, i, true);

		if (i < HL_RPZ_HEAD) {
			assert_int_equal(HL_RPZ_SILENCE, reply);
			continue;
		}
		assert_int_equal(HL_RPZ_MESSAGE, reply);
		assert_int_equal(HL_RPZ_RCODE_FORMERR, f->out[3] & 15);
	}
	/* and with something behind it */
	p[n] = 0;
	assert_int_equal(HL_RPZ_MESSAGE, give(f, p, n + 1, true));
	assert_int_equal(HL_RPZ_RCODE_FORMERR, f->out[3] & 15);
}

static void answers_are_not_answered(void **state)
{
	struct fixture *f = *state;
	struct test_question q = {.type = HL_RPZ_SOA, .flags = 0x8000};
	struct hl_rpz_chain chain;
	uint8_t p[1024];

	assert_int_equal(
		HL_RPZ_SILENCE, give(f, p, test_ask(&q, p, &chain), false));
	/* malformed ones neither */
	assert_int_equal(HL_RPZ_SILENCE, give(f, p, 20, false));
}

/* -- transfers -- */

struct tally {
	size_t messages, soa, cname, bytes;
};

/* Takes a whole transfer and checks every signature of it. */
static struct tally take(struct fixture *f, struct hl_rpz_chain *chain)
{
	struct tally t = {0};
	bool over = false;

	while (!over) {
		struct hl_rpz_out o = {.p = f->out, .max = HL_RPZ_XFER_MESSAGE};

		over = hl_rpz_xfer_next(&f->xfer, NOW_S, &o);
		assert_false(o.over);
		assert_int_equal(0, hl_rpz_msg_read(o.p, o.n, &f->m));
		assert_int_equal(0, hl_rpz_verify(chain, &f->m, NOW_S));
		chain->began = true;
		t.messages++;
		t.bytes += o.n;
		t.cname += (size_t)(o.p[6] << 8 | o.p[7]);
	}
	hl_rpz_xfer_fini(&f->xfer);
	return t;
}

static struct tally transfer(struct fixture *f, struct test_question q)
{
	struct hl_rpz_chain chain;
	uint8_t p[1024];
	size_t n = test_ask(&q, p, &chain);

	assert_int_equal(HL_RPZ_TRANSFER, give(f, p, n, true));
	assert_true(f->known);
	return take(f, &chain);
}

static void transfers_have_every_record(void **state)
{
	struct fixture *f = *state;
	struct test_question axfr = {.type = HL_RPZ_AXFR, .key = &test_key};
	struct test_question ixfr = {.type = HL_RPZ_IXFR,
		.key = &test_key,
		.has_serial = true,
		.serial = 10};

	/* SOA, NS, two of each name, SOA */
	assert_int_equal(3 + 2 * 4, transfer(f, axfr).cname);
	/* SOA, SOA 10, nothing, SOA 11, one name, SOA */
	assert_int_equal(4 + 2 * 1, transfer(f, ixfr).cname);
	/* a serial that is in no history */
	ixfr.serial = 9;
	assert_int_equal(3 + 2 * 4, transfer(f, ixfr).cname);
	axfr.edns = true;
	assert_int_equal(3 + 2 * 4, transfer(f, axfr).cname);
	assert_int_equal(0, test_set(f->mine, 0, 12));
	assert_int_equal(3, transfer(f, axfr).cname);
}

/* Several differences in one answer, over several messages. */
static void long_transfers_are_signed_throughout(void **state)
{
	struct fixture *f = *state;
	struct test_question q = {.type = HL_RPZ_AXFR, .key = &test_key};
	struct tally t;

	assert_int_equal(0, test_set(f->mine, 20000, 20));
	assert_int_equal(0, test_set(f->mine, 22000, 21));
	assert_int_equal(0, test_set(f->mine, 21000, 22));
	t = transfer(f, q);
	assert_int_equal(3 + 2 * 21000, t.cname);
	assert_true(t.messages > 30);
	q = (struct test_question){.type = HL_RPZ_IXFR,
		.key = &test_key,
		.has_serial = true,
		.serial = 20};
	t = transfer(f, q);
	assert_int_equal(2 + 2 * 2 + 2 * 3000, t.cname);
	assert_true(t.messages > 3);
}

/* What a transfer began with, it ends with. */
static void a_change_does_not_touch_a_transfer(void **state)
{
	struct fixture *f = *state;
	struct test_question q = {.type = HL_RPZ_AXFR, .key = &test_key};
	struct hl_rpz_chain chain;
	uint8_t p[1024];

	assert_int_equal(0, test_set(f->mine, 20000, 20));
	assert_int_equal(
		HL_RPZ_TRANSFER, give(f, p, test_ask(&q, p, &chain), true));
	assert_int_equal(0, test_set(f->mine, 1, 21));
	assert_int_equal(0, test_set(f->mine, 2, 22));
	hl_rpz_zone_clear(f->mine);
	assert_int_equal(3 + 2 * 20000, take(f, &chain).cname);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(each_question_gets_its_answer),
		CASE(bad_time_tells_the_time),
		CASE(without_a_set_there_is_servfail),
		CASE(a_zone_that_is_gone_has_no_key),
		CASE(only_allowed_addresses_may_ask),
		CASE(nothing_that_was_changed_is_answered),
		CASE(cut_messages_are_malformed),
		CASE(answers_are_not_answered),
		CASE(transfers_have_every_record),
		CASE(long_transfers_are_signed_throughout),
		CASE(a_change_does_not_touch_a_transfer),
	};

	return cmocka_run_group_tests_name("rpz/answer", tests, NULL, NULL);
}
