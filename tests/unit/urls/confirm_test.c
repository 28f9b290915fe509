/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* Tier 1: what passes the prefilter is asked for, once. */

struct held {
	struct world *w;
	struct hl_urls_list *list;
	struct hl_urls_reader *reader;
};

static struct held hold(void)
{
	struct held h = {world_new(1), NULL, NULL};

	world_put(h.w, "one.example.org", "/", 4, 1);
	world_put(h.w, "two.example.org", "/p", 1, 2);
	world_publish(h.w);
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

static unsigned verdict(struct held *h, const char *address)
{
	return world_check(h->w, h->reader, address).verdict;
}

static int confirm_one(
	struct held *h, const char *address, struct hl_urls_decision *out)
{
	struct hl_urls_transport transport = world_transport(h->w);
	struct hl_urls_address one = {address, strlen(address), 0};

	memset(out, 0, sizeof(*out));
	out->size_of = sizeof(*out);
	return hl_urls_confirm(
		h->reader, &transport, &one, 1, h->w->now, out, NULL);
}

/* A consumer is moved to the other tier and back within a day: nothing that
 * was remembered by the keys of one counts by those of the other. */
static void another_tier(void **state)
{
	struct held h = hold();
	struct hl_urls_decision d;

	(void)state;
	world_put(h.w, "three.example.org", "/", 4, 3);
	world_publish(h.w);
	assert_int_equal(0, world_follow(h.w, h.list));
	assert_int_equal(0, confirm_one(&h, "http://one.example.org/", &d));
	assert_int_equal(HL_URLS_LISTED, d.verdict);
	for (uint32_t tier = 0; tier < 2; tier++) {
		world_tier(h.w, tier);
		world_publish(h.w);
		assert_int_equal(0, world_follow(h.w, h.list));
		assert_int_equal(tier, world_stats(h.w, h.list).tier);
		unsigned asked = h.w->n_requests;
		assert_int_equal(
			0, confirm_one(&h, "http://one.example.org/", &d));
		assert_int_equal(HL_URLS_LISTED, d.verdict);
		assert_int_equal(
			0, confirm_one(&h, "http://three.example.org/", &d));
		assert_int_equal(HL_URLS_LISTED, d.verdict);
		assert_int_equal(asked + 2 * tier, h.w->n_requests);
	}
	let_go(&h);
}

/* What passes the prefilter is asked for at the host, then known. */
static void any_is_confirmed(void **state)
{
	struct held h = hold();
	struct hl_urls_transport transport = world_transport(h.w);
	struct hl_urls_address one = {"two.example.org", 15, 2};
	struct hl_urls_decision d = {.size_of = sizeof(d)};

	assert_int_equal(
		0, hl_urls_check_any(h.reader, one.p, one.n, h.w->now, &d));
	assert_int_equal(HL_URLS_UNSURE, d.verdict);
	assert_int_equal(0, hl_urls_confirm(h.reader, &transport, &one, 1,
				    h.w->now, &d, NULL));
	assert_int_equal(HL_URLS_LISTED, d.verdict);
	assert_int_equal(2, d.entry);
	assert_int_equal(1, h.w->n_requests);
	assert_int_equal(
		0, hl_urls_check_any(h.reader, one.p, one.n, h.w->now, &d));
	assert_int_equal(HL_URLS_LISTED, d.verdict);
	one.host_only = 1;
	assert_int_equal(0, hl_urls_confirm(h.reader, &transport, &one, 1,
				    h.w->now, &d, NULL));
	assert_int_equal(HL_URLS_CLEAR, d.verdict);
	one.host_only = 3;
	assert_int_equal(HL_URLS_E_ARG, hl_urls_confirm(h.reader, &transport,
						&one, 1, h.w->now, &d, NULL));
	assert_int_equal(1, h.w->n_requests);
	let_go(&h);
}

static void asked_once(void **state)
{
	struct held h = hold();
	struct hl_urls_decision d;

	assert_int_equal(HL_URLS_UNSURE, verdict(&h, "http://one.example.org"));
	assert_int_equal(0, confirm_one(&h, "http://one.example.org/x", &d));
	assert_int_equal(HL_URLS_LISTED, d.verdict);
	assert_int_equal(1, d.entry);
	assert_int_equal(1, h.w->n_requests);
	assert_int_equal(1, h.w->n_elements);
	assert_int_equal(HL_URLS_LISTED, verdict(&h, "http://one.example.org"));
	assert_int_equal(
		HL_URLS_LISTED, verdict(&h, "http://a.one.example.org/b"));
	/* Two hosts of one address: one of them is known. */
	assert_int_equal(0, confirm_one(&h, "http://two.example.org/q", &d));
	assert_int_equal(HL_URLS_CLEAR, d.verdict);
	assert_int_equal(60, d.keep);
	assert_int_equal(HL_URLS_CLEAR, verdict(&h, "http://two.example.org"));
	assert_int_equal(
		HL_URLS_LISTED, verdict(&h, "http://two.example.org/p"));
	assert_int_equal(2, h.w->n_elements);
	assert_int_equal(2, world_stats(h.w, h.list).n_confirmed);
	assert_int_equal(0, world_stats(h.w, h.list).n_failed);
	let_go(&h);
}

/* A host that passes the prefilter and is not listed: drawn until one does. */
static void name_that_passes(struct held *h, char out[64])
{
	for (unsigned i = 0;; i++) {
		(void)snprintf(out, 64, "http://n%u.example.net/", i);
		if (verdict(h, out) == HL_URLS_UNSURE) {
			return;
		}
	}
}

static void not_listed(void **state)
{
	struct held h = hold();
	struct hl_urls_decision d;
	char name[64];

	name_that_passes(&h, name);
	assert_int_equal(0, confirm_one(&h, name, &d));
	assert_int_equal(HL_URLS_CLEAR, d.verdict);
	assert_int_equal(HL_URLS_CLEAR, verdict(&h, name));
	h.w->now += h.w->seconds - 1;
	assert_int_equal(HL_URLS_CLEAR, verdict(&h, name));
	h.w->now++;
	assert_int_equal(HL_URLS_UNSURE, verdict(&h, name));
	/* Not to be remembered at all: the answer counts all the same. */
	h.w->seconds = 0;
	assert_int_equal(0, confirm_one(&h, name, &d));
	assert_int_equal(HL_URLS_CLEAR, d.verdict);
	assert_int_equal(HL_URLS_UNSURE, verdict(&h, name));
	let_go(&h);
}

/* A host that was confirmed not to be listed, and is in the next version of
 * the epoch; and the other way round. Nobody is asked again. */
static void remembered_over_versions(void **state)
{
	struct held h = hold();
	struct hl_urls_decision d;
	char name[64], host[64];

	name_that_passes(&h, name);
	(void)snprintf(host, sizeof(host), "%s", name + 7);
	host[strlen(host) - 1] = '\0';
	assert_int_equal(0, confirm_one(&h, name, &d));
	assert_int_equal(0, confirm_one(&h, "http://one.example.org", &d));
	for (int i = 0; i < 4; i++) {
		if (i % 2) {
			world_put(h.w, "one.example.org", "/", 4, 1);
			world_remove(h.w, 3);
		} else {
			world_put(h.w, host, "/", 4, 3);
			world_remove(h.w, 1);
		}
		world_publish(h.w);
		assert_int_equal(0, world_follow(h.w, h.list));
		assert_int_equal(i % 2 ? HL_URLS_CLEAR : HL_URLS_LISTED,
			verdict(&h, name));
		assert_int_equal(i % 2 ? HL_URLS_LISTED : HL_URLS_CLEAR,
			verdict(&h, "http://one.example.org"));
	}
	assert_int_equal(2, h.w->n_elements);
	let_go(&h);
}

static void new_epoch(void **state)
{
	struct held h = hold();
	struct hl_urls_decision d;

	assert_int_equal(0, confirm_one(&h, "http://one.example.org", &d));
	/* The hotline is in its next epoch; the list here is not. */
	h.w->now = (int64_t)(h.w->head.epoch + 1) * 86400;
	world_epoch(h.w, h.w->head.epoch + 1);
	assert_int_equal(HL_URLS_LISTED, verdict(&h, "http://one.example.org"));
	assert_int_equal(HL_URLS_NOTFOUND,
		confirm_one(&h, "http://two.example.org/p", &d));
	assert_int_equal(HL_URLS_CLEAR, d.verdict);
	assert_int_equal(0, d.keep);
	assert_int_equal(1, world_stats(h.w, h.list).n_failed);
	/* What was confirmed counts until the hotline answers no more. */
	h.w->now += 7199;
	assert_int_equal(HL_URLS_LISTED, verdict(&h, "http://one.example.org"));
	h.w->now++;
	assert_int_equal(HL_URLS_UNSURE, verdict(&h, "http://one.example.org"));
	world_publish(h.w);
	assert_int_equal(0, world_follow(h.w, h.list));
	assert_int_equal(HL_URLS_UNSURE, verdict(&h, "http://one.example.org"));
	assert_int_equal(0, confirm_one(&h, "http://one.example.org", &d));
	assert_int_equal(HL_URLS_LISTED, d.verdict);
	let_go(&h);
}

struct meanwhile {
	struct hl_urls_transport inner;
	struct held *h;
	bool same_epoch;
};

/* While the hotline is asked, the keeper takes the next list. */
static int confirm_meanwhile(void *arg, const void *request, size_t n,
	void *answer, size_t n_max, size_t *n_answer)
{
	struct meanwhile *m = arg;
	int rc = m->inner.confirm(
		m->inner.arg, request, n, answer, n_max, n_answer);

	if (m->h && !m->same_epoch) {
		world_epoch(m->h->w, m->h->w->head.epoch + 1);
	}
	if (m->h) {
		world_publish(m->h->w);
		assert_int_equal(0, world_follow(m->h->w, m->h->list));
		m->h = NULL;
	}
	return rc;
}

static void list_changes_meanwhile(void **state)
{
	for (int same = 0; same < 2; same++) {
		struct held h = hold();
		struct meanwhile m = {world_transport(h.w), &h, same == 1};
		struct hl_urls_transport transport = {&m, confirm_meanwhile};
		struct hl_urls_address one = {"one.example.org", 15, 0};
		struct hl_urls_decision d = {.size_of = sizeof(d)};

		assert_int_equal(0, hl_urls_confirm(h.reader, &transport, &one,
					    1, h.w->now, &d, NULL));
		assert_int_equal(HL_URLS_LISTED, d.verdict);
		assert_int_equal(2, d.version);
		assert_int_equal(same ? 1 : 2, h.w->n_requests);
		let_go(&h);
	}
}

static void no_answer(void **state)
{
	static const struct {
		int status, broken, rc;
	} rows[] = {{429, 0, HL_URLS_E_TRANSPORT},
		{503, 0, HL_URLS_E_TRANSPORT}, {-1, 0, HL_URLS_E_TRANSPORT},
		{409, 0, HL_URLS_NOTFOUND}, {0, 1, HL_URLS_E_FORM},
		{0, 2, HL_URLS_E_FORM}, {0, 3, HL_URLS_E_FORM},
		{0, 4, HL_URLS_E_FORM}, {0, 5, HL_URLS_E_FORM},
		{0, 6, HL_URLS_E_FORM}, {0, 7, HL_URLS_E_FORM},
		{0, 8, HL_URLS_E_FORM}};
	struct held h = hold();
	struct hl_urls_decision d;

	assert_int_equal(0, confirm_one(&h, "http://one.example.org", &d));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		h.w->status = rows[i].status;
		h.w->break_answer = rows[i].broken;
		if (confirm_one(&h, "http://two.example.org/p", &d) !=
			rows[i].rc) {
			fail_msg("row %zu", i);
		}
		/* Let through, not to be kept, and asked the next time. */
		assert_int_equal(HL_URLS_CLEAR, d.verdict);
		assert_int_equal(0, d.keep);
		assert_int_equal(HL_URLS_UNSURE,
			verdict(&h, "http://two.example.org/p"));
		assert_int_equal(i + 1, world_stats(h.w, h.list).n_failed);
		/* What is known needs nobody. */
		assert_int_equal(
			0, confirm_one(&h, "http://one.example.org", &d));
		assert_int_equal(HL_URLS_LISTED, d.verdict);
	}
	let_go(&h);
}

static void many_at_once(void **state)
{
	enum { N = HL_URLS_CONFIRM_MAX };
	struct hl_urls_address addresses[N + 1];
	struct hl_urls_decision out[N + 1];
	struct world *w = world_new(1);
	static char text[N + 1][96];
	struct hl_urls_transport transport = world_transport(w);
	struct hl_urls_reader *reader = NULL;
	struct hl_urls_list *list;

	for (unsigned i = 0; i <= N; i++) {
		char host[64];

		(void)snprintf(host, sizeof(host), "h%u.example.org", i);
		world_put(w, host, "/p", 1, i + 1);
		if (i % 7 == 5) {
			(void)snprintf(text[i], sizeof(text[i]), "%s", host);
		} else {
			(void)snprintf(text[i], sizeof(text[i]), "http://%s/%s",
				host, i % 3 ? "p" : "q");
		}
		addresses[i] = (struct hl_urls_address){
			text[i], strlen(text[i]), i % 7 == 5};
		memset(&out[i], 0x55, sizeof(out[i]));
	}
	world_put(w, "example.org", "/", 4, 5000);
	world_publish(w);
	list = world_keep(w, 0);
	assert_int_equal(0, hl_urls_reader_new(list, &reader, NULL));
	out[0].size_of = sizeof(out[0]);
	assert_int_equal(
		HL_URLS_E_ARG, hl_urls_confirm(reader, &transport, addresses,
				       N + 1, w->now, out, NULL));
	assert_int_equal(0, hl_urls_confirm(reader, &transport, addresses, N,
				    w->now, out, NULL));
	for (unsigned i = 0; i < N; i++) {
		assert_int_equal(HL_URLS_LISTED, out[i].verdict);
		assert_int_equal(
			i % 3 && i % 7 != 5 ? i + 1 : 5000, out[i].entry);
	}
	/* 64 hosts and the one that all share: two requests. */
	assert_int_equal(N + 1, w->n_elements);
	assert_int_equal(2, w->n_requests);
	assert_int_equal(0, hl_urls_confirm(reader, &transport, addresses, N,
				    w->now, out, NULL));
	assert_int_equal(2, w->n_requests);
	assert_int_equal(0, hl_urls_confirm(reader, &transport, NULL, 0, w->now,
				    NULL, NULL));
	assert_int_equal(HL_URLS_E_ARG,
		hl_urls_confirm(reader, NULL, addresses, 1, w->now, out, NULL));
	hl_urls_reader_free(reader);
	hl_urls_close(list);
	world_free(w);
}

static void unreadable_too(void **state)
{
	struct held h = hold();
	struct hl_urls_decision d;

	assert_int_equal(0, confirm_one(&h, "mailto:a@example.org", &d));
	assert_int_equal(HL_URLS_UNREADABLE, d.verdict);
	assert_int_equal(0, h.w->n_requests);
	let_go(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asked_once),
		cmocka_unit_test(another_tier),
		cmocka_unit_test(any_is_confirmed),
		cmocka_unit_test(not_listed),
		cmocka_unit_test(remembered_over_versions),
		cmocka_unit_test(new_epoch),
		cmocka_unit_test(list_changes_meanwhile),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(many_at_once),
		cmocka_unit_test(unreadable_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
