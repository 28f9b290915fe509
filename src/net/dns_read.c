/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/time.h"
#include "net/dns.h"

/* The way back of hl_net_dns_put_json() in dns_text.c. */

static bool take_str(const json_t *j, const char *name, struct hl_arena *arena,
	struct hl_str *out)
{
	*out = hl_arena_dup(arena, hl_json_str(j, name));
	return out->p != NULL;
}

static bool take_u32(const json_t *j, const char *name, uint32_t *out)
{
	int64_t n = hl_json_int(j, name, -1);

	*out = (uint32_t)n;
	return n >= 0 && n <= UINT32_MAX;
}

static bool take_status(
	const json_t *j, const char *name, enum hl_net_dns_status *out)
{
	return !hl_net_dns_status_parse(hl_json_str(j, name), out);
}

static bool take_hops(
	const json_t *list, struct hl_arena *arena, struct hl_net_dns *out)
{
	const json_t *j;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > HL_NET_DNS_HOPS) {
		return false;
	}
	json_array_foreach(list, i, j)
	{
		struct hl_net_dns_hop *hop = &out->hops[i];

		if (!take_str(j, "from", arena, &hop->from) ||
			!take_str(j, "to", arena, &hop->to) ||
			!take_u32(j, "ttl_s", &hop->ttl_s)) {
			return false;
		}
		out->n_hops++;
	}
	return true;
}

static bool take_hosts(const json_t *list, struct hl_net_dns *out)
{
	const json_t *j;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > HL_NET_DNS_HOSTS) {
		return false;
	}
	json_array_foreach(list, i, j)
	{
		struct hl_net_dns_host *host = &out->hosts[i];

		if (hl_net_addr_parse(hl_json_str(j, "address"), &host->addr) ||
			!take_u32(j, "ttl_s", &host->ttl_s)) {
			return false;
		}
		out->n_hosts++;
	}
	return true;
}

int hl_net_dns_read_json(const json_t *json, struct hl_arena *arena,
	struct hl_net_dns *out, struct hl_err *err)
{
	*out = (struct hl_net_dns){0};
	if (!take_str(json, "name", arena, &out->name) ||
		!take_status(json, "status", &out->status) ||
		!take_status(json, "a", &out->status_a) ||
		!take_status(json, "aaaa", &out->status_aaaa) ||
		hl_time_parse_iso(hl_json_str(json, "at"), &out->at_us) ||
		!take_hops(json_object_get(json, "chain"), arena, out) ||
		!take_hosts(json_object_get(json, "addresses"), out)) {
		return HL_FAIL(err, HL_E_INVALID, "not a DNS record");
	}
	out->took_us = hl_json_int(json, "took_us", 0);
	out->more = json_is_true(json_object_get(json, "more"));
	return 0;
}
