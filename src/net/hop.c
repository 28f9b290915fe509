/* SPDX-License-Identifier: Apache-2.0 */
#include "net/hop.h"

#include "base/time.h"

void hl_net_url_freep(CURLU **u)
{
	curl_url_cleanup(*u);
	*u = NULL;
}

void hl_net_list_freep(struct curl_slist **l)
{
	curl_slist_free_all(*l);
	*l = NULL;
}

int hl_net_hop_end(struct hl_net_got *got, enum hl_net_end end, const char *why)
{
	got->end = end;
	got->why = why;
	return HL_DENIED;
}

struct hl_str hl_net_url_part(
	struct hl_arena *arena, CURLU *u, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	struct hl_str out = HL_STR_NONE;

	if (curl_url_get(u, part, &text, flags) == CURLUE_OK) {
		out = hl_arena_dup(arena, hl_str_c(text));
		curl_free(text);
	}
	return out;
}

/* Reads scheme, host and port of h->got->url. HL_DENIED: got says why. */
static int read_url(struct hl_net_hop *h)
{
	__attribute__((cleanup(hl_net_url_freep))) CURLU *u = curl_url();
	struct hl_str port;

	if (!u || curl_url_set(u, CURLUPART_URL, h->got->url.p, 0)) {
		return hl_net_hop_end(h->got, HL_NET_BAD_URL,
			"the address is not one that can be asked for");
	}
	h->scheme = hl_net_url_part(h->arena, u, CURLUPART_SCHEME, 0);
	h->host = hl_net_url_part(h->arena, u, CURLUPART_HOST, 0);
	port = hl_net_url_part(h->arena, u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	if ((!hl_str_eq(h->scheme, HL_STR("http")) &&
		    !hl_str_eq(h->scheme, HL_STR("https"))) ||
		!h->host.n || hl_net_port_parse(port, &h->port)) {
		return hl_net_hop_end(h->got, HL_NET_BAD_URL,
			"the address is not a web address");
	}
	char *extra = NULL;
	if (!curl_url_get(u, CURLUPART_USER, &extra, 0) ||
		!curl_url_get(u, CURLUPART_PASSWORD, &extra, 0) ||
		!curl_url_get(u, CURLUPART_ZONEID, &extra, 0)) {
		curl_free(extra);
		return hl_net_hop_end(h->got, HL_NET_BAD_URL,
			"the address carries a login name or a zone");
	}
	return 0;
}

/* Plain http where only https is wanted. */
static bool too_plain(
	const struct hl_net_hop *h, const struct hl_net_endpoint *to)
{
	return h->ask->https_only && hl_str_eq(h->scheme, HL_STR("http")) &&
	       !hl_net_policy_is_allowance(h->client->policy, to);
}

int hl_net_hop_check(struct hl_net_hop *h, const struct hl_net_endpoint *to,
	const char **why)
{
	if (too_plain(h, to)) {
		*why = "plain http is not allowed here";
		return HL_DENIED;
	}
	return hl_net_policy_check_addr(h->client->policy, to, why);
}

static void freep_places(struct hl_net_places *p)
{
	hl_net_list_freep(&p->resolve);
	hl_net_list_freep(&p->connect_to);
}

int hl_net_list_add(
	struct curl_slist **list, const struct hl_buf *text, struct hl_err *err)
{
	struct curl_slist *l =
		text->fault ? NULL : curl_slist_append(*list, text->p);

	if (!l) {
		return HL_FAIL(err, HL_E_NOMEM, "address list");
	}
	*list = l;
	return 0;
}

static int judge_hosts(struct hl_net_hop *h, const struct hl_net_dns *dns,
	struct hl_net_places *out, struct hl_err *err)
{
	HL_BUF_AUTO resolve = HL_BUF_INIT(4096), to = HL_BUF_INIT(256);
	const char *why = "the name has no address";
	char text[HL_NET_ADDR_MAX];
	size_t n = 0;

	hl_buf_printf(&resolve, "%.*s:%u:", HL_STR_ARG(h->host), h->port);
	for (size_t i = 0; i < dns->n_hosts; i++) {
		struct hl_net_endpoint e = {dns->hosts[i].addr, h->port};
		const char *open = e.addr.v6 ? "[" : "";
		const char *close = e.addr.v6 ? "]" : "";

		if (hl_net_hop_check(h, &e, &why)) {
			continue;
		}
		hl_net_addr_print(&e.addr, text);
		hl_buf_printf(
			&resolve, "%s%s%s%s", n ? "," : "", open, text, close);
		if (!n++) {
			hl_buf_printf(
				&to, "::%s%s%s:%u", open, text, close, h->port);
			h->got->to = e;
		}
	}
	if (!n) {
		return hl_net_hop_end(h->got, HL_NET_DENIED, why);
	}
	int r = hl_net_list_add(&out->resolve, &resolve, err);
	return r ? r : hl_net_list_add(&out->connect_to, &to, err);
}

/* Looks the host up unless it is an address. */
static int find_hosts(struct hl_net_hop *h, bool first,
	struct hl_net_places *out, struct hl_err *err)
{
	struct hl_net_dns *dns = hl_arena_alloc(h->arena, sizeof(*dns));
	int r = 0;

	if (!dns) {
		return HL_FAIL(err, HL_E_NOMEM, "look-up");
	}
	if (!hl_net_addr_parse(h->host, &dns->hosts[0].addr)) {
		dns->name = h->host;
		dns->at_us = hl_time_now_us();
		dns->n_hosts = 1;
	} else {
		r = hl_net_dns_resolve(
			h->client->dns, h->host, h->arena, dns, err);
	}
	if (first) {
		h->got->dns = *dns;
	}
	if (r) {
		return r;
	}
	if (dns->status != HL_NET_DNS_OK) {
		return hl_net_hop_end(h->got, HL_NET_NO_HOST,
			hl_net_dns_status_text(dns->status));
	}
	return judge_hosts(h, dns, out, err);
}

int hl_net_hop_run(
	struct hl_net_hop *h, int64_t left_ms, bool first, struct hl_err *err)
{
	__attribute__((cleanup(freep_places))) struct hl_net_places places = {
		0};
	const char *why;
	int r = read_url(h);

	h->location = HL_STR_NONE;
	h->header_bytes = 0;
	h->got->bytes = 0;
	hl_buf_reset(&h->body);
	if (r) {
		return r;
	}
	if (hl_net_policy_check_host(
		    h->client->policy, h->host, h->port, &why)) {
		return hl_net_hop_end(h->got, HL_NET_DENIED, why);
	}
	r = find_hosts(h, first, &places, err);
	return r ? r : hl_net_hop_ask(h, &places, left_ms, err);
}
