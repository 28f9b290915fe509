/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question to this primary is small: a head, one question, for IXFR one
 * SOA, perhaps an OPT, and the TSIG, which is the last (RFC 8945 clause 5.1).
 * Records of other kinds are passed over by their lengths.
 */
#include "rpz/wire.h"

#define UDP_BYTES 1232 /* what we take, DNS flag day 2020 */

static uint16_t get_16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get_32(const uint8_t *p)
{
	return (uint32_t)get_16(p) << 16 | get_16(p + 2);
}

struct rr {
	struct hl_rpz_name owner;
	uint16_t type, class, n_data;
	uint32_t ttl;
	size_t data; /* offset */
};

static int read_rr(const struct hl_rpz_msg *m, size_t *at, struct rr *rr)
{
	if (hl_rpz_name_read(m->p, m->n, at, &rr->owner) || m->n - *at < 10) {
		return HL_E_INVALID;
	}
	rr->type = get_16(m->p + *at);
	rr->class = get_16(m->p + *at + 2);
	rr->ttl = get_32(m->p + *at + 4);
	rr->n_data = get_16(m->p + *at + 8);
	rr->data = *at + 10;
	if (m->n - rr->data < rr->n_data) {
		return HL_E_INVALID;
	}
	*at = rr->data + rr->n_data;
	return 0;
}

static int read_question(struct hl_rpz_msg *m, size_t *at)
{
	if (hl_rpz_name_read(m->p, m->n, at, &m->qname) || m->n - *at < 4) {
		return HL_E_INVALID;
	}
	m->qtype = get_16(m->p + *at);
	m->qclass = get_16(m->p + *at + 2);
	*at += 4;
	m->question_end = *at;
	return 0;
}

/* The serial of an SOA: behind two names. */
static int read_soa(struct hl_rpz_msg *m, const struct rr *rr)
{
	struct hl_rpz_name name;
	size_t at = rr->data, end = rr->data + rr->n_data;

	if (hl_rpz_name_read(m->p, end, &at, &name) ||
		hl_rpz_name_read(m->p, end, &at, &name) || end - at != 20) {
		return HL_E_INVALID;
	}
	m->has_serial = true;
	m->serial = get_32(m->p + at);
	return 0;
}

static int read_opt(struct hl_rpz_msg *m, const struct rr *rr)
{
	if (m->has_edns || rr->owner.n != 1) {
		return HL_E_INVALID;
	}
	m->has_edns = true;
	m->edns_size = rr->class;
	m->edns_version = (uint8_t)(rr->ttl >> 16);
	return 0;
}

static int read_tsig(struct hl_rpz_msg *m, const struct rr *rr)
{
	struct hl_rpz_tsig *t = &m->tsig;
	size_t at = rr->data, end = rr->data + rr->n_data;

	if (rr->class != HL_RPZ_ANY || rr->ttl != 0 ||
		hl_rpz_name_read(m->p, end, &at, &t->alg) || end - at < 10) {
		return HL_E_INVALID;
	}
	t->key = rr->owner;
	t->signed_s = (uint64_t)get_16(m->p + at) << 32 | get_32(m->p + at + 2);
	t->fudge_s = get_16(m->p + at + 6);
	t->n_mac = get_16(m->p + at + 8);
	at += 10;
	if (end - at < (size_t)t->n_mac + 6) {
		return HL_E_INVALID;
	}
	t->mac = m->p + at;
	at += t->n_mac;
	t->original_id = get_16(m->p + at);
	t->error = get_16(m->p + at + 2);
	t->n_other = get_16(m->p + at + 4);
	t->other = m->p + at + 6;
	t->present = end - at - 6 == t->n_other;
	return t->present ? 0 : HL_E_INVALID;
}

static int read_one(struct hl_rpz_msg *m, size_t *at, size_t section, bool last)
{
	struct rr rr;
	size_t began = *at;

	if (read_rr(m, at, &rr)) {
		return HL_E_INVALID;
	}
	if (rr.type == HL_RPZ_TSIG) {
		m->tsig.at = began;
		return section == HL_RPZ_AT_AR && last ? read_tsig(m, &rr)
						       : HL_E_INVALID;
	}
	if (rr.type == HL_RPZ_OPT) {
		return section == HL_RPZ_AT_AR ? read_opt(m, &rr)
					       : HL_E_INVALID;
	}
	if (section == HL_RPZ_AT_NS && rr.type == HL_RPZ_SOA) {
		return read_soa(m, &rr);
	}
	return 0;
}

static int read_section(struct hl_rpz_msg *m, size_t *at, size_t section)
{
	unsigned n = get_16(m->p + section);

	for (unsigned i = 0; i < n; i++) {
		if (read_one(m, at, section, i + 1 == n)) {
			return HL_E_INVALID;
		}
	}
	return 0;
}

int hl_rpz_msg_read(const uint8_t *p, size_t n, struct hl_rpz_msg *out)
{
	size_t at = HL_RPZ_HEAD;

	*out = (struct hl_rpz_msg){.p = p, .n = n};
	if (n < HL_RPZ_HEAD) {
		return HL_NOTFOUND;
	}
	out->id = get_16(p);
	out->flags = get_16(p + 2);
	out->opcode = out->flags >> 11 & 15;
	out->rcode = out->flags & 15;
	if (get_16(p + HL_RPZ_AT_QD) != 1 || read_question(out, &at) ||
		read_section(out, &at, HL_RPZ_AT_AN) ||
		read_section(out, &at, HL_RPZ_AT_NS) ||
		read_section(out, &at, HL_RPZ_AT_AR) || at != n) {
		out->tsig.present = false;
		return HL_E_INVALID;
	}
	return 0;
}

/* -- writing -- */

void hl_rpz_put(struct hl_rpz_out *o, const void *p, size_t n)
{
	o->over = o->over || o->max - o->n < n;
	if (!o->over && n) {
		memcpy(o->p + o->n, p, n);
		o->n += n;
	}
}

void hl_rpz_put_8(struct hl_rpz_out *o, unsigned v)
{
	hl_rpz_put(o, &(uint8_t){(uint8_t)v}, 1);
}

void hl_rpz_put_16(struct hl_rpz_out *o, unsigned v)
{
	const uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	hl_rpz_put(o, b, sizeof(b));
}

void hl_rpz_put_32(struct hl_rpz_out *o, uint32_t v)
{
	hl_rpz_put_16(o, v >> 16);
	hl_rpz_put_16(o, v & 0xffff);
}

void hl_rpz_put_48(struct hl_rpz_out *o, uint64_t v)
{
	hl_rpz_put_16(o, (unsigned)(v >> 32 & 0xffff));
	hl_rpz_put_32(o, (uint32_t)v);
}

void hl_rpz_set_16(struct hl_rpz_out *o, size_t at, unsigned v)
{
	if (!o->over) {
		o->p[at] = (uint8_t)(v >> 8);
		o->p[at + 1] = (uint8_t)v;
	}
}

void hl_rpz_count(struct hl_rpz_out *o, size_t at)
{
	if (!o->over) {
		hl_rpz_set_16(o, at, get_16(o->p + at) + 1u);
	}
}

void hl_rpz_put_head(
	struct hl_rpz_out *o, const struct hl_rpz_msg *q, unsigned rcode)
{
	/* RD is the one bit of the question that comes back */
	const unsigned kept = q->flags & 0x7900;

	hl_rpz_put_16(o, q->id);
	hl_rpz_put_16(o, HL_RPZ_FLAG_QR | kept | (rcode & 15));
	hl_rpz_put_16(o, q->question_end != 0);
	hl_rpz_put_32(o, 0);
	hl_rpz_put_16(o, 0);
	if (q->question_end) {
		hl_rpz_put(
			o, q->p + HL_RPZ_HEAD, q->question_end - HL_RPZ_HEAD);
	}
}

void hl_rpz_put_opt(struct hl_rpz_out *o, unsigned rcode)
{
	hl_rpz_put_8(o, 0);
	hl_rpz_put_16(o, HL_RPZ_OPT);
	hl_rpz_put_16(o, UDP_BYTES);
	hl_rpz_put_32(o, (uint32_t)(rcode >> 4) << 24);
	hl_rpz_put_16(o, 0);
	hl_rpz_count(o, HL_RPZ_AT_AR);
}
