/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Clause 4's attacks, one by one. After each the list that was there still
 * answers, and what a hotline says rightly is taken. */

enum { ONLINE = 7 };

struct held {
	struct world *w;
	struct hl_urls_list *list;
	struct hl_urls_reader *reader;
};

static struct held hold(void)
{
	struct held h = {world_new(0), NULL, NULL};

	for (int i = 0; i < 5; i++) {
		world_put(h.w, "one.example.org", "/", 4, 1);
		world_publish(h.w);
		h.w->now += 60;
	}
	h.list = world_keep(h.w, 0);
	assert_int_equal(0, hl_urls_reader_new(h.list, &h.reader, NULL));
	return h;
}

static void let_go(struct held *h)
{
	hl_urls_reader_free(h->reader);
	hl_urls_close(h->list);
	world_free(h->w);
}

static void still(struct held *h, uint64_t version)
{
	struct hl_urls_decision d =
		world_check(h->w, h->reader, "http://one.example.org/x");

	assert_int_equal(HL_URLS_LISTED, d.verdict);
	assert_int_equal(version, d.version);
}

/* The manifest as it is now is refused, and counted as an alarm. */
static void refused(struct held *h, int code)
{
	struct hl_urls_wanted wanted;
	uint64_t version = world_stats(h->w, h->list).version;

	assert_int_equal(code, world_look(h->w, h->list, &wanted));
	assert_int_equal(-code, world_stats(h->w, h->list).alarm);
	assert_int_equal(
		HL_URLS_E_STATE, hl_urls_take(h->list, h->w->list.p,
					 h->w->list.n, h->w->now, NULL));
	still(h, version);
}

static void goes_on(struct held *h)
{
	world_publish(h->w);
	assert_int_equal(0, world_follow(h->w, h->list));
	assert_int_equal(0, world_stats(h->w, h->list).alarm);
	still(h, h->w->head.version);
}

static void rollback(void **state)
{
	struct held h = hold();
	struct hl_urls_manifest now;

	h.w->manifest.n_deltas = 0;
	now = h.w->manifest;
	h.w->manifest.version--;
	world_sign(h.w);
	refused(&h, HL_URLS_E_ROLLBACK);
	/* A greater number with an older time. */
	h.w->manifest = now;
	h.w->manifest.version++;
	h.w->manifest.made--;
	h.w->manifest.expires--;
	world_sign(h.w);
	refused(&h, HL_URLS_E_ROLLBACK);
	/* The same number for something else. */
	h.w->manifest = now;
	h.w->manifest.wait_s++;
	world_sign(h.w);
	refused(&h, HL_URLS_E_FORGED);
	/* Not what follows. */
	h.w->manifest = now;
	h.w->manifest.version++;
	h.w->manifest.previous[3] ^= 1;
	world_sign(h.w);
	refused(&h, HL_URLS_E_FORGED);
	/* What is there is nothing new. */
	h.w->manifest = now;
	h.w->manifest.n_deltas = 1;
	world_sign(h.w);
	assert_int_equal(HL_URLS_NOTFOUND, world_follow(h.w, h.list));
	goes_on(&h);
	let_go(&h);
}

/* An older list, or one of another consumer, under the new manifest. */
static void files_of_others(void **state)
{
	struct held h = hold();
	struct hl_urls_wanted wanted;
	struct world *w = h.w;

	world_put(w, "two.example.org", "/", 4, 2);
	world_publish(w);
	assert_int_equal(0, world_look(w, h.list, &wanted));
	assert_true(wanted.is_delta);
	assert_int_equal(wanted.from, 5);
	assert_int_equal(wanted.bytes, w->delta.n);
	/* A delta that is altered, cut off, or none. */
	for (size_t i = 0; i < w->delta.n; i++) {
		w->delta.p[i] ^= 1;
		assert_int_equal(
			HL_URLS_E_FORGED, hl_urls_take(h.list, w->delta.p,
						  w->delta.n, w->now, NULL));
		w->delta.p[i] ^= 1;
	}
	assert_int_equal(HL_URLS_E_FORGED,
		hl_urls_take(h.list, w->delta.p, w->delta.n - 1, w->now, NULL));
	assert_int_equal(
		HL_URLS_E_FORGED, hl_urls_take(h.list, NULL, 0, w->now, NULL));
	still(&h, 5);
	/* So the list itself: the one before, cut off, altered. */
	assert_int_equal(0, hl_urls_whole(h.list, &wanted));
	assert_false(wanted.is_delta);
	assert_int_equal(HL_URLS_E_FORGED,
		hl_urls_take(h.list, w->before.p, w->before.n, w->now, NULL));
	for (size_t i = 0; i < w->list.n; i += 7) {
		w->list.p[i] ^= 4;
		assert_true(hl_urls_take(h.list, w->list.p, w->list.n, w->now,
				    NULL) <= HL_URLS_E_FORM);
		w->list.p[i] ^= 4;
	}
	for (size_t n = 0; n < w->list.n; n += 11) {
		assert_int_equal(HL_URLS_E_FORGED,
			hl_urls_take(h.list, w->list.p, n, w->now, NULL));
	}
	still(&h, 5);
	assert_int_equal(0, world_take(w, h.list, &wanted));
	still(&h, 6);
	let_go(&h);
}

/* Signed by the hotline, and yet not the list that the manifest says. */
static void header_says_otherwise(void **state)
{
	struct held h = hold();
	struct hl_urls_wanted wanted;
	struct hl_urls_manifest now;

	world_publish(h.w);
	now = h.w->manifest;
	for (int i = 0; i < 4; i++) {
		h.w->manifest = now;
		h.w->manifest.n_deltas = 0;
		h.w->manifest.version += i == 0;
		h.w->manifest.epoch += i == 1;
		h.w->manifest.tier ^= i == 2;
		h.w->manifest.list_root[5] ^= i == 3;
		world_sign(h.w);
		assert_int_equal(0, world_look(h.w, h.list, &wanted));
		assert_int_equal(
			HL_URLS_E_FORGED, world_take(h.w, h.list, &wanted));
		still(&h, 5);
	}
	let_go(&h);
}

static void mix_of_consumers(void **state)
{
	struct held h = hold();
	struct hl_urls_manifest now;

	world_publish(h.w);
	now = h.w->manifest;
	h.w->manifest.consumer++;
	world_sign(h.w);
	refused(&h, HL_URLS_E_OTHER);
	assert_int_equal(-HL_URLS_E_OTHER, world_stats(h.w, h.list).alarm);
	/* told only of what the hotline did sign */
	h.w->signers[0] = 1u << 8;
	world_sign(h.w);
	refused(&h, HL_URLS_E_FORGED);
	h.w->signers[0] = 1u << ONLINE;
	h.w->manifest.root++;
	world_sign(h.w);
	refused(&h, HL_URLS_E_FORGED);
	h.w->manifest = now;
	h.w->manifest.hotline[0] ^= 1;
	world_sign(h.w);
	refused(&h, HL_URLS_E_FORGED);
	h.w->manifest = now;
	world_sign(h.w);
	assert_int_equal(0, world_follow(h.w, h.list));
	let_go(&h);
}

static void who_signs(void **state)
{
	struct held h = hold();
	struct hl_buf *text = &h.w->manifest_text;

	world_publish(h.w);
	h.w->signers[0] = 1u << 8; /* no key of the root */
	world_sign(h.w);
	refused(&h, HL_URLS_E_FORGED);
	h.w->signers[0] = 7; /* root keys are not online keys */
	world_sign(h.w);
	refused(&h, HL_URLS_E_FORGED);
	h.w->signers[0] = 1u << ONLINE | 1u << 8; /* one is enough */
	world_sign(h.w);
	for (size_t i = 0; i < text->n; i++) {
		struct hl_urls_wanted wanted;
		bool others = i >= text->n - 116; /* the other signature */

		text->p[i] ^= 1;
		assert_true(others || world_look(h.w, h.list, &wanted) < 0);
		text->p[i] ^= 1;
	}
	assert_int_equal(0, world_follow(h.w, h.list));
	still(&h, 6);
	let_go(&h);
}

static void clocks(void **state)
{
	struct held h = hold();
	int64_t now = h.w->now;
	struct hl_urls_wanted wanted;

	world_publish(h.w);
	h.w->now = now - 301;
	refused(&h, HL_URLS_E_CLOCK);
	h.w->now = now + 86400;
	refused(&h, HL_URLS_E_FROZEN);
	h.w->now = now + 86399;
	assert_int_equal(0, world_look(h.w, h.list, &wanted));
	/* It runs out between look and take. */
	h.w->now++;
	assert_int_equal(HL_URLS_E_FROZEN, world_take(h.w, h.list, &wanted));
	h.w->now = now - 300;
	assert_int_equal(0, world_follow(h.w, h.list));
	/* Frozen: goes on, and says so, until the items run out. */
	h.w->now = now + 86400;
	assert_int_equal(1, world_stats(h.w, h.list).frozen);
	still(&h, 6);
	h.w->now = WORLD_UNTIL * 60;
	assert_int_equal(HL_URLS_CLEAR,
		world_check(h.w, h.reader, "http://one.example.org/").verdict);
	let_go(&h);
}

static void fast_forward(void **state)
{
	struct held h = hold();

	/* world_publish makes it one more; made at now */
	h.w->head.version = (uint64_t)h.w->now + 1000000;
	world_publish(h.w);
	refused(&h, HL_URLS_E_FORWARD);
	/* from counting to the clock, however long that is */
	h.w->head.version = (uint64_t)h.w->now + 1000000 - 1;
	world_publish(h.w);
	assert_int_equal(0, world_follow(h.w, h.list));
	still(&h, (uint64_t)h.w->now + 1000000);
	let_go(&h);
}

/* Root 2: other online keys. `keep` of the old ones. */
static void rotate(struct world *w, bool keep_online)
{
	w->root.version++;
	memcpy(w->root.online[0], w->key[ONLINE + 1], HL_URLS_PUBLIC);
	w->root.n_online = 1;
	w->signers[0] = 1u << (ONLINE + 1);
	if (keep_online) {
		memcpy(w->root.online[1], w->key[ONLINE], HL_URLS_PUBLIC);
		w->root.n_online = 2;
	}
}

static int take_root(struct held *h)
{
	return hl_urls_take_root(
		h->list, h->w->root_text.p, h->w->root_text.n, h->w->now, NULL);
}

/* A stolen key counted up to the end: after rotation all is as before. */
static void reset(void **state)
{
	struct held h = hold();
	struct hl_urls_wanted wanted;

	for (int i = 0; i < 3; i++) {
		h.w->head.version += 999999;
		world_publish(h.w);
		assert_int_equal(0, world_follow(h.w, h.list));
	}
	h.w->head.version = 5;
	h.w->before.n = h.w->list.n = 0;
	rotate(h.w, false);
	world_sign_root(h.w, 3);
	world_publish(h.w);
	assert_int_equal(0, world_look(h.w, h.list, &wanted));
	assert_int_equal(1, wanted.root_first);
	assert_int_equal(HL_URLS_E_STATE,
		hl_urls_take(h.list, h.w->list.p, h.w->list.n, h.w->now, NULL));
	assert_int_equal(0, take_root(&h));
	still(&h, 3000005);
	assert_int_equal(0, world_look(h.w, h.list, &wanted));
	assert_false(wanted.is_delta);
	assert_int_equal(0, world_take(h.w, h.list, &wanted));
	still(&h, 6);
	/* Only the first one: then it counts again. */
	h.w->manifest.version = 4;
	world_sign(h.w);
	refused(&h, HL_URLS_E_ROLLBACK);
	let_go(&h);
}

/* A root that comes between a manifest and its list: that manifest is of the
 * root before. What is known is whole after it. */
static void a_root_between(void **state)
{
	struct held h = hold();
	struct hl_urls_wanted wanted;
	struct hl_urls_list *other;

	world_publish(h.w);
	assert_int_equal(0, world_look(h.w, h.list, &wanted));
	rotate(h.w, false);
	world_sign_root(h.w, 3);
	assert_int_equal(0, take_root(&h));
	assert_int_equal(HL_URLS_E_STATE, world_take(h.w, h.list, &wanted));
	wanted.size_of = sizeof(wanted);
	assert_int_equal(HL_URLS_E_STATE, hl_urls_whole(h.list, &wanted));
	still(&h, 5);
	other = world_open(h.w, HL_URLS_OPEN_VERIFY);
	assert_int_equal(5, world_stats(h.w, other).version);
	assert_int_equal(2, world_stats(h.w, other).root);
	goes_on(&h);
	assert_int_equal(0, hl_urls_refresh(other, NULL));
	assert_int_equal(7, world_stats(h.w, other).version);
	hl_urls_close(other);
	let_go(&h);
}

/* With one of the old online keys kept there is no reset. */
static void no_reset(void **state)
{
	struct held h = hold();

	rotate(h.w, true);
	world_sign_root(h.w, 3);
	assert_int_equal(0, take_root(&h));
	h.w->head.version = 3;
	world_publish(h.w);
	refused(&h, HL_URLS_E_ROLLBACK);
	let_go(&h);
}

static void rotation(void **state)
{
	struct held h = hold();
	static const struct {
		unsigned signers;
		int rc;
	} rows[] = {
		/* Old 0 1 2, new 1 2 3; two of each. */
		{1, HL_URLS_E_FORGED},
		{1 | 8, HL_URLS_E_FORGED},
		{2 | 8, HL_URLS_E_FORGED},
		{1 | 2, HL_URLS_E_FORGED},
		{1 | 2 | 128, HL_URLS_E_FORGED},
		{8, HL_URLS_E_FORGED},
		{1 | 2 | 8, 0},
	};

	rotate(h.w, true);
	memcpy(h.w->root.root[0], h.w->key[3], HL_URLS_PUBLIC);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		world_sign_root(h.w, rows[i].signers);
		if (take_root(&h) != rows[i].rc) {
			fail_msg("row %zu", i);
		}
		assert_int_equal(-rows[i].rc, world_stats(h.w, h.list).alarm);
	}
	assert_int_equal(HL_URLS_NOTFOUND, take_root(&h));
	h.w->root.expires++;
	world_sign_root(h.w, 15);
	assert_int_equal(HL_URLS_E_FORGED, take_root(&h)); /* another 2 */
	h.w->root.version = 4;
	world_sign_root(h.w, 15);
	assert_int_equal(HL_URLS_E_FORWARD, take_root(&h));
	h.w->root.version = 1;
	world_sign_root(h.w, 15);
	assert_int_equal(HL_URLS_E_ROLLBACK, take_root(&h));
	h.w->root.version = 3;
	h.w->root.hotline[1] ^= 1;
	world_sign_root(h.w, 15);
	assert_int_equal(HL_URLS_E_FORGED, take_root(&h));
	h.w->root.hotline[1] ^= 1;
	h.w->root.made = h.w->now + 301;
	world_sign_root(h.w, 15);
	assert_int_equal(HL_URLS_E_CLOCK, take_root(&h));
	still(&h, 5);
	/* A manifest of the root before is no more taken. */
	h.w->root.version = 1;
	world_publish(h.w);
	refused(&h, HL_URLS_E_FORGED);
	h.w->root.version = 2;
	h.w->manifest.root = 2;
	world_sign(h.w);
	assert_int_equal(0, world_follow(h.w, h.list));
	still(&h, 6);
	let_go(&h);
}

/* An expired root takes no list, but its successor is taken. */
static void expired_root(void **state)
{
	struct held h = hold();

	h.w->root.expires = h.w->now;
	h.w->root.version = 2;
	world_sign_root(h.w, 3);
	assert_int_equal(0, take_root(&h));
	world_publish(h.w);
	refused(&h, HL_URLS_E_ROOT);
	h.w->root.expires += 86400;
	h.w->root.version = 3;
	world_sign_root(h.w, 3);
	assert_int_equal(0, take_root(&h));
	h.w->manifest.root = 3;
	world_sign(h.w);
	assert_int_equal(0, world_follow(h.w, h.list));
	let_go(&h);
}

static void other_canon(void **state)
{
	struct held h = hold();

	h.w->head.canon = 2;
	world_publish(h.w);
	refused(&h, HL_URLS_E_CANON);
	let_go(&h);
}

static void first_root(void **state)
{
	struct world *w = world_new(0);
	struct hl_urls_list *list = world_open(w, HL_URLS_OPEN_KEEP);
	struct hl_urls_wanted wanted = {.size_of = sizeof(wanted)};

	world_publish(w);
	/* Before there is a root. */
	assert_int_equal(HL_URLS_E_STATE, world_look(w, list, &wanted));
	assert_int_equal(
		HL_URLS_E_STATE, hl_urls_take_root(list, w->root_text.p,
					 w->root_text.n, w->now, NULL));
	assert_int_equal(HL_URLS_E_STATE, hl_urls_whole(list, &wanted));
	for (unsigned signers = 0; signers < 8; signers++) {
		bool good = signers == 3 || signers >= 5;

		world_sign_root(w, signers);
		if ((hl_urls_begin(list, 77, w->root_text.p, w->root_text.n,
			     w->now, NULL) == 0) != good) {
			fail_msg("signed by %u", signers);
		}
	}
	assert_int_equal(0, world_follow(w, list));
	assert_int_equal(1, world_stats(w, list).version);
	/* Begun anew: what was there is gone. */
	assert_int_equal(0, hl_urls_begin(list, 77, w->root_text.p,
				    w->root_text.n, w->now, NULL));
	assert_int_equal(0, world_stats(w, list).version);
	assert_int_equal(0, world_follow(w, list));
	hl_urls_close(list);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rollback),
		cmocka_unit_test(files_of_others),
		cmocka_unit_test(header_says_otherwise),
		cmocka_unit_test(mix_of_consumers),
		cmocka_unit_test(who_signs),
		cmocka_unit_test(clocks),
		cmocka_unit_test(fast_forward),
		cmocka_unit_test(reset),
		cmocka_unit_test(a_root_between),
		cmocka_unit_test(no_reset),
		cmocka_unit_test(rotation),
		cmocka_unit_test(expired_root),
		cmocka_unit_test(other_canon),
		cmocka_unit_test(first_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
