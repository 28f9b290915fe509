/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/json.h"
#include "trace/rdap.h"

enum { MAX_JSON = 1 << 20, MAX_ROWS = 4096, MAX_URL = 200 };

struct row {
	struct hl_net_prefix prefix;
	size_t url; /* offset into text */
};

/*
 * A short table in the file's order: some 250 rows are searched once a look-
 * up that takes a network round trip, so a scan is enough.
 */
struct hl_trace_bootstrap {
	struct row *rows;
	size_t n_rows;
	struct hl_buf text; /* base URLs, NUL-terminated each */
};

static int add_url(struct hl_trace_bootstrap *b, const json_t *urls, size_t *at,
	struct hl_err *err)
{
	const json_t *v;
	size_t i;

	*at = b->text.n;
	json_array_foreach(urls, i, v)
	{
		struct hl_str url = json_is_string(v)
					    ? hl_str_c(json_string_value(v))
					    : HL_STR_NONE;

		if (!hl_str_starts(url, HL_STR("https://")) ||
			url.n > MAX_URL) {
			continue;
		}
		hl_buf_put(&b->text, url);
		if (!hl_str_ends(url, HL_STR("/"))) {
			hl_buf_put_c(&b->text, '/');
		}
		hl_buf_put_c(&b->text, '\0');
		return b->text.fault
			       ? HL_FAIL(err, b->text.fault, "RDAP bootstrap")
			       : 0;
	}
	return HL_FAIL(err, HL_E_INVALID,
		"RDAP bootstrap: a service without an https address");
}

static int add_row(struct hl_trace_bootstrap *b, const json_t *prefix,
	size_t url, struct hl_err *err)
{
	struct row row = {.url = url};

	if (!json_is_string(prefix) ||
		hl_net_prefix_parse(
			hl_str_c(json_string_value(prefix)), &row.prefix)) {
		return HL_FAIL(err, HL_E_INVALID,
			"RDAP bootstrap: entry %zu is no prefix",
			b->n_rows + 1);
	}
	if (b->n_rows == MAX_ROWS) {
		return HL_FAIL(err, HL_E_LIMIT,
			"RDAP bootstrap: more than %d prefixes", MAX_ROWS);
	}
	struct row *rows = reallocarray(b->rows, b->n_rows + 1, sizeof(*rows));
	if (!rows) {
		return HL_FAIL(err, HL_E_NOMEM, "RDAP bootstrap");
	}
	b->rows = rows;
	b->rows[b->n_rows++] = row;
	return 0;
}

static int add_service(
	struct hl_trace_bootstrap *b, const json_t *service, struct hl_err *err)
{
	const json_t *prefix;
	size_t i, url;
	int r = add_url(b, json_array_get(service, 1), &url, err);

	if (r) {
		return r;
	}
	json_array_foreach(json_array_get(service, 0), i, prefix)
	{
		r = add_row(b, prefix, url, err);
		if (r) {
			return r;
		}
	}
	return 0;
}

int hl_trace_bootstrap_parse(
	struct hl_str json, struct hl_trace_bootstrap **out, struct hl_err *err)
{
	HL_JSON_AUTO *root = NULL;
	const json_t *service;
	size_t i;
	int r = hl_json_parse(json, MAX_JSON, &root, err);

	if (r) {
		return r;
	}
	const json_t *services = json_object_get(root, "services");
	if (!json_is_array(services) ||
		!hl_str_eq(hl_json_str(root, "version"), HL_STR("1.0"))) {
		return HL_FAIL(err, HL_E_INVALID,
			"RDAP bootstrap: not in the form of RFC 9224");
	}
	struct hl_trace_bootstrap *b = calloc(1, sizeof(*b));
	if (!b) {
		return HL_FAIL(err, HL_E_NOMEM, "RDAP bootstrap");
	}
	b->text = HL_BUF_INIT(1 << 16);
	json_array_foreach(services, i, service)
	{
		r = add_service(b, service, err);
		if (r) {
			hl_trace_bootstrap_free(b);
			return r;
		}
	}
	*out = b;
	return 0;
}

void hl_trace_bootstrap_free(struct hl_trace_bootstrap *b)
{
	if (b) {
		free(b->rows);
		hl_buf_fini(&b->text);
		free(b);
	}
}

void hl_trace_bootstrap_freep(struct hl_trace_bootstrap **b)
{
	hl_trace_bootstrap_free(*b);
	*b = NULL;
}

struct hl_str hl_trace_bootstrap_find(
	const struct hl_trace_bootstrap *b, const struct hl_net_addr *a)
{
	const struct row *best = NULL;

	for (size_t i = 0; i < b->n_rows; i++) {
		const struct row *row = &b->rows[i];

		if (hl_net_prefix_has(&row->prefix, a) &&
			(!best || row->prefix.bits > best->prefix.bits)) {
			best = row;
		}
	}
	return best ? hl_str_c(b->text.p + best->url) : HL_STR_NONE;
}
