/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "referral/bundle.h"
#include "referral/mail.h"
#include "sample.h"

static struct hl_referral_letter letter(const struct hl_referral_doc *d)
{
	return (struct hl_referral_letter){.doc = d,
		.from = HL_STR("notice@hotline.example.org"),
		.to = HL_STR("abuse@host.example.org"),
		.idempotency_key = HL_STR("outbox 7")};
}

static size_t count(const struct hl_buf *b, const char *words)
{
	struct hl_str rest = hl_buf_str(b), needle = hl_str_c(words);
	size_t n = 0;

	for (;;) {
		size_t at = hl_str_find(rest, needle);

		if (at == rest.n) {
			return n;
		}
		n++;
		rest = hl_str_sub(rest, at + needle.n, rest.n);
	}
}

static void a_provider_gets_xarf_for_each_address(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_MAIL_MAX);
	struct hl_referral_doc d;
	struct hl_err err;

	sample_doc(&d);
	d.recipient_kind = HL_RECIPIENT_PROVIDER;
	struct hl_referral_letter l = letter(&d);
	if (hl_referral_compose_mail(&l, &out, &err)) {
		fail_msg("%s", err.msg);
	}
	assert_int_equal(2, count(&out, "Content-Type: application/json"));
	assert_int_equal(1, count(&out, "filename=\"xarf-1.json\""));
	assert_int_equal(1, count(&out, "filename=\"xarf-2.json\""));
	assert_int_equal(0, count(&out, ".zip"));
	assert_int_equal(
		1, count(&out, "\r\nReply-To: notice@hotline.example.org\r\n"));

	d.n_addresses = 1;
	hl_buf_reset(&out);
	assert_int_equal(0, hl_referral_compose_mail(&l, &out, NULL));
	assert_int_equal(1, count(&out, "filename=\"xarf.json\""));

	/* What is illegal here only has no XARF: the addresses then. */
	d.outcome = HL_OUTCOME_NATIONAL;
	hl_buf_reset(&out);
	assert_int_equal(0, hl_referral_compose_mail(&l, &out, NULL));
	assert_int_equal(0, count(&out, "xarf.json"));
	assert_int_equal(1, count(&out, "filename=\"addresses.json\""));
	/* {"format":"openhotline-addresses/1", in base64 */
	assert_int_equal(1, count(&out, "eyJmb3JtYXQiOiJvcGVuaG90bGluZS1hZGR"));
}

static void the_police_get_a_bundle_that_verifies(void **state)
{
	static const uint8_t seed[32] = {9};
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_MAIL_MAX);
	HL_BUF_AUTO bundle = HL_BUF_INIT(HL_REFERRAL_BUNDLE_MAX);
	struct hl_referral_bundle_info info;
	HL_SEAL_SIGN_KEY_AUTO key;
	struct hl_referral_doc d;
	struct hl_err err;

	sample_doc(&d);
	hl_seal_sign_from_seed(seed, &key);
	struct hl_referral_letter l = letter(&d);
	assert_int_equal(0, hl_referral_compose_mail(&l, &out, &err));
	assert_int_equal(0, count(&out, "application/zip"));

	l.bundle_key = &key;
	hl_buf_reset(&out);
	assert_int_equal(0, hl_referral_compose_mail(&l, &out, &err));
	assert_int_equal(1, count(&out, "filename=\"F-7K3Q-X9M2-C.zip\""));
	assert_int_equal(0, count(&out, "xarf"));

	d.test = true;
	assert_int_equal(
		0, hl_referral_compose_bundle(&d, &key, &bundle, &err));
	assert_int_equal(0, hl_referral_bundle_verify(hl_buf_str(&bundle),
				    &key.pub, 1, &info, &err));
	assert_string_equal("F-7K3Q-X9M2-C", info.ref);
	assert_true(info.test);
	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		struct hl_str part =
			hl_referral_bundle_part_of(hl_buf_str(&bundle), i);

		assert_true(hl_str_find(part, d.ref) < part.n);
	}
}

static void nothing_is_left_out_silently(void **state)
{
	static struct hl_referral_address many[HL_REFERRAL_ATTACHMENTS_MAX + 1];
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_MAIL_MAX);
	struct hl_referral_doc d;
	struct hl_err err;

	sample_doc(&d);
	d.recipient_kind = HL_RECIPIENT_PROVIDER;
	for (size_t i = 0; i < HL_ARRAY_LEN(many); i++) {
		many[i] = (struct hl_referral_address){
			.canonical = HL_STR("https://example.org/")};
	}
	d.addresses = many;
	d.n_addresses = HL_REFERRAL_ATTACHMENTS_MAX;
	struct hl_referral_letter l = letter(&d);
	assert_int_equal(0, hl_referral_compose_mail(&l, &out, &err));
	assert_int_equal(1, count(&out, "filename=\"xarf-64.json\""));

	d.n_addresses++;
	hl_buf_reset(&out);
	assert_int_equal(HL_E_LIMIT, hl_referral_compose_mail(&l, &out, &err));
	d.n_addresses = 1;
	many[0].canonical = HL_STR("no address at all");
	assert_int_equal(
		HL_E_INVALID, hl_referral_compose_mail(&l, &out, &err));
	assert_string_equal("XARF: url", err.msg);
	many[0].canonical = HL_STR("https://example.org/");
	l.to = HL_STR("nobody");
	assert_int_equal(
		HL_E_INVALID, hl_referral_compose_mail(&l, &out, &err));
	assert_string_equal("the recipient's mail address", err.msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_provider_gets_xarf_for_each_address),
		cmocka_unit_test(the_police_get_a_bundle_that_verifies),
		cmocka_unit_test(nothing_is_left_out_silently),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
