/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace.h"

#include "base/time.h"

/*
 * The steps of docs/trace.md. A step that fails leaves its part empty and a
 * sentence in `missing`, so that the record always tells what a person still
 * has to find out by hand.
 */

static void miss(
	struct hl_trace *t, struct hl_arena *arena, struct hl_str sentence)
{
	for (size_t i = 0; i < t->n_missing; i++) {
		if (hl_str_eq(t->missing[i], sentence)) {
			return;
		}
	}
	struct hl_str copy = hl_arena_dup(arena, sentence);
	if (copy.p && t->n_missing < HL_TRACE_MISSING) {
		t->missing[t->n_missing++] = copy;
	}
}

static void miss_c(struct hl_trace *t, struct hl_arena *arena, const char *s)
{
	if (s) {
		miss(t, arena, hl_str_c(s));
	}
}

static void stay_offline(struct hl_trace *t, struct hl_arena *arena)
{
	t->dns.name = t->name;
	t->dns.at_us = t->at_us;
	t->dns.status = t->dns.status_a = t->dns.status_aaaa =
		HL_NET_DNS_UNREACHABLE;
	miss_c(t, arena, "Looking hosts up over the network is switched off.");
}

static int find_addresses(struct hl_trace *t,
	const struct hl_trace_config *config, struct hl_arena *arena,
	struct hl_err *err)
{
	struct hl_net_addr a;

	t->is_address = !hl_net_addr_parse(t->name, &a);
	if (t->is_address) {
		t->dns.name = t->name;
		t->dns.at_us = t->at_us;
		t->dns.n_hosts = 1;
		t->dns.hosts[0].addr = a;
		return 0;
	}
	if (config->offline) {
		stay_offline(t, arena);
		return 0;
	}
	int r = hl_net_dns_resolve(
		config->client->dns, t->name, arena, &t->dns, err);
	if (r) {
		return r;
	}
	t->name = t->dns.name;
	if (t->dns.status != HL_NET_DNS_OK) {
		miss_c(t, arena, hl_net_dns_status_text(t->dns.status));
	} else if ((t->dns.status_a != HL_NET_DNS_OK &&
			   t->dns.status_a != HL_NET_DNS_NODATA) ||
		   (t->dns.status_aaaa != HL_NET_DNS_OK &&
			   t->dns.status_aaaa != HL_NET_DNS_NODATA)) {
		miss_c(t, arena,
			"One of the two kinds of address (IPv4, IPv6) could "
			"not be looked up.");
	}
	if (t->dns.more) {
		miss_c(t, arena, "The name has more addresses than are kept.");
	}
	return 0;
}

static bool is_public(const struct hl_net_addr *a)
{
	return hl_net_addr_class(a) == HL_NET_PUBLIC;
}

static int find_places(struct hl_trace *t, const struct hl_trace_geo *geo,
	struct hl_arena *arena, struct hl_err *err)
{
	bool v4 = false, v6 = false;

	for (size_t i = 0; i < t->dns.n_hosts; i++) {
		struct hl_trace_host *h = &t->hosts[t->n_hosts++];

		*h = (struct hl_trace_host){.addr = t->dns.hosts[i].addr,
			.ttl_s = t->dns.hosts[i].ttl_s,
			.place.as_name = HL_STR(""),
			.record = -1};
		v4 |= !h->addr.v6;
		v6 |= h->addr.v6;
		int r = geo ? hl_trace_geo_find(
				      geo, &h->addr, arena, &h->place, err)
			    : 0;
		if (r) {
			return r;
		}
	}
	if (!geo) {
		miss_c(t, arena, "There is no address data on this machine.");
		return 0;
	}
	miss_c(t, arena, hl_trace_geo_missing(geo, HL_TRACE_GEO_COUNTRY));
	if (v4) {
		miss_c(t, arena, hl_trace_geo_missing(geo, HL_TRACE_GEO_AS_V4));
	}
	if (v6) {
		miss_c(t, arena, hl_trace_geo_missing(geo, HL_TRACE_GEO_AS_V6));
	}
	return 0;
}

/* The answer that already covers the address; -1 if none does. */
static int known_record(const struct hl_trace *t, const struct hl_net_addr *a)
{
	for (size_t i = 0; i < t->n_records; i++) {
		const struct hl_trace_record *r = &t->records[i];

		if (r->end == HL_TRACE_RDAP_OK
				? hl_trace_network_has(&r->network, a)
				: !hl_net_addr_cmp(&r->asked, a)) {
			return (int)i;
		}
	}
	return -1;
}

static int ask_registry(struct hl_trace *t, struct hl_trace_host *h,
	const struct hl_trace_rdap *rdap, struct hl_arena *arena,
	struct hl_err *err)
{
	h->record = known_record(t, &h->addr);
	if (h->record >= 0) {
		return 0;
	}
	if (t->n_records == HL_TRACE_RECORDS) {
		miss_c(t, arena,
			"Not every network was asked for: there are more "
			"than six.");
		return 0;
	}
	struct hl_trace_record *rec = &t->records[t->n_records];
	int r = hl_trace_rdap_ask(rdap, &h->addr, arena, rec, err);
	if (r) {
		return r;
	}
	h->record = (int)t->n_records++;
	if (rec->end != HL_TRACE_RDAP_OK) {
		miss_c(t, arena, hl_trace_rdap_end_text(rec->end));
	} else if (!hl_trace_abuse_contact(&rec->network)) {
		miss_c(t, arena,
			rec->network.n_contacts
				? "The registry names no abuse contact; other "
				  "contacts are listed."
				: "The registry names no contact at all.");
	}
	return 0;
}

static int ask_registries(struct hl_trace *t, const struct hl_trace_rdap *rdap,
	struct hl_arena *arena, struct hl_err *err)
{
	if (!rdap || (!rdap->base && !rdap->bootstrap)) {
		miss_c(t, arena, hl_trace_rdap_end_text(HL_TRACE_RDAP_OFF));
		return 0;
	}
	for (size_t i = 0; i < t->n_hosts; i++) {
		struct hl_trace_host *h = &t->hosts[i];
		int r = is_public(&h->addr) || rdap->base
				? ask_registry(t, h, rdap, arena, err)
				: 0;

		if (r) {
			return r;
		}
	}
	return 0;
}

static const struct hl_trace_network *network_of(
	const struct hl_trace *t, const struct hl_trace_host *h)
{
	return h->record >= 0 && t->records[h->record].end == HL_TRACE_RDAP_OK
		       ? &t->records[h->record].network
		       : NULL;
}

static const char *country_of(
	const struct hl_trace *t, const struct hl_trace_host *h)
{
	const struct hl_trace_network *n = network_of(t, h);

	return h->place.country[0] || !n ? h->place.country : n->country;
}

static int choose(const struct hl_trace *t)
{
	int best = -1, best_worth = -1;

	for (size_t i = 0; i < t->n_hosts; i++) {
		const struct hl_trace_host *h = &t->hosts[i];
		int worth = is_public(&h->addr) ? 1 : 0;

		worth += worth && country_of(t, h)[0] ? 1 : 0;
		if (worth > best_worth) {
			best = (int)i;
			best_worth = worth;
		}
	}
	return best;
}

static void judge_chosen(struct hl_trace *t, struct hl_arena *arena)
{
	if (t->chosen < 0) {
		return;
	}
	const struct hl_trace_host *h = &t->hosts[t->chosen];
	const struct hl_trace_network *n = network_of(t, h);
	enum hl_net_class c = hl_net_addr_class(&h->addr);

	if (c != HL_NET_PUBLIC) {
		miss(t, arena,
			hl_arena_printf(arena,
				"The host has no public address: it is %s.",
				hl_net_class_name(c)));
	}
	if (!country_of(t, h)[0]) {
		miss_c(t, arena, "The host's country is not known.");
	}
	if (!h->place.asn) {
		miss_c(t, arena, "The host's network (AS) is not known.");
	}
	if (n && n->country[0] && h->place.country[0] &&
		strcmp(n->country, h->place.country) != 0) {
		miss(t, arena,
			hl_arena_printf(arena,
				"The address data says that the host is in "
				"%s, the registry says %s.",
				h->place.country, n->country));
	}
}

int hl_trace_run(struct hl_str target, const struct hl_trace_config *config,
	struct hl_arena *arena, struct hl_trace *out, struct hl_err *err)
{
	memset(out, 0, sizeof(*out));
	out->at_us = hl_time_now_us();
	out->chosen = -1;
	out->name = hl_net_host_of(target, arena);
	if (!out->name.n) {
		return HL_FAIL(err, HL_E_INVALID, "no host in the address");
	}
	int r = find_addresses(out, config, arena, err);
	if (!r) {
		r = find_places(out, config->geo, arena, err);
	}
	if (!r) {
		r = ask_registries(
			out, config->offline ? NULL : config->rdap, arena, err);
	}
	if (r) {
		return r;
	}
	out->chosen = choose(out);
	judge_chosen(out, arena);
	return 0;
}

const char *hl_trace_country(const struct hl_trace *t)
{
	return t->chosen < 0 ? "" : country_of(t, &t->hosts[t->chosen]);
}

static struct hl_str provider_of(
	const struct hl_trace *t, const struct hl_trace_host *h)
{
	const struct hl_trace_network *n = network_of(t, h);

	if (h->place.as_name.n || !n) {
		return h->place.as_name;
	}
	return n->holder.n ? n->holder : n->name;
}

struct hl_str hl_trace_provider(const struct hl_trace *t)
{
	return t->chosen < 0 ? HL_STR_NONE
			     : provider_of(t, &t->hosts[t->chosen]);
}

uint32_t hl_trace_asn(const struct hl_trace *t)
{
	return t->chosen < 0 ? 0 : t->hosts[t->chosen].place.asn;
}

const struct hl_trace_contact *hl_trace_contact(const struct hl_trace *t)
{
	const struct hl_trace_network *n =
		t->chosen < 0 ? NULL : network_of(t, &t->hosts[t->chosen]);

	return n ? hl_trace_abuse_contact(n) : NULL;
}

/* FNV-1a, 64 bit. */
static uint64_t mix(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++) {
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	}
	return h;
}

/* Country and AS, or the provider's name where the AS is not known; 0 when
 * neither is. */
static uint64_t id_of(const struct hl_trace *t, const struct hl_trace_host *h)
{
	struct hl_str provider = provider_of(t, h);
	const char *country = country_of(t, h);
	uint64_t id = UINT64_C(0xcbf29ce484222325);

	if (!country[0] || (!h->place.asn && !provider.n)) {
		return 0;
	}
	id = mix(id, country, 2);
	id = h->place.asn ? mix(id, &h->place.asn, sizeof(h->place.asn))
			  : mix(id, provider.p, provider.n);
	return id ? id : 1;
}

uint64_t hl_trace_host_id(const struct hl_trace *t)
{
	return t->chosen < 0 ? 0 : id_of(t, &t->hosts[t->chosen]);
}

static bool same_addresses(const struct hl_trace *a, const struct hl_trace *b)
{
	if (a->n_hosts != b->n_hosts) {
		return false;
	}
	for (size_t i = 0; i < a->n_hosts; i++) {
		if (hl_net_addr_cmp(&a->hosts[i].addr, &b->hosts[i].addr)) {
			return false;
		}
	}
	return true;
}

enum hl_trace_change hl_trace_changed(
	const struct hl_trace *before, const struct hl_trace *now)
{
	bool was_gone = hl_net_dns_is_gone(before->dns.status);
	uint64_t old = hl_trace_host_id(before);
	bool all_known = true;

	if (hl_net_dns_is_gone(now->dns.status)) {
		return was_gone ? HL_TRACE_SAME : HL_TRACE_GONE;
	}
	if (now->dns.status != HL_NET_DNS_OK) {
		return HL_TRACE_UNKNOWN;
	}
	if (was_gone) {
		return HL_TRACE_BACK;
	}
	if (before->n_hosts && same_addresses(before, now)) {
		return HL_TRACE_SAME;
	}
	for (size_t i = 0; i < now->n_hosts; i++) {
		uint64_t id = id_of(now, &now->hosts[i]);

		if (old && id == old) {
			return HL_TRACE_ADDRESS;
		}
		all_known &= id != 0;
	}
	return old && all_known ? HL_TRACE_HOST : HL_TRACE_UNKNOWN;
}

const char *hl_trace_change_name(enum hl_trace_change c)
{
	static const char *const names[HL_TRACE_N_CHANGES] = {
		[HL_TRACE_UNKNOWN] = "unknown",
		[HL_TRACE_SAME] = "same",
		[HL_TRACE_ADDRESS] = "address",
		[HL_TRACE_HOST] = "host",
		[HL_TRACE_GONE] = "gone",
		[HL_TRACE_BACK] = "back",
	};

	return (unsigned)c < HL_TRACE_N_CHANGES ? names[c] : "?";
}
