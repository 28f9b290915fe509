/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dns.h"

#include <stdlib.h>

#include "base/time.h"
#include "net/dns_ask.h"

/*
 * A look-up asks A and AAAA of one name at once, then follows the CNAMEs in
 * the answers. A resolver normally sends the whole chain with the addresses;
 * where it sends a part, the end of the part is asked for next.
 */

/* Adds one step to the chain unless it is there. */
static int add_hop(struct hl_net_dns *d, struct hl_arena *arena,
	const struct hl_net_dns_rr *rr, struct hl_err *err)
{
	struct hl_str from = hl_str_c(rr->owner);

	for (size_t i = 0; i < d->n_hops; i++) {
		if (hl_str_eq(d->hops[i].from, from)) {
			return 0;
		}
	}
	struct hl_net_dns_hop hop = {.from = hl_arena_dup(arena, from),
		.to = hl_arena_dup(arena, hl_str_c(rr->target)),
		.ttl_s = rr->ttl_s};
	if (!hop.from.p || !hop.to.p) {
		return HL_FAIL(err, HL_E_NOMEM, "DNS chain");
	}
	d->hops[d->n_hops++] = hop;
	return 0;
}

static const struct hl_net_dns_rr *cname_of(
	const struct hl_net_dns_answer *a, const char *owner)
{
	for (size_t i = 0; i < a->n_rrs; i++) {
		if (a->rrs[i].type == HL_NET_DNS_CNAME &&
			strcmp(a->rrs[i].owner, owner) == 0) {
			return &a->rrs[i];
		}
	}
	return NULL;
}

static bool seen(const struct hl_net_dns *d, const char *name)
{
	struct hl_str s = hl_str_c(name);

	for (size_t i = 0; i < d->n_hops; i++) {
		if (hl_str_eq(d->hops[i].from, s)) {
			return true;
		}
	}
	return false;
}

/*
 * Follows the CNAMEs of one answer from name on and leaves the last name in
 * name. HL_CONFLICT: they go round, or there are too many.
 */
static int follow(struct hl_net_dns *d, struct hl_arena *arena,
	const struct hl_net_dns_answer *a, char name[HL_NET_NAME_MAX],
	struct hl_err *err)
{
	const struct hl_net_dns_rr *rr;

	while ((rr = cname_of(a, name))) {
		if (d->n_hops == HL_NET_DNS_HOPS) {
			return HL_CONFLICT;
		}
		int r = add_hop(d, arena, rr, err);
		if (r) {
			return r;
		}
		memcpy(name, rr->target, HL_NET_NAME_MAX);
		if (seen(d, name)) {
			return HL_CONFLICT;
		}
	}
	return 0;
}

static void add_host(
	struct hl_net_dns *d, const struct hl_net_addr *addr, uint32_t ttl_s)
{
	size_t at = 0;

	while (at < d->n_hosts &&
		hl_net_addr_cmp(&d->hosts[at].addr, addr) < 0) {
		at++;
	}
	if (at < d->n_hosts && !hl_net_addr_cmp(&d->hosts[at].addr, addr)) {
		return;
	}
	if (d->n_hosts == HL_NET_DNS_HOSTS) {
		d->more = true;
		return;
	}
	memmove(&d->hosts[at + 1], &d->hosts[at],
		(d->n_hosts - at) * sizeof(d->hosts[0]));
	d->hosts[at] = (struct hl_net_dns_host){*addr, ttl_s};
	d->n_hosts++;
}

static void add_hosts(struct hl_net_dns *d, const struct hl_net_dns_answer *a,
	uint16_t type, const char *owner)
{
	for (size_t i = 0; i < a->n_rrs; i++) {
		if (a->rrs[i].type == type &&
			strcmp(a->rrs[i].owner, owner) == 0) {
			add_host(d, &a->rrs[i].addr, a->rrs[i].ttl_s);
		}
	}
	d->more |= a->more;
}

/* A name either exists or does not, so one NXDOMAIN decides; "no address of
 * this kind" decides nothing about the other kind. */
static enum hl_net_dns_status merge(
	enum hl_net_dns_status a, enum hl_net_dns_status b)
{
	if (a == HL_NET_DNS_NXDOMAIN || b == HL_NET_DNS_NXDOMAIN) {
		return HL_NET_DNS_NXDOMAIN;
	}
	if (a == HL_NET_DNS_NODATA) {
		return b;
	}
	return a == HL_NET_DNS_OK ? b : a;
}

static void settle(struct hl_net_dns *d, const struct hl_net_lookup *l)
{
	bool a = false, aaaa = false;

	for (size_t i = 0; i < d->n_hosts; i++) {
		a |= !d->hosts[i].addr.v6;
		aaaa |= d->hosts[i].addr.v6;
	}
	d->status_a = l->a.status == HL_NET_DNS_OK && !a ? HL_NET_DNS_NODATA
							 : l->a.status;
	d->status_aaaa = l->aaaa.status == HL_NET_DNS_OK && !aaaa
				 ? HL_NET_DNS_NODATA
				 : l->aaaa.status;
	d->status =
		d->n_hosts ? HL_NET_DNS_OK : merge(d->status_a, d->status_aaaa);
}

/* HL_CONFLICT for a loop. *again: the chain goes on at name. */
static int take_answers(struct hl_net_dns *d, struct hl_arena *arena,
	struct hl_net_lookup *l, char name[HL_NET_NAME_MAX], struct hl_err *err)
{
	char end[HL_NET_NAME_MAX];
	size_t before = d->n_hops;

	memcpy(end, name, sizeof(end));
	int r = follow(d, arena, &l->a.answer, end, err);
	if (!r && d->n_hops == before) {
		r = follow(d, arena, &l->aaaa.answer, end, err);
	}
	if (r) {
		return r;
	}
	add_hosts(d, &l->a.answer, HL_NET_DNS_A, end);
	add_hosts(d, &l->aaaa.answer, HL_NET_DNS_AAAA, end);
	memcpy(name, end, HL_NET_NAME_MAX);
	return 0;
}

static int chase(struct hl_net_dns *d, struct hl_arena *arena,
	struct hl_net_lookup *l, char name[HL_NET_NAME_MAX], struct hl_err *err)
{
	char asked[HL_NET_NAME_MAX];

	for (;;) {
		memcpy(asked, name, sizeof(asked));
		int r = hl_net_dns_ask(l, name, err);
		if (!r) {
			r = take_answers(d, arena, l, name, err);
		}
		if (r == HL_CONFLICT) {
			d->status = d->status_a = d->status_aaaa =
				HL_NET_DNS_LOOP;
			return 0;
		}
		if (r) {
			return r;
		}
		settle(d, l);
		bool moved = strcmp(asked, name) != 0;
		if (!moved || d->status != HL_NET_DNS_NODATA) {
			return 0;
		}
		if (hl_net_dns_name(hl_str_c(name), asked)) {
			d->status = HL_NET_DNS_BAD_NAME;
			return 0;
		}
	}
}

int hl_net_dns_resolve(const struct hl_net_dns_config *config,
	struct hl_str name, struct hl_arena *arena, struct hl_net_dns *out,
	struct hl_err *err)
{
	char at[HL_NET_NAME_MAX];
	int64_t start = hl_time_mono_us();
	int r = 0;

	*out = (struct hl_net_dns){.at_us = hl_time_now_us()};
	if (hl_net_dns_name(name, at)) {
		out->name = hl_arena_dup(arena, hl_str_sub(name, 0, 253));
		out->status = out->status_a = out->status_aaaa =
			HL_NET_DNS_BAD_NAME;
		return out->name.p ? 0 : HL_FAIL(err, HL_E_NOMEM, "DNS name");
	}
	out->name = hl_arena_dup(arena, hl_str_c(at));
	struct hl_net_lookup *l = calloc(1, sizeof(*l));
	if (!out->name.p || !l) {
		free(l);
		return HL_FAIL(err, HL_E_NOMEM, "DNS look-up");
	}
	l->config = config;
	l->deadline_us = start + (int64_t)config->deadline_ms * 1000;
	r = chase(out, arena, l, at, err);
	free(l);
	out->took_us = hl_time_mono_us() - start;
	return r;
}
