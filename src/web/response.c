/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/time.h"
#include "web/http.h"
#include "web/static.h"
#include "web/tmpl.h"

/*
 * What every response carries. A page may load style, pictures and scripts
 * from here, send its forms here, and nothing else: no frames around it, no
 * address handed on, no device asked for.
 */
static const struct {
	const char *name;
	struct hl_str value;
} always[] = {
	{"Content-Security-Policy",
		HL_STR_INIT("default-src 'none'; style-src 'self'; "
			    "img-src 'self'; script-src 'self'; "
			    "form-action 'self'; base-uri 'none'; "
			    "frame-ancestors 'none'")},
	{"Cross-Origin-Opener-Policy", HL_STR_INIT("same-origin")},
	{"Cross-Origin-Embedder-Policy", HL_STR_INIT("require-corp")},
	{"Cross-Origin-Resource-Policy", HL_STR_INIT("same-origin")},
	{"Permissions-Policy",
		HL_STR_INIT("accelerometer=(), autoplay=(), camera=(), "
			    "clipboard-read=(), display-capture=(), "
			    "geolocation=(), gyroscope=(), hid=(), "
			    "magnetometer=(), microphone=(), midi=(), "
			    "payment=(), serial=(), usb=(), "
			    "screen-wake-lock=(), xr-spatial-tracking=()")},
	{"Referrer-Policy", HL_STR_INIT("no-referrer")},
	{"X-Content-Type-Options", HL_STR_INIT("nosniff")},
	{"X-Frame-Options", HL_STR_INIT("DENY")},
};

void hl_web_response_init(struct hl_web_response *resp, size_t max_bytes)
{
	*resp = (struct hl_web_response){.body = HL_BUF_SECRET(max_bytes)};
}

void hl_web_response_fini(struct hl_web_response *resp)
{
	if (resp->lent_free) {
		resp->lent_free(resp->lent_arg);
		resp->lent_free = NULL;
	}
	hl_buf_fini(&resp->body);
}

/* As before the first handler, the memory of the body kept. */
static void start_again(struct hl_web_response *resp)
{
	struct hl_buf body = resp->body;

	hl_buf_reset(&body);
	*resp = (struct hl_web_response){.body = body};
}

void hl_web_respond(struct hl_web_response *resp, int status, const char *type)
{
	static const struct hl_str with_charset[] = {
		HL_STR_INIT("text/html; charset=utf-8"),
		HL_STR_INIT("text/plain; charset=utf-8"),
		HL_STR_INIT("text/csv; charset=utf-8")};

	resp->status = status;
	resp->type = hl_str_c(type);
	for (size_t i = 0; i < HL_ARRAY_LEN(with_charset); i++) {
		struct hl_str full = with_charset[i];
		size_t n = hl_str_find_char(full, ';');

		if (hl_str_eq(resp->type, hl_str_sub(full, 0, n))) {
			resp->type = full;
		}
	}
}

static bool header_safe(struct hl_str v)
{
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			return false;
		}
	}
	return true;
}

void hl_web_header_add(
	struct hl_web_response *resp, const char *name, struct hl_str value)
{
	if (resp->n_headers == HL_WEB_HEADERS_MAX) {
		resp->fault = HL_E_LIMIT;
	} else if (!header_safe(value) || !value.p) {
		resp->fault = HL_E_INVALID;
	} else {
		resp->headers[resp->n_headers++] =
			(struct hl_web_header){hl_str_c(name), value};
	}
}

int hl_web_see_other(struct hl_web_response *resp, struct hl_str location)
{
	if (location.n == 0 || location.p[0] != '/' ||
		hl_str_starts(location, HL_STR("//")) ||
		hl_str_find_char(location, '\\') < location.n) {
		resp->fault = HL_E_INVALID;
		return HL_E_INVALID;
	}
	hl_buf_reset(&resp->body);
	resp->status = 303;
	resp->type = HL_STR_NONE;
	hl_web_header_add(resp, "Location", location);
	return 0;
}

void hl_web_clear_site(struct hl_web_response *resp)
{
	hl_web_header_add(resp, "Clear-Site-Data",
		HL_STR("\"cache\", \"cookies\", \"storage\""));
}

const char *hl_web_phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} rows[] = {{200, "OK"}, {201, "Created"}, {202, "Accepted"},
		{204, "No Content"}, {303, "See Other"}, {304, "Not Modified"},
		{400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
		{404, "Not Found"}, {405, "Method Not Allowed"},
		{406, "Not Acceptable"}, {408, "Request Timeout"},
		{409, "Conflict"}, {410, "Gone"}, {411, "Length Required"},
		{413, "Content Too Large"}, {414, "URI Too Long"},
		{415, "Unsupported Media Type"}, {417, "Expectation Failed"},
		{422, "Unprocessable Content"}, {429, "Too Many Requests"},
		{431, "Request Header Fields Too Large"},
		{451, "Unavailable For Legal Reasons"},
		{500, "Internal Server Error"}, {501, "Not Implemented"},
		{503, "Service Unavailable"},
		{505, "HTTP Version Not Supported"}};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (rows[i].status == status) {
			return rows[i].phrase;
		}
	}
	return "Error";
}

/* For when there is no better page; needs nothing that could fail. */
static void plain_page(struct hl_web_response *resp, int status)
{
	const char *phrase = hl_web_phrase(status);

	start_again(resp);
	hl_web_respond(resp, status, "text/html");
	hl_buf_printf(&resp->body,
		"<!doctype html><html lang=\"en\"><title>%s</title>"
		"<h1>%s</h1><p>%d</html>\n",
		phrase, phrase, status);
}

int hl_web_error(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int status)
{
	hl_web_handler *page = ctx->error_page;

	start_again(resp);
	ctx->status = status;
	ctx->error_page = NULL;
	if (!page || page(ctx, req, resp) || resp->fault || resp->body.fault ||
		resp->status < 400) {
		plain_page(resp, status);
	}
	ctx->error_page = page;
	if (status == 503 || status == 429) {
		hl_web_header_add(resp, "Retry-After", HL_STR("10"));
	}
	return 0;
}

static int status_of(int outcome)
{
	switch (outcome) {
	case HL_NOTFOUND:
		return 404;
	case HL_DENIED:
		return 403;
	case HL_CONFLICT:
		return 409;
	case HL_E_UNAVAILABLE:
	case HL_E_TIMEOUT:
	case HL_E_FULL:
		return 503;
	case HL_E_INVALID:
		return 400;
	case HL_E_LIMIT:
		return 413;
	default:
		return 500;
	}
}

void hl_web_handle(hl_web_handler *handler, struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	int r = handler(ctx, req, resp);

	if (r == 0 && (resp->fault || resp->body.fault)) {
		r = HL_FAIL(&ctx->err, HL_E_INTERNAL,
			"a page could not be made: %s",
			hl_err_name(
				resp->fault ? resp->fault : resp->body.fault));
	}
	if (r == 0 && resp->status == 0) {
		r = HL_FAIL(
			&ctx->err, HL_E_INTERNAL, "a handler gave no response");
	}
	if (r < 0) {
		bool theirs = r == HL_E_INVALID || r == HL_E_LIMIT;

		ctx->err.code = r;
		hl_log_err(theirs ? HL_LOG_DEBUG : HL_LOG_ERROR, "web.fault",
			&ctx->err);
	}
	if (r != 0) {
		hl_web_error(ctx, req, resp, status_of(r));
	}
}

static bool has_own(const struct hl_web_response *resp, const char *name)
{
	for (size_t i = 0; i < resp->n_headers; i++) {
		if (hl_str_eq(resp->headers[i].name, hl_str_c(name))) {
			return true;
		}
	}
	return false;
}

void hl_web_response_headers(const struct hl_web_response *resp, bool secure,
	void (*put)(void *arg, const char *name, struct hl_str value),
	void *arg)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(always); i++) {
		if (!has_own(resp, always[i].name)) {
			put(arg, always[i].name, always[i].value);
		}
	}
	if (secure) {
		put(arg, "Strict-Transport-Security",
			HL_STR("max-age=31536000"));
	}
	if (!resp->cacheable) {
		put(arg, "Cache-Control", HL_STR("no-store"));
	}
	if (resp->type.n) {
		put(arg, "Content-Type", resp->type);
	}
	for (size_t i = 0; i < resp->n_headers; i++) {
		put(arg, resp->headers[i].name.p, resp->headers[i].value);
	}
}
