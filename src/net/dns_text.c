/* SPDX-License-Identifier: Apache-2.0 */
#include <ares.h>
#include <netinet/in.h>

#include "base/json.h"
#include "base/time.h"
#include "net/dns.h"

/* The resolver's settings, names and JSON; the look-up is in dns.c. */

static const struct {
	const char *name;
	const char *text;
} statuses[HL_NET_DNS_N_STATUSES] = {
	[HL_NET_DNS_OK] = {"ok", "The name has addresses."},
	[HL_NET_DNS_NXDOMAIN] = {"nxdomain", "The name does not exist."},
	[HL_NET_DNS_NODATA] = {"nodata", "The name exists and has no address."},
	[HL_NET_DNS_SERVFAIL] = {"servfail",
		"The resolver could not find out (server failure)."},
	[HL_NET_DNS_REFUSED] = {"refused", "The resolver refused to answer."},
	[HL_NET_DNS_TIMEOUT] = {"timeout", "No resolver answered in time."},
	[HL_NET_DNS_UNREACHABLE] = {"unreachable",
		"No resolver could be reached."},
	[HL_NET_DNS_LOOP] = {"loop",
		"The name's aliases lead round in a circle or are too many."},
	[HL_NET_DNS_MALFORMED] = {"malformed",
		"The resolver's answer could not be read."},
	[HL_NET_DNS_BAD_NAME] = {"bad-name",
		"This is not a name that the DNS can be asked for."},
};

const char *hl_net_dns_status_name(enum hl_net_dns_status s)
{
	return (unsigned)s < HL_NET_DNS_N_STATUSES ? statuses[s].name : "?";
}

const char *hl_net_dns_status_text(enum hl_net_dns_status s)
{
	return (unsigned)s < HL_NET_DNS_N_STATUSES ? statuses[s].text : "?";
}

int hl_net_dns_status_parse(struct hl_str s, enum hl_net_dns_status *out)
{
	for (size_t i = 0; i < HL_NET_DNS_N_STATUSES; i++) {
		if (hl_str_eq(s, hl_str_c(statuses[i].name))) {
			*out = (enum hl_net_dns_status)i;
			return 0;
		}
	}
	return HL_E_INVALID;
}

bool hl_net_dns_is_gone(enum hl_net_dns_status s)
{
	return s == HL_NET_DNS_NXDOMAIN || s == HL_NET_DNS_NODATA;
}

static int parse_servers(
	struct hl_net_dns_config *c, struct hl_str servers, struct hl_err *err)
{
	struct hl_str piece;

	while (servers.n && hl_str_next(&servers, ',', &piece)) {
		if (c->n_servers == HL_NET_DNS_SERVERS) {
			return HL_FAIL(err, HL_E_LIMIT,
				"at most %d DNS servers", HL_NET_DNS_SERVERS);
		}
		if (hl_net_endpoint_parse(hl_str_trim(piece), 53,
			    &c->servers[c->n_servers++])) {
			return HL_FAIL(err, HL_E_INVALID,
				"DNS server %zu is no ADDRESS or "
				"ADDRESS:PORT",
				c->n_servers);
		}
	}
	return 0;
}

static int system_servers(struct hl_net_dns_config *c, struct hl_err *err)
{
	struct ares_addr_port_node *list = NULL;
	ares_channel ch;

	if (ares_init(&ch) != ARES_SUCCESS) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"the system's DNS servers cannot be read");
	}
	ares_get_servers_ports(ch, &list);
	for (struct ares_addr_port_node *s = list;
		s && c->n_servers < HL_NET_DNS_SERVERS; s = s->next) {
		struct hl_net_endpoint *e = &c->servers[c->n_servers++];

		e->addr.v6 = s->family == AF_INET6;
		memcpy(e->addr.b, &s->addr, e->addr.v6 ? 16 : 4);
		e->port = s->udp_port ? (uint16_t)s->udp_port : 53;
	}
	ares_free_data(list);
	ares_destroy(ch);
	return 0;
}

int hl_net_dns_config_init(
	struct hl_net_dns_config *c, struct hl_str servers, struct hl_err *err)
{
	*c = (struct hl_net_dns_config){
		.timeout_ms = 2000, .deadline_ms = 8000};
	servers = hl_str_trim(servers);
	return servers.n ? parse_servers(c, servers, err)
			 : system_servers(c, err);
}

static void put_hop(struct hl_buf *b, const struct hl_net_dns_hop *hop)
{
	hl_json_put_sep(b);
	hl_buf_put_c(b, '{');
	hl_json_put_member(b, "from", hop->from);
	hl_json_put_member(b, "to", hop->to);
	hl_json_put_member_i64(b, "ttl_s", hop->ttl_s);
	hl_buf_put_c(b, '}');
}

static void put_host(struct hl_buf *b, const struct hl_net_dns_host *host)
{
	char text[HL_NET_ADDR_MAX];

	hl_json_put_sep(b);
	hl_buf_put_c(b, '{');
	hl_json_put_member(b, "address", hl_net_addr_print(&host->addr, text));
	hl_json_put_member_i64(b, "ttl_s", host->ttl_s);
	hl_buf_put_c(b, '}');
}

void hl_net_dns_put_json(struct hl_buf *b, const struct hl_net_dns *d)
{
	char iso[HL_TIME_ISO_MAX];

	hl_buf_put_c(b, '{');
	hl_json_put_member(b, "name", d->name);
	hl_json_put_member(
		b, "status", hl_str_c(hl_net_dns_status_name(d->status)));
	hl_json_put_member(
		b, "a", hl_str_c(hl_net_dns_status_name(d->status_a)));
	hl_json_put_member(
		b, "aaaa", hl_str_c(hl_net_dns_status_name(d->status_aaaa)));
	hl_json_put_member(b, "at", hl_time_iso(d->at_us, iso));
	hl_json_put_member_i64(b, "took_us", d->took_us);
	hl_json_put_name(b, "chain");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < d->n_hops; i++) {
		put_hop(b, &d->hops[i]);
	}
	hl_buf_put_c(b, ']');
	hl_json_put_name(b, "addresses");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < d->n_hosts; i++) {
		put_host(b, &d->hosts[i]);
	}
	hl_buf_put_c(b, ']');
	hl_json_put_member_bool(b, "more", d->more);
	hl_buf_put_c(b, '}');
}
