/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <libpsl.h>
#include <stdlib.h>

#include "url/inner.h"

struct hl_url_suffixes {
	psl_ctx_t *psl;
};

int hl_url_suffixes_load(
	const char *path, struct hl_url_suffixes **out, struct hl_err *err)
{
	struct hl_url_suffixes *s = calloc(1, sizeof(*s));

	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM, "the public suffix list");
	}
	errno = 0;
	s->psl = path ? psl_load_file(path) : psl_latest(NULL);
	if (!s->psl) {
		free(s);
		return HL_NOTFOUND;
	}
	*out = s;
	return 0;
}

void hl_url_suffixes_free(struct hl_url_suffixes *s)
{
	if (s) {
		psl_free(s->psl);
		free(s);
	}
}

static const psl_ctx_t *list_of(const struct hl_url_suffixes *s)
{
	return s ? s->psl : psl_builtin();
}

/* The library takes C strings in lower case; a domain is at most 253
 * characters. */
static bool to_c(struct hl_str s, char out[256])
{
	if (s.n == 0 || s.n > 253 || hl_str_find_char(s, '\0') < s.n) {
		return false;
	}
	for (size_t i = 0; i < s.n; i++) {
		out[i] = hl_url_lower(s.p[i]);
	}
	out[s.n] = '\0';
	return true;
}

struct hl_str hl_url_registrable(
	const struct hl_url_suffixes *s, struct hl_str host)
{
	char name[256];

	if (hl_url_host_kind_of(host) != HL_URL_HOST_DOMAIN ||
		!to_c(host, name)) {
		return HL_STR_NONE;
	}
	const char *found = psl_registrable_domain(list_of(s), name);
	if (!found) {
		return HL_STR_NONE;
	}
	return hl_str_sub(host, (size_t)(found - name), host.n);
}

bool hl_url_known_tld(const struct hl_url_suffixes *s, struct hl_str host)
{
	static const struct hl_str apart[] = {HL_STR_INIT("onion"),
		HL_STR_INIT("i2p"), HL_STR_INIT("invalid"), HL_STR_INIT("test"),
		HL_STR_INIT("example")};
	char name[256];
	size_t dot = host.n;

	while (dot > 0 && host.p[dot - 1] != '.') {
		dot--;
	}
	struct hl_str tld = hl_str_sub(host, dot, host.n);
	for (size_t i = 0; i < HL_ARRAY_LEN(apart); i++) {
		if (hl_str_eq_nocase(tld, apart[i])) {
			return true;
		}
	}
	return to_c(tld, name) &&
	       psl_is_public_suffix2(list_of(s), name,
		       PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}
