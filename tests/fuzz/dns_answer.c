/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dns_wire.h"

#include <assert.h>

/*
 * Whatever a resolver sends: names are ended and of a bounded length,
 * records are of the three kinds, and a name that is plain may be asked for.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *name)
{
	char again[HL_NET_NAME_MAX], twice[HL_NET_NAME_MAX];
	size_t n = strnlen(name, HL_NET_NAME_MAX);

	assert(n < HL_NET_NAME_MAX);
	if (!hl_net_dns_name(hl_str_mem(name, n), again)) {
		assert(strcmp(name, again) == 0);
		assert(!hl_net_dns_name(hl_str_c(again), twice));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hl_net_dns_answer a;

	if (hl_net_dns_parse(data, size, &a)) {
		return 0;
	}
	assert(a.n_rrs <= HL_NET_DNS_RRS);
	for (size_t i = 0; i < a.n_rrs; i++) {
		const struct hl_net_dns_rr *rr = &a.rrs[i];

		assert(rr->type == HL_NET_DNS_A ||
			rr->type == HL_NET_DNS_AAAA ||
			rr->type == HL_NET_DNS_CNAME);
		assert(rr->ttl_s <= INT32_MAX);
		check_name(rr->owner);
		check_name(rr->target);
	}
	return 0;
}
