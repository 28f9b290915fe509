/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/icap_inner.h"
#include "consume/stop.h"

/* RFC 3507 clause 4.7: constant, since no answer may be kept. */
#define ISTAG "ISTag: \"openhotline-1\"\r\n"
#define HEAD_MAX 8192

static void put_last(struct hl_consume_icap_session *s)
{
	if (s->req.last) {
		hl_buf_put(&s->out, HL_STR("Connection: close\r\n"));
	}
}

void hl_consume_icap_put_options(struct hl_consume_icap_session *s)
{
	hl_buf_printf(&s->out,
		"ICAP/1.0 200 OK\r\nMethods: REQMOD\r\n"
		"Service: OpenHotline\r\n" ISTAG
		"Max-Connections: %zu\r\nOptions-TTL: 3600\r\nAllow: 204\r\n"
		"Preview: 0\r\nTransfer-Preview: *\r\n"
		"Encapsulated: null-body=0\r\n",
		s->config->n_connections);
	put_last(s);
	hl_buf_put(&s->out, HL_STR("\r\n"));
}

void hl_consume_icap_put_refusal(struct hl_consume_icap_session *s, int status)
{
	const char *phrase = status == 405   ? "Method Not Allowed For Service"
			     : status == 505 ? "ICAP Version Not Supported"
			     : status == 500 ? "Server Error"
					     : "Bad Request";

	hl_buf_printf(&s->out,
		"ICAP/1.0 %d %s\r\n" ISTAG "Connection: close\r\n"
		"Encapsulated: null-body=0\r\n\r\n",
		status, phrase);
}

void hl_consume_icap_put_clear(struct hl_consume_icap_session *s)
{
	hl_buf_put(&s->out, HL_STR("ICAP/1.0 204 No Content\r\n" ISTAG
				   "Encapsulated: null-body=0\r\n"));
	put_last(s);
	hl_buf_put(&s->out, HL_STR("\r\n"));
}

void hl_consume_icap_put_back(
	struct hl_consume_icap_session *s, struct hl_str http)
{
	const char *body = s->req.has_body ? "req-body" : "null-body";

	hl_buf_put(&s->out, HL_STR("ICAP/1.0 200 OK\r\n" ISTAG));
	if (http.n) {
		hl_buf_printf(&s->out, "Encapsulated: req-hdr=0, %s=%zu\r\n",
			body, http.n);
	} else {
		hl_buf_printf(&s->out, "Encapsulated: %s=0\r\n", body);
	}
	put_last(s);
	hl_buf_put(&s->out, HL_STR("\r\n"));
	hl_buf_put(&s->out, http);
}

static void put_451(const struct hl_consume_icap_session *s,
	const struct hl_stop_answer *answer, size_t n, struct hl_buf *head)
{
	char entry[HL_CONSUME_ENTRY_TEXT];

	hl_buf_put(
		head, HL_STR("HTTP/1.1 451 Unavailable For Legal Reasons\r\n"));
	for (size_t i = 0; i < answer->n_headers; i++) {
		hl_buf_printf(head, "%s: %.*s\r\n", answer->headers[i].name,
			HL_STR_ARG(answer->headers[i].value));
	}
	if (!answer->n_headers) {
		hl_buf_put(head, HL_STR("Content-Type: text/html\r\n"
					"Cache-Control: no-store\r\n"));
	}
	hl_consume_entry_text(&s->req.decision, entry);
	hl_buf_printf(head,
		"Content-Length: %zu\r\nX-Hotline-Entry: %s\r\n\r\n", n, entry);
}

/* Without memory for the page it is blocked all the same. */
static struct hl_str make_page(
	const struct hl_consume_icap_session *s, struct hl_stop_answer *answer)
{
	const struct hl_consume_icap_request *req = &s->req;
	struct hl_stop_ask ask = hl_consume_stop_ask(&req->decision);

	ask.accept = hl_str_mem(req->accept, req->n_accept);
	ask.accept_language = hl_str_mem(req->languages, req->n_languages);
	if (!hl_stop_answer(s->config->stop, &ask, answer, NULL)) {
		return hl_buf_str(&answer->body);
	}
	answer->n_headers = 0;
	return HL_STR("<!doctype html>\n<title>451</title>\n"
		      "<p>451 Unavailable For Legal Reasons\n");
}

void hl_consume_icap_put_listed(struct hl_consume_icap_session *s)
{
	HL_STOP_ANSWER_AUTO answer = {0};
	HL_BUF_AUTO head = HL_BUF_INIT(HEAD_MAX);
	struct hl_str page = make_page(s, &answer);

	put_451(s, &answer, page.n, &head);
	hl_buf_printf(&s->out,
		"ICAP/1.0 200 OK\r\n" ISTAG
		"Encapsulated: res-hdr=0, %s=%zu\r\n",
		s->req.is_head ? "null-body" : "res-body", head.n);
	put_last(s);
	hl_buf_put(&s->out, HL_STR("\r\n"));
	hl_buf_put(&s->out, hl_buf_str(&head));
	if (!s->req.is_head) {
		hl_buf_printf(&s->out, "%zx\r\n", page.n);
		hl_buf_put(&s->out, page);
		hl_buf_put(&s->out, HL_STR("\r\n0\r\n\r\n"));
	}
}
