/* SPDX-License-Identifier: Apache-2.0 */
#include "ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

const struct hl_rpz_key test_key = {.name = HL_STR_INIT(KEY_NAME),
	.alg = HL_RPZ_SHA256,
	.secret = HL_STR_INIT("0123456789abcdef0123456789abcdef")};

struct hl_rpz_zone *test_zone(void)
{
	struct hl_rpz_zone_conf c;
	struct hl_rpz_zone *z;

	hl_rpz_zone_conf_init(&c);
	c.origin = HL_STR(ORIGIN);
	c.keys = &test_key;
	c.n_keys = 1;
	assert_int_equal(0, hl_rpz_zone_new(&c, &z, NULL));
	return z;
}

int test_set(struct hl_rpz_zone *z, size_t n, uint32_t serial)
{
	struct hl_str *names = calloc(n + 1, sizeof(*names));
	char(*text)[32] = calloc(n + 1, sizeof(*text));

	assert_true(names && text);
	for (size_t i = 0; i < n; i++) {
		int len = snprintf(text[i], sizeof(text[i]), "n%zu.example", i);

		names[i] = hl_str_mem(text[i], (size_t)len);
	}
	int r = hl_rpz_zone_set(z, names, n, serial, NULL);
	free(names);
	free(text);
	return r;
}

static void put_soa(struct hl_rpz_out *o, uint32_t serial)
{
	hl_rpz_put_16(o, 0xc00c);
	hl_rpz_put_16(o, HL_RPZ_SOA);
	hl_rpz_put_16(o, HL_RPZ_IN);
	hl_rpz_put_32(o, 0);
	hl_rpz_put_16(o, 22);
	hl_rpz_put_16(o, 0); /* two roots */
	hl_rpz_put_32(o, serial);
	for (int i = 0; i < 4; i++) {
		hl_rpz_put_32(o, 0);
	}
	hl_rpz_count(o, HL_RPZ_AT_NS);
}

static void put_question(struct hl_rpz_out *o, const struct test_question *q)
{
	struct hl_rpz_name name;

	assert_int_equal(0,
		hl_rpz_name_parse(hl_str_c(q->name ? q->name : ORIGIN), &name));
	hl_rpz_put_16(o, 0x1234);
	hl_rpz_put_16(o, q->flags);
	hl_rpz_put_16(o, 1);
	hl_rpz_put_32(o, 0);
	hl_rpz_put_16(o, 0);
	hl_rpz_put(o, name.p, name.n);
	hl_rpz_put_16(o, q->type);
	hl_rpz_put_16(o, HL_RPZ_IN);
}

size_t test_ask(const struct test_question *q, uint8_t out[1024],
	struct hl_rpz_chain *chain)
{
	struct hl_rpz_out o = {.p = out, .max = 1024};
	static struct hl_rpz_secret secret; /* the chain borrows it */

	put_question(&o, q);
	if (q->has_serial) {
		put_soa(&o, q->serial);
	}
	if (q->edns) {
		hl_rpz_put_opt(&o, 0);
		o.p[o.n - 5] = q->edns_version;
	}
	*chain = (struct hl_rpz_chain){.original_id = 0x1234};
	if (q->key) {
		assert_int_equal(0, hl_rpz_secret_init(q->key, &secret, NULL));
		chain->key = &secret;
		hl_rpz_sign(chain, q->at_s ? q->at_s : NOW_S, &o);
		chain->began = false;
	}
	assert_false(o.over);
	return o.n;
}
