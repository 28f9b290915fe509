/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Phases of a request: its head, the head of the HTTP request in it, the
 * judgement on that, its body, which is passed over in pieces as they come,
 * and the answer. Clients that allow no 204 get the request back (RFC 3507
 * clause 4.6), its body piece by piece. The next request may be in the same
 * bytes; it is looked at when this one is answered.
 */
#include <stdlib.h>

#include "consume/icap_inner.h"

#define IN_MAX (HL_CONSUME_ICAP_HEAD_MAX + 2 * HL_CONSUME_ICAP_HTTP_MAX)
#define KEPT_BYTES 16384u

int hl_consume_icap_session_new(const struct hl_consume_icap_config *config,
	void *arg, struct hl_consume_icap_session **out, struct hl_err *err)
{
	struct hl_consume_icap_session *s = calloc(1, sizeof(*s));

	*out = s;
	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a session");
	}
	s->config = config;
	s->arg = arg;
	s->in = HL_BUF_INIT(IN_MAX);
	/* one read of pieces to pass on, or of requests, above the mark */
	s->out = HL_BUF_INIT(HL_CONSUME_ICAP_OUT_MAX + (1u << 20));
	return 0;
}

void hl_consume_icap_session_free(struct hl_consume_icap_session *s)
{
	if (s) {
		hl_buf_fini(&s->in);
		hl_buf_fini(&s->out);
		free(s);
	}
}

static struct hl_str rest_of(const struct hl_consume_icap_session *s)
{
	return hl_str_sub(hl_buf_str(&s->in), s->at, s->in.n);
}

static bool refuse(struct hl_consume_icap_session *s, int status)
{
	hl_consume_icap_put_refusal(s, status);
	s->phase = HL_ICAP_ENDED;
	return false;
}

static void answered(struct hl_consume_icap_session *s)
{
	s->phase = s->req.last ? HL_ICAP_ENDED : HL_ICAP_HEAD;
}

static void answer(struct hl_consume_icap_session *s)
{
	if (s->req.decision.what == HL_CONSUME_LISTED) {
		hl_consume_icap_put_listed(s);
	} else if (s->req.may_204) {
		hl_consume_icap_put_clear(s);
	}
	answered(s);
}

/* The encapsulated head is still in front of what is there. */
static bool after_judgement(struct hl_consume_icap_session *s)
{
	struct hl_consume_icap_request *req = &s->req;
	struct hl_str http = hl_str_sub(rest_of(s), 0, req->n_http);

	req->passed_on =
		req->decision.what != HL_CONSUME_LISTED && !req->may_204;
	if (req->passed_on) {
		hl_consume_icap_put_back(s, http);
	}
	s->at += req->n_http;
	s->phase = HL_ICAP_BODY;
	if (!req->has_body) {
		answer(s);
	}
	return true;
}

static bool take_head(struct hl_consume_icap_session *s)
{
	struct hl_consume_head head;

	while (hl_str_starts(rest_of(s), HL_STR("\r\n"))) {
		s->at += 2;
	}
	struct hl_str in = rest_of(s);
	size_t n = hl_str_find(in, HL_STR("\r\n\r\n"));
	if (n > HL_CONSUME_ICAP_HEAD_MAX) {
		return refuse(s, 400);
	}
	if (n == in.n) {
		return false;
	}
	int status = 400;
	if (!hl_consume_head_parse(hl_str_sub(in, 0, n), &head)) {
		status = hl_consume_icap_read_head(s, &head);
	}
	if (status) {
		return refuse(s, status);
	}
	s->at += n + 4;
	s->phase = HL_ICAP_HTTP;
	if (!hl_str_eq(head.method, HL_STR("OPTIONS"))) {
		return true;
	}
	if (s->req.has_body || s->req.n_http) {
		return refuse(s, 400);
	}
	hl_consume_icap_put_options(s);
	answered(s);
	return true;
}

static bool judge(
	struct hl_consume_icap_session *s, struct hl_str url, bool host_only)
{
	struct hl_consume_icap_request *req = &s->req;
	const struct hl_consume_question q = {.url = url,
		.client = {req->n_client ? req->client : NULL, req->n_client},
		.host_only = host_only};

	s->phase = HL_ICAP_JUDGE;
	if (hl_consume_check(s->config->consume, &q, &req->decision) ==
		HL_CONSUME_UNSURE) {
		s->config->unsure(s->arg, &q);
		/* perhaps it was judged at once, and is past this */
		return s->phase != HL_ICAP_JUDGE;
	}
	return after_judgement(s);
}

/* What the stop page hangs on; too long is as not sent. */
static void keep_field(const struct hl_consume_head *head, const char *name,
	char out[256], size_t *n)
{
	struct hl_str value = hl_consume_head_field(head, name);

	if (value.p && value.n <= 256) {
		memcpy(out, value.p, value.n);
		*n = value.n;
	}
}

static bool take_http(struct hl_consume_icap_session *s)
{
	HL_BUF_AUTO url = HL_BUF_INIT(2 * HL_CONSUME_ICAP_HTTP_MAX);
	struct hl_consume_icap_request *req = &s->req;
	struct hl_str in = rest_of(s);
	struct hl_consume_head head;
	bool host_only = false;

	if (in.n < req->n_http) {
		return false;
	}
	if (!hl_consume_head_parse(hl_str_sub(in, 0, req->n_http), &head)) {
		host_only = hl_consume_head_url(&head, &url);
		req->is_head = hl_str_eq(head.method, HL_STR("HEAD"));
		keep_field(&head, "Accept", req->accept, &req->n_accept);
		keep_field(&head, "Accept-Language", req->languages,
			&req->n_languages);
	}
	return judge(s, hl_buf_str(&url), host_only);
}

static bool take_body(struct hl_consume_icap_session *s)
{
	struct hl_str in = rest_of(s);
	size_t n;
	int r = hl_consume_icap_read_body(&s->req, in, &n);

	if (r < 0 && !s->req.passed_on) {
		return refuse(s, 400);
	}
	if (s->req.passed_on) {
		/* but for the byte that was wrong */
		hl_buf_put(&s->out, hl_str_sub(in, 0, r < 0 ? n - 1 : n));
	}
	if (r < 0) {
		s->phase = HL_ICAP_ENDED; /* in the middle of an answer */
		return false;
	}
	s->at += n;
	if (r) {
		answer(s);
	}
	return r != 0;
}

static bool is_full(const struct hl_consume_icap_session *s)
{
	return s->out.n - s->sent > HL_CONSUME_ICAP_OUT_MAX;
}

static bool step(struct hl_consume_icap_session *s)
{
	if (is_full(s) || s->out.fault) {
		return false;
	}
	switch (s->phase) {
	case HL_ICAP_HEAD:
		return s->at < s->in.n && take_head(s);
	case HL_ICAP_HTTP:
		return take_http(s);
	case HL_ICAP_BODY:
		return s->at < s->in.n && take_body(s);
	case HL_ICAP_JUDGE:
	case HL_ICAP_ENDED:
	default:
		return false;
	}
}

static void make_room(struct hl_consume_icap_session *s)
{
	size_t left = s->in.n - s->at;

	if (s->at && left) {
		memmove(s->in.p, s->in.p + s->at, left);
	}
	s->in.n = left;
	s->at = 0;
	if (!left && s->in.cap > KEPT_BYTES && s->phase == HL_ICAP_HEAD) {
		hl_buf_fini(&s->in);
		s->in = HL_BUF_INIT(IN_MAX);
	}
}

static void go_on(struct hl_consume_icap_session *s)
{
	if (s->stepping) {
		return; /* judged from within a step */
	}
	s->stepping = true;
	while (step(s)) {
		continue;
	}
	s->stepping = false;
	make_room(s);
	if (s->in.fault || s->out.fault) {
		s->phase = HL_ICAP_ENDED;
	}
}

size_t hl_consume_icap_room(const struct hl_consume_icap_session *s)
{
	return s->phase == HL_ICAP_JUDGE || s->phase == HL_ICAP_ENDED ||
			       is_full(s)
		       ? 0
		       : s->in.max - s->in.n;
}

void hl_consume_icap_feed(struct hl_consume_icap_session *s, struct hl_str in)
{
	if (s->phase != HL_ICAP_ENDED) {
		hl_buf_put(&s->in, in);
		go_on(s);
	}
}

void hl_consume_icap_judged(struct hl_consume_icap_session *s,
	const struct hl_consume_decision *decision)
{
	if (s->phase == HL_ICAP_JUDGE) {
		s->req.decision = *decision;
		after_judgement(s);
		go_on(s);
	}
}

struct hl_str hl_consume_icap_output(const struct hl_consume_icap_session *s)
{
	return hl_str_sub(hl_buf_str(&s->out), s->sent, s->out.n);
}

void hl_consume_icap_sent(struct hl_consume_icap_session *s, size_t n)
{
	struct hl_buf *out = &s->out;

	s->sent += n;
	if (!n || (s->sent < out->n && s->sent < KEPT_BYTES)) {
		return;
	}
	memmove(out->p, out->p + s->sent, out->n - s->sent);
	out->n -= s->sent;
	s->sent = 0;
	if (!out->n && out->cap > KEPT_BYTES) {
		size_t max = out->max;

		hl_buf_fini(out);
		*out = HL_BUF_INIT(max);
	}
}

enum hl_consume_icap_state hl_consume_icap_state(
	const struct hl_consume_icap_session *s)
{
	switch (s->phase) {
	case HL_ICAP_HEAD:
		return s->in.n ? HL_CONSUME_ICAP_IN_HEAD : HL_CONSUME_ICAP_IDLE;
	case HL_ICAP_HTTP:
		return HL_CONSUME_ICAP_IN_HEAD;
	case HL_ICAP_JUDGE:
		return HL_CONSUME_ICAP_JUDGED;
	case HL_ICAP_BODY:
		return HL_CONSUME_ICAP_IN_BODY;
	case HL_ICAP_ENDED:
	default:
		return HL_CONSUME_ICAP_ENDED;
	}
}
