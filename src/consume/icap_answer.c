/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/icap_inner.h"

/* RFC 3507 clause 4.7: constant, since no answer may be kept. */
#define ISTAG "ISTag: \"openhotline-1\"\r\n"
#define PAGE_MAX (256u << 10)

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
	struct hl_buf *head, const struct hl_buf *page, const char *tag)
{
	char entry[HL_CONSUME_ENTRY_TEXT];

	hl_consume_entry_text(&s->req.decision, entry);
	hl_buf_printf(head,
		"HTTP/1.1 451 Unavailable For Legal Reasons\r\n"
		"Content-Type: text/html; charset=utf-8\r\n"
		"Content-Language: %s\r\nContent-Length: %zu\r\n"
		"Cache-Control: no-store\r\nVary: Accept-Language\r\n"
		"X-Content-Type-Options: nosniff\r\n"
		"X-Hotline-Entry: %s\r\n\r\n",
		tag, page->n, entry);
}

void hl_consume_icap_put_listed(struct hl_consume_icap_session *s)
{
	const struct hl_consume_stop *stop = s->config->stop;
	HL_BUF_AUTO page = HL_BUF_INIT(PAGE_MAX);
	HL_BUF_AUTO head = HL_BUF_INIT(4096);
	const char *tag = "en";

	if (stop->page(stop->arg, &s->req.decision,
		    hl_str_mem(s->req.languages, s->req.n_languages), &page,
		    &tag) ||
		page.fault) {
		/* it is blocked all the same */
		hl_buf_reset(&page);
		hl_buf_put(&page, HL_STR("<!doctype html>\n<title>451</title>\n"
					 "<p>451 Unavailable For Legal "
					 "Reasons\n"));
	}
	put_451(s, &head, &page, tag);
	hl_buf_printf(&s->out,
		"ICAP/1.0 200 OK\r\n" ISTAG
		"Encapsulated: res-hdr=0, %s=%zu\r\n",
		s->req.is_head ? "null-body" : "res-body", head.n);
	put_last(s);
	hl_buf_put(&s->out, HL_STR("\r\n"));
	hl_buf_put(&s->out, hl_buf_str(&head));
	if (!s->req.is_head) {
		hl_buf_printf(&s->out, "%zx\r\n", page.n);
		hl_buf_put(&s->out, hl_buf_str(&page));
		hl_buf_put(&s->out, HL_STR("\r\n0\r\n\r\n"));
	}
}
