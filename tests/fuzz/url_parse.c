/* SPDX-License-Identifier: Apache-2.0 */
#include "url/url.h"

#include <assert.h>

/*
 * What is parsed serialises to something that parses to itself, its parts
 * lie in href, and nothing but printable ASCII comes out. The input up to
 * the first line feed is the base.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(const struct hl_url *url, struct hl_str part)
{
	assert(!part.p ||
		(part.p >= url->href.p &&
			part.p + part.n <= url->href.p + url->href.n));
}

static void check(const struct hl_url *url)
{
	check_part(url, url->scheme);
	check_part(url, url->username);
	check_part(url, url->password);
	check_part(url, url->host);
	check_part(url, url->path);
	check_part(url, url->query);
	check_part(url, url->fragment);
	assert(url->scheme.n > 0);
	assert(url->port >= -1 && url->port <= 65535);
	assert(!url->special || url->host.p);
	for (size_t i = 0; i < url->href.n; i++) {
		assert(url->href.p[i] >= ' ' && url->href.p[i] < 0x7f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *a = hl_arena_new(4 << 20, false);
	struct hl_str rest = hl_str_mem(data, size), first;
	struct hl_url base, url, again;
	bool based = hl_str_find_char(rest, '\n') < rest.n &&
		     hl_str_next(&rest, '\n', &first) &&
		     hl_url_parse(first, a, &base, NULL) == 0;
	int rc = hl_url_resolve(rest, based ? &base : NULL, a, &url, NULL);

	assert(rc == 0 || rc == HL_E_INVALID || rc == HL_E_LIMIT);
	if (rc) {
		return 0;
	}
	check(&url);
	/* Growing over the bound is the one way not to come back. */
	rc = hl_url_parse(url.href, a, &again, NULL);
	assert(rc == 0 || url.href.n > HL_URL_MAX);
	assert(rc || url.opaque_path || hl_str_eq(url.href, again.href));
	return 0;
}
