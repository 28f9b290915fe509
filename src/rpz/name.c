/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listed name comes from the web, where a host may have any character
 * that its parser does not forbid; the DNS takes them all. What must not get
 * into a policy zone is what means something else there: a network address,
 * a label "*", the labels "rpz-ip" and the like that make other triggers,
 * and a single label, which would block a top-level domain.
 */
#include "rpz/name.h"

#define LABEL_MAX 63
#define HEAD 12 /* of a message: no name is in it */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool is_plain(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

static int put_label(struct hl_str label, struct hl_rpz_name *out)
{
	if (label.n == 0 || label.n > LABEL_MAX ||
		out->n + label.n + 2 > HL_RPZ_WIRE_MAX) {
		return HL_E_INVALID;
	}
	out->p[out->n++] = (uint8_t)label.n;
	for (size_t i = 0; i < label.n; i++) {
		uint8_t c = lower((uint8_t)label.p[i]);

		if (!is_plain(c)) {
			return HL_E_INVALID;
		}
		out->p[out->n++] = c;
	}
	return 0;
}

int hl_rpz_name_parse(struct hl_str text, struct hl_rpz_name *out)
{
	struct hl_str label;
	bool is_root = hl_str_eq(text, HL_STR("."));

	out->n = 0;
	if (hl_str_ends(text, HL_STR("."))) {
		text.n--;
	}
	while (!is_root && hl_str_next(&text, '.', &label)) {
		if (put_label(label, out)) {
			return HL_E_INVALID;
		}
	}
	if (!is_root && out->n == 0) {
		return HL_E_INVALID;
	}
	out->p[out->n++] = 0;
	return 0;
}

bool hl_rpz_name_eq(const struct hl_rpz_name *a, const struct hl_rpz_name *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static int take_label(
	const uint8_t *msg, size_t n, size_t at, struct hl_rpz_name *out)
{
	size_t len = msg[at];

	if (len > LABEL_MAX || at + 1 + len > n ||
		out->n + len + 2 > HL_RPZ_WIRE_MAX) {
		return HL_E_INVALID;
	}
	out->p[out->n++] = (uint8_t)len;
	for (size_t i = 1; i <= len; i++) {
		out->p[out->n++] = lower(msg[at + i]);
	}
	return 0;
}

/* Each pointer leads before the place where its part of the name began, so
 * that it ends (RFC 1035 clause 4.1.4: a prior occurrence). */
int hl_rpz_name_read(
	const uint8_t *msg, size_t n, size_t *at, struct hl_rpz_name *out)
{
	size_t pos = *at, began = *at, behind = 0;

	out->n = 0;
	while (pos < n && msg[pos] != 0) {
		if ((msg[pos] & 0xc0) == 0xc0) {
			if (pos + 1 >= n) {
				return HL_E_INVALID;
			}
			size_t to =
				(size_t)(msg[pos] & 0x3f) << 8 | msg[pos + 1];
			behind = behind ? behind : pos + 2;
			if (to >= began || to < HEAD) {
				return HL_E_INVALID;
			}
			pos = began = to;
			continue;
		}
		if (take_label(msg, n, pos, out)) {
			return HL_E_INVALID;
		}
		pos += 1u + msg[pos];
	}
	if (pos >= n) {
		return HL_E_INVALID;
	}
	out->p[out->n++] = 0;
	*at = behind ? behind : pos + 1;
	return 0;
}

/* Forbidden in a domain by the URL standard, or not in its canonical form. */
static bool is_host_char(uint8_t c)
{
	static const bool bad[128] = {['#'] = true,
		['%'] = true,
		['/'] = true,
		[':'] = true,
		['<'] = true,
		['>'] = true,
		['?'] = true,
		['@'] = true,
		['['] = true,
		['\\'] = true,
		[']'] = true,
		['^'] = true,
		['|'] = true};

	return c > ' ' && c < 0x7f && (c < 'A' || c > 'Z') && !bad[c];
}

/* What the URL standard takes for a number: then the host is IPv4. */
static bool is_number(struct hl_str label)
{
	bool hex = hl_str_starts(label, HL_STR("0x"));

	for (size_t i = hex ? 2 : 0; i < label.n; i++) {
		char c = label.p[i];

		if (!(c >= '0' && c <= '9') && !(hex && c >= 'a' && c <= 'f')) {
			return false;
		}
	}
	return true;
}

/* The trigger labels that stand right below the origin. */
static bool is_trigger(struct hl_str label)
{
	return hl_str_starts(label, HL_STR("rpz-"));
}

static const char *label_fault(struct hl_str label)
{
	if (label.n == 0) {
		return "it has an empty label";
	}
	if (label.n > LABEL_MAX) {
		return "it has a label of more than 63 bytes";
	}
	if (label.n == 1 && label.p[0] == '*') {
		return "it has a label *";
	}
	for (size_t i = 0; i < label.n; i++) {
		if (!is_host_char((uint8_t)label.p[i])) {
			return "it is not in the canonical form of a host";
		}
	}
	return NULL;
}

const char *hl_rpz_host_fault(struct hl_str host, size_t room)
{
	struct hl_str rest = host, label = HL_STR_NONE;
	size_t n_labels = 0;

	if (host.n == 0) {
		return "it is empty";
	}
	if (host.p[0] == '[') {
		return "it is a network address";
	}
	/* with "*." before it: its labels, two bytes, the origin */
	if (host.n + 1 + 2 + room > HL_RPZ_WIRE_MAX) {
		return "it is too long in front of the zone's name";
	}
	while (hl_str_next(&rest, '.', &label)) {
		const char *fault = label_fault(label);

		if (fault) {
			return fault;
		}
		n_labels++;
	}
	if (is_number(label)) {
		return "it is a network address";
	}
	if (n_labels == 1) {
		return "it is a whole top-level domain";
	}
	return is_trigger(label) ? "its last label is one of policy zones"
				 : NULL;
}

void hl_rpz_host_put(const uint8_t *host, size_t n, uint8_t *to)
{
	uint8_t *len = to++;

	for (size_t i = 0; i < n; i++, to++) {
		*to = host[i];
		if (host[i] == '.') {
			*len = (uint8_t)(to - len - 1);
			len = to;
		}
	}
	*len = (uint8_t)(to - len - 1);
}
