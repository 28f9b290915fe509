/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/smtp.h"

#include <curl/curl.h>
#include <stdio.h>

#include "base/buf.h"
#include "referral/header.h"
#include "referral/probe.h"

/*
 * Submission by libcurl: TLS always, the certificate verified always, one
 * recipient, one connection a message. libcurl tells a refused login from a
 * refused recipient by its result, and passes every reply line to the header
 * callback, of which the last reply is kept. What went wrong is then read
 * from those two and from whether the text had begun to leave.
 */
struct talk {
	struct hl_str left; /* of the message */
	bool text_left;     /* some of it was asked for */
	int code;
	bool more; /* the last line said that another follows */
	size_t n;
	char reply[HL_REFERRAL_REPLY_MAX];
};

static size_t give_text(char *to, size_t size, size_t n, void *user)
{
	struct talk *t = user;
	size_t room = size * n;
	size_t take = t->left.n < room ? t->left.n : room;

	t->text_left = true;
	if (take) {
		memcpy(to, t->left.p, take);
		t->left = hl_str_sub(t->left, take, t->left.n);
	}
	return take;
}

static void keep(struct talk *t, struct hl_str text)
{
	if (t->n && t->n + 1 < sizeof(t->reply)) {
		t->reply[t->n++] = ' ';
	}
	for (size_t i = 0; i < text.n && t->n + 1 < sizeof(t->reply); i++) {
		char c = text.p[i];

		t->reply[t->n++] = c >= ' ' && c <= '~' ? c : '?';
	}
	t->reply[t->n] = '\0';
}

/* One reply line. 221 is the good-bye to our QUIT and tells nothing. */
static size_t take_reply(char *p, size_t size, size_t n, void *user)
{
	struct talk *t = user;
	struct hl_str line = hl_str_trim(hl_str_mem(p, size * n));
	int64_t code;

	if (line.n < 3 || !hl_str_to_i64(hl_str_sub(line, 0, 3), &code) ||
		code < 200 || code == 221) {
		return size * n;
	}
	if (!t->more) {
		t->n = 0;
		t->reply[0] = '\0';
	}
	t->code = (int)code;
	t->more = line.n > 3 && line.p[3] == '-';
	keep(t, hl_str_sub(line, 4, line.n));
	return size * n;
}

static size_t drop(char *p, size_t size, size_t n, void *user)
{
	return size * n;
}

/* RFC 4954, clause 6: the login is missing, refused or not enough. */
static bool is_login_code(int code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

static bool is_config(CURLcode c, const struct talk *t)
{
	switch ((int)c) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_USE_SSL_FAILED:
	case CURLE_LOGIN_DENIED:
	case CURLE_REMOTE_ACCESS_DENIED:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return t->code / 100 != 4;
	case CURLE_WEIRD_SERVER_REPLY:
		return t->code / 100 == 5 && !t->text_left;
	default:
		return is_login_code(t->code);
	}
}

static void judge(CURLcode c, const struct talk *t, const char *detail,
	struct hl_referral_sent *result)
{
	*result = (struct hl_referral_sent){
		.status = HL_REFERRAL_MAIL_TRANSIENT, .code = t->code};
	const char *text = t->reply;

	if (c == CURLE_OK) {
		result->status = HL_REFERRAL_MAIL_SENT;
	} else if (is_config(c, t)) {
		result->config = true;
	} else if (t->code / 100 == 5) {
		result->status = HL_REFERRAL_MAIL_PERMANENT;
	}
	/* A refusal speaks for itself; all else is libcurl's to tell. */
	if (c != CURLE_OK && t->code < 400) {
		text = detail[0] ? detail : curl_easy_strerror(c);
		result->code = 0;
	}
	struct talk clean = {.n = 0};
	keep(&clean, hl_str_c(text));
	memcpy(result->reply, clean.reply, sizeof(result->reply));
}

/* libcurl says EHLO with the URL's path, and would give away the name of
 * this machine without one. */
static int make_url(const struct hl_referral_transport *via, struct hl_str from,
	struct hl_buf *out, struct hl_err *err)
{
	struct hl_str url = hl_str_c(via->url);
	size_t at = hl_str_find(url, HL_STR("://"));
	struct hl_str host = hl_str_sub(url, at + 3, url.n);

	if (!(hl_str_starts(url, HL_STR("smtp://")) ||
		    hl_str_starts(url, HL_STR("smtps://"))) ||
		host.n == 0 || hl_str_find_char(host, '@') < host.n) {
		return HL_FAIL(err, HL_E_INVALID,
			"mail server: not smtp://host or smtps://host");
	}
	hl_buf_put(out, url);
	if (hl_str_find_char(host, '/') == host.n) {
		hl_buf_put_c(out, '/');
		hl_buf_put(out, hl_referral_address_domain(from));
	}
	return out->fault ? HL_FAIL(err, out->fault, "mail server") : 0;
}

static bool is_set(const char *s)
{
	return s && s[0];
}

#define SET(option, value) \
	(r = r ? r : curl_easy_setopt(curl, CURLOPT_##option, (value)))

static CURLcode set_server(
	CURL *curl, const char *url, const struct hl_referral_transport *via)
{
	CURLcode r = CURLE_OK;

	SET(URL, url);
	SET(PROTOCOLS_STR, "smtp,smtps");
	SET(USE_SSL, (long)CURLUSESSL_ALL);
	SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(SSL_VERIFYPEER, 1L);
	SET(SSL_VERIFYHOST, 2L);
	if (is_set(via->ca_file)) {
		SET(CAINFO, via->ca_file);
		SET(CAPATH, NULL);
	}
	if (is_set(via->user)) {
		SET(USERNAME, via->user);
		SET(PASSWORD, via->password ? via->password : "");
	}
	SET(PROXY, "");
	SET(NOSIGNAL, 1L);
	SET(FRESH_CONNECT, 1L);
	SET(FORBID_REUSE, 1L);
	long total = via->total_timeout_ms ? via->total_timeout_ms : 120000;
	long connect =
		via->connect_timeout_ms ? via->connect_timeout_ms : 20000;
	SET(TIMEOUT_MS, total);
	SET(CONNECTTIMEOUT_MS, connect < total ? connect : total);
	return r;
}

static CURLcode set_message(CURL *curl, const char *from,
	const struct curl_slist *to, struct talk *t)
{
	CURLcode r = CURLE_OK;

	SET(MAIL_FROM, from);
	SET(MAIL_RCPT, to);
	SET(UPLOAD, 1L);
	SET(INFILESIZE_LARGE, (curl_off_t)t->left.n);
	SET(READFUNCTION, give_text);
	SET(READDATA, t);
	SET(HEADERFUNCTION, take_reply);
	SET(HEADERDATA, t);
	SET(WRITEFUNCTION, drop);
	return r;
}

static void end_curl(CURL **curl)
{
	curl_easy_cleanup(*curl);
}

static void end_list(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static int talk(const char *url, const struct hl_referral_transport *via,
	const char *const from_to[2], struct talk *t,
	struct hl_referral_sent *result)
{
	__attribute__((cleanup(end_list))) struct curl_slist *to =
		curl_slist_append(NULL, from_to[1]);
	__attribute__((cleanup(end_curl))) CURL *curl = curl_easy_init();
	char detail[CURL_ERROR_SIZE] = "";

	if (!to || !curl || set_server(curl, url, via) ||
		set_message(curl, from_to[0], to, t) ||
		curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail)) {
		return HL_E_NOMEM;
	}
	CURLcode c = curl_easy_perform(curl);
	if (c == CURLE_OUT_OF_MEMORY) {
		return HL_E_NOMEM;
	}
	judge(c, t, detail, result);
	return 0;
}

int hl_referral_smtp_send(const struct hl_referral_transport *via,
	const struct hl_referral_envelope *envelope, struct hl_str message,
	struct hl_referral_sent *result, struct hl_err *err)
{
	HL_BUF_AUTO url = HL_BUF_INIT(2048);
	char from[256], to[256];
	struct talk t = {.left = message};
	int r = make_url(via, envelope->from, &url, err);

	if (r) {
		return r;
	}
	snprintf(from, sizeof(from), "%.*s", HL_STR_ARG(envelope->from));
	snprintf(to, sizeof(to), "%.*s", HL_STR_ARG(envelope->to));
	r = talk(url.p, via, (const char *const[2]){from, to}, &t, result);
	return r ? HL_FAIL(err, r, "no memory to send a mail") : 0;
}

/* NOOP (RFC 5321, clause 4.1.1.9) in place of a message. */
static CURLcode set_noop(CURL *curl, struct talk *t)
{
	CURLcode r = CURLE_OK;

	SET(CUSTOMREQUEST, "NOOP");
	SET(NOBODY, 1L);
	SET(HEADERFUNCTION, take_reply);
	SET(HEADERDATA, t);
	SET(WRITEFUNCTION, drop);
	return r;
}

int hl_referral_mail_probe(const struct hl_referral_transport *via,
	struct hl_str from, struct hl_referral_sent *result, struct hl_err *err)
{
	__attribute__((cleanup(end_curl))) CURL *curl = curl_easy_init();
	HL_BUF_AUTO url = HL_BUF_INIT(2048);
	char detail[CURL_ERROR_SIZE] = "";
	struct talk t = {.n = 0};
	int r = make_url(via, from, &url, err);

	if (r) {
		return r;
	}
	if (!curl || set_server(curl, url.p, via) || set_noop(curl, &t) ||
		curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail)) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to ask for mail");
	}
	CURLcode c = curl_easy_perform(curl);
	judge(c, &t, detail, result);
	return c == CURLE_OK ? 0 : HL_DENIED;
}
