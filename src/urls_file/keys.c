/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/keys.h"

#include "urls_file/bytes.h"
#include "urls_oprf/row.h"

#include <sodium.h>

_Static_assert((int)HL_URLS_TAG == (int)HL_OPRF_ROW_TAG_BYTES &&
		       (int)HL_URLS_SEAL_KEY == (int)HL_OPRF_ROW_KEY_BYTES &&
		       (int)HL_URLS_ELEMENT == (int)HL_OPRF_ELEMENT_BYTES,
	"one protocol");

void hl_urls_tag(const uint8_t n[HL_URLS_ELEMENT], uint8_t tag[HL_URLS_TAG])
{
	struct hl_oprf_element element;

	memcpy(element.b, n, sizeof(element.b));
	hl_oprf_row_tag(&element, tag);
	sodium_memzero(&element, sizeof(element));
}

void hl_urls_keys_path(struct hl_urls_keys *keys)
{
	static const char label[] = "openhotline urllist 1 path";
	uint8_t in[sizeof(label) + HL_URLS_SEAL_KEY], whole[64];

	memcpy(in, label, sizeof(label)); /* with its zero */
	memcpy(in + sizeof(label), keys->seal, HL_URLS_SEAL_KEY);
	crypto_hash_sha512(whole, in, sizeof(in));
	memcpy(keys->path, whole, sizeof(keys->path));
	sodium_memzero(in, sizeof(in));
	sodium_memzero(whole, sizeof(whole));
}

static void finish(const uint8_t n[HL_URLS_ELEMENT],
	const struct hl_oprf_output *output, struct hl_urls_keys *out)
{
	hl_urls_tag(n, out->tag);
	hl_oprf_row_key(output, out->seal);
	hl_urls_keys_path(out);
}

bool hl_urls_keys_of(const uint8_t n[HL_URLS_ELEMENT], struct hl_str host,
	struct hl_urls_keys *out)
{
	struct hl_oprf_element element;
	struct hl_oprf_output output;

	memcpy(element.b, n, sizeof(element.b));
	if (hl_oprf_output(
		    (struct hl_oprf_view){host.p, host.n}, &element, &output)) {
		return false;
	}
	finish(n, &output, out);
	sodium_memzero(&output, sizeof(output));
	sodium_memzero(&element, sizeof(element));
	return true;
}

bool hl_urls_keys_make(const uint8_t k[HL_URLS_ELEMENT], struct hl_str host,
	uint8_t n_out[HL_URLS_ELEMENT], struct hl_urls_keys *out)
{
	struct hl_oprf_view view = {host.p, host.n};
	struct hl_oprf_scalar key;
	struct hl_oprf_element n;
	bool good;

	memcpy(key.b, k, sizeof(key.b));
	good = !hl_oprf_direct(HL_OPRF_MODE_OPRF, &key, view, &n) &&
	       hl_urls_keys_of(n.b, host, out);
	if (good && n_out) {
		memcpy(n_out, n.b, sizeof(n.b));
	}
	sodium_memzero(&key, sizeof(key));
	sodium_memzero(&n, sizeof(n));
	return good;
}

void hl_urls_keys_tier0(const uint8_t k0[HL_URLS_ELEMENT], struct hl_str host,
	struct hl_urls_keys *out)
{
	crypto_auth_hmacsha512_state state;
	struct hl_oprf_output output;

	crypto_auth_hmacsha512_init(&state, k0, HL_URLS_ELEMENT);
	crypto_auth_hmacsha512_update(
		&state, (const unsigned char *)host.p, host.n);
	crypto_auth_hmacsha512_final(&state, output.b);
	finish(output.b, &output, out);
	sodium_memzero(&state, sizeof(state));
	sodium_memzero(&output, sizeof(output));
}

unsigned hl_urls_bits(uint64_t n)
{
	uint64_t room = n + (n + 3) / 4;
	unsigned bits = 8;

	while (room) {
		room >>= 1;
		bits++;
	}
	bits = bits < HL_URLS_BITS_MIN ? HL_URLS_BITS_MIN : bits;
	return bits > HL_URLS_BITS_MAX ? HL_URLS_BITS_MAX : bits;
}

static uint64_t siphash(const uint8_t key[16], struct hl_str s)
{
	uint8_t out[crypto_shorthash_BYTES];

	crypto_shorthash(out, (const unsigned char *)s.p, s.n, key);
	return hl_urls_get64(out);
}

uint64_t hl_urls_prefilter(const uint8_t key[HL_URLS_PREFILTER_KEY],
	unsigned bits, struct hl_str host)
{
	return siphash(key, host) >> (64 - bits);
}

uint64_t hl_urls_path(const uint8_t key[HL_URLS_PATH_KEY], struct hl_str path)
{
	return siphash(key, path);
}
