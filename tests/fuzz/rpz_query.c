/* SPDX-License-Identifier: Apache-2.0 */
#include "rpz/answer.h"

#include <assert.h>

/*
 * A message from anybody, to a primary of one zone. The first byte says what
 * becomes of the rest: bit 0, it comes by TCP; bit 1, it is signed here with
 * the good key, so that what stands behind a signature is reached too; bit
 * 2, the zone has no set. Whatever comes: answers are well-formed, fit, are
 * to what was asked, and have records only for who has the key.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_S 1795382777u

static const struct hl_rpz_key key = {.name = HL_STR_INIT("k.example"),
	.alg = HL_RPZ_SHA256,
	.secret = HL_STR_INIT("0123456789abcdef")};

struct world {
	struct hl_rpz_table table;
	struct hl_rpz_zone *full, *empty;
	struct hl_rpz_secret secret;
};

static struct hl_rpz_zone *zone(const char *name)
{
	static const struct hl_str names[] = {HL_STR_INIT("a.example"),
		HL_STR_INIT("b.example"), HL_STR_INIT("c.d.example")};
	struct hl_rpz_zone_conf c;
	struct hl_rpz_zone *z;
	struct hl_rpz_key other = key;

	hl_rpz_zone_conf_init(&c);
	c.origin = HL_STR("z.example");
	other.name = hl_str_c(name);
	c.keys = &other;
	c.n_keys = 1;
	int r = hl_rpz_zone_new(&c, &z, NULL);
	assert(!r);
	r = hl_rpz_zone_set(z, names, 2, 1, NULL);
	assert(!r);
	r = hl_rpz_zone_set(z, names + 1, 2, 2, NULL);
	assert(!r);
	(void)r;
	return z;
}

static struct world *world(void)
{
	static struct world *w;

	if (!w) {
		w = calloc(1, sizeof(*w));
		assert(w);
		hl_rpz_table_init(&w->table);
		w->full = zone("k.example");
		w->empty = zone("e.example");
		hl_rpz_zone_clear(w->empty);
		int r = hl_rpz_table_add(&w->table, w->full, NULL);
		assert(!r);
		r = hl_rpz_table_add(&w->table, w->empty, NULL);
		assert(!r);
		r = hl_rpz_secret_init(&key, &w->secret, NULL);
		assert(!r);
		(void)r;
	}
	return w;
}

/* What was signed is verified as it was; for the zone without a set only
 * the key's name differs. */
static size_t sign(struct world *w, uint8_t *p, size_t n, bool empty)
{
	struct hl_rpz_secret secret = w->secret;
	struct hl_rpz_chain chain = {
		.key = &secret, .original_id = (uint16_t)(p[0] << 8 | p[1])};
	struct hl_rpz_out o = {.p = p, .n = n, .max = 4096};

	if (empty) {
		secret.name = w->empty->keys[0].name;
	}
	hl_rpz_sign(&chain, NOW_S, &o);
	return o.over ? n : o.n;
}

static unsigned records(const uint8_t *p)
{
	return (unsigned)(p[6] << 8 | p[7]);
}

static void take(struct hl_rpz_xfer *x, uint8_t *p)
{
	bool over = false;

	for (int i = 0; !over; i++) {
		struct hl_rpz_out o = {.p = p, .max = HL_RPZ_XFER_MESSAGE};
		struct hl_rpz_msg m;

		over = hl_rpz_xfer_next(x, NOW_S, &o);
		assert(i == 0 && !o.over);
		assert(!hl_rpz_msg_read(o.p, o.n, &m) && m.tsig.present);
		assert(records(p) >= 3 && records(p) <= 20);
	}
	hl_rpz_xfer_fini(x);
}

static void check(
	const struct hl_rpz_msg *q, int form, uint8_t *p, size_t n, bool tcp)
{
	struct hl_rpz_msg m;
	int r = hl_rpz_msg_read(p, n, &m);

	assert(m.id == q->id && m.flags & HL_RPZ_FLAG_QR);
	/* one without a question is one that could not be read */
	assert(r == 0 || (form && !q->question_end) || m.question_end);
	assert(records(p) == 0 || (m.tsig.present && m.tsig.n_mac == 32));
	assert(records(p) <= 1);
	assert(tcp || n <= 1232 || records(p) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t in[4096], out[65535];
	struct world *w = world();
	struct hl_rpz_out o = {.p = out, .max = sizeof(out)};
	struct hl_rpz_xfer x;
	struct hl_rpz_msg q;

	if (size < 1 || size > sizeof(in)) {
		return 0;
	}
	size_t n = size - 1;
	struct hl_rpz_asker who = {.tcp = data[0] & 1, .now_s = NOW_S};
	memcpy(in, data + 1, n);
	if (data[0] & 2 && n >= HL_RPZ_HEAD) {
		n = sign(w, in, n, data[0] & 4);
	}
	int form = hl_rpz_msg_read(in, n, &q);
	if (form > 0) {
		return 0;
	}
	enum hl_rpz_reply reply =
		form ? hl_rpz_answer_malformed(&w->table, &q, &o)
		     : hl_rpz_answer(&w->table, &who, &q, &o, &x);
	assert(!(q.flags & HL_RPZ_FLAG_QR) || reply == HL_RPZ_SILENCE);
	assert(reply != HL_RPZ_TRANSFER || (who.tcp && who.known));
	if (reply == HL_RPZ_TRANSFER) {
		take(&x, out);
	} else if (reply == HL_RPZ_MESSAGE) {
		check(&q, form, o.p, o.n, who.tcp);
	}
	return 0;
}
