/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/rdap.h"

#include "base/time.h"

enum {
	MAX_BODY = 1 << 20,
	MAX_FURTHER = 3,
	CONNECT_MS = 5000,
	TOTAL_MS = 10000,
	MAX_REDIRECTS = 3,
};

static const struct {
	const char *name;
	const char *text;
} ends[HL_TRACE_RDAP_N_ENDS] = {
	[HL_TRACE_RDAP_OK] = {"ok", "The registry answered."},
	[HL_TRACE_RDAP_OFF] = {"off",
		"Asking the address registries is switched off."},
	[HL_TRACE_RDAP_NO_SERVICE] = {"no-service",
		"No registry is known for the address."},
	[HL_TRACE_RDAP_NOT_FOUND] = {"not-found",
		"The registry knows no network with the address."},
	[HL_TRACE_RDAP_BUSY] = {"busy",
		"The registry takes no more questions for now."},
	[HL_TRACE_RDAP_REFUSED] = {"refused",
		"The registry refused to answer."},
	[HL_TRACE_RDAP_UNREACHABLE] = {"unreachable",
		"The registry could not be reached."},
	[HL_TRACE_RDAP_MALFORMED] = {"malformed",
		"The registry's answer could not be used."},
};

const char *hl_trace_rdap_end_name(enum hl_trace_rdap_end e)
{
	return (unsigned)e < HL_TRACE_RDAP_N_ENDS ? ends[e].name : "?";
}

const char *hl_trace_rdap_end_text(enum hl_trace_rdap_end e)
{
	return (unsigned)e < HL_TRACE_RDAP_N_ENDS ? ends[e].text : "?";
}

int hl_trace_rdap_end_parse(struct hl_str s, enum hl_trace_rdap_end *out)
{
	for (size_t i = 0; i < HL_TRACE_RDAP_N_ENDS; i++) {
		if (hl_str_eq(s, hl_str_c(ends[i].name))) {
			*out = (enum hl_trace_rdap_end)i;
			return 0;
		}
	}
	return HL_E_INVALID;
}

static enum hl_trace_rdap_end end_of_status(int status)
{
	switch (status) {
	case 200:
		return HL_TRACE_RDAP_OK;
	case 404:
		return HL_TRACE_RDAP_NOT_FOUND;
	case 429:
	case 503:
		return HL_TRACE_RDAP_BUSY;
	default:
		return HL_TRACE_RDAP_REFUSED;
	}
}

static enum hl_trace_rdap_end end_of_fetch(const struct hl_net_got *got)
{
	if (got->end == HL_NET_TOO_BIG) {
		return HL_TRACE_RDAP_MALFORMED;
	}
	return got->end == HL_NET_DONE ? end_of_status(got->status)
				       : HL_TRACE_RDAP_UNREACHABLE;
}

/* What the body says; only lack of memory is a fault. */
static int take_body(struct hl_str body, struct hl_arena *arena,
	struct hl_trace_record *out, struct hl_err *err)
{
	int r = hl_trace_rdap_parse(body, arena, &out->network, err);

	if (r == HL_E_NOMEM) {
		return r;
	}
	if (r || !hl_trace_network_has(&out->network, &out->asked)) {
		out->end = HL_TRACE_RDAP_MALFORMED;
	}
	return 0;
}

/* One question. The body, which may be large, leaves the memory with it. */
static int fetch(const struct hl_trace_rdap *rdap, struct hl_str url,
	struct hl_arena *arena, struct hl_trace_record *out, struct hl_err *err)
{
	HL_ARENA_AUTO *scratch = hl_arena_new(2 * MAX_BODY, true);
	struct hl_net_ask ask = {
		.url = url,
		.accept = "application/rdap+json",
		.keep = true,
		.max_bytes = MAX_BODY,
		.connect_ms = CONNECT_MS,
		.total_ms = rdap->total_ms ? rdap->total_ms : TOTAL_MS,
		.max_redirects = MAX_REDIRECTS,
		.https_only = true,
	};
	struct hl_net_got got;

	if (!scratch) {
		return HL_FAIL(err, HL_E_NOMEM, "RDAP");
	}
	int r = hl_net_fetch(rdap->client, &ask, scratch, &got, err);
	if (r) {
		return r;
	}
	out->end = end_of_fetch(&got);
	return out->end == HL_TRACE_RDAP_OK
		       ? take_body(got.body, arena, out, err)
		       : 0;
}

/* A larger network that knows whom to tell, or nothing. */
static int look_further(const struct hl_trace_rdap *rdap,
	struct hl_arena *arena, struct hl_trace_record *out, struct hl_err *err)
{
	struct hl_trace_record *other = hl_arena_alloc(arena, sizeof(*other));
	struct hl_str link =
		out->network.n_links ? out->network.links[0] : HL_STR_NONE;
	size_t next = 1;

	if (!other) {
		return HL_FAIL(err, HL_E_NOMEM, "RDAP");
	}
	for (int i = 0; i < MAX_FURTHER && link.p; i++) {
		other->asked = out->asked;
		int r = fetch(rdap, link, arena, other, err);

		if (r) {
			return r;
		}
		bool ok = other->end == HL_TRACE_RDAP_OK;
		if (ok && hl_trace_abuse_contact(&other->network)) {
			out->network.n_contacts = other->network.n_contacts;
			memcpy(out->network.contacts, other->network.contacts,
				sizeof(out->network.contacts));
			return 0;
		}
		if (next < out->network.n_links) {
			link = out->network.links[next++];
		} else {
			link = ok && other->network.n_links
				       ? other->network.links[0]
				       : HL_STR_NONE;
		}
	}
	return 0;
}

static struct hl_str base_for(
	const struct hl_trace_rdap *rdap, const struct hl_net_addr *a)
{
	return rdap->base ? hl_str_c(rdap->base)
			  : hl_trace_bootstrap_find(rdap->bootstrap, a);
}

int hl_trace_rdap_ask(const struct hl_trace_rdap *rdap,
	const struct hl_net_addr *a, struct hl_arena *arena,
	struct hl_trace_record *out, struct hl_err *err)
{
	char text[HL_NET_ADDR_MAX];

	*out = (struct hl_trace_record){.asked = *a,
		.at_us = hl_time_now_us(),
		.end = HL_TRACE_RDAP_OFF};
	if (!rdap || (!rdap->base && !rdap->bootstrap)) {
		return 0;
	}
	struct hl_str base = base_for(rdap, a);
	if (!base.n) {
		out->end = HL_TRACE_RDAP_NO_SERVICE;
		return 0;
	}
	hl_net_addr_print(a, text);
	struct hl_str url =
		hl_arena_printf(arena, "%.*s%sip/%s", HL_STR_ARG(base),
			hl_str_ends(base, HL_STR("/")) ? "" : "/", text);
	if (!url.p) {
		return HL_FAIL(err, HL_E_NOMEM, "RDAP");
	}
	int r = fetch(rdap, url, arena, out, err);
	if (r || out->end != HL_TRACE_RDAP_OK ||
		hl_trace_abuse_contact(&out->network)) {
		return r;
	}
	return look_further(rdap, arena, out, err);
}
