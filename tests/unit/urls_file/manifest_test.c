/* SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

#include "urls_file/manifest.h"

#define SIGN "signature 0123456789abcdef "

static void sign(struct hl_buf *b)
{
	uint8_t key[32], secret[64];

	crypto_sign_keypair(key, secret);
	assert_int_equal(0, hl_urls_text_sign(b, secret, NULL));
}

static struct hl_urls_root a_root(void)
{
	struct hl_urls_root root = {.version = 3,
		.made = 1763800000,
		.expires = 1795336000,
		.threshold = 2,
		.n_root = 3,
		.n_online = 2};

	memset(root.hotline, 0xa1, sizeof(root.hotline));
	for (uint8_t i = 0; i < 7; i++) {
		memset(root.root[i], i + 1, HL_URLS_PUBLIC);
		memset(root.online[i % 4], 0x40 + i % 4, HL_URLS_PUBLIC);
	}
	return root;
}

static int reread_root(const struct hl_urls_root *root)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct hl_urls_root again;
	int rc;

	hl_urls_root_put(root, &text);
	sign(&text);
	rc = hl_urls_root_read(hl_buf_str(&text), &again, NULL, NULL);
	if (rc == 0) {
		assert_int_equal(root->version, again.version);
		assert_int_equal(root->made, again.made);
		assert_int_equal(root->expires, again.expires);
		assert_memory_equal(
			root->root, again.root, 32 * (size_t)root->n_root);
		assert_memory_equal(root->online, again.online,
			32 * (size_t)root->n_online);
		assert_int_equal(root->threshold, again.threshold);
	}
	return rc;
}

static void roots(void **state)
{
	struct hl_urls_root root = a_root();

	assert_int_equal(0, reread_root(&root));
	root.n_root = 7;
	root.n_online = 4;
	root.threshold = 7;
	assert_int_equal(0, reread_root(&root));
	root.n_root = 6;
	assert_int_equal(HL_E_INVALID, reread_root(&root));
	root = a_root();
	root.threshold = 0;
	assert_int_equal(HL_E_INVALID, reread_root(&root));
	root = a_root();
	root.n_root = 1;
	root.threshold = 1;
	assert_int_equal(HL_E_INVALID, reread_root(&root));
	root = a_root();
	root.n_online = 0;
	assert_int_equal(HL_E_INVALID, reread_root(&root));
	root = a_root();
	root.version = 0;
	assert_int_equal(HL_E_INVALID, reread_root(&root));
	root = a_root();
	root.expires = root.made;
	assert_int_equal(HL_E_INVALID, reread_root(&root));
	root = a_root();
	memcpy(root.root[2], root.root[0], HL_URLS_PUBLIC);
	assert_int_equal(HL_E_INVALID, reread_root(&root));
	root = a_root();
	memcpy(root.online[1], root.online[0], HL_URLS_PUBLIC);
	assert_int_equal(HL_E_INVALID, reread_root(&root));
}

/* The page's own order, by hand. */
static const char manifest_text[] =
	"openhotline urllist manifest 1\n"
	"hotline 000102030405060708090a0b0c0d0e0f\n"
	"consumer 1099511627775\n"
	"root 2\n"
	"version 17\n"
	"made 2026-11-22T09:00:00Z\n"
	"expires 2026-11-23T09:00:00Z\n"
	"wait 300\n"
	"canon 1\n"
	"tier 1\n"
	"epoch 20779\n"
	"rows 2\n"
	"previous 00000000000000000000000000000000000000000000000000000000"
	"00000000\n"
	"list 420 11111111111111111111111111111111111111111111111111111111"
	"11111111\n"
	"delta 15 200 2222222222222222222222222222222222222222222222222222"
	"222222222222\n"
	"delta 16 100 3333333333333333333333333333333333333333333333333333"
	"333333333333\n"
	"log 4 44444444444444444444444444444444444444444444444444444444"
	"44444444\n\n" SIGN
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	"AAAAAAAAAAAAAAAAAA\n";

static void manifest(void **state)
{
	HL_BUF_AUTO again = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct hl_urls_manifest m;
	struct hl_urls_text t;
	struct hl_err err = {0};

	if (hl_urls_manifest_read(hl_str_c(manifest_text), &m, &t, &err)) {
		fail_msg("%s", err.msg);
	}
	assert_int_equal(m.consumer, 1099511627775);
	assert_int_equal(m.root, 2);
	assert_int_equal(m.version, 17);
	assert_int_equal(m.expires - m.made, 86400);
	assert_int_equal(m.made, 1795338000);
	assert_int_equal(m.wait_s, 300);
	assert_int_equal(m.rows, 2);
	assert_int_equal(m.n_deltas, 2);
	assert_int_equal(m.delta[1].from, 16);
	assert_int_equal(m.delta[0].digest[31], 0x22);
	assert_int_equal(m.log_leaves, 4);
	hl_urls_manifest_put(&m, &again);
	assert_int_equal(again.n, t.signed_part.n);
	assert_memory_equal(again.p, manifest_text, again.n);
}

/* One change each. */
static void refused(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{"manifest 1", "manifest 2"},
		{"hotline 0001", "hotline 01"},
		{"consumer 1", "consumer x1"},
		{"root 2\nversion 17\n", "version 17\nroot 2\n"},
		{"root 2\n", ""},
		{"root 2", "root 0"},
		{"version 17", "version 0"},
		{"version 17", "version 18446744073709551615"},
		{"2026-11-23T09:00:00Z", "2026-11-23T09:00:01Z"},
		{"2026-11-23T09:00:00Z", "2026-11-22T09:00:00Z"},
		{"wait 300", "wait 29"},
		{"wait 300", "wait 86401"},
		{"canon 1", "canon 0"},
		{"canon 1", "canon 65536"},
		{"tier 1", "tier 2"},
		{"rows 2", "rows 16777217"},
		{"rows 2", "rows 3"},
		{"list 420 ", "list 400 "},
		{"list 420 ", "list 900000000000 "},
		{"delta 15 200", "delta 17 200"},
		{"delta 15 200", "delta 15 0"},
		{"log 4 ", "log "},
		{"log 4 ", "new 1\nlog 4 "},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
		struct hl_str all = hl_str_c(manifest_text);
		size_t at = hl_str_find(all, hl_str_c(rows[i].from));
		struct hl_urls_manifest m;

		assert_true(at < all.n);
		hl_buf_put(&text, hl_str_sub(all, 0, at));
		hl_buf_put(&text, hl_str_c(rows[i].to));
		hl_buf_put(&text,
			hl_str_sub(all, at + strlen(rows[i].from), all.n));
		if (hl_urls_manifest_read(hl_buf_str(&text), &m, NULL, NULL) !=
			HL_E_INVALID) {
			fail_msg("row %zu is taken", i);
		}
	}
}

static void sixteen_deltas(void **state)
{
	struct hl_urls_manifest m, again;

	assert_int_equal(0,
		hl_urls_manifest_read(hl_str_c(manifest_text), &m, NULL, NULL));
	for (uint32_t n = 0; n <= 17; n++) {
		HL_BUF_AUTO text = HL_BUF_INIT(HL_URLS_TEXT_MAX);

		m.n_deltas = n < 16 ? n : 16;
		for (uint32_t i = 0; i < m.n_deltas; i++) {
			m.delta[i] = m.delta[0];
		}
		hl_urls_manifest_put(&m, &text);
		if (n == 17) {
			struct hl_str all = hl_buf_str(&text);
			size_t at = hl_str_find(all, HL_STR("delta"));
			HL_BUF_AUTO more = HL_BUF_INIT(HL_URLS_TEXT_MAX);

			hl_buf_put(&more, hl_str_sub(all, 0, at));
			hl_buf_printf(&more, "delta 1 2 %064d\n", 0);
			hl_buf_put(&more, hl_str_sub(all, at, all.n));
			sign(&more);
			assert_int_equal(HL_E_INVALID,
				hl_urls_manifest_read(
					hl_buf_str(&more), &again, NULL, NULL));
			continue;
		}
		sign(&text);
		assert_int_equal(0, hl_urls_manifest_read(hl_buf_str(&text),
					    &again, NULL, NULL));
		assert_int_equal(again.n_deltas, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots),
		cmocka_unit_test(manifest),
		cmocka_unit_test(refused),
		cmocka_unit_test(sixteen_deltas),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
