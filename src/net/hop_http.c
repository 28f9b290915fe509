/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>
#include <sys/socket.h>

#include "net/hop.h"

/* libcurl's part of a step: what is sent, what comes, how it ended. */

enum { MAX_HEADER_BYTES = 65536 };

static void freep_easy(CURL **c)
{
	curl_easy_cleanup(*c);
	*c = NULL;
}

static curl_socket_t open_socket(
	void *arg, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct hl_net_hop *h = arg;
	struct hl_net_endpoint to;
	const char *why;

	(void)purpose;
	if (!hl_net_policy_proxy(h->client->policy)) {
		if (hl_net_endpoint_from_sockaddr(&sa->addr, &to) ||
			hl_net_hop_check(h, &to, &why)) {
			h->refused = true;
			return CURL_SOCKET_BAD;
		}
		h->got->to = to;
	}
	return socket(sa->family, sa->socktype | SOCK_CLOEXEC, sa->protocol);
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct hl_net_hop *h = arg;
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
	struct hl_net_hop *h = arg;
	struct hl_str line = hl_str_mem(p, n * size);

	h->header_bytes += line.n;
	if (h->header_bytes > MAX_HEADER_BYTES) {
		h->too_big = true;
		return 0;
	}
	if (line.n > 9 && !strncasecmp(line.p, "location:", 9) &&
		line.n < HL_NET_URL_MAX) {
		h->location = hl_arena_dup(
			h->arena, hl_str_trim(hl_str_sub(line, 9, line.n)));
		h->no_memory |= !h->location.p;
	}
	return line.n;
}

static void set_limits(CURL *c, const struct hl_net_hop *h, int64_t left_ms)
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

static void set_tls(CURL *c, const struct hl_net_hop *h)
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

static void set_way(
	CURL *c, const struct hl_net_hop *h, const struct hl_net_places *p)
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

static void set_question(
	CURL *c, struct hl_net_hop *h, struct curl_slist *headers)
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
		return hl_net_hop_end(got, HL_NET_SLOW, "no answer in time");
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return hl_net_hop_end(got, HL_NET_NO_CONNECTION,
			"the server did not take the connection");
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
		return hl_net_hop_end(got, HL_NET_BAD_TLS,
			"the server's certificate or encryption is not valid");
	case CURLE_URL_MALFORMAT:
		return hl_net_hop_end(got, HL_NET_BAD_URL,
			"the address is not one that can be asked for");
	default:
		return hl_net_hop_end(got, HL_NET_BROKEN,
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

static int judge_end(
	struct hl_net_hop *h, CURL *c, CURLcode code, struct hl_err *err)
{
	struct hl_net_got *got = h->got;

	note_connection(got, c, hl_net_policy_proxy(h->client->policy));
	if (h->no_memory || code == CURLE_OUT_OF_MEMORY) {
		return HL_FAIL(err, HL_E_NOMEM, "HTTP");
	}
	if (h->too_big) {
		return hl_net_hop_end(got, HL_NET_TOO_BIG,
			"the answer is larger than allowed");
	}
	if (h->refused && !got->connected) {
		return hl_net_hop_end(got, HL_NET_DENIED,
			"the rules for outgoing traffic refuse the address");
	}
	if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && h->enough)) {
		return end_of_code(got, code);
	}
	got->end = HL_NET_DONE;
	return 0;
}

int hl_net_hop_ask(struct hl_net_hop *h, const struct hl_net_places *places,
	int64_t left_ms, struct hl_err *err)
{
	__attribute__((cleanup(freep_easy))) CURL *c = curl_easy_init();
	__attribute__((cleanup(hl_net_list_freep))) struct curl_slist *headers =
		NULL;
	HL_BUF_AUTO accept = HL_BUF_INIT(256);

	hl_buf_printf(
		&accept, "Accept: %s", h->ask->accept ? h->ask->accept : "*/*");
	int r = hl_net_list_add(&headers, &accept, err);
	if (r || !c) {
		return r ? r : HL_FAIL(err, HL_E_NOMEM, "HTTP");
	}
	set_limits(c, h, left_ms);
	set_tls(c, h);
	set_way(c, h, places);
	set_question(c, h, headers);
	return judge_end(h, c, curl_easy_perform(c), err);
}
