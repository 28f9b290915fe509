/* SPDX-License-Identifier: Apache-2.0 */
#include "net/addr.h"

/*
 * The IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and
 * its updates), the multicast blocks and the deprecated ranges that the
 * registries no longer list. Longest first where ranges nest, since the
 * first row that holds the address decides. In IPv6 everything outside
 * 2000::/3 that no row names is reserved (RFC 4291 clause 2.4).
 */
struct range {
	uint8_t b[8];
	uint8_t bits;
	uint8_t class;
};

static const struct range v4[] = {
	{{0}, 8, HL_NET_UNSPECIFIED},                 /* RFC 791 */
	{{10}, 8, HL_NET_PRIVATE},                    /* RFC 1918 */
	{{100, 64}, 10, HL_NET_SHARED},               /* RFC 6598 */
	{{127}, 8, HL_NET_LOOPBACK},                  /* RFC 1122 */
	{{169, 254}, 16, HL_NET_LINK_LOCAL},          /* RFC 3927 */
	{{172, 16}, 12, HL_NET_PRIVATE},              /* RFC 1918 */
	{{192, 0, 2}, 24, HL_NET_DOCUMENTATION},      /* RFC 5737 */
	{{192, 0, 0}, 24, HL_NET_SPECIAL},            /* RFC 6890 */
	{{192, 31, 196}, 24, HL_NET_SPECIAL},         /* RFC 7535 */
	{{192, 52, 193}, 24, HL_NET_TUNNEL},          /* RFC 7450 */
	{{192, 88, 99}, 24, HL_NET_TUNNEL},           /* RFC 7526 */
	{{192, 168}, 16, HL_NET_PRIVATE},             /* RFC 1918 */
	{{192, 175, 48}, 24, HL_NET_SPECIAL},         /* RFC 7534 */
	{{198, 18}, 15, HL_NET_BENCHMARK},            /* RFC 2544 */
	{{198, 51, 100}, 24, HL_NET_DOCUMENTATION},   /* RFC 5737 */
	{{203, 0, 113}, 24, HL_NET_DOCUMENTATION},    /* RFC 5737 */
	{{224}, 4, HL_NET_MULTICAST},                 /* RFC 5771 */
	{{255, 255, 255, 255}, 32, HL_NET_BROADCAST}, /* RFC 919 */
	{{240}, 4, HL_NET_RESERVED},                  /* RFC 1112 */
};

static const struct range v6[] = {
	{{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, HL_NET_TUNNEL}, /* 8215 */
	{{0x01, 0x00}, 64, HL_NET_SPECIAL},                   /* RFC 6666 */
	{{0x01, 0, 0, 0, 0, 0, 0, 1}, 64, HL_NET_SPECIAL},    /* RFC 9780 */
	{{0x20, 0x01, 0x00, 0x00}, 32, HL_NET_TUNNEL},        /* RFC 4380 */
	{{0x20, 0x01, 0x00, 0x02}, 48, HL_NET_BENCHMARK},     /* RFC 5180 */
	{{0x20, 0x01, 0x00}, 23, HL_NET_SPECIAL},             /* RFC 2928 */
	{{0x20, 0x01, 0x0d, 0xb8}, 32, HL_NET_DOCUMENTATION}, /* RFC 3849 */
	{{0x26, 0x20, 0x00, 0x4f, 0x80}, 48, HL_NET_SPECIAL}, /* RFC 7534 */
	{{0x3f, 0xff}, 20, HL_NET_DOCUMENTATION},             /* RFC 9637 */
	{{0x5f, 0x00}, 16, HL_NET_SPECIAL},                   /* RFC 9602 */
	{{0xfc}, 7, HL_NET_PRIVATE},                          /* RFC 4193 */
	{{0xfe, 0x80}, 10, HL_NET_LINK_LOCAL},                /* RFC 4291 */
	{{0xfe, 0xc0}, 10, HL_NET_PRIVATE},                   /* RFC 3879 */
	{{0xff}, 8, HL_NET_MULTICAST},                        /* RFC 4291 */
	{{0x20}, 3, HL_NET_PUBLIC},                           /* RFC 4291 */
};

static enum hl_net_class look_up(
	const struct range *rows, size_t n, const struct hl_net_addr *a)
{
	for (size_t i = 0; i < n; i++) {
		struct hl_net_prefix p = {
			.addr.v6 = a->v6, .bits = rows[i].bits};

		memcpy(p.addr.b, rows[i].b, a->v6 ? 8 : 4);
		if (hl_net_prefix_has(&p, a)) {
			return (enum hl_net_class)rows[i].class;
		}
	}
	return a->v6 ? HL_NET_RESERVED : HL_NET_PUBLIC;
}

static enum hl_net_class class_of_v4_at(const uint8_t *b)
{
	struct hl_net_addr a = {.v6 = false};

	memcpy(a.b, b, 4);
	return look_up(v4, HL_ARRAY_LEN(v4), &a);
}

/* RFC 5214 clause 6.1: interface identifiers 0:5efe:V4 and 200:5efe:V4. */
static bool is_isatap(const struct hl_net_addr *a)
{
	return (a->b[8] & 0xfd) == 0 && a->b[9] == 0 && a->b[10] == 0x5e &&
	       a->b[11] == 0xfe;
}

static enum hl_net_class low_class(const struct hl_net_addr *a)
{
	static const uint8_t zero[16], mapped[12] = {[10] = 0xff, 0xff};

	if (memcmp(a->b, zero, 16) == 0) {
		return HL_NET_UNSPECIFIED;
	}
	if (memcmp(a->b, zero, 15) == 0 && a->b[15] == 1) {
		return HL_NET_LOOPBACK;
	}
	if (memcmp(a->b, mapped, 12) == 0) {
		return class_of_v4_at(a->b + 12);
	}
	return HL_NET_N_CLASSES;
}

enum hl_net_class hl_net_addr_class(const struct hl_net_addr *a)
{
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};

	if (!a->v6) {
		return look_up(v4, HL_ARRAY_LEN(v4), a);
	}
	enum hl_net_class c = low_class(a);
	if (c != HL_NET_N_CLASSES) {
		return c;
	}
	if (memcmp(a->b, nat64, 12) == 0) { /* RFC 6052 clause 2.1 */
		return class_of_v4_at(a->b + 12);
	}
	c = look_up(v6, HL_ARRAY_LEN(v6), a);
	if (c == HL_NET_PUBLIC && a->b[0] == 0x20 && a->b[1] == 0x02) {
		c = class_of_v4_at(a->b + 2); /* 6to4, RFC 3056 clause 2 */
	}
	if (c == HL_NET_PUBLIC && is_isatap(a)) {
		c = class_of_v4_at(a->b + 12);
	}
	return c;
}

const char *hl_net_class_name(enum hl_net_class c)
{
	static const char *const names[HL_NET_N_CLASSES] = {
		[HL_NET_PUBLIC] = "a public address",
		[HL_NET_UNSPECIFIED] = "an unspecified address",
		[HL_NET_LOOPBACK] = "a loopback address",
		[HL_NET_PRIVATE] = "a private address",
		[HL_NET_SHARED] = "a carrier's shared address",
		[HL_NET_LINK_LOCAL] = "a link-local address",
		[HL_NET_MULTICAST] = "a multicast address",
		[HL_NET_BROADCAST] = "the broadcast address",
		[HL_NET_DOCUMENTATION] = "an address for documentation",
		[HL_NET_BENCHMARK] = "an address for benchmarks",
		[HL_NET_TUNNEL] = "a tunnel's address",
		[HL_NET_SPECIAL] = "a special-purpose address",
		[HL_NET_RESERVED] = "a reserved address",
	};

	return (unsigned)c < HL_NET_N_CLASSES ? names[c] : "no address";
}
