/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dns_wire.h"

#include <ctype.h>

/*
 * A cursor over the message that sticks at its first fault: every read past
 * the end gives 0 and sets bad, and the caller looks once.
 */
struct cursor {
	const uint8_t *msg;
	size_t n;
	size_t at;
	bool bad;
};

static unsigned take8(struct cursor *c)
{
	if (c->bad || c->at >= c->n) {
		c->bad = true;
		return 0;
	}
	return c->msg[c->at++];
}

static unsigned take16(struct cursor *c)
{
	unsigned hi = take8(c);

	return hi << 8 | take8(c);
}

static uint32_t take32(struct cursor *c)
{
	uint32_t hi = take16(c);

	return hi << 16 | take16(c);
}

static void skip(struct cursor *c, size_t n)
{
	if (c->bad || n > c->n - c->at) {
		c->bad = true;
		return;
	}
	c->at += n;
}

static bool plain(unsigned char ch)
{
	return ch < 0x80 && (isalnum(ch) || ch == '-' || ch == '_');
}

/* Puts one byte of a label as text; false when the name gets too long. */
static bool put_byte(char *out, size_t *len, unsigned char ch)
{
	if (plain(ch)) {
		if (*len + 1 >= HL_NET_NAME_MAX) {
			return false;
		}
		out[(*len)++] = (char)tolower(ch);
		return true;
	}
	if (*len + 4 >= HL_NET_NAME_MAX) {
		return false;
	}
	out[(*len)++] = '\\';
	out[(*len)++] = (char)('0' + ch / 100);
	out[(*len)++] = (char)('0' + ch / 10 % 10);
	out[(*len)++] = (char)('0' + ch % 10);
	return true;
}

static bool put_label(struct cursor *c, size_t n, char *out, size_t *len)
{
	if (*len) {
		if (*len + 1 >= HL_NET_NAME_MAX) {
			return false;
		}
		out[(*len)++] = '.';
	}
	for (size_t i = 0; i < n; i++) {
		if (!put_byte(out, len, (unsigned char)take8(c)) || c->bad) {
			return false;
		}
	}
	return true;
}

/*
 * RFC 1035 clause 4.1.4. A pointer must lead backwards, before where this
 * name began or the pointer before led, so the walk ends by itself.
 */
static void take_name(struct cursor *c, char out[HL_NET_NAME_MAX])
{
	struct cursor walk = *c;
	size_t len = 0, limit = c->at;
	bool jumped = false;

	for (;;) {
		unsigned b = take8(&walk);

		if (walk.bad || (b & 0xc0) == 0x40 || (b & 0xc0) == 0x80) {
			break;
		}
		if ((b & 0xc0) == 0xc0) {
			size_t to = (b & 0x3f) << 8 | take8(&walk);

			c->at = jumped ? c->at : walk.at;
			jumped = true;
			if (walk.bad || to >= limit) {
				break;
			}
			limit = walk.at = to;
			continue;
		}
		if (!b) {
			c->at = jumped ? c->at : walk.at;
			out[len] = '\0';
			return;
		}
		if (!put_label(&walk, b, out, &len)) {
			break;
		}
	}
	c->bad = true;
	out[0] = '\0';
}

static void take_question(struct cursor *c)
{
	char name[HL_NET_NAME_MAX];

	take_name(c, name);
	skip(c, 4);
}

/* Fills rr; false when the record is of a kind that nobody here asks for. */
static bool take_rr(struct cursor *c, struct hl_net_dns_rr *rr)
{
	enum { CLASS_IN = 1 };

	take_name(c, rr->owner);
	rr->type = (uint16_t)take16(c);
	unsigned class = take16(c);
	rr->ttl_s = take32(c);
	rr->ttl_s = rr->ttl_s > INT32_MAX ? 0 : rr->ttl_s; /* RFC 2181, 8 */
	size_t len = take16(c), start = c->at;
	skip(c, len);
	if (c->bad || class != CLASS_IN) {
		return false;
	}
	struct cursor data = {c->msg, start + len, start, false};
	rr->addr = (struct hl_net_addr){.v6 = rr->type == HL_NET_DNS_AAAA};
	rr->target[0] = '\0';
	if (rr->type == HL_NET_DNS_CNAME) {
		take_name(&data, rr->target);
		c->bad = data.bad || data.at != data.n;
		return !c->bad;
	}
	size_t want = rr->type == HL_NET_DNS_A      ? 4
		      : rr->type == HL_NET_DNS_AAAA ? 16
						    : 0;
	if (!want) {
		return false;
	}
	c->bad = len != want;
	memcpy(rr->addr.b, c->msg + start, c->bad ? 0 : want);
	return !c->bad;
}

int hl_net_dns_parse(
	const uint8_t *msg, size_t n, struct hl_net_dns_answer *out)
{
	struct cursor c = {msg, n, 0, false};

	out->n_rrs = 0;
	out->more = false;
	skip(&c, 2);
	unsigned flags = take16(&c);
	unsigned n_questions = take16(&c), n_answers = take16(&c);
	skip(&c, 4);
	if (c.bad || !(flags & 0x8000)) {
		return HL_E_INVALID;
	}
	out->rcode = flags & 0xf;
	out->truncated = flags & 0x0200;
	for (unsigned i = 0; i < n_questions && !c.bad; i++) {
		take_question(&c);
	}
	for (unsigned i = 0; i < n_answers && !c.bad; i++) {
		struct hl_net_dns_rr spare, *rr = &spare;

		if (out->n_rrs < HL_NET_DNS_RRS) {
			rr = &out->rrs[out->n_rrs];
		}
		if (!take_rr(&c, rr)) {
			continue;
		}
		if (rr == &spare) {
			out->more = true;
		} else {
			out->n_rrs++;
		}
	}
	return c.bad ? HL_E_INVALID : 0;
}

int hl_net_dns_name(struct hl_str name, char out[HL_NET_NAME_MAX])
{
	size_t label = 0;

	if (name.n && name.p[name.n - 1] == '.') {
		name = hl_str_sub(name, 0, name.n - 1);
	}
	if (!name.n || name.n > 253) {
		return HL_E_INVALID;
	}
	for (size_t i = 0; i < name.n; i++) {
		unsigned char ch = (unsigned char)name.p[i];

		if (ch == '.' ? !label : !plain(ch)) {
			return HL_E_INVALID;
		}
		label = ch == '.' ? 0 : label + 1;
		if (label > 63) {
			return HL_E_INVALID;
		}
		out[i] = (char)tolower(ch);
	}
	out[name.n] = '\0';
	return label ? 0 : HL_E_INVALID;
}
