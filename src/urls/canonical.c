/* SPDX-License-Identifier: Apache-2.0 */
#include "url/url.h"

#include "hotline/urls.h"

const char *hl_urls_version(void)
{
	return HL_URLS_VERSION;
}

unsigned hl_urls_canon_version(void)
{
	return HL_URL_CANON_VERSION;
}

int hl_urls_canonical(
	const char *address, size_t n, char *out, size_t n_max, size_t *n_out)
{
	struct hl_buf b = {.p = out, .cap = n_max, .max = n_max - 1};
	int rc;

	if ((n && !address) || !out || !n_max || !n_out) {
		return HL_URLS_E_ARG;
	}
	/* A maximum below the room: the buffer never moves. */
	if (b.max > HL_URLS_ADDRESS_MAX) {
		b.max = HL_URLS_ADDRESS_MAX;
	}
	rc = hl_url_canon(hl_str_mem(address, n), &b, NULL);
	*n_out = rc ? 0 : b.n;
	if (rc) {
		out[0] = '\0';
	}
	if (rc == HL_E_NOMEM) {
		return HL_URLS_E_NOMEM;
	}
	if (rc == HL_E_LIMIT && n <= HL_URL_MAX &&
		b.max < HL_URLS_ADDRESS_MAX) {
		return HL_URLS_E_ARG;
	}
	return rc ? HL_URLS_NOTFOUND : 0;
}
