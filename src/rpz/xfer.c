/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transfer is a row of parts, each an SOA, the NS or the names of a set:
 *   AXFR  SOA, NS, names, SOA
 *   IXFR  SOA, then for each difference SOA, removed, SOA, added; SOA
 * A message takes as much as fits. Every message repeats the question, so
 * that its name, at offset 12, is what all owners end with, and is signed.
 */
#include "rpz/xfer.h"

#define TO_ORIGIN (0xc000u | HL_RPZ_HEAD)

enum kind { SOA, NS, NAMES, END };

struct part {
	enum kind kind;
	uint32_t serial;
	const struct hl_rpz_set *set;
};

static struct part part_of_whole(const struct hl_rpz_xfer *x)
{
	switch (x->part) {
	case 0:
	case 3:
		return (struct part){.kind = SOA, .serial = x->version->serial};
	case 1:
		return (struct part){.kind = NS};
	case 2:
		return (struct part){.kind = NAMES, .set = x->version->names};
	default:
		return (struct part){.kind = END};
	}
}

static struct part part_of_delta(const struct hl_rpz_xfer *x)
{
	const struct hl_rpz_version *v = x->version;
	size_t n = 4 * (v->n_deltas - x->delta);

	if (x->part == 0 || x->part == n + 1) {
		return (struct part){.kind = SOA, .serial = v->serial};
	}
	if (x->part > n) {
		return (struct part){.kind = END};
	}
	const struct hl_rpz_delta *d = v->deltas[x->delta + (x->part - 1) / 4];
	switch ((x->part - 1) % 4) {
	case 0:
		return (struct part){.kind = SOA, .serial = d->from};
	case 1:
		return (struct part){.kind = NAMES, .set = d->removed};
	case 2:
		return (struct part){.kind = SOA, .serial = d->to};
	default:
		return (struct part){.kind = NAMES, .set = d->added};
	}
}

static struct part part_now(const struct hl_rpz_xfer *x)
{
	return x->whole ? part_of_whole(x) : part_of_delta(x);
}

/* Where the history goes on from a serial; n_deltas if it is not there. */
static size_t find_delta(const struct hl_rpz_version *v, uint32_t serial)
{
	size_t i = 0;

	while (i < v->n_deltas && v->deltas[i]->from != serial) {
		i++;
	}
	return i;
}

void hl_rpz_xfer_init(struct hl_rpz_xfer *x, struct hl_rpz_zone *z,
	struct hl_rpz_version *v, const struct hl_rpz_chain *chain,
	const struct hl_rpz_msg *q)
{
	*x = (struct hl_rpz_xfer){.zone = hl_rpz_zone_ref(z),
		.version = v,
		.chain = *chain,
		.asked = *q,
		.edns = q->has_edns};
	memcpy(x->question, q->p, q->question_end);
	x->asked.p = x->question;
	x->asked.tsig = (struct hl_rpz_tsig){.present = false};
	x->delta = q->qtype == HL_RPZ_IXFR ? find_delta(v, q->serial)
					   : v->n_deltas;
	x->whole = x->delta == v->n_deltas;
}

void hl_rpz_xfer_fini(struct hl_rpz_xfer *x)
{
	hl_rpz_version_unref(x->version);
	hl_rpz_zone_free(x->zone);
	*x = (struct hl_rpz_xfer){.zone = NULL};
}

static void put_rr(
	struct hl_rpz_out *o, unsigned type, uint32_t ttl, size_t n_data)
{
	hl_rpz_put_16(o, type);
	hl_rpz_put_16(o, HL_RPZ_IN);
	hl_rpz_put_32(o, ttl);
	hl_rpz_put_16(o, (unsigned)n_data);
}

void hl_rpz_put_soa(
	struct hl_rpz_out *o, const struct hl_rpz_zone *z, uint32_t serial)
{
	hl_rpz_put_16(o, TO_ORIGIN);
	put_rr(o, HL_RPZ_SOA, z->times.ttl, (size_t)z->ns.n + z->mbox.n + 20);
	hl_rpz_put(o, z->ns.p, z->ns.n);
	hl_rpz_put(o, z->mbox.p, z->mbox.n);
	hl_rpz_put_32(o, serial);
	hl_rpz_put_32(o, z->times.refresh);
	hl_rpz_put_32(o, z->times.retry);
	hl_rpz_put_32(o, z->times.expire);
	hl_rpz_put_32(o, z->times.minimum);
	hl_rpz_count(o, HL_RPZ_AT_AN);
}

static void put_ns(struct hl_rpz_out *o, const struct hl_rpz_zone *z)
{
	hl_rpz_put_16(o, TO_ORIGIN);
	put_rr(o, HL_RPZ_NS, z->times.ttl, z->ns.n);
	hl_rpz_put(o, z->ns.p, z->ns.n);
	hl_rpz_count(o, HL_RPZ_AT_AN);
}

/* "." unless there is a stop host. */
static void put_target(struct hl_rpz_out *o, const struct hl_rpz_zone *z)
{
	static const uint8_t root[1] = {0};
	size_t n = z->stop_host.n ? z->stop_host.n : 1;

	put_rr(o, HL_RPZ_CNAME, z->times.ttl, n);
	hl_rpz_put(o, z->stop_host.n ? z->stop_host.p : root, n);
	hl_rpz_count(o, HL_RPZ_AT_AN);
}

/* The name and all below it; the second owner points at the first. */
static void put_name(struct hl_rpz_out *o, const struct hl_rpz_zone *z,
	const uint8_t *name, size_t n)
{
	uint8_t labels[HL_RPZ_WIRE_MAX + 1];
	size_t at = o->n;

	hl_rpz_host_put(name, n, labels);
	hl_rpz_put(o, labels, n + 1);
	hl_rpz_put_16(o, TO_ORIGIN);
	put_target(o, z);
	hl_rpz_put(o, "\x01*", 2);
	hl_rpz_put_16(o, (unsigned)(0xc000u | at));
	put_target(o, z);
}

/* False when the message is full before the set is. */
static bool put_names(struct hl_rpz_xfer *x, const struct hl_rpz_set *set,
	struct hl_rpz_out *o)
{
	const size_t target = x->zone->stop_host.n ? x->zone->stop_host.n : 1;

	while (x->pos < set->bytes) {
		size_t n = set->data[x->pos];

		if (o->max - o->n < n + 1 + 2 + 4 + 2 * (10 + target)) {
			return false;
		}
		put_name(o, x->zone, set->data + x->pos + 1, n);
		x->pos += n + 1;
	}
	x->pos = 0;
	return true;
}

/* False when there is no room for it. */
static bool put_part(
	struct hl_rpz_xfer *x, const struct part *p, struct hl_rpz_out *o)
{
	if (p->kind == NAMES) {
		return put_names(x, p->set, o);
	}
	if (o->max - o->n < 12u + 20u + x->zone->ns.n + x->zone->mbox.n) {
		return false;
	}
	if (p->kind == SOA) {
		hl_rpz_put_soa(o, x->zone, p->serial);
	} else {
		put_ns(o, x->zone);
	}
	return true;
}

bool hl_rpz_xfer_next(
	struct hl_rpz_xfer *x, uint64_t now_s, struct hl_rpz_out *o)
{
	const size_t tail = hl_rpz_sign_bytes(&x->chain) + (x->edns ? 11 : 0);
	const size_t max = o->max;
	struct part p = part_now(x);

	hl_rpz_put_head(o, &x->asked, HL_RPZ_RCODE_OK);
	hl_rpz_set_16(o, 2,
		HL_RPZ_FLAG_QR | HL_RPZ_FLAG_AA | (x->asked.flags & 0x0100u));
	o->max = max < HL_RPZ_XFER_MESSAGE ? max - tail
					   : HL_RPZ_XFER_MESSAGE - tail;
	while (p.kind != END && put_part(x, &p, o)) {
		x->part++;
		p = part_now(x);
	}
	o->max = max;
	if (x->edns) {
		hl_rpz_put_opt(o, 0);
		x->edns = false;
	}
	hl_rpz_sign(&x->chain, now_s, o);
	return p.kind == END;
}
