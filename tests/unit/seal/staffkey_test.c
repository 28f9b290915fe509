/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/staffkey.h"

#include "base/rand.h"
#include "seal/box.h"
#include "seal_test.h"

/* Cheap on purpose; the real cost is measured by bench/seal_bench. */
static const struct hl_seal_cost cheap = {
	.mem_kib = 64, .passes = 1, .allow_weak = true};

static const struct hl_str password = HL_STR_INIT("a long enough phrase");

static void wrap_it(struct hl_seal_pub *pub, struct hl_seal_secret *secret,
	struct hl_buf *out)
{
	hl_seal_keypair_new(pub, secret);
	assert_int_equal(
		0, hl_seal_staff_wrap(7, secret, password, &cheap, out, NULL));
	assert_int_equal(HL_SEAL_STAFF_WRAP_BYTES, out->n);
}

static void password_opens(void **state)
{
	HL_BUF_AUTO wrap = HL_BUF_INIT(200);
	struct hl_seal_secret secret, got;
	struct hl_seal_pub pub;

	(void)state;
	wrap_it(&pub, &secret, &wrap);
	assert_int_equal(0, hl_seal_staff_unwrap(7, &pub, password,
				    hl_buf_str(&wrap), &got, NULL));
	assert_memory_equal(&secret, &got, sizeof(got));
}

/* Made from docs/keys.md by Python and the argon2 command. */
static void made_elsewhere(void **state)
{
	uint8_t wrap[HL_SEAL_STAFF_WRAP_BYTES];
	struct hl_seal_secret fixed, got;
	struct hl_seal_pub pub;

	(void)state;
	for (uint8_t i = 0; i < 32; i++) {
		fixed.b[i] = (uint8_t)(i + 1);
	}
	hl_seal_pub_of(&fixed, &pub);
	from_hex("01030100000040000000016162636465666768696a6b6c6d6e6f7043b735"
		 "e6e124d49ae84645ce81a921d33b75058c81f13b5bfb5402e17210b0806a"
		 "7cd662c5695238d41366c942982bbe",
		wrap, sizeof(wrap));
	assert_int_equal(
		0, hl_seal_staff_unwrap(7, &pub, password,
			   hl_str_mem(wrap, sizeof(wrap)), &got, NULL));
	assert_memory_equal(&fixed, &got, sizeof(got));
}

static void wrong_passwords(void **state)
{
	static const struct hl_str rows[] = {HL_STR_INIT(""),
		HL_STR_INIT("a long enough phras"),
		HL_STR_INIT("a long enough phrase "),
		HL_STR_INIT("A long enough phrase"),
		HL_STR_INIT("a long enough phrase\0")};
	static char long_one[2000];
	HL_BUF_AUTO wrap = HL_BUF_INIT(200);
	struct hl_seal_secret secret, got;
	struct hl_seal_pub pub, other;

	(void)state;
	wrap_it(&pub, &secret, &wrap);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int r = hl_seal_staff_unwrap(
			7, &pub, rows[i], hl_buf_str(&wrap), &got, NULL);
		if (r != HL_DENIED) {
			fail_msg("row %zu: %d", i, r);
		}
	}
	assert_int_equal(HL_DENIED,
		hl_seal_staff_unwrap(7, &pub, hl_str_mem(long_one, 2000),
			hl_buf_str(&wrap), &got, NULL));
	/* another member's row, an exchanged public key */
	other = pub;
	other.b[0] ^= 1;
	assert_int_equal(HL_DENIED, hl_seal_staff_unwrap(8, &pub, password,
					    hl_buf_str(&wrap), &got, NULL));
	assert_int_equal(HL_DENIED, hl_seal_staff_unwrap(7, &other, password,
					    hl_buf_str(&wrap), &got, NULL));
}

/* Neither may a changed byte open, nor may it make the log-in cost more
 * than the maximum. */
static void each_changed_byte_is_found(void **state)
{
	HL_BUF_AUTO wrap = HL_BUF_INIT(200);
	struct hl_seal_secret secret, got;
	struct hl_seal_pub pub;

	(void)state;
	wrap_it(&pub, &secret, &wrap);
	for (size_t i = 0; i < wrap.n; i++) {
		/* flips that keep the cost cheap or push it out of range */
		char flip = i >= 3 && i < 11 ? (char)0x80 : 1;

		if (i == 5) {
			flip = 1; /* + 256 KiB */
		}
		if (i == 6) {
			flip = 8; /* + 8 KiB */
		}
		wrap.p[i] ^= flip;
		int r = hl_seal_staff_unwrap(
			7, &pub, password, hl_buf_str(&wrap), &got, NULL);
		int want = i < 3 || (i >= 3 && i < 5) || (i >= 7 && i < 11)
				   ? HL_E_CORRUPT
				   : HL_DENIED;
		if (r != want) {
			fail_msg("byte %zu: %d", i, r);
		}
		wrap.p[i] ^= flip;
	}
	for (size_t n = 0; n < wrap.n; n++) {
		assert_int_equal(HL_E_CORRUPT,
			hl_seal_staff_unwrap(7, &pub, password,
				hl_str_mem(wrap.p, n), &got, NULL));
	}
}

static void costs(void **state)
{
	static const struct {
		const char *name;
		struct hl_seal_cost cost;
		int want;
	} rows[] = {
		{"weak", {HL_SEAL_COST_MIN_KIB - 1, 2, false}, HL_E_INVALID},
		{"least", {HL_SEAL_COST_MIN_KIB, 1, false}, 0},
		{"weak but allowed", {8, 1, true}, 0},
		{"too weak for Argon2", {7, 1, true}, HL_E_INVALID},
		{"no pass", {HL_SEAL_COST_MIN_KIB, 0, false}, HL_E_INVALID},
		{"too many passes", {64, 17, true}, HL_E_INVALID},
		{"too much memory", {HL_SEAL_COST_MAX_KIB + 1, 1, false},
			HL_E_INVALID},
	};
	struct hl_seal_secret secret = {{1}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(200);
		int r = hl_seal_staff_wrap(
			1, &secret, password, &rows[i].cost, &out, NULL);

		if (r != rows[i].want) {
			fail_msg("row %s: %d", rows[i].name, r);
		}
	}
	HL_BUF_AUTO out = HL_BUF_INIT(200);
	static char long_one[1025];
	assert_int_equal(HL_E_INVALID,
		hl_seal_staff_wrap(1, &secret, HL_STR(""), &cheap, &out, NULL));
	assert_int_equal(HL_E_LIMIT,
		hl_seal_staff_wrap(1, &secret, hl_str_mem(long_one, 1025),
			&cheap, &out, NULL));
}

static void password_change(void **state)
{
	HL_BUF_AUTO old = HL_BUF_INIT(200), new = HL_BUF_INIT(200);
	struct hl_seal_secret secret, got;
	struct hl_seal_pub pub;
	struct hl_str changed = HL_STR("quite another phrase");

	(void)state;
	wrap_it(&pub, &secret, &old);
	assert_int_equal(
		0, hl_seal_staff_wrap(7, &secret, changed, &cheap, &new, NULL));
	assert_int_equal(0, hl_seal_staff_unwrap(7, &pub, changed,
				    hl_buf_str(&new), &got, NULL));
	assert_memory_equal(&secret, &got, sizeof(got));
	assert_int_equal(HL_DENIED, hl_seal_staff_unwrap(7, &pub, password,
					    hl_buf_str(&new), &got, NULL));
	assert_int_equal(
		HL_DENIED, hl_seal_staff_pretend(password, &cheap, NULL));
}

static void derived_keys_differ(void **state)
{
	struct hl_seal_secret a = {{1}}, b = {{2}};
	struct hl_seal_key totp, recovery, sign, of_b, again;

	(void)state;
	hl_seal_staff_key(&a, HL_SEAL_STAFF_TOTP, &totp);
	hl_seal_staff_key(&a, HL_SEAL_STAFF_TOTP, &again);
	hl_seal_staff_key(&a, HL_SEAL_STAFF_RECOVERY, &recovery);
	hl_seal_staff_key(&a, HL_SEAL_STAFF_SIGN, &sign);
	hl_seal_staff_key(&b, HL_SEAL_STAFF_TOTP, &of_b);
	assert_memory_equal(&totp, &again, sizeof(totp));
	assert_memory_not_equal(&totp, &recovery, sizeof(totp));
	assert_memory_not_equal(&totp, &sign, sizeof(totp));
	assert_memory_not_equal(&recovery, &sign, sizeof(totp));
	assert_memory_not_equal(&totp, &of_b, sizeof(totp));
}

static void grants(void **state)
{
	static const struct {
		const char *name;
		struct hl_seal_grant g;
		int want;
	} rows[] = {
		{"its own", {HL_SEAL_QUEUE, 5, 7}, 0},
		{"another purpose", {HL_SEAL_IDENTITY, 5, 7}, HL_E_CRYPTO},
		{"another purpose", {HL_SEAL_URL, 5, 7}, HL_E_CRYPTO},
		{"another epoch", {HL_SEAL_QUEUE, 6, 7}, HL_E_CRYPTO},
		{"another holder", {HL_SEAL_QUEUE, 5, 8}, HL_E_CRYPTO},
		{"no purpose", {9, 5, 7}, HL_E_INVALID},
	};
	HL_BUF_AUTO granted = HL_BUF_INIT(200);
	struct hl_seal_pub pub, queue_pub;
	struct hl_seal_secret secret, queue, stranger;
	uint8_t got[32];

	(void)state;
	hl_seal_keypair_new(&pub, &secret);
	hl_seal_keypair_new(&queue_pub, &queue);
	assert_int_equal(
		0, hl_seal_grant(&rows[0].g, &pub, queue.b, &granted, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		memset(got, 0, sizeof(got));
		int r = hl_seal_grant_open(
			&rows[i].g, &secret, hl_buf_str(&granted), got, NULL);
		if (r != rows[i].want ||
			!!memcmp(got, queue.b, 32) != !!rows[i].want) {
			fail_msg("row %zu %s: %d", i, rows[i].name, r);
		}
	}
	hl_seal_keypair_new(&pub, &stranger);
	assert_int_equal(HL_E_CRYPTO, hl_seal_grant_open(&rows[0].g, &stranger,
					      hl_buf_str(&granted), got, NULL));
}

/* The whole way: password, staff secret, queue secret, report. */
static void from_password_to_report(void **state)
{
	static const struct hl_seal_label label = {
		.kind = "report", .id = 1, .field = "body", .schema = 1};
	const struct hl_seal_grant g = {HL_SEAL_QUEUE, 3, 7};
	HL_BUF_AUTO wrap = HL_BUF_INIT(200), granted = HL_BUF_INIT(200);
	HL_BUF_AUTO report_key = HL_BUF_INIT(200), body = HL_BUF_INIT(1000);
	HL_BUF_AUTO plain = HL_BUF_SECRET(1000);
	struct hl_seal_pub pub, queue_pub;
	struct hl_seal_secret secret, queue, staff_got, queue_got;

	(void)state;
	wrap_it(&pub, &secret, &wrap);
	hl_seal_keypair_new(&queue_pub, &queue);
	assert_int_equal(0, hl_seal_grant(&g, &pub, queue.b, &granted, NULL));
	assert_int_equal(0, hl_seal_report(&queue_pub, &label, HL_STR("words"),
				    &report_key, &body, NULL));

	assert_int_equal(0, hl_seal_staff_unwrap(7, &pub, password,
				    hl_buf_str(&wrap), &staff_got, NULL));
	assert_int_equal(0, hl_seal_grant_open(&g, &staff_got,
				    hl_buf_str(&granted), queue_got.b, NULL));
	assert_int_equal(0,
		hl_seal_report_open(&queue_got, &label, hl_buf_str(&report_key),
			hl_buf_str(&body), &plain, NULL));
	assert_string_equal("words", plain.p);
}

static void sessions(void **state)
{
	HL_BUF_AUTO wrap = HL_BUF_INIT(200);
	struct hl_seal_session s = {.staff_id = 7, .state = 0xa1b2c3d4}, got;
	struct hl_seal_token token, other;
	struct hl_seal_pub pub;

	(void)state;
	hl_seal_keypair_new(&pub, &s.secret);
	hl_seal_token_new(HL_SEAL_TOKEN_SESSION, &token);
	hl_seal_token_new(HL_SEAL_TOKEN_SESSION, &other);
	assert_int_equal(0, hl_seal_session_wrap(&token, &s, &wrap, NULL));
	assert_int_equal(0,
		hl_seal_session_open(&token, 7, hl_buf_str(&wrap), &got, NULL));
	assert_memory_equal(&s.secret, &got.secret, sizeof(s.secret));
	assert_int_equal(0xa1b2c3d4, got.state);
	assert_int_equal(7, got.staff_id);
	assert_int_equal(HL_E_CRYPTO,
		hl_seal_session_open(&other, 7, hl_buf_str(&wrap), &got, NULL));
	assert_int_equal(HL_E_CRYPTO,
		hl_seal_session_open(&token, 8, hl_buf_str(&wrap), &got, NULL));
	wrap.p[wrap.n - 20] ^= 1; /* a bit of state */
	assert_int_equal(HL_E_CRYPTO,
		hl_seal_session_open(&token, 7, hl_buf_str(&wrap), &got, NULL));
}

static void url_hashes(void **state)
{
	struct hl_seal_key a = {{1}}, b = {{2}};
	uint8_t one[32], same[32], longer[32], keyed[32], empty[32];

	(void)state;
	hl_seal_url_hash(&a, HL_STR("http://example.org/"), one);
	hl_seal_url_hash(&a, HL_STR("http://example.org/"), same);
	hl_seal_url_hash(&a, HL_STR("http://example.org/a"), longer);
	hl_seal_url_hash(&b, HL_STR("http://example.org/"), keyed);
	hl_seal_url_hash(&a, HL_STR_NONE, empty);
	assert_memory_equal(one, same, 32);
	assert_memory_not_equal(one, longer, 32);
	assert_memory_not_equal(one, keyed, 32);
	assert_memory_not_equal(one, empty, 32);
	/* Python: hashlib.blake2b(..., digest_size=32, key=, person=) */
	from_hex("449acffa33e733abb77787dcfd80543a"
		 "332d9a757e559634961bff36ec466ecb",
		keyed, 32);
	assert_memory_equal(keyed, one, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(password_opens),
		cmocka_unit_test(made_elsewhere),
		cmocka_unit_test(wrong_passwords),
		cmocka_unit_test(each_changed_byte_is_found),
		cmocka_unit_test(costs),
		cmocka_unit_test(password_change),
		cmocka_unit_test(derived_keys_differ),
		cmocka_unit_test(grants),
		cmocka_unit_test(from_password_to_report),
		cmocka_unit_test(sessions),
		cmocka_unit_test(url_hashes),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
