/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/http.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "accounts/apikey.h"
#include "net/addr.h"

#define URL_MAX 2048
#define ANSWER_MAX ((size_t)64 << 20)
#define CONNECT_MS 5000L
#define ANSWER_MS 60000L

struct hl_lookup_http {
	CURL *curl;
	struct curl_slist *headers;
	char base[URL_MAX];
	struct hl_buf body; /* of the answer */
	struct hl_lookup_source source;
	char why[CURL_ERROR_SIZE];
};

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct hl_lookup_http *h = arg;

	hl_buf_put_mem(&h->body, p, size * n);
	return h->body.fault ? 0 : size * n;
}

static int set_url(struct hl_lookup_http *h, const struct hl_lookup_ask *ask)
{
	char url[URL_MAX + 128];
	int n = snprintf(url, sizeof(url),
		"%s/v1/feed?after=%" PRIu64 "&max=%zu&keys=%s&wait=%d", h->base,
		ask->after, ask->n_most, ask->keys_tag ? ask->keys_tag : "",
		ask->wait_ms / 1000);

	if (n < 0 || (size_t)n >= sizeof(url)) {
		return HL_E_LIMIT;
	}
	return curl_easy_setopt(h->curl, CURLOPT_URL, url) ? HL_E_NOMEM : 0;
}

static int perform(struct hl_lookup_http *h, const struct hl_lookup_ask *ask,
	long *status, struct hl_err *err)
{
	hl_buf_reset(&h->body);
	h->why[0] = '\0';
	curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS, ANSWER_MS + ask->wait_ms);
	int r = set_url(h, ask);
	if (r) {
		return HL_FAIL(err, r, "no memory to ask the hotline");
	}
	CURLcode code = curl_easy_perform(h->curl);
	if (h->body.fault) {
		return HL_FAIL(err, h->body.fault,
			"the hotline's answer is too large");
	}
	if (code) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"the hotline cannot be reached: %s",
			h->why[0] ? h->why : curl_easy_strerror(code));
	}
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, status);
	return 0;
}

static int read_feed(void *arg, const struct hl_lookup_ask *ask,
	struct hl_arena *arena, struct hl_lookup_batch *out, struct hl_err *err)
{
	struct hl_lookup_http *h = arg;
	long status = 0;
	int r = perform(h, ask, &status, err);

	if (r) {
		return r;
	}
	switch (status) {
	case 200:
		return hl_lookup_feed_parse(
			hl_buf_str(&h->body), arena, out, err);
	case 410:
		return HL_NOTFOUND;
	case 401:
	case 403:
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"the hotline refuses the replica's key (%ld): it needs "
			"a good one with the scope feed",
			status);
	default:
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"the hotline answered %ld", status);
	}
}

/* The scheme, and for http the host. */
int hl_lookup_http_check(
	const struct hl_lookup_http_config *config, struct hl_err *err)
{
	const char *url = config->url;
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL;
	bool good = u && strlen(url) < URL_MAX &&
		    !curl_url_set(u, CURLUPART_URL, url, 0) &&
		    !curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) &&
		    !curl_url_get(u, CURLUPART_HOST, &host, 0);

	good = good && (strcmp(scheme, "https") == 0 ||
			       (strcmp(scheme, "http") == 0 &&
				       hl_net_is_this_host(hl_str_c(host))));
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return good ? 0
		    : HL_FAIL(err, HL_E_INVALID,
			      "the hotline to follow is named by https://, or "
			      "by http:// on this host alone");
}

static int set_header(
	struct hl_lookup_http *h, struct hl_str key, struct hl_err *err)
{
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];
	char line[64 + HL_ACCOUNTS_KEY_TEXT];

	key = hl_str_trim(key);
	if (hl_accounts_apikey_hash(key, hash)) {
		return HL_FAIL(err, HL_E_INVALID,
			"the replica's key is none: hotline apikey create "
			"NAME --scope feed makes one");
	}
	snprintf(line, sizeof(line), "Authorization: Bearer %.*s",
		HL_STR_ARG(key));
	h->headers = curl_slist_append(NULL, line);
	explicit_bzero(line, sizeof(line));
	return h->headers ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory");
}

static void set_options(struct hl_lookup_http *h, const char *ca_file)
{
	CURL *c = h->curl;

	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->why);
	if (ca_file) {
		curl_easy_setopt(c, CURLOPT_CAINFO, ca_file);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
}

int hl_lookup_http_new(const struct hl_lookup_http_config *config,
	struct hl_lookup_http **out, struct hl_err *err)
{
	struct hl_lookup_http *h = calloc(1, sizeof(*h));

	if (!h) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to follow");
	}
	h->body = HL_BUF_INIT(ANSWER_MAX);
	h->source = (struct hl_lookup_source){.arg = h, .read = read_feed};
	int r = hl_lookup_http_check(config, err);
	if (!r) {
		r = set_header(h, config->key, err);
	}
	if (!r) {
		struct hl_str base = hl_str_c(config->url);

		while (hl_str_ends(base, HL_STR("/"))) {
			base.n--;
		}
		snprintf(h->base, sizeof(h->base), "%.*s", HL_STR_ARG(base));
		h->curl = curl_easy_init();
		r = h->curl ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory");
	}
	if (r) {
		hl_lookup_http_free(h);
		return r;
	}
	set_options(h, config->ca_file);
	*out = h;
	return 0;
}

void hl_lookup_http_free(struct hl_lookup_http *h)
{
	if (!h) {
		return;
	}
	curl_easy_cleanup(h->curl);
	if (h->headers) {
		explicit_bzero(h->headers->data, strlen(h->headers->data));
	}
	curl_slist_free_all(h->headers);
	hl_buf_fini(&h->body);
	free(h);
}

const struct hl_lookup_source *hl_lookup_http_source(
	const struct hl_lookup_http *h)
{
	return &h->source;
}

const char *const *hl_lookup_http_paths(void)
{
	static const char *const paths[] = {"/dev/urandom", "/etc/ssl",
		"/usr/lib/ssl", "/usr/share/ca-certificates",
		"/usr/local/share/ca-certificates", "/etc/resolv.conf",
		"/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf",
		"/etc/gai.conf", NULL};

	return paths;
}
