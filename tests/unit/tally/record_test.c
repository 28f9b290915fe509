/* SPDX-License-Identifier: Apache-2.0 */
#include "tally/record.h"

#include "tally_test.h"

static const struct hl_tally_entry two[] = {{7, 20, 9}, {123456789, 5, 5}};
static const struct hl_tally_record good = {.hotline = "hotline",
	.consumer = 4711,
	.hour_us = NOON,
	.hits = 42,
	.clients = 17,
	.entries = 3,
	.failed = 1,
	.entry = two,
	.n_entry = HL_ARRAY_LEN(two)};

static const char text[] = "openhotline urllist counters 1\n"
			   "hotline 686f746c696e65000000000000000000\n"
			   "consumer 4711\n"
			   "hour 2026-11-22T12:00:00Z\n"
			   "hits 42\n"
			   "clients 17\n"
			   "entries 3\n"
			   "failed 1\n"
			   "entry 7 20 9\n"
			   "entry 123456789 5 5\n"
			   "\n";

/* The text of clause "Counters", with a signature behind it. */
static void sign(struct desk *d, const char *members, struct hl_buf *out)
{
	uint8_t sig[crypto_sign_BYTES], hash[crypto_hash_sha256_BYTES];

	hl_buf_reset(out);
	hl_buf_put(out, hl_str_c(members));
	crypto_sign_detached(sig, NULL, (const uint8_t *)members,
		strlen(members), d->config.secret);
	crypto_hash_sha256(hash, d->pub, sizeof(d->pub));
	hl_buf_put(out, HL_STR("signature "));
	hl_text_put_hex(out, hash, 8);
	hl_buf_put_c(out, ' ');
	hl_text_put_base64url(out, sig, sizeof(sig));
	hl_buf_put_c(out, '\n');
}

static void as_the_page_says(void **state)
{
	struct desk *d = *state;
	HL_BUF_AUTO want = HL_BUF_INIT(4096), got = HL_BUF_INIT(4096);
	struct hl_tally_record r;

	sign(d, text, &want);
	assert_int_equal(
		0, hl_tally_write(&good, d->config.secret, &got, NULL));
	assert_string_equal(want.p, got.p);
	assert_int_equal(
		0, hl_tally_read(hl_buf_str(&got), d->pub, d->arena, &r, NULL));
	assert_memory_equal(good.hotline, r.hotline, sizeof(r.hotline));
	assert_int_equal(4711, r.consumer);
	assert_int_equal(NOON, r.hour_us);
	assert_int_equal(42, r.hits);
	assert_int_equal(17, r.clients);
	assert_int_equal(3, r.entries);
	assert_int_equal(1, r.failed);
	assert_int_equal(2, r.n_entry);
	assert_memory_equal(two, r.entry, sizeof(two));
}

/* Replaces the first `what` of the text. */
static void change(const char *what, const char *by, char *out, size_t n)
{
	const char *at = strstr(text, what);

	assert_non_null(at);
	snprintf(out, n, "%.*s%s%s", (int)(at - text), text, by,
		at + strlen(what));
}

static void refused_forms(void **state)
{
	static const struct {
		const char *what, *by, *says;
	} rows[] = {
		{"counters 1", "counters 2", "line 1"},
		{"openhotline", "Openhotline", "line 1"},
		{"hotline 68", "hotline 6", "line 2"},
		{"6f746c", "6F746C", "lower case"},
		{"consumer 4711", "consumer 04711", "line 3"},
		{"consumer 4711", "consumer 0", "40 bits"},
		{"consumer 4711", "consumer 1099511627776", "40 bits"},
		{"consumer 4711", "consumer -1", "line 3"},
		{"consumer 4711", "consumer +1", "line 3"},
		{"consumer 4711", "consumer  4711", "line 3"},
		{"consumer 4711", "consumer 4711 ", "line 3"},
		{"consumer 4711", "consumer 4711\r", "line 3"},
		{"consumer 4711", "consumer", "line 3"},
		{"consumer 4711\n", "", "line 3"},
		{"12:00:00Z", "12:00:01Z", "whole hour"},
		{"12:00:00Z", "12:00:00.000Z", "whole hour"},
		{"12:00:00Z", "12:00:00+00:00", "whole hour"},
		{"2026-11-22", "2026-11-31", "whole hour"},
		{"2026-11-22", "1969-11-22", "whole hour"},
		{"hits 42", "hits 0x2a", "line 5"},
		{"hits 42", "hits 9223372036854775808", "line 5"},
		{"hits 42", "HITS 42", "line 5"},
		{"hits 42", "hitsx 42", "line 5"},
		{"clients 17\nentries 3", "entries 3\nclients 17", "line 6"},
		{"failed 1\n", "failed 1\nmore 1\n", "line 9"},
		{"failed 1\n", "failed 1\nfailed 1\n", "line 9"},
		{"entry 7 20 9", "entry 7 20", "line 9"},
		{"entry 7 20 9", "entry 7 20 9 1", "line 9"},
		{"entry 7 20 9", "entry 0 20 9", "ascend"},
		{"entry 7 20 9", "entry 123456789 20 9", "ascend"},
		{"entry 7 20 9", "entry 123456790 20 9", "ascend"},
		{"entry 123456789", "entry 1099511627776", "ascend"},
		{"5 5\n\n", "5 5\n", "line 11"},
		{"5 5\n\n", "5 5\n\n\n", "signature"},
		{"5 5\n\n", "5 5\n\nmore\n", "signature"},
	};
	struct desk *d = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO whole = HL_BUF_INIT(4096);
		struct hl_tally_record r;
		struct hl_err err = {0};
		char members[1024];

		change(rows[i].what, rows[i].by, members, sizeof(members));
		sign(d, members, &whole);
		int rc = hl_tally_read(
			hl_buf_str(&whole), d->pub, d->arena, &r, &err);
		if (rc != HL_E_INVALID || !strstr(err.msg, rows[i].says)) {
			fail_msg("%s -> %s: %d, %s", rows[i].what, rows[i].by,
				rc, err.msg);
		}
	}
}

/* Cut off anywhere, or with one bit turned: never taken for good. */
static void damaged(void **state)
{
	struct desk *d = *state;
	HL_BUF_AUTO whole = HL_BUF_INIT(4096);
	struct hl_tally_record r;

	sign(d, text, &whole);
	for (size_t n = 0; n < whole.n; n++) {
		assert_true(hl_tally_read(hl_str_sub(hl_buf_str(&whole), 0, n),
			d->pub, d->arena, &r, NULL));
	}
	for (size_t bit = 0; bit < whole.n * 8; bit++) {
		whole.p[bit / 8] ^= (char)(1 << bit % 8);
		assert_true(hl_tally_read(
			hl_buf_str(&whole), d->pub, d->arena, &r, NULL));
		whole.p[bit / 8] ^= (char)(1 << bit % 8);
		hl_arena_reset(d->arena);
	}
	assert_int_equal(0,
		hl_tally_read(hl_buf_str(&whole), d->pub, d->arena, &r, NULL));
}

static void others_signatures(void **state)
{
	struct desk *d = *state;
	HL_BUF_AUTO whole = HL_BUF_INIT(4096);
	uint8_t pub[HL_TALLY_PUB_BYTES], secret[HL_TALLY_SECRET_BYTES];
	struct hl_tally_record r;

	crypto_sign_keypair(pub, secret);
	assert_int_equal(0, hl_tally_write(&good, secret, &whole, NULL));
	assert_int_equal(HL_DENIED,
		hl_tally_read(hl_buf_str(&whole), d->pub, d->arena, &r, NULL));
	/* the right name, another's signature */
	HL_BUF_AUTO mine = HL_BUF_INIT(4096);
	sign(d, text, &mine);
	memcpy(strstr(whole.p, "signature "), strstr(mine.p, "signature "),
		strlen("signature 0011223344556677"));
	assert_int_equal(HL_DENIED,
		hl_tally_read(hl_buf_str(&whole), d->pub, d->arena, &r, NULL));
}

static void what_cannot_be_written(void **state)
{
	static const struct hl_tally_entry twice[] = {{7, 5, 5}, {7, 5, 5}},
					   zero[] = {{0, 5, 5}},
					   large[] = {
						   {UINT64_C(1) << 40, 5, 5}};
	struct desk *d = *state;
	struct hl_tally_record rows[] = {
		good, good, good, good, good, good, good};

	rows[0].consumer = 0;
	rows[1].hour_us++;
	rows[2].entry = twice;
	rows[3].entry = zero;
	rows[3].n_entry = 1;
	rows[4].entry = large;
	rows[4].n_entry = 1;
	rows[5].n_entry = HL_TALLY_ENTRIES_MAX + 1;
	rows[6].hour_us = -HL_TALLY_HOUR_US;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(HL_TALLY_TEXT_MAX);

		if (hl_tally_write(&rows[i], d->config.secret, &out, NULL) !=
			HL_E_INVALID) {
			fail_msg("row %zu was written", i);
		}
		assert_int_equal(0, out.n);
	}
}

/* As many entries as may be, with the largest numbers, fit. */
static void largest(void **state)
{
	static struct hl_tally_entry entry[HL_TALLY_ENTRIES_MAX];
	struct desk *d = *state;
	struct hl_tally_record r = good, back;
	HL_BUF_AUTO out = HL_BUF_INIT(HL_TALLY_TEXT_MAX);

	for (size_t i = 0; i < HL_TALLY_ENTRIES_MAX; i++) {
		entry[i] = (struct hl_tally_entry){
			HL_TALLY_ID_MAX - HL_TALLY_ENTRIES_MAX + 1 + i,
			INT64_MAX, INT64_MAX};
	}
	r.entry = entry;
	r.n_entry = HL_TALLY_ENTRIES_MAX;
	assert_int_equal(0, hl_tally_write(&r, d->config.secret, &out, NULL));
	assert_int_equal(0,
		hl_tally_read(hl_buf_str(&out), d->pub, d->arena, &back, NULL));
	assert_memory_equal(entry, back.entry, sizeof(entry));
}

static void too_long(void **state)
{
	struct desk *d = *state;
	struct hl_tally_record r;
	char *long_text = malloc(HL_TALLY_TEXT_MAX + 1);

	assert_non_null(long_text);
	memset(long_text, 'x', HL_TALLY_TEXT_MAX + 1);
	assert_int_equal(HL_E_LIMIT,
		hl_tally_read(hl_str_mem(long_text, HL_TALLY_TEXT_MAX + 1),
			d->pub, d->arena, &r, NULL));
	assert_int_equal(HL_E_INVALID,
		hl_tally_read(hl_str_mem(long_text, HL_TALLY_TEXT_MAX), d->pub,
			d->arena, &r, NULL));
	assert_int_equal(HL_E_INVALID,
		hl_tally_read(HL_STR_NONE, d->pub, d->arena, &r, NULL));
	free(long_text);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, desk_set_up, desk_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(as_the_page_says),
		TEST(refused_forms),
		TEST(damaged),
		TEST(others_signatures),
		TEST(what_cannot_be_written),
		TEST(largest),
		TEST(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
