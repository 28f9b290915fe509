/* SPDX-License-Identifier: Apache-2.0 */
#include "url/url.h"

#include <assert.h>

/*
 * The canonical form of the canonical form is itself; it splits into parts
 * that put together give it again; its expressions stay in their bounds; a
 * refused address leaves the buffer as it was.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_split(struct hl_str canon)
{
	HL_BUF_AUTO b = HL_BUF_INIT(2 * HL_URL_MAX);
	struct hl_url_parts p;

	assert(hl_url_split(canon, &p, NULL) == 0);
	hl_buf_put(&b, p.scheme);
	hl_buf_put(&b, HL_STR("://"));
	hl_buf_put(&b, p.host);
	hl_buf_put(&b, p.port.p ? HL_STR(":") : HL_STR(""));
	hl_buf_put(&b, p.port);
	hl_buf_put(&b, p.path);
	hl_buf_put(&b, p.query.p ? HL_STR("?") : HL_STR(""));
	hl_buf_put(&b, p.query);
	hl_buf_put(&b, p.route.p ? HL_STR("#") : HL_STR(""));
	hl_buf_put(&b, p.route);
	assert(hl_str_eq(hl_buf_str(&b), canon));
	assert(p.host.n > 0 && p.path.n > 0 && p.path.p[0] == '/');
	assert(hl_str_find(p.path, HL_STR("//")) == p.path.n);
	(void)hl_url_registrable(NULL, p.host);
}

static void check_expressions(struct hl_str canon)
{
	struct hl_url_exprs e;

	assert(hl_url_expressions(canon, &e, NULL) == 0);
	assert(e.n_hosts >= 1 && e.n_hosts <= HL_URL_HOSTS_MAX);
	assert(e.n_paths >= 1 && e.n_paths <= HL_URL_PATHS_MAX);
	for (size_t i = 1; i < e.n_hosts; i++) {
		assert(e.hosts[i].n < e.hosts[i - 1].n);
		assert(hl_str_ends(e.hosts[i - 1], e.hosts[i]));
	}
	for (size_t i = 1; i < e.n_paths; i++) {
		assert(e.paths[i].n < e.paths[i - 1].n);
		assert(hl_str_starts(e.paths[i - 1], e.paths[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_BUF_AUTO one = HL_BUF_INIT(2 * HL_URL_MAX);
	HL_BUF_AUTO two = HL_BUF_INIT(2 * HL_URL_MAX);
	int rc = hl_url_canon(hl_str_mem(data, size), &one, NULL);

	assert(rc == 0 || rc == HL_E_INVALID || rc == HL_E_LIMIT);
	if (rc) {
		assert(one.n == 0);
		return 0;
	}
	assert(one.n <= HL_URL_MAX);
	for (size_t i = 0; i < one.n; i++) {
		assert(one.p[i] > ' ' && one.p[i] < 0x7f);
	}
	assert(hl_url_canon(hl_buf_str(&one), &two, NULL) == 0);
	assert(hl_str_eq(hl_buf_str(&one), hl_buf_str(&two)));
	check_split(hl_buf_str(&one));
	check_expressions(hl_buf_str(&one));
	return 0;
}
