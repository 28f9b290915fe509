/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

#include "base/time.h"

/*
 * libcurl does HTTP and TLS for one hop at a time; redirects are followed
 * here, so that each target passes the policy first. libcurl never resolves
 * a name: the addresses that our look-up found and the policy let through
 * are handed to it, and the callback that opens the socket asks the policy
 * again about the very address it is about to connect to. With a proxy the
 * tunnel is asked for by address, for the same reason.
 */

enum { MAX_HEADER_BYTES = 65536, MAX_URL = 8192 };

struct hop {
	const struct hl_net_client *client;
	const struct hl_net_ask *ask;
	struct hl_arena *arena;
	struct hl_net_got *got;
	struct hl_buf body;
	size_t header_bytes;
	bool refused; /* by the policy, in the socket callback */
	bool enough;  /* we ended the body ourselves */
	bool too_big;
	bool no_memory;
	struct hl_str location;
	/* of the URL, in curl's reading, which is what is connected to */
	struct hl_str scheme, host;
	uint16_t port;
};

static void freep_url(CURLU **u)
{
	curl_url_cleanup(*u);
	*u = NULL;
}

static void freep_easy(CURL **c)
{
	curl_easy_cleanup(*c);
	*c = NULL;
}

static void freep_list(struct curl_slist **l)
{
	curl_slist_free_all(*l);
	*l = NULL;
}

static int end_with(
	struct hl_net_got *got, enum hl_net_end end, const char *why)
{
	got->end = end;
	got->why = why;
	return HL_DENIED;
}

/* A copy of one part of u; absent if it has none. */
static struct hl_str url_part(
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
static int read_url(struct hop *h)
{
	__attribute__((cleanup(freep_url))) CURLU *u = curl_url();
	struct hl_str port;

	if (!u || curl_url_set(u, CURLUPART_URL, h->got->url.p, 0)) {
		return end_with(h->got, HL_NET_BAD_URL,
			"the address is not one that can be asked for");
	}
	h->scheme = url_part(h->arena, u, CURLUPART_SCHEME, 0);
	h->host = url_part(h->arena, u, CURLUPART_HOST, 0);
	port = url_part(h->arena, u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	if ((!hl_str_eq(h->scheme, HL_STR("http")) &&
		    !hl_str_eq(h->scheme, HL_STR("https"))) ||
		!h->host.n || hl_net_port_parse(port, &h->port)) {
		return end_with(h->got, HL_NET_BAD_URL,
			"the address is not a web address");
	}
	char *extra = NULL;
	if (!curl_url_get(u, CURLUPART_USER, &extra, 0) ||
		!curl_url_get(u, CURLUPART_PASSWORD, &extra, 0) ||
		!curl_url_get(u, CURLUPART_ZONEID, &extra, 0)) {
		curl_free(extra);
		return end_with(h->got, HL_NET_BAD_URL,
			"the address carries a login name or a zone");
	}
	return 0;
}

/* Plain http where only https is wanted. */
static bool too_plain(const struct hop *h, const struct hl_net_endpoint *to)
{
	return h->ask->https_only && hl_str_eq(h->scheme, HL_STR("http")) &&
	       !hl_net_policy_is_allowance(h->client->policy, to);
}

static int check_endpoint(
	struct hop *h, const struct hl_net_endpoint *to, const char **why)
{
	if (too_plain(h, to)) {
		*why = "plain http is not allowed here";
		return HL_DENIED;
	}
	return hl_net_policy_check_addr(h->client->policy, to, why);
}

static curl_socket_t open_socket(
	void *arg, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct hop *h = arg;
	struct hl_net_endpoint to;
	const char *why;

	(void)purpose;
	if (!hl_net_policy_proxy(h->client->policy)) {
		if (hl_net_endpoint_from_sockaddr(&sa->addr, &to) ||
			check_endpoint(h, &to, &why)) {
			h->refused = true;
			return CURL_SOCKET_BAD;
		}
		h->got->to = to;
	}
	return socket(sa->family, sa->socktype | SOCK_CLOEXEC, sa->protocol);
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct hop *h = arg;
	size_t max = h->ask->max_bytes;

	n *= size;
	h->got->bytes += (int64_t)n;
	if (!h->ask->keep) {
		h->enough = (uint64_t)h->got->bytes >= max;
		return h->enough ? 0 : n;
	}
	hl_buf_put_mem(&h->body, p, n);
	h->too_big = h->body.fault == HL_E_LIMIT;
	h->no_memory = h->body.fault == HL_E_NOMEM;
	return h->body.fault ? 0 : n;
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct hop *h = arg;
	struct hl_str line = hl_str_mem(p, n * size);

	h->header_bytes += line.n;
	if (h->header_bytes > MAX_HEADER_BYTES) {
		h->too_big = true;
		return 0;
	}
	if (line.n > 9 && !strncasecmp(line.p, "location:", 9) &&
		line.n < MAX_URL) {
		h->location = hl_arena_dup(
			h->arena, hl_str_trim(hl_str_sub(line, 9, line.n)));
		h->no_memory |= !h->location.p;
	}
	return line.n;
}

/*
 * The addresses of the host that the policy lets through, as
 * "HOST:PORT:A,B" in *resolve and the first as "::A:PORT" in *connect_to.
 */
struct places {
	struct curl_slist *resolve;
	struct curl_slist *connect_to;
};

static void freep_places(struct places *p)
{
	freep_list(&p->resolve);
	freep_list(&p->connect_to);
}

static int add_list(
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

static int judge_hosts(struct hop *h, const struct hl_net_dns *dns,
	struct places *out, struct hl_err *err)
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

		if (check_endpoint(h, &e, &why)) {
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
		return end_with(h->got, HL_NET_DENIED, why);
	}
	int r = add_list(&out->resolve, &resolve, err);
	return r ? r : add_list(&out->connect_to, &to, err);
}

/* Looks the host up unless it is an address. */
static int find_hosts(
	struct hop *h, bool first, struct places *out, struct hl_err *err)
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
		return end_with(h->got, HL_NET_NO_HOST,
			hl_net_dns_status_text(dns->status));
	}
	return judge_hosts(h, dns, out, err);
}

static void set_limits(CURL *c, const struct hop *h, int64_t left_ms)
{
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)left_ms);
	curl_easy_setopt(
		c, CURLOPT_CONNECTTIMEOUT_MS, (long)h->ask->connect_ms);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 16384L);
	curl_easy_setopt(c, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(c, CURLOPT_NETRC, CURL_NETRC_IGNORED);
}

static void set_tls(CURL *c, const struct hop *h)
{
	bool verify = !h->ask->tls_unverified;

	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	if (h->client->ca_file) {
		curl_easy_setopt(c, CURLOPT_CAINFO, h->client->ca_file);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
}

static void set_way(CURL *c, const struct hop *h, const struct places *p)
{
	const char *proxy = hl_net_policy_proxy(h->client->policy);

	/* "" keeps the environment's proxies out */
	curl_easy_setopt(c, CURLOPT_PROXY, proxy ? proxy : "");
	curl_easy_setopt(c, CURLOPT_NOPROXY, "");
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, h);
	if (proxy) {
		curl_easy_setopt(c, CURLOPT_HTTPPROXYTUNNEL, 1L);
		curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
		curl_easy_setopt(c, CURLOPT_CONNECT_TO, p->connect_to);
	} else {
		curl_easy_setopt(c, CURLOPT_RESOLVE, p->resolve);
	}
}

static void set_question(CURL *c, struct hop *h, struct curl_slist *headers)
{
	curl_easy_setopt(c, CURLOPT_URL, h->got->url.p);
	curl_easy_setopt(c, CURLOPT_NOBODY, h->ask->head ? 1L : 0L);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, h->client->user_agent);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
}

static int end_of_code(struct hl_net_got *got, CURLcode code)
{
	switch ((int)code) {
	case CURLE_OPERATION_TIMEDOUT:
		return end_with(got, HL_NET_SLOW, "no answer in time");
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return end_with(got, HL_NET_NO_CONNECTION,
			"the server did not take the connection");
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
		return end_with(got, HL_NET_BAD_TLS,
			"the server's certificate or encryption is not valid");
	case CURLE_URL_MALFORMAT:
		return end_with(got, HL_NET_BAD_URL,
			"the address is not one that can be asked for");
	default:
		return end_with(got, HL_NET_BROKEN,
			"the server broke off or did not speak HTTP");
	}
}

/* Of several addresses, the one that answered. */
static void note_connection(struct hl_net_got *got, CURL *c, bool proxy)
{
	long status = 0, connects = 0;
	char *ip = NULL;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(c, CURLINFO_NUM_CONNECTS, &connects);
	curl_easy_getinfo(c, CURLINFO_PRIMARY_IP, &ip);
	got->status = (int)status;
	got->connected = connects > 0;
	if (got->connected && !proxy && ip) {
		struct hl_net_addr a;

		if (!hl_net_addr_parse(hl_str_c(ip), &a)) {
			got->to.addr = a;
		}
	}
}

static int judge_end(struct hop *h, CURL *c, CURLcode code, struct hl_err *err)
{
	struct hl_net_got *got = h->got;

	note_connection(got, c, hl_net_policy_proxy(h->client->policy));
	if (h->no_memory || code == CURLE_OUT_OF_MEMORY) {
		return HL_FAIL(err, HL_E_NOMEM, "HTTP");
	}
	if (h->too_big) {
		return end_with(got, HL_NET_TOO_BIG,
			"the answer is larger than allowed");
	}
	if (h->refused && !got->connected) {
		return end_with(got, HL_NET_DENIED,
			"the rules for outgoing traffic refuse the address");
	}
	if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && h->enough)) {
		return end_of_code(got, code);
	}
	got->end = HL_NET_DONE;
	return 0;
}

static int perform(struct hop *h, const struct places *places, int64_t left_ms,
	struct hl_err *err)
{
	__attribute__((cleanup(freep_easy))) CURL *c = curl_easy_init();
	__attribute__((cleanup(freep_list))) struct curl_slist *headers = NULL;
	HL_BUF_AUTO accept = HL_BUF_INIT(256);

	hl_buf_printf(
		&accept, "Accept: %s", h->ask->accept ? h->ask->accept : "*/*");
	int r = add_list(&headers, &accept, err);
	if (r || !c) {
		return r ? r : HL_FAIL(err, HL_E_NOMEM, "HTTP");
	}
	set_limits(c, h, left_ms);
	set_tls(c, h);
	set_way(c, h, places);
	set_question(c, h, headers);
	return judge_end(h, c, curl_easy_perform(c), err);
}

static int one_hop(
	struct hop *h, int64_t left_ms, bool first, struct hl_err *err)
{
	__attribute__((cleanup(freep_places))) struct places places = {0};
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
		return end_with(h->got, HL_NET_DENIED, why);
	}
	r = find_hosts(h, first, &places, err);
	return r ? r : perform(h, &places, left_ms, err);
}

static bool is_redirect(const struct hop *h)
{
	int s = h->got->status;

	return h->location.n &&
	       (s == 301 || s == 302 || s == 303 || s == 307 || s == 308);
}

static struct hl_str without(struct hl_str s, struct hl_str prefix)
{
	return hl_str_starts(s, prefix) ? hl_str_sub(s, prefix.n, s.n) : s;
}

/* From "//" on, without "www." and a slash at the end. */
static struct hl_str gist(struct hl_str url, struct hl_str *host)
{
	size_t at = hl_str_find(url, HL_STR("//"));

	url = without(hl_str_sub(url, at + 2, url.n), HL_STR("www."));
	url = hl_str_sub(url, 0, hl_str_find_char(url, '#'));
	if (url.n && url.p[url.n - 1] == '/') {
		url = hl_str_sub(url, 0, url.n - 1);
	}
	*host = hl_str_sub(url, 0, hl_str_find_char(url, '/'));
	*host = hl_str_sub(*host, 0, hl_str_find_char(*host, '?'));
	return url;
}

static enum hl_net_move move_of(struct hl_str from, struct hl_str to)
{
	struct hl_str from_host, to_host;
	struct hl_str a = gist(from, &from_host), b = gist(to, &to_host);

	if (!hl_str_eq_nocase(from_host, to_host)) {
		return HL_NET_OTHER_HOST;
	}
	return hl_str_eq(hl_str_sub(a, from_host.n, a.n),
		       hl_str_sub(b, to_host.n, b.n))
		       ? HL_NET_SAME_PAGE
		       : HL_NET_SAME_HOST;
}

/* Makes the Location absolute and the next URL. */
static int step(struct hop *h, struct hl_err *err)
{
	__attribute__((cleanup(freep_url))) CURLU *u = curl_url();
	struct hl_str next;

	if (!u || curl_url_set(u, CURLUPART_URL, h->got->url.p, 0) ||
		curl_url_set(u, CURLUPART_URL, h->location.p, 0)) {
		return end_with(h->got, HL_NET_BAD_URL,
			"a redirect leads to something that is no address");
	}
	next = url_part(h->arena, u, CURLUPART_URL, 0);
	if (!next.p) {
		return HL_FAIL(err, HL_E_NOMEM, "redirect");
	}
	enum hl_net_move move = move_of(h->got->url, next);
	if (move > h->got->move) {
		h->got->move = move;
	}
	h->got->url = next;
	h->got->n_redirects++;
	return 0;
}

static int run(struct hop *h, int64_t start_us, struct hl_err *err)
{
	for (bool first = true;; first = false) {
		int64_t left_ms = h->ask->total_ms -
				  (hl_time_mono_us() - start_us) / 1000;

		if (left_ms <= 0) {
			return end_with(
				h->got, HL_NET_SLOW, "no answer in time");
		}
		int r = one_hop(h, left_ms, first, err);
		if (r || !is_redirect(h)) {
			return r;
		}
		if (h->got->n_redirects >= (size_t)h->ask->max_redirects) {
			return end_with(h->got, HL_NET_TOO_MANY_REDIRECTS,
				"the redirects are too many");
		}
		r = step(h, err);
		if (r) {
			return r;
		}
	}
}

int hl_net_fetch(const struct hl_net_client *client,
	const struct hl_net_ask *ask, struct hl_arena *arena,
	struct hl_net_got *out, struct hl_err *err)
{
	int64_t start_us = hl_time_mono_us();
	struct hop h = {
		.client = client,
		.ask = ask,
		.arena = arena,
		.got = out,
		.body = HL_BUF_INIT(ask->max_bytes),
	};

	*out = (struct hl_net_got){.end = HL_NET_BAD_URL};
	if (ask->url.n > MAX_URL || memchr(ask->url.p, '\0', ask->url.n)) {
		out->why = "the address is too long";
		return 0;
	}
	out->url = hl_arena_dup(arena, ask->url);
	if (!out->url.p) {
		return HL_FAIL(err, HL_E_NOMEM, "HTTP");
	}
	int r = run(&h, start_us, err);
	if (r >= 0 && ask->keep && out->end == HL_NET_DONE) {
		out->body = hl_arena_dup(arena, hl_buf_str(&h.body));
		r = out->body.p ? r : HL_FAIL(err, HL_E_NOMEM, "HTTP");
	}
	hl_buf_fini(&h.body);
	out->took_us = hl_time_mono_us() - start_us;
	return r < 0 ? r : 0;
}

struct hl_str hl_net_host_of(struct hl_str url, struct hl_arena *arena)
{
	__attribute__((cleanup(freep_url))) CURLU *u = curl_url();
	struct hl_str text = hl_arena_dup(arena, url);

	if (!u || !text.n || memchr(text.p, '\0', text.n)) {
		return HL_STR_NONE;
	}
	if (hl_str_find(text, HL_STR("://")) < text.n) {
		if (curl_url_set(u, CURLUPART_URL, text.p, 0)) {
			return HL_STR_NONE;
		}
		text = url_part(arena, u, CURLUPART_HOST, 0);
	}
	if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']') {
		text = hl_str_sub(text, 1, text.n - 2);
	}
	return text;
}

const char *hl_net_end_name(enum hl_net_end e)
{
	static const char *const names[HL_NET_N_ENDS] = {
		[HL_NET_DONE] = "done",
		[HL_NET_DENIED] = "denied",
		[HL_NET_BAD_URL] = "bad-address",
		[HL_NET_NO_HOST] = "no-host",
		[HL_NET_NO_CONNECTION] = "no-connection",
		[HL_NET_SLOW] = "slow",
		[HL_NET_BAD_TLS] = "bad-tls",
		[HL_NET_BROKEN] = "broken",
		[HL_NET_TOO_BIG] = "too-big",
		[HL_NET_TOO_MANY_REDIRECTS] = "too-many-redirects",
	};

	return (unsigned)e < HL_NET_N_ENDS ? names[e] : "?";
}
