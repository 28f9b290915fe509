/* SPDX-License-Identifier: Apache-2.0 */
#include "url/inner.h"

/*
 * Parts and look-up expressions of a canonical address, found by its
 * delimiters alone: in the canonical form '/', '?' and '#' stand nowhere
 * but where they part something, and a host has ':' only in brackets.
 */

static size_t host_len(struct hl_str s)
{
	size_t n = s.n && s.p[0] == '[' ? hl_str_find_char(s, ']') : 0;

	while (n < s.n && s.p[n] != ':' && s.p[n] != '/') {
		n++;
	}
	return n;
}

/* Takes everything from mark on off the end of *s; absent if not there. */
static struct hl_str cut_from(struct hl_str *s, char mark)
{
	size_t at = hl_str_find_char(*s, mark);
	struct hl_str tail = HL_STR_NONE;

	if (at < s->n) {
		tail = hl_str_sub(*s, at + 1, s->n);
		s->n = at;
	}
	return tail;
}

int hl_url_split(
	struct hl_str canon, struct hl_url_parts *out, struct hl_err *err)
{
	size_t at = hl_str_find(canon, HL_STR("://"));
	struct hl_str rest = hl_str_sub(canon, at + 3, canon.n);
	size_t n = host_len(rest);

	if (at == canon.n || n == 0 || hl_str_find_char(rest, '/') == rest.n) {
		return hl_url_fail(err, HL_URL_WHY_NO_HOST);
	}
	*out = (struct hl_url_parts){
		.scheme = hl_str_sub(canon, 0, at),
		.host = hl_str_sub(rest, 0, n),
	};
	out->key = hl_str_starts(canon, HL_STR("http")) ? rest : canon;
	rest = hl_str_sub(rest, n, rest.n);
	if (rest.p[0] == ':') {
		size_t slash = hl_str_find_char(rest, '/');

		out->port = hl_str_sub(rest, 1, slash - 1);
		rest = hl_str_sub(rest, slash, rest.n);
	}
	out->route = cut_from(&rest, '#');
	out->query = cut_from(&rest, '?');
	out->path = rest;
	out->host_kind = hl_url_host_kind_of(out->host);
	return 0;
}

struct hl_str hl_url_host_of(struct hl_str canon)
{
	struct hl_url_parts parts;

	return hl_url_split(canon, &parts, NULL) == 0 ? parts.host
						      : HL_STR_NONE;
}

enum hl_url_host_kind hl_url_host_kind_of(struct hl_str host)
{
	uint32_t ip;

	if (!host.n) {
		return HL_URL_HOST_NONE;
	}
	if (host.p[0] == '[') {
		return HL_URL_HOST_IPV6;
	}
	/* Only a host that ends in a digit can be one. */
	if (hl_url_is_digit(host.p[host.n - 1]) &&
		hl_url_ipv4(host, &ip) == HL_URL_READABLE) {
		return HL_URL_HOST_IPV4;
	}
	return HL_URL_HOST_DOMAIN;
}

bool hl_url_host_under(struct hl_str host, struct hl_str label)
{
	return host.n > label.n && hl_str_ends(host, label) &&
	       host.p[host.n - label.n - 1] == '.';
}

/* The host itself, then up to four that begin with its last five labels
 * and lose one in front each time; never a single label. */
static void list_hosts(struct hl_str host, enum hl_url_host_kind kind,
	struct hl_url_exprs *out)
{
	size_t dots[5], n = 0;

	out->hosts[out->n_hosts++] = host;
	if (kind != HL_URL_HOST_DOMAIN) {
		return;
	}
	for (size_t i = host.n; i > 0 && n < 5; i--) {
		if (host.p[i - 1] == '.') {
			dots[n++] = i;
		}
	}
	while (n-- > 1 && out->n_hosts < HL_URL_HOSTS_MAX) {
		out->hosts[out->n_hosts++] = hl_str_sub(host, dots[n], host.n);
	}
}

/* With the query, without, then the folders above: the root and up to
 * three more from the root on, the deepest first. */
static void list_paths(
	const struct hl_url_parts *parts, struct hl_url_exprs *out)
{
	struct hl_str path = parts->path;
	size_t ends[4], n = 0;

	if (parts->query.p) {
		out->paths[out->n_paths++] =
			(struct hl_str){path.p, path.n + 1 + parts->query.n};
	}
	out->paths[out->n_paths++] = path;
	for (size_t i = 0; i + 1 < path.n && n < 4; i++) {
		if (path.p[i] == '/') {
			ends[n++] = i + 1;
		}
	}
	while (n-- > 0) {
		out->paths[out->n_paths++] = hl_str_sub(path, 0, ends[n]);
	}
}

int hl_url_expressions(
	struct hl_str canon, struct hl_url_exprs *out, struct hl_err *err)
{
	struct hl_url_parts parts;
	int rc = hl_url_split(canon, &parts, err);

	if (rc) {
		return rc;
	}
	out->n_hosts = out->n_paths = 0;
	list_hosts(parts.host, parts.host_kind, out);
	list_paths(&parts, out);
	return 0;
}
