/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/remote.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "consume/setup.h"
#include "net/addr.h"

#define CONNECT_MS 5000L
#define SLOW_BYTES 1024L /* a second, or it is given up */
#define SLOW_S 30L
#define TOKEN_MAX 256
#define RETRY_MAX 86400

struct hl_consume_remote {
	CURL *curl;
	struct curl_slist *bearer; /* one line */
	char base[HL_CONSUME_URL_MAX];
	int stop_fd;
	struct hl_buf body;
	struct hl_consume_response *response; /* of the one under way */
	char why[CURL_ERROR_SIZE];
};

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct hl_consume_remote *r = arg;

	hl_buf_put_mem(&r->body, p, size * n);
	return r->body.fault ? 0 : size * n;
}

static void take_header(struct hl_consume_response *out, struct hl_str line)
{
	size_t colon = hl_str_find_char(line, ':');
	struct hl_str name = hl_str_sub(line, 0, colon);
	struct hl_str value = hl_str_trim(hl_str_sub(line, colon + 1, line.n));
	int64_t s;

	if (hl_str_eq_nocase(name, HL_STR("etag")) &&
		value.n < sizeof(out->etag)) {
		memcpy(out->etag, value.p, value.n);
		out->etag[value.n] = '\0';
	} else if (hl_str_eq_nocase(name, HL_STR("retry-after")) &&
		   hl_str_to_i64(value, &s) && s > 0) {
		out->retry_s = (uint32_t)(s < RETRY_MAX ? s : RETRY_MAX);
	}
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct hl_consume_remote *r = arg;

	take_header(r->response, hl_str_mem(p, size * n));
	return size * n;
}

static int on_progress(void *arg, curl_off_t down_total, curl_off_t down,
	curl_off_t up_total, curl_off_t up)
{
	const struct hl_consume_remote *r = arg;
	struct pollfd stop = {.fd = r->stop_fd, .events = POLLIN};

	(void)down_total;
	(void)down;
	(void)up_total;
	(void)up;
	return r->stop_fd >= 0 && poll(&stop, 1, 0) > 0;
}

int hl_consume_remote_check(const char *url, struct hl_err *err)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *query = NULL, *user = NULL;
	bool good = u && strlen(url) < HL_CONSUME_URL_MAX &&
		    !curl_url_set(u, CURLUPART_URL, url, 0) &&
		    !curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) &&
		    !curl_url_get(u, CURLUPART_HOST, &host, 0) &&
		    curl_url_get(u, CURLUPART_QUERY, &query, 0) &&
		    curl_url_get(u, CURLUPART_USER, &user, 0);

	good = good && (strcmp(scheme, "https") == 0 ||
			       (strcmp(scheme, "http") == 0 &&
				       hl_net_is_this_host(hl_str_c(host))));
	curl_free(scheme);
	curl_free(host);
	curl_free(query);
	curl_free(user);
	curl_url_cleanup(u);
	return good ? 0
		    : HL_FAIL(err, HL_E_INVALID,
			      "the hotline to follow is named by https://, or "
			      "by http:// on this host alone");
}

static void set_options(
	struct hl_consume_remote *r, const struct hl_consume_remote_config *c)
{
	CURL *u = r->curl;

	curl_easy_setopt(u, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(u, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(u, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(u, CURLOPT_PROXY, "");
	curl_easy_setopt(u, CURLOPT_CONNECTTIMEOUT_MS,
		c->connect_ms ? c->connect_ms : CONNECT_MS);
	curl_easy_setopt(u, CURLOPT_TIMEOUT_MS, c->answer_ms);
	if (!c->answer_ms) {
		curl_easy_setopt(u, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
		curl_easy_setopt(u, CURLOPT_LOW_SPEED_TIME, SLOW_S);
	}
	curl_easy_setopt(u, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(u, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(u, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(u, CURLOPT_HEADERDATA, r);
	curl_easy_setopt(u, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(u, CURLOPT_XFERINFODATA, r);
	curl_easy_setopt(u, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(u, CURLOPT_ERRORBUFFER, r->why);
	if (c->ca_file && c->ca_file[0]) {
		curl_easy_setopt(u, CURLOPT_CAINFO, c->ca_file);
		curl_easy_setopt(u, CURLOPT_CAPATH, NULL);
	}
}

static int take_token(
	struct hl_consume_remote *r, struct hl_str token, struct hl_err *err)
{
	char line[TOKEN_MAX + 64];

	token = hl_str_trim(token);
	if (!token.n || token.n > TOKEN_MAX) {
		return HL_FAIL(err, HL_E_INVALID, "the token is none");
	}
	snprintf(line, sizeof(line), "Authorization: Bearer %.*s",
		HL_STR_ARG(token));
	r->bearer = curl_slist_append(NULL, line);
	explicit_bzero(line, sizeof(line));
	return r->bearer ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory");
}

int hl_consume_remote_new(const struct hl_consume_remote_config *config,
	struct hl_consume_remote **out, struct hl_err *err)
{
	struct hl_str base = hl_str_c(config->url);
	struct hl_consume_remote *r;
	int code = hl_consume_remote_check(config->url, err);

	*out = NULL;
	if (code) {
		return code;
	}
	r = calloc(1, sizeof(*r));
	if (!r) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to ask by");
	}
	r->stop_fd = config->stop_fd;
	while (hl_str_ends(base, HL_STR("/"))) {
		base.n--;
	}
	snprintf(r->base, sizeof(r->base), "%.*s", HL_STR_ARG(base));
	code = take_token(r, config->token, err);
	if (!code) {
		r->curl = curl_easy_init();
		code = r->curl ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory");
	}
	if (code) {
		hl_consume_remote_free(r);
		return code;
	}
	set_options(r, config);
	*out = r;
	return 0;
}

void hl_consume_remote_free(struct hl_consume_remote *r)
{
	if (!r) {
		return;
	}
	curl_easy_cleanup(r->curl);
	if (r->bearer) {
		explicit_bzero(r->bearer->data, strlen(r->bearer->data));
	}
	curl_slist_free_all(r->bearer);
	hl_buf_fini(&r->body);
	free(r);
}

/* What stands before the bearer's line; *more is to be freed up to it. */
static bool add_header(struct curl_slist **more, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*more, line);

	if (longer) {
		*more = longer;
	}
	return longer != NULL;
}

static bool set_headers(struct hl_consume_remote *r,
	const struct hl_consume_request *q, struct curl_slist **headers)
{
	char line[HL_CONSUME_ETAG_MAX + 64];
	bool good = add_header(headers, r->bearer->data);

	if (q->etag && q->etag[0]) {
		snprintf(line, sizeof(line), "If-None-Match: %s", q->etag);
		good = good && add_header(headers, line);
	}
	if (q->type) {
		snprintf(line, sizeof(line), "Content-Type: %s", q->type);
		good = good && add_header(headers, line) &&
		       add_header(headers, "Expect:");
	}
	curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, *headers);
	return good;
}

static void drop_headers(struct curl_slist *headers)
{
	if (headers) {
		explicit_bzero(headers->data, strlen(headers->data));
	}
	curl_slist_free_all(headers);
}

static bool set_request(
	struct hl_consume_remote *r, const struct hl_consume_request *q)
{
	char url[HL_CONSUME_URL_MAX + 128];
	int n = snprintf(url, sizeof(url), "%s%s", r->base, q->path);

	if (q->type) {
		curl_easy_setopt(r->curl, CURLOPT_POST, 1L);
		curl_easy_setopt(r->curl, CURLOPT_POSTFIELDS,
			q->body.p ? q->body.p : "");
		curl_easy_setopt(r->curl, CURLOPT_POSTFIELDSIZE_LARGE,
			(curl_off_t)q->body.n);
	} else {
		curl_easy_setopt(r->curl, CURLOPT_HTTPGET, 1L);
	}
	return n > 0 && (size_t)n < sizeof(url) &&
	       !curl_easy_setopt(r->curl, CURLOPT_URL, url);
}

static int fault_of(
	struct hl_consume_remote *r, CURLcode code, struct hl_err *err)
{
	if (r->body.fault == HL_E_LIMIT) {
		return HL_FAIL(
			err, HL_E_LIMIT, "the hotline's answer is too large");
	}
	if (r->body.fault) {
		return HL_FAIL(err, r->body.fault, "no memory for an answer");
	}
	return HL_FAIL(err,
		code == CURLE_OPERATION_TIMEDOUT ||
				code == CURLE_ABORTED_BY_CALLBACK
			? HL_E_TIMEOUT
			: HL_E_UNAVAILABLE,
		"the hotline cannot be reached: %s",
		r->why[0] ? r->why : curl_easy_strerror(code));
}

int hl_consume_remote_ask(struct hl_consume_remote *r,
	const struct hl_consume_request *request,
	struct hl_consume_response *out, struct hl_err *err)
{
	struct curl_slist *headers = NULL;
	long status = 0;

	*out = (struct hl_consume_response){0};
	r->response = out;
	r->why[0] = '\0';
	if (r->body.cap > ((size_t)1 << 20)) {
		hl_buf_fini(&r->body); /* a list is rare, and large */
	}
	hl_buf_reset(&r->body);
	/* the text of a refusal is longer than some answers */
	r->body.max = request->most > 4096 ? request->most : 4096;
	if (!set_headers(r, request, &headers) || !set_request(r, request)) {
		drop_headers(headers);
		return HL_FAIL(err, HL_E_NOMEM, "no memory to ask");
	}
	CURLcode code = curl_easy_perform(r->curl);
	curl_easy_setopt(r->curl, CURLOPT_HTTPHEADER, NULL);
	drop_headers(headers);
	if (code) {
		return fault_of(r, code, err);
	}
	curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &status);
	out->status = (int)status;
	out->body = hl_buf_str(&r->body);
	return 0;
}

const char *const *hl_consume_remote_paths(void)
{
	static const char *const paths[] = {"/dev/urandom", "/etc/ssl",
		"/usr/lib/ssl", "/usr/share/ca-certificates",
		"/usr/local/share/ca-certificates", "/etc/resolv.conf",
		"/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf",
		"/etc/gai.conf", NULL};

	return paths;
}
