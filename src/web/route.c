/* SPDX-License-Identifier: Apache-2.0 */
#include "web/route.h"

#include "web/form.h"

static bool named(struct hl_str segment)
{
	return segment.n > 1 && segment.p[0] == ':';
}

/* Whether the path has the pattern's form; raw gets the named segments. When
 * it has, *n_literal counts the literal ones. */
static bool fits(struct hl_str pattern, struct hl_str path,
	struct hl_str raw[HL_WEB_PARAMS_MAX], size_t *n_raw, size_t *n_literal)
{
	struct hl_str a, b;

	*n_raw = 0;
	*n_literal = 0;
	while (hl_str_next(&pattern, '/', &a)) {
		if (!hl_str_next(&path, '/', &b)) {
			return false;
		}
		if (named(a) && *n_raw < HL_WEB_PARAMS_MAX) {
			if (b.n == 0) {
				return false;
			}
			raw[(*n_raw)++] = b;
		} else if (hl_str_eq(a, b)) {
			(*n_literal)++;
		} else {
			return false;
		}
		if (!pattern.p) {
			return !path.p;
		}
		if (!path.p) {
			return false;
		}
	}
	return false;
}

static bool takes(const struct hl_web_route *r, enum hl_web_method method)
{
	return r->method == method ||
	       (r->method == HL_WEB_GET && method == HL_WEB_HEAD);
}

static bool decode_params(struct hl_web_request *req, struct hl_arena *arena,
	const struct hl_str raw[HL_WEB_PARAMS_MAX], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct hl_str *p = &req->params[i];

		if (hl_web_percent_decode(arena, raw[i], false, p) ||
			hl_str_find_char(*p, '/') < p->n) {
			return false;
		}
	}
	req->n_params = n;
	return true;
}

int hl_web_route_find(const struct hl_web_routes *t,
	const struct hl_web_request *req, struct hl_arena *arena,
	struct hl_web_match *m)
{
	struct hl_str raw[HL_WEB_PARAMS_MAX] = {0},
		      best[HL_WEB_PARAMS_MAX] = {0};
	size_t n_raw, n_literal, n_best = 0, most = 0;

	*m = (struct hl_web_match){.req = *req};
	for (size_t i = 0; i < t->n; i++) {
		const struct hl_web_route *r = &t->rows[i];

		if (!fits(hl_str_c(r->pattern), req->path, raw, &n_raw,
			    &n_literal)) {
			continue;
		}
		m->allowed |= 1u << r->method;
		if (takes(r, req->method) && n_literal > most) {
			most = n_literal;
			m->route = r;
			memcpy(best, raw, sizeof(best));
			n_best = n_raw;
		}
	}
	if (m->route && !decode_params(&m->req, arena, best, n_best)) {
		*m = (struct hl_web_match){.req = *req};
	}
	return m->route ? 0 : HL_NOTFOUND;
}

int hl_web_route_refuse(const struct hl_web_match *m, struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	HL_BUF_AUTO allow = HL_BUF_INIT(100);

	if (!m->allowed) {
		return hl_web_error(ctx, req, resp, 404);
	}
	for (unsigned i = 1; i < HL_WEB_N_METHODS; i++) {
		bool head =
			i == HL_WEB_HEAD && (m->allowed & (1u << HL_WEB_GET));

		if (head || (m->allowed & (1u << i))) {
			hl_buf_printf(&allow, "%s%s", allow.n ? ", " : "",
				hl_web_method_name((enum hl_web_method)i));
		}
	}
	int r = hl_web_error(ctx, req, resp, 405);
	hl_web_header_add(
		resp, "Allow", hl_arena_dup(ctx->arena, hl_buf_str(&allow)));
	return r;
}

int hl_web_route_call(const struct hl_web_routes *t, struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_web_match m;

	if (hl_web_route_find(t, req, ctx->arena, &m)) {
		return hl_web_route_refuse(&m, ctx, req, resp);
	}
	return m.route->handler(ctx, &m.req, resp);
}

static bool well_formed(const struct hl_web_route *r)
{
	struct hl_str rest = hl_str_c(r->pattern), piece;
	size_t n = 0;

	if (!hl_str_starts(rest, HL_STR("/")) || !r->handler ||
		!hl_web_method_name(r->method)) {
		return false;
	}
	while (hl_str_next(&rest, '/', &piece)) {
		n += named(piece) ? 1 : 0;
	}
	return n <= HL_WEB_PARAMS_MAX;
}

/* Equal but for the names of named segments. */
static bool same_form(const char *a, const char *b)
{
	struct hl_str x = hl_str_c(a), y = hl_str_c(b), p, q;

	for (;;) {
		bool more = hl_str_next(&x, '/', &p);

		if (more != hl_str_next(&y, '/', &q)) {
			return false;
		}
		if (!more) {
			return true;
		}
		if (!(named(p) && named(q)) && !hl_str_eq(p, q)) {
			return false;
		}
	}
}

const char *hl_web_route_check(const struct hl_web_routes *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!well_formed(&t->rows[i])) {
			return t->rows[i].pattern;
		}
		for (size_t k = 0; k < i; k++) {
			if (t->rows[k].method == t->rows[i].method &&
				same_form(t->rows[k].pattern,
					t->rows[i].pattern)) {
				return t->rows[i].pattern;
			}
		}
	}
	return NULL;
}
