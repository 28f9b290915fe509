/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every program that asks: what cannot be found out is clear,
 * and is counted; the pool is bounded and tells of everything once. */
#include "consume/pool.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

struct bench {
	struct hl_consume_judge judge;
	struct hl_consume_count count;
	struct hl_consume consume;
	struct hl_consume_decision says, confirms;
	int fault, confirm_fault;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool shut; /* confirm() waits while it is */
	size_t n_inside, n_told, n_hits, n_open;
	char client[32];
	uint64_t ids;
};

static int check(void *arg, struct hl_str url, struct hl_consume_decision *out)
{
	struct bench *b = arg;

	(void)url;
	*out = b->says;
	return b->fault;
}

static int confirm(void *arg, struct hl_str url,
	struct hl_consume_decision *out, struct hl_err *err)
{
	struct bench *b = arg;

	(void)url;
	pthread_mutex_lock(&b->lock);
	b->n_inside++;
	pthread_cond_broadcast(&b->changed);
	while (b->shut) {
		pthread_cond_wait(&b->changed, &b->lock);
	}
	*out = b->confirms;
	pthread_mutex_unlock(&b->lock);
	return b->confirm_fault ? HL_FAIL(err, b->confirm_fault, "nobody there")
				: 0;
}

static void hit(
	void *arg, const struct hl_consume_decision *d, struct hl_str client)
{
	struct bench *b = arg;

	assert_int_equal(HL_CONSUME_LISTED, d->what);
	pthread_mutex_lock(&b->lock);
	b->n_hits++;
	memcpy(b->client, client.p ? client.p : "", client.n);
	b->client[client.n] = '\0';
	pthread_mutex_unlock(&b->lock);
}

static void told(
	void *arg, uint64_t id, const struct hl_consume_decision *decision)
{
	struct bench *b = arg;

	pthread_mutex_lock(&b->lock);
	b->n_told++;
	b->ids |= UINT64_C(1) << id;
	b->n_open += decision->open;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static void set_up(struct bench *b)
{
	*b = (struct bench){.judge = {b, check, confirm}, .count = {b, hit}};
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
	b->consume.judge = &b->judge;
	b->consume.count = &b->count;
}

/* Nothing is counted as a hit or as open; what fails goes on to be asked. */
static void any_blocks_nobody(void **state)
{
	static const struct {
		const char *name;
		enum hl_consume_what says;
		int fault;
		enum hl_consume_what what;
	} rows[] = {
		{"clear", HL_CONSUME_CLEAR, 0, HL_CONSUME_CLEAR},
		{"listed", HL_CONSUME_LISTED, 0, HL_CONSUME_LISTED},
		{"unreadable", HL_CONSUME_UNREADABLE, 0, HL_CONSUME_UNREADABLE},
		{"fault", HL_CONSUME_CLEAR, HL_E_IO, HL_CONSUME_LISTED},
		{"unsure", HL_CONSUME_UNSURE, 0, HL_CONSUME_LISTED},
		{"nonsense", (enum hl_consume_what)77, 0, HL_CONSUME_LISTED},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const struct hl_consume_question q = {
			.url = HL_STR("http://example.org/"), .any = true};
		struct hl_consume_decision d;
		struct bench b;

		set_up(&b);
		b.says.what = rows[i].says;
		b.fault = rows[i].fault;
		if (hl_consume_check(&b.consume, &q, &d) == HL_CONSUME_UNSURE) {
			b.confirm_fault = HL_E_UNAVAILABLE;
			hl_consume_confirm(&b.consume, &q, &d);
			assert_int_equal(rows[i].what, d.what);
			d.what = HL_CONSUME_UNSURE;
			hl_consume_settle(&b.consume, &q, &d);
		}
		if (d.what != rows[i].what) {
			fail_msg("%s: %d", rows[i].name, (int)d.what);
		}
		assert_int_equal(0, b.n_hits);
		assert_int_equal(0, b.consume.n_listed);
		assert_int_equal(0, b.consume.n_open);
	}
}

static void answers(void **state)
{
	static const struct {
		const char *name;
		struct hl_consume_decision says;
		int fault;
		enum hl_consume_what what;
		bool open;
		size_t n_hits;
	} rows[] = {
		{"clear", {.what = HL_CONSUME_CLEAR}, 0, HL_CONSUME_CLEAR,
			false, 0},
		{"listed", {.what = HL_CONSUME_LISTED, .entry = 7}, 0,
			HL_CONSUME_LISTED, false, 1},
		{"unreadable", {.what = HL_CONSUME_UNREADABLE}, 0,
			HL_CONSUME_UNREADABLE, false, 0},
		{"unsure", {.what = HL_CONSUME_UNSURE}, 0, HL_CONSUME_UNSURE,
			false, 0},
		{"fault", {.what = HL_CONSUME_LISTED}, HL_E_IO,
			HL_CONSUME_CLEAR, true, 0},
		{"nonsense", {.what = (enum hl_consume_what)77}, 0,
			HL_CONSUME_CLEAR, true, 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_consume_decision d;
		struct bench b;

		set_up(&b);
		b.says = rows[i].says;
		b.fault = rows[i].fault;
		enum hl_consume_what what = hl_consume_check(&b.consume,
			&(struct hl_consume_question){
				HL_STR("http://example.org/"),
				HL_STR("192.0.2.1"), false, false},
			&d);
		if (what != rows[i].what || d.what != what ||
			d.open != rows[i].open || b.n_hits != rows[i].n_hits ||
			b.consume.n_open != rows[i].open) {
			fail_msg("row %s", rows[i].name);
		}
	}
}

static void what_cannot_be_confirmed_is_open(void **state)
{
	static const struct {
		const char *name;
		struct hl_consume_decision says;
		int fault;
		enum hl_consume_what what;
		bool open;
	} rows[] = {
		{"listed", {.what = HL_CONSUME_LISTED}, 0, HL_CONSUME_LISTED,
			false},
		{"clear", {.what = HL_CONSUME_CLEAR}, 0, HL_CONSUME_CLEAR,
			false},
		{"fault", {.what = HL_CONSUME_LISTED}, HL_E_UNAVAILABLE,
			HL_CONSUME_CLEAR, true},
		{"still unsure", {.what = HL_CONSUME_UNSURE}, 0,
			HL_CONSUME_CLEAR, true},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_consume_decision d;
		struct bench b;

		set_up(&b);
		b.confirms = rows[i].says;
		b.confirm_fault = rows[i].fault;
		hl_consume_confirm(&b.consume,
			&(struct hl_consume_question){
				HL_STR("http://example.org/"),
				HL_STR("192.0.2.9"), false, false},
			&d);
		if (d.what != rows[i].what || d.open != rows[i].open ||
			b.consume.n_confirm != 1) {
			fail_msg("row %s", rows[i].name);
		}
		if (d.what == HL_CONSUME_LISTED) {
			assert_string_equal("192.0.2.9", b.client);
		}
	}
}

static void put(struct hl_consume_pool *p, struct bench *b, uint64_t id)
{
	hl_consume_pool_put(p,
		&(struct hl_consume_question){HL_STR("http://example.org/"),
			HL_STR_NONE, false, false},
		(struct hl_consume_teller){told, b, id, false});
}

static void wait_inside(struct bench *b, size_t n)
{
	pthread_mutex_lock(&b->lock);
	while (b->n_inside < n) {
		pthread_cond_wait(&b->changed, &b->lock);
	}
	pthread_mutex_unlock(&b->lock);
}

static void open_up(struct bench *b)
{
	pthread_mutex_lock(&b->lock);
	b->shut = false;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

/* Two are asked about, three wait, and for the sixth there is no room. */
static void a_full_pool_lets_through(void **state)
{
	struct hl_consume_pool *p;
	struct bench b;

	(void)state;
	set_up(&b);
	b.shut = true;
	b.confirms.what = HL_CONSUME_LISTED;
	const struct hl_consume_pool_config config = {&b.consume, 2, 3};
	assert_int_equal(0, hl_consume_pool_new(&config, &p, NULL));
	put(p, &b, 0);
	put(p, &b, 1);
	wait_inside(&b, 2);
	for (uint64_t id = 2; id < 6; id++) {
		put(p, &b, id);
	}
	assert_int_equal(1, b.n_told);
	assert_int_equal(1 << 5, b.ids);
	assert_int_equal(1, b.n_open);
	open_up(&b);
	hl_consume_pool_drain(p);
	assert_int_equal(6, b.n_told);
	assert_int_equal(63, b.ids);
	assert_int_equal(1, b.n_open);
	assert_int_equal(5, b.n_hits);
	hl_consume_pool_free(p);
}

static void *end(void *arg)
{
	hl_consume_pool_free(arg);
	return NULL;
}

/* Nobody is left without an answer when it ends. */
static void what_waits_at_the_end_is_let_through(void **state)
{
	struct hl_consume_pool *p;
	pthread_t ending;
	struct bench b;

	(void)state;
	set_up(&b);
	b.shut = true;
	b.confirms.what = HL_CONSUME_LISTED;
	const struct hl_consume_pool_config config = {&b.consume, 1, 8};
	assert_int_equal(0, hl_consume_pool_new(&config, &p, NULL));
	put(p, &b, 0);
	wait_inside(&b, 1);
	put(p, &b, 1);
	put(p, &b, 2);
	assert_int_equal(0, pthread_create(&ending, NULL, end, p));
	open_up(&b);
	pthread_join(ending, NULL);
	assert_int_equal(3, b.n_told);
	assert_int_equal(7, b.ids);
	assert_int_equal(3, b.n_open + b.n_hits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(any_blocks_nobody),
		cmocka_unit_test(what_cannot_be_confirmed_is_open),
		cmocka_unit_test(a_full_pool_lets_through),
		cmocka_unit_test(what_waits_at_the_end_is_let_through),
	};

	return cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
