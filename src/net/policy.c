/* SPDX-License-Identifier: Apache-2.0 */
#include "net/policy.h"

#include <stdlib.h>

enum { MAX_ALLOW = 16, MAX_PORTS = 32, MAX_HOSTS = 64, MAX_TEXT = 4096 };

struct allowance {
	struct hl_net_prefix where;
	uint16_t port; /* 0: any */
};

struct hl_net_policy {
	struct allowance allow[MAX_ALLOW];
	size_t n_allow;
	uint16_t ports[MAX_PORTS];
	size_t n_ports;
	struct hl_str hosts[MAX_HOSTS]; /* views of text */
	size_t n_hosts;
	char *text;
	char *proxy;
};

/*
 * Ports from 1024 on that are other protocols' (the "bad ports" of the WHATWG
 * Fetch standard that are not below 1024, and common data stores): a page
 * that is reported is not served there, and a request could do harm.
 */
static const uint16_t other_protocols[] = {1433, 1521, 1719, 1720, 1723, 2049,
	2375, 2379, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 5900,
	6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9092, 9200,
	10080, 11211, 27017};

/* Names that are nowhere in the public DNS, or must not be asked for there:
 * RFC 6761, 6762, 7686, 8375, 9476, and ICANN's "internal". */
static const char *const local_names[] = {
	"localhost", "local", "onion", "home.arpa", "alt", "internal"};

static int parse_allowance(struct hl_str s, struct allowance *out)
{
	size_t slash = hl_str_find_char(s, '/');
	size_t colon = slash;

	while (colon < s.n && s.p[colon] != ':') {
		colon++;
	}
	if (slash == s.n || colon == s.n ||
		hl_net_prefix_parse(hl_str_sub(s, 0, colon), &out->where)) {
		return HL_E_INVALID;
	}
	struct hl_str port = hl_str_sub(s, colon + 1, s.n);
	out->port = 0;
	return hl_str_eq(port, HL_STR("*"))
		       ? 0
		       : hl_net_port_parse(port, &out->port);
}

static int add_allowance(struct hl_net_policy *p, struct hl_str s)
{
	if (p->n_allow == MAX_ALLOW) {
		return HL_E_LIMIT;
	}
	return parse_allowance(s, &p->allow[p->n_allow++]);
}

static int add_port(struct hl_net_policy *p, struct hl_str s)
{
	if (p->n_ports == MAX_PORTS) {
		return HL_E_LIMIT;
	}
	return hl_net_port_parse(s, &p->ports[p->n_ports++]);
}

static int add_host(struct hl_net_policy *p, struct hl_str s)
{
	if (p->n_hosts == MAX_HOSTS) {
		return HL_E_LIMIT;
	}
	if (hl_str_starts(s, HL_STR("."))) {
		s = hl_str_sub(s, 1, s.n);
	}
	p->hosts[p->n_hosts++] = s;
	return s.n ? 0 : HL_E_INVALID;
}

static int each(struct hl_net_policy *p, const char *list, struct hl_str text,
	int (*add)(struct hl_net_policy *, struct hl_str), struct hl_err *err)
{
	struct hl_str piece;
	int n = 0;

	while (text.n && hl_str_next(&text, ',', &piece)) {
		n++;
		int r = add(p, hl_str_trim(piece));
		if (r) {
			return HL_FAIL(err, r, "outgoing rule: %s, entry %d %s",
				list, n,
				r == HL_E_LIMIT ? "is one too many"
						: "cannot be read");
		}
	}
	return 0;
}

static int copy_proxy(
	struct hl_net_policy *p, struct hl_str proxy, struct hl_err *err)
{
	if (!proxy.n) {
		return 0;
	}
	if (proxy.n > 255 || memchr(proxy.p, '\0', proxy.n) ||
		(!hl_str_starts(proxy, HL_STR("http://")) &&
			!hl_str_starts(proxy, HL_STR("socks5://")))) {
		return HL_FAIL(err, HL_E_INVALID,
			"outgoing rule: the proxy is http://HOST:PORT or "
			"socks5://HOST:PORT");
	}
	p->proxy = strndup(proxy.p, proxy.n);
	return p->proxy ? 0 : HL_FAIL(err, HL_E_NOMEM, "outgoing rule");
}

static int fill(struct hl_net_policy *p, const struct hl_net_policy_config *c,
	struct hl_err *err)
{
	if (c->deny_hosts.n > MAX_TEXT) {
		return HL_FAIL(err, HL_E_LIMIT, "outgoing rule: host list");
	}
	p->text = malloc(c->deny_hosts.n + 1);
	if (!p->text) {
		return HL_FAIL(err, HL_E_NOMEM, "outgoing rule");
	}
	if (c->deny_hosts.n) {
		memcpy(p->text, c->deny_hosts.p, c->deny_hosts.n);
	}
	int r = each(p, "allow", c->allow, add_allowance, err);
	if (!r) {
		r = each(p, "ports", c->ports, add_port, err);
	}
	if (!r) {
		r = each(p, "hosts", hl_str_mem(p->text, c->deny_hosts.n),
			add_host, err);
	}
	return r ? r : copy_proxy(p, c->proxy, err);
}

int hl_net_policy_new(const struct hl_net_policy_config *config,
	struct hl_net_policy **out, struct hl_err *err)
{
	struct hl_net_policy *p = calloc(1, sizeof(*p));

	if (!p) {
		return HL_FAIL(err, HL_E_NOMEM, "outgoing rule");
	}
	int r = fill(p, config, err);
	if (r) {
		hl_net_policy_free(p);
		return r;
	}
	*out = p;
	return 0;
}

void hl_net_policy_free(struct hl_net_policy *p)
{
	if (p) {
		free(p->text);
		free(p->proxy);
		free(p);
	}
}

void hl_net_policy_freep(struct hl_net_policy **p)
{
	hl_net_policy_free(*p);
	*p = NULL;
}

const char *hl_net_policy_proxy(const struct hl_net_policy *p)
{
	return p->proxy;
}

bool hl_net_policy_is_allowance(
	const struct hl_net_policy *p, const struct hl_net_endpoint *to)
{
	for (size_t i = 0; i < p->n_allow; i++) {
		const struct allowance *a = &p->allow[i];

		if ((!a->port || a->port == to->port) &&
			hl_net_prefix_has(&a->where, &to->addr)) {
			return true;
		}
	}
	return false;
}

static bool any_allowance_for_port(const struct hl_net_policy *p, uint16_t port)
{
	for (size_t i = 0; i < p->n_allow; i++) {
		if (!p->allow[i].port || p->allow[i].port == port) {
			return true;
		}
	}
	return false;
}

static bool port_in(const uint16_t *list, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == port) {
			return true;
		}
	}
	return false;
}

static bool port_allowed(const struct hl_net_policy *p, uint16_t port)
{
	if (p->n_ports) {
		return port_in(p->ports, p->n_ports, port);
	}
	if (port < 1024) {
		return port == 80 || port == 81 || port == 443 || port == 591;
	}
	return !port_in(other_protocols, HL_ARRAY_LEN(other_protocols), port);
}

/* True for the name itself and everything below it. */
static bool is_under(struct hl_str host, struct hl_str top)
{
	if (host.n < top.n) {
		return false;
	}
	size_t at = host.n - top.n;
	return hl_str_eq_nocase(hl_str_sub(host, at, top.n), top) &&
	       (at == 0 || host.p[at - 1] == '.');
}

static int check_name(
	const struct hl_net_policy *p, struct hl_str host, const char **why)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(local_names); i++) {
		if (is_under(host, hl_str_c(local_names[i]))) {
			*why = "the host name is not one of the public DNS";
			return HL_DENIED;
		}
	}
	if (hl_str_find_char(host, '.') == host.n) {
		*why = "the host name has a single label";
		return HL_DENIED;
	}
	for (size_t i = 0; i < p->n_hosts; i++) {
		if (is_under(host, p->hosts[i])) {
			*why = "the operator's rules refuse this host";
			return HL_DENIED;
		}
	}
	return 0;
}

static const char *const why_port = "the rules for outgoing traffic refuse "
				    "this port";

int hl_net_policy_check_host(const struct hl_net_policy *p, struct hl_str host,
	uint16_t port, const char **why)
{
	struct hl_net_endpoint to = {.port = port};

	if (!hl_net_addr_parse(host, &to.addr)) {
		return hl_net_policy_check_addr(p, &to, why);
	}
	if (host.n && host.p[host.n - 1] == '.') {
		host = hl_str_sub(host, 0, host.n - 1);
	}
	if (!port_allowed(p, port) && !any_allowance_for_port(p, port)) {
		*why = why_port;
		return HL_DENIED;
	}
	return check_name(p, host, why);
}

int hl_net_policy_check_addr(const struct hl_net_policy *p,
	const struct hl_net_endpoint *to, const char **why)
{
	static const char *const refused[HL_NET_N_CLASSES] = {
		[HL_NET_UNSPECIFIED] = "the address is unspecified",
		[HL_NET_LOOPBACK] = "the address is a loopback address",
		[HL_NET_PRIVATE] = "the address is private",
		[HL_NET_SHARED] = "the address is a carrier's shared one",
		[HL_NET_LINK_LOCAL] = "the address is link-local",
		[HL_NET_MULTICAST] = "the address is a multicast address",
		[HL_NET_BROADCAST] = "the address is the broadcast address",
		[HL_NET_DOCUMENTATION] = "the address is for documentation",
		[HL_NET_BENCHMARK] = "the address is for benchmarks",
		[HL_NET_TUNNEL] = "the address is a tunnel's",
		[HL_NET_SPECIAL] = "the address has a special purpose",
		[HL_NET_RESERVED] = "the address is reserved",
	};

	if (hl_net_policy_is_allowance(p, to)) {
		return 0;
	}
	*why = refused[hl_net_addr_class(&to->addr)];
	if (*why) {
		return HL_DENIED;
	}
	if (!port_allowed(p, to->port)) {
		*why = why_port;
		return HL_DENIED;
	}
	return 0;
}
