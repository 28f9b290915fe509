/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/root.h"

#include <stdio.h>
#include <sys/stat.h>

#include "town.h"

#define NOW_S (NOW / HL_US_PER_S)
#define PASSWORD HL_STR("harbour lantern violet tractor")

struct people {
	struct hl_seal_sign_key keys[4];
	struct hl_seal_sign_pub pubs[8];
	struct hl_lists_rooting in;
};

static void meet(struct people *p)
{
	*p = (struct people){.in.now = NOW_S};
	for (uint8_t i = 0; i < 4; i++) {
		uint8_t seed[32] = {9, i};

		hl_seal_sign_from_seed(seed, &p->keys[i]);
		p->pubs[i] = p->keys[i].pub;
	}
	memset(p->in.hotline, 7, sizeof(p->in.hotline));
	memset(p->in.online.b, 8, sizeof(p->in.online.b));
}

static void draft(struct people *p, size_t first, size_t n, struct hl_buf *out)
{
	const struct hl_lists_root_wish wish = {
		.keys = p->pubs + first, .n_keys = n, .days = 365};
	struct hl_err err = {0};

	hl_buf_reset(out);
	if (hl_lists_root_draft(&p->in, &wish, out, &err)) {
		fail_msg("%s", err.msg);
	}
}

static int check(const struct people *p, const struct hl_buf *text)
{
	struct hl_lists_root_state s;
	int r = hl_lists_root_look(&p->in, hl_buf_str(text), &s, NULL);

	return r ? r : hl_lists_root_check(&p->in, &s, NULL);
}

static void two_of_three(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct people p;

	(void)state;
	meet(&p);
	draft(&p, 0, 3, &text);
	assert_int_equal(HL_E_INVALID, check(&p, &text));
	assert_int_equal(
		0, hl_lists_root_sign(&text, &p.keys[0], HL_STR_NONE, NULL));
	assert_int_equal(HL_CONFLICT,
		hl_lists_root_sign(&text, &p.keys[0], HL_STR_NONE, NULL));
	assert_int_equal(HL_E_INVALID, check(&p, &text));
	/* nobody's key */
	assert_int_equal(HL_E_INVALID,
		hl_lists_root_sign(&text, &p.keys[3], HL_STR_NONE, NULL));
	assert_int_equal(
		0, hl_lists_root_sign(&text, &p.keys[2], HL_STR_NONE, NULL));
	assert_int_equal(0, check(&p, &text));
	struct people other = p;
	other.in.hotline[0]++;
	assert_int_equal(HL_E_INVALID, check(&other, &text));
	other = p;
	other.in.online.b[0]++;
	assert_int_equal(HL_E_INVALID, check(&other, &text));
	other = p;
	other.in.now = NOW_S + 366 * 86400;
	assert_int_equal(HL_E_INVALID, check(&other, &text));
	other.in.now = NOW_S - 3600;
	assert_int_equal(HL_E_INVALID, check(&other, &text));
	text.p[hl_str_find(hl_buf_str(&text), HL_STR("threshold 2")) + 10] =
		'1';
	assert_int_equal(HL_E_INVALID, check(&p, &text));
}

static void the_next_root(void **state)
{
	HL_BUF_AUTO first = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	HL_BUF_AUTO next = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct people p;

	(void)state;
	meet(&p);
	draft(&p, 0, 3, &first);
	hl_lists_root_sign(&first, &p.keys[0], HL_STR_NONE, NULL);
	hl_lists_root_sign(&first, &p.keys[1], HL_STR_NONE, NULL);
	p.in.before = hl_buf_str(&first);
	/* the same again is no next one */
	assert_int_equal(HL_E_INVALID, check(&p, &first));
	/* key 0 leaves, key 3 comes */
	draft(&p, 1, 3, &next);
	hl_lists_root_sign(&next, &p.keys[2], HL_STR_NONE, NULL);
	hl_lists_root_sign(&next, &p.keys[3], HL_STR_NONE, NULL);
	/* enough of its own, one of the root before */
	assert_int_equal(HL_E_INVALID, check(&p, &next));
	assert_int_equal(HL_E_INVALID,
		hl_lists_root_sign(&next, &p.keys[0], HL_STR_NONE, NULL));
	assert_int_equal(
		0, hl_lists_root_sign(&next, &p.keys[0], p.in.before, NULL));
	assert_int_equal(0, check(&p, &next));
	/* without naming keys, those of before stay */
	draft(&p, 0, 0, &next);
	hl_lists_root_sign(&next, &p.keys[0], HL_STR_NONE, NULL);
	hl_lists_root_sign(&next, &p.keys[1], HL_STR_NONE, NULL);
	assert_int_equal(0, check(&p, &next));
}

static void wishes(void **state)
{
	static const struct {
		size_t n;
		unsigned threshold;
		int days, r;
	} rows[] = {
		{3, 2, 365, 0},
		{2, 2, 1, 0},
		{0, 0, 365, HL_E_INVALID},
		{1, 0, 365, HL_E_INVALID},
		{3, 4, 365, HL_E_INVALID},
		{3, 2, 0, HL_E_INVALID},
		{3, 2, -1, HL_E_INVALID},
		{3, 2, 100000, HL_E_INVALID},
		{8, 2, 365, HL_E_INVALID},
	};
	struct people p;

	(void)state;
	meet(&p);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
		const struct hl_lists_root_wish wish = {.keys = p.pubs,
			.n_keys = rows[i].n,
			.threshold = rows[i].threshold,
			.days = rows[i].days};
		int r = hl_lists_root_draft(&p.in, &wish, &text, NULL);

		if (r != rows[i].r) {
			fail_msg("row %zu: %d", i, r);
		}
	}
}

static void a_key_in_a_file(void **state)
{
	const struct town *t = *state;
	struct hl_seal_sign_pub pub;
	struct hl_seal_sign_key key;
	struct stat st;
	char path[120];

	snprintf(path, sizeof(path), "%s/root.key", t->dir);
	assert_int_equal(
		HL_E_INVALID, hl_lists_rootkey_create(path, HL_STR("Anna"),
				      HL_STR("short"), &pub, NULL));
	assert_int_equal(HL_E_INVALID, hl_lists_rootkey_create(path, HL_STR(""),
					       PASSWORD, &pub, NULL));
	assert_int_equal(
		HL_E_INVALID, hl_lists_rootkey_create(path, HL_STR("A\nB"),
				      PASSWORD, &pub, NULL));
	assert_int_equal(
		HL_NOTFOUND, hl_lists_rootkey_load(path, PASSWORD, &key, NULL));
	assert_int_equal(0, hl_lists_rootkey_create(path, HL_STR("Anna"),
				    PASSWORD, &pub, NULL));
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0600, st.st_mode & 07777);
	assert_int_equal(
		HL_CONFLICT, hl_lists_rootkey_create(path, HL_STR("Anna"),
				     PASSWORD, &pub, NULL));
	assert_int_equal(HL_DENIED,
		hl_lists_rootkey_load(
			path, HL_STR("another long password"), &key, NULL));
	assert_int_equal(0, hl_lists_rootkey_load(path, PASSWORD, &key, NULL));
	assert_memory_equal(pub.b, key.pub.b, sizeof(pub.b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_of_three),
		cmocka_unit_test(the_next_root),
		cmocka_unit_test(wishes),
		cmocka_unit_test_setup_teardown(
			a_key_in_a_file, town_make, town_remove),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
