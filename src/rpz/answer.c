/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key decides: a message is looked at no further than its key and its
 * signature reach, and then only in that key's zone. Two consumers may have
 * zones of one name.
 */
#include "rpz/answer.h"

#include "base/time.h"

#define UDP_LEAST 512
#define UDP_MOST 1232

struct answer {
	struct hl_rpz_table *table;
	struct hl_rpz_asker *who;
	const struct hl_rpz_msg *q;
	struct hl_rpz_out *o;
	struct hl_rpz_xfer *x;
	struct hl_rpz_zone *zone;
	struct hl_rpz_chain chain;
	struct hl_rpz_version *version;
};

static size_t room(const struct answer *a)
{
	size_t n = a->q->has_edns ? a->q->edns_size : UDP_LEAST;

	if (a->who->tcp) {
		return a->o->max;
	}
	return n < UDP_LEAST ? UDP_LEAST : n > UDP_MOST ? UDP_MOST : n;
}

static void put_tail(struct answer *a, unsigned rcode)
{
	if (a->q->has_edns) {
		hl_rpz_put_opt(a->o, rcode);
	}
	hl_rpz_sign(&a->chain, a->who->now_s, a->o);
}

/* An answer without records. */
static enum hl_rpz_reply say(struct answer *a, unsigned rcode)
{
	hl_rpz_put_head(a->o, a->q, rcode);
	put_tail(a, rcode);
	return a->o->over ? HL_RPZ_SILENCE : HL_RPZ_MESSAGE;
}

static enum hl_rpz_reply refuse(struct answer *a)
{
	a->table->counts.refused++;
	return say(a, HL_RPZ_RCODE_REFUSED);
}

static enum hl_rpz_reply say_soa(struct answer *a)
{
	struct hl_rpz_out *o = a->o;
	struct hl_rpz_chain chain = a->chain;
	unsigned flags =
		HL_RPZ_FLAG_QR | HL_RPZ_FLAG_AA | (a->q->flags & 0x0100u);

	a->zone->n.soa++;
	hl_rpz_put_head(o, a->q, HL_RPZ_RCODE_OK);
	hl_rpz_set_16(o, 2, flags);
	hl_rpz_put_soa(o, a->zone, a->version->serial);
	put_tail(a, HL_RPZ_RCODE_OK);
	if (o->over || o->n > room(a)) {
		o->n = 0;
		o->over = false;
		a->chain = chain;
		hl_rpz_put_head(o, a->q, HL_RPZ_RCODE_OK);
		hl_rpz_set_16(o, 2, flags | HL_RPZ_FLAG_TC);
		put_tail(a, HL_RPZ_RCODE_OK);
	}
	return HL_RPZ_MESSAGE;
}

static enum hl_rpz_reply transfer(struct answer *a)
{
	hl_rpz_xfer_init(a->x, a->zone, a->version, &a->chain, a->q);
	a->version = NULL;
	if (a->x->whole) {
		a->zone->n.axfr++;
	} else {
		a->zone->n.ixfr++;
	}
	return HL_RPZ_TRANSFER;
}

static enum hl_rpz_reply answer_ixfr(struct answer *a)
{
	if (!a->q->has_serial) {
		a->table->counts.malformed++;
		return say(a, HL_RPZ_RCODE_FORMERR);
	}
	if (!hl_rpz_serial_after(a->version->serial, a->q->serial)) {
		a->zone->n.current++;
		return say_soa(a);
	}
	/* RFC 1995 clause 2: one SOA over UDP says to come by TCP */
	return a->who->tcp ? transfer(a) : say_soa(a);
}

static bool is_ours(const struct answer *a)
{
	const struct hl_rpz_msg *q = a->q;
	bool over_udp = q->qtype == HL_RPZ_SOA || q->qtype == HL_RPZ_IXFR;

	return q->qclass == HL_RPZ_IN &&
	       hl_rpz_name_eq(&q->qname, &a->zone->origin) &&
	       (over_udp || (q->qtype == HL_RPZ_AXFR && a->who->tcp)) &&
	       hl_rpz_zone_allows(a->zone, &a->who->from);
}

/* A good signature was seen. */
static enum hl_rpz_reply answer_known(struct answer *a)
{
	const struct hl_rpz_msg *q = a->q;

	if (q->opcode != HL_RPZ_OP_QUERY) {
		return say(a, HL_RPZ_RCODE_NOTIMP);
	}
	if (q->edns_version) {
		return say(a, HL_RPZ_RCODE_BADVERS);
	}
	if (!is_ours(a)) {
		return refuse(a);
	}
	a->who->known = a->zone;
	a->zone->n.asked_at_us = hl_time_now_us();
	a->version = hl_rpz_zone_now(a->zone);
	if (!a->version) {
		return say(a, HL_RPZ_RCODE_SERVFAIL);
	}
	return q->qtype == HL_RPZ_SOA    ? say_soa(a)
	       : q->qtype == HL_RPZ_IXFR ? answer_ixfr(a)
					 : transfer(a);
}

/* RFC 8945 clause 5.2: an answer that says so, signed only if the key and
 * the signature were good. */
static enum hl_rpz_reply refuse_signature(struct answer *a, int error)
{
	struct hl_rpz_counts *c = &a->table->counts;

	if (error == HL_RPZ_BADTIME || error == HL_RPZ_BADTRUNC) {
		c->bad_time++;
		return say(a, HL_RPZ_RCODE_NOTAUTH);
	}
	if (error == HL_RPZ_BADKEY) {
		c->bad_key++;
	} else {
		c->bad_sig++;
	}
	hl_rpz_put_head(a->o, a->q, HL_RPZ_RCODE_NOTAUTH);
	if (a->q->has_edns) {
		hl_rpz_put_opt(a->o, 0);
	}
	hl_rpz_put_unsigned(a->o, a->q, (uint16_t)error);
	return a->o->over ? HL_RPZ_SILENCE : HL_RPZ_MESSAGE;
}

static enum hl_rpz_reply answer_signed(struct answer *a)
{
	const struct hl_rpz_secret *key;

	a->zone = hl_rpz_table_find(a->table, &a->q->tsig.key, &key);
	if (!a->zone) {
		return refuse_signature(a, HL_RPZ_BADKEY);
	}
	a->chain.key = key;
	int r = hl_rpz_verify(&a->chain, a->q, a->who->now_s);
	if (r > 0) {
		return refuse_signature(a, r);
	}
	return r ? hl_rpz_answer_malformed(a->table, a->q, a->o)
		 : answer_known(a);
}

enum hl_rpz_reply hl_rpz_answer(struct hl_rpz_table *t,
	struct hl_rpz_asker *who, const struct hl_rpz_msg *q,
	struct hl_rpz_out *o, struct hl_rpz_xfer *x)
{
	struct answer a = {.table = t, .who = who, .q = q, .o = o, .x = x};
	enum hl_rpz_reply reply;

	if (q->flags & HL_RPZ_FLAG_QR) {
		t->counts.dropped++;
		return HL_RPZ_SILENCE;
	}
	if (q->tsig.present) {
		reply = answer_signed(&a);
	} else if (q->opcode != HL_RPZ_OP_QUERY) {
		reply = say(&a, HL_RPZ_RCODE_NOTIMP);
	} else {
		reply = refuse(&a);
	}
	hl_rpz_version_unref(a.version);
	hl_rpz_zone_free(a.zone);
	return reply;
}

enum hl_rpz_reply hl_rpz_answer_malformed(struct hl_rpz_table *t,
	const struct hl_rpz_msg *q, struct hl_rpz_out *o)
{
	if (q->flags & HL_RPZ_FLAG_QR) {
		t->counts.dropped++;
		return HL_RPZ_SILENCE;
	}
	t->counts.malformed++;
	hl_rpz_put_head(o, q, HL_RPZ_RCODE_FORMERR);
	return o->over ? HL_RPZ_SILENCE : HL_RPZ_MESSAGE;
}
