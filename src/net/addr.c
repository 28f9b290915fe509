/* SPDX-License-Identifier: Apache-2.0 */
#include "net/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>

int hl_net_addr_parse(struct hl_str s, struct hl_net_addr *out)
{
	char text[HL_NET_ADDR_MAX];

	if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']') {
		s = hl_str_sub(s, 1, s.n - 2);
		if (hl_str_find_char(s, ':') == s.n) {
			return HL_E_INVALID;
		}
	}
	if (!s.n || s.n >= sizeof(text) || memchr(s.p, '\0', s.n)) {
		return HL_E_INVALID;
	}
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*out = (struct hl_net_addr){.v6 = strchr(text, ':') != NULL};
	if (inet_pton(out->v6 ? AF_INET6 : AF_INET, text, out->b) != 1) {
		return HL_E_INVALID;
	}
	return 0;
}

struct hl_str hl_net_addr_print(
	const struct hl_net_addr *a, char out[HL_NET_ADDR_MAX])
{
	inet_ntop(a->v6 ? AF_INET6 : AF_INET, a->b, out, HL_NET_ADDR_MAX);
	return hl_str_c(out);
}

int hl_net_addr_cmp(const struct hl_net_addr *a, const struct hl_net_addr *b)
{
	if (a->v6 != b->v6) {
		return a->v6 ? 1 : -1;
	}
	return memcmp(a->b, b->b, a->v6 ? 16 : 4);
}

bool hl_net_prefix_has(
	const struct hl_net_prefix *p, const struct hl_net_addr *a)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;

	if (a->v6 != p->addr.v6 || memcmp(a->b, p->addr.b, whole) != 0) {
		return false;
	}
	return !rest || (a->b[whole] ^ p->addr.b[whole]) >> (8 - rest) == 0;
}

static bool host_bits_clear(const struct hl_net_prefix *p)
{
	unsigned max = p->addr.v6 ? 128 : 32;

	for (unsigned i = p->bits; i < max; i++) {
		if (p->addr.b[i / 8] & (0x80 >> i % 8)) {
			return false;
		}
	}
	return true;
}

int hl_net_prefix_parse(struct hl_str s, struct hl_net_prefix *out)
{
	size_t slash = hl_str_find_char(s, '/');
	int64_t bits;

	if (hl_net_addr_parse(hl_str_sub(s, 0, slash), &out->addr)) {
		return HL_E_INVALID;
	}
	int64_t max = out->addr.v6 ? 128 : 32;
	bits = max;
	if (slash < s.n &&
		(!hl_str_to_i64(hl_str_sub(s, slash + 1, s.n), &bits) ||
			bits < 0 || bits > max)) {
		return HL_E_INVALID;
	}
	out->bits = (unsigned)bits;
	return host_bits_clear(out) ? 0 : HL_E_INVALID;
}

int hl_net_port_parse(struct hl_str s, uint16_t *out)
{
	int64_t port;

	if (!hl_str_to_i64(s, &port) || port < 1 || port > 65535) {
		return HL_E_INVALID;
	}
	*out = (uint16_t)port;
	return 0;
}

int hl_net_endpoint_parse(
	struct hl_str s, uint16_t otherwise, struct hl_net_endpoint *out)
{
	size_t close = hl_str_find_char(s, ']');
	size_t colon = hl_str_find_char(s, ':');

	out->port = otherwise;
	if (close < s.n) {
		struct hl_str port = hl_str_sub(s, close + 1, s.n);

		if (port.n &&
			(port.p[0] != ':' ||
				hl_net_port_parse(hl_str_sub(port, 1, port.n),
					&out->port))) {
			return HL_E_INVALID;
		}
		return hl_net_addr_parse(
			hl_str_sub(s, 0, close + 1), &out->addr);
	}
	struct hl_str rest = hl_str_sub(s, colon + 1, s.n);
	if (colon < s.n && hl_str_find_char(rest, ':') == rest.n) {
		if (hl_net_port_parse(rest, &out->port)) {
			return HL_E_INVALID;
		}
		s = hl_str_sub(s, 0, colon);
	}
	return hl_net_addr_parse(s, &out->addr);
}

int hl_net_endpoint_from_sockaddr(
	const struct sockaddr *sa, struct hl_net_endpoint *out)
{
	*out = (struct hl_net_endpoint){0};
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		memcpy(out->addr.b, &in.sin_addr, 4);
		out->port = ntohs(in.sin_port);
		return 0;
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		memcpy(out->addr.b, &in6.sin6_addr, 16);
		out->addr.v6 = true;
		out->port = ntohs(in6.sin6_port);
		return 0;
	}
	return HL_E_INVALID;
}

bool hl_net_is_this_host(struct hl_str host)
{
	struct hl_net_addr a;

	return hl_net_addr_parse(host, &a)
		       ? hl_str_eq(host, HL_STR("localhost"))
		       : hl_net_addr_class(&a) == HL_NET_LOOPBACK &&
				 (!a.v6 || a.b[15] == 1);
}
