/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/ring.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "accounts/apikey.h"
#include "base/time.h"

#define TAG "00112233445566778899aabbccddeeff"
#define NOW (INT64_C(1800000000) * HL_US_PER_S)

static struct hl_lookup_key key(int64_t id, int64_t rate)
{
	return (struct hl_lookup_key){.id = id,
		.hash = {(uint8_t)(id * 37)},
		.scopes = HL_API_MATCH,
		.rate = rate};
}

static struct hl_lookup_ring *ring_of(
	const struct hl_lookup_key *list, size_t n)
{
	const struct hl_lookup_keys keys = {TAG, list, n};
	struct hl_lookup_ring *r = NULL;

	assert_int_equal(0, hl_lookup_ring_new(&r, NULL));
	assert_int_equal(0, hl_lookup_ring_put(r, &keys, NULL));
	hl_lookup_ring_heard(r, NOW);
	return r;
}

static int find(struct hl_lookup_ring *r, const struct hl_lookup_key *k,
	int64_t now_us, struct hl_lookup_pass *pass)
{
	return hl_lookup_ring_find(r, k->hash, now_us, pass);
}

static void only_keys_on_it_are_found(void **state)
{
	const struct hl_lookup_key list[] = {
		key(5, 10), key(1, 20), key(4, 30)};
	const struct hl_lookup_key other = key(2, 1);
	struct hl_lookup_ring *r = ring_of(list, 3);
	struct hl_lookup_pass pass;
	char tag[HL_LOOKUP_TAG_TEXT];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(0, find(r, &list[i], NOW, &pass));
		assert_int_equal(list[i].id, pass.id);
		assert_int_equal(list[i].rate, pass.rate);
	}
	assert_int_equal(HL_NOTFOUND, find(r, &other, NOW, &pass));
	hl_lookup_ring_tag(r, tag);
	assert_string_equal(TAG, tag);
	hl_lookup_ring_free(r);
}

static void an_empty_ring_lets_nobody_in(void **state)
{
	const struct hl_lookup_key one = key(1, 1);
	struct hl_lookup_ring *r = NULL;
	struct hl_lookup_pass pass;
	char tag[HL_LOOKUP_TAG_TEXT];

	(void)state;
	assert_int_equal(0, hl_lookup_ring_new(&r, NULL));
	assert_int_equal(HL_NOTFOUND, find(r, &one, NOW, &pass));
	hl_lookup_ring_heard(r, NOW);
	assert_int_equal(HL_NOTFOUND, find(r, &one, NOW, &pass));
	hl_lookup_ring_tag(r, tag);
	assert_string_equal("", tag);
	hl_lookup_ring_free(r);
}

static void keys_end_and_are_forgotten(void **state)
{
	struct hl_lookup_key list[] = {key(1, 10), key(2, 10)};
	struct hl_lookup_pass pass;

	(void)state;
	list[0].until_us = NOW + HL_US_PER_S;
	struct hl_lookup_ring *r = ring_of(list, 2);
	assert_int_equal(0, find(r, &list[0], NOW, &pass));
	assert_int_equal(
		HL_NOTFOUND, find(r, &list[0], NOW + HL_US_PER_S, &pass));
	assert_int_equal(0, find(r, &list[1], NOW + HL_US_PER_DAY - 1, &pass));
	/* nobody was heard of for a day */
	assert_int_equal(
		HL_NOTFOUND, find(r, &list[1], NOW + HL_US_PER_DAY, &pass));
	hl_lookup_ring_free(r);
}

static void a_rate_is_kept(void **state)
{
	const struct hl_lookup_key slow = key(1, 10), fast = key(2, 100000);
	const struct hl_lookup_key list[] = {slow, fast};
	struct hl_lookup_ring *r = ring_of(list, 2);
	struct hl_lookup_pass pass;

	(void)state;
	assert_int_equal(0, find(r, &slow, NOW, &pass));
	assert_int_equal(0, hl_lookup_ring_take(r, &pass, 1000, NOW));
	assert_int_equal(1, hl_lookup_ring_take(r, &pass, 1, NOW));
	assert_int_equal(0, hl_lookup_ring_take(r, &pass, 1, NOW + 100001));
	assert_int_equal(
		100, hl_lookup_ring_take(r, &pass, 1000, NOW + 100001));
	assert_int_equal(0, find(r, &fast, NOW, &pass));
	assert_int_equal(0, hl_lookup_ring_take(r, &pass, 100000, NOW));
	assert_int_equal(1, hl_lookup_ring_take(r, &pass, 1000, NOW));
	assert_int_equal(
		0, hl_lookup_ring_take(r, &pass, 100000, NOW + HL_US_PER_S));
	hl_lookup_ring_free(r);
}

static void what_was_taken_stays_taken_when_keys_change(void **state)
{
	const struct hl_lookup_key before[] = {key(1, 10), key(2, 10)};
	const struct hl_lookup_key after[] = {
		key(3, 10), key(4, 10), key(1, 10)};
	const struct hl_lookup_keys changed = {TAG, after, 3};
	struct hl_lookup_ring *r = ring_of(before, 2);
	struct hl_lookup_pass pass;

	(void)state;
	assert_int_equal(0, find(r, &before[0], NOW, &pass));
	assert_int_equal(0, hl_lookup_ring_take(r, &pass, 1000, NOW));
	assert_int_equal(0, hl_lookup_ring_put(r, &changed, NULL));
	assert_int_equal(HL_NOTFOUND, find(r, &before[1], NOW, &pass));
	assert_int_equal(0, find(r, &before[0], NOW, &pass));
	assert_int_equal(1, hl_lookup_ring_take(r, &pass, 1, NOW));
	assert_int_equal(0, find(r, &after[1], NOW, &pass));
	assert_int_equal(0, hl_lookup_ring_take(r, &pass, 1000, NOW));
	hl_lookup_ring_free(r);
}

/* Ten a second: 1,000 are there at once, and 1,500 more take 150 s. */
static void what_is_owed_is_earned_first(void **state)
{
	const struct hl_lookup_key one = key(1, 10), other = key(2, 10);
	struct hl_lookup_ring *r = ring_of(&one, 1);
	const struct hl_lookup_keys next = {.list = &other, .n = 1};
	struct hl_lookup_pass pass, later;

	(void)state;
	assert_int_equal(0, find(r, &one, NOW, &pass));
	hl_lookup_ring_owe(r, &pass, 0, NOW);
	assert_int_equal(0, hl_lookup_ring_take(r, &pass, 20, NOW));
	hl_lookup_ring_owe(r, &pass, 2480, NOW);
	assert_int_equal(151, hl_lookup_ring_take(r, &pass, 1, NOW));
	assert_int_equal(151, hl_lookup_ring_take(r, &pass, 1, NOW));
	assert_int_equal(
		1, hl_lookup_ring_take(r, &pass, 1, NOW + 150 * HL_US_PER_S));
	assert_int_equal(
		0, hl_lookup_ring_take(r, &pass, 10, NOW + 151 * HL_US_PER_S));
	/* whoever has the slot after it owes nothing */
	assert_int_equal(0, hl_lookup_ring_put(r, &next, NULL));
	hl_lookup_ring_owe(r, &pass, 1000000, NOW);
	assert_int_equal(0, find(r, &other, NOW, &later));
	assert_int_equal(pass.slot, later.slot);
	assert_int_equal(0, hl_lookup_ring_take(r, &later, 1000, NOW));
	hl_lookup_ring_free(r);
}

/* The slowest key and the dearest picture there can be. */
static void the_largest_debt_is_a_debt(void **state)
{
	const struct hl_lookup_key one = key(1, 1);
	struct hl_lookup_ring *r = ring_of(&one, 1);
	struct hl_lookup_pass pass;

	(void)state;
	assert_int_equal(0, find(r, &one, NOW, &pass));
	hl_lookup_ring_owe(r, &pass, 2 * 3600 * 1000, NOW);
	assert_int_equal(2 * 3600 * 1000 - 1000 + 2,
		hl_lookup_ring_take(r, &pass, 1, NOW));
	hl_lookup_ring_free(r);
}

static void use_is_told_once_a_day(void **state)
{
	const struct hl_lookup_key list[] = {key(1, 10), key(2, 10)};
	const int64_t day = NOW / HL_US_PER_DAY;
	struct hl_lookup_ring *r = ring_of(list, 2);
	struct hl_lookup_pass pass;
	int64_t ids[4];

	(void)state;
	assert_int_equal(0, hl_lookup_ring_used(r, day, ids, 4));
	assert_int_equal(0, find(r, &list[1], NOW, &pass));
	assert_int_equal(0, find(r, &list[1], NOW, &pass));
	assert_int_equal(1, hl_lookup_ring_used(r, day, ids, 4));
	assert_int_equal(2, ids[0]);
	assert_int_equal(0, find(r, &list[1], NOW, &pass));
	assert_int_equal(0, hl_lookup_ring_used(r, day, ids, 4));
	assert_int_equal(0, hl_lookup_ring_used(r, day + 1, ids, 4));
	hl_lookup_ring_free(r);
}

struct taker {
	struct hl_lookup_ring *ring;
	struct hl_lookup_pass pass;
	int n;
};

static void *take_many(void *arg)
{
	struct taker *t = arg;

	for (int i = 0; i < 2000; i++) {
		t->n += !hl_lookup_ring_take(t->ring, &t->pass, 1, NOW);
	}
	return NULL;
}

static void threads_take_no_more_than_there_is(void **state)
{
	const struct hl_lookup_key one = key(1, 10);
	struct hl_lookup_ring *r = ring_of(&one, 1);
	struct taker takers[4];
	pthread_t threads[4];
	int n = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		takers[i] = (struct taker){.ring = r};
		assert_int_equal(0, find(r, &one, NOW, &takers[i].pass));
		assert_int_equal(0, pthread_create(&threads[i], NULL, take_many,
					    &takers[i]));
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		n += takers[i].n;
	}
	assert_int_equal(1000, n);
	hl_lookup_ring_free(r);
}

static void no_more_keys_than_there_may_be(void **state)
{
	static struct hl_lookup_key list[HL_ACCOUNTS_KEYS_MAX + 5];
	struct hl_lookup_pass pass;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(list); i++) {
		list[i] = key((int64_t)i + 1, 10);
		list[i].hash[1] = (uint8_t)(i >> 8);
		list[i].hash[2] = (uint8_t)i;
	}
	struct hl_lookup_ring *r = ring_of(list, HL_ARRAY_LEN(list));
	assert_int_equal(0, find(r, &list[999], NOW, &pass));
	assert_int_equal(HL_NOTFOUND, find(r, &list[1000], NOW, &pass));
	hl_lookup_ring_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_keys_on_it_are_found),
		cmocka_unit_test(an_empty_ring_lets_nobody_in),
		cmocka_unit_test(keys_end_and_are_forgotten),
		cmocka_unit_test(a_rate_is_kept),
		cmocka_unit_test(what_was_taken_stays_taken_when_keys_change),
		cmocka_unit_test(what_is_owed_is_earned_first),
		cmocka_unit_test(the_largest_debt_is_a_debt),
		cmocka_unit_test(use_is_told_once_a_day),
		cmocka_unit_test(threads_take_no_more_than_there_is),
		cmocka_unit_test(no_more_keys_than_there_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
