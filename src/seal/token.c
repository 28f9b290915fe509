/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/token.h"

#include <sodium.h>

#include "base/rand.h"
#include "base/text.h"
#include "seal/bytes.h"

static const struct {
	size_t n;
	const char *hash_domain;
	struct hl_str key_info;
} kinds[] = {
	[HL_SEAL_TOKEN_SESSION] = {32, "OHL tok session",
		HL_STR_INIT("session")},
	[HL_SEAL_TOKEN_ANSWER] = {20, "OHL tok answer", HL_STR_INIT("answer")},
	[HL_SEAL_TOKEN_DRAFT] = {32, "OHL tok draft", HL_STR_INIT("draft")},
	[HL_SEAL_TOKEN_API] = {32, "OHL tok api", HL_STR_INIT("api")},
	[HL_SEAL_TOKEN_LIST] = {32, "OHL tok list", HL_STR_INIT("list")},
};

void hl_seal_token_new(enum hl_seal_token_kind kind, struct hl_seal_token *t)
{
	*t = (struct hl_seal_token){.kind = kind};
	hl_rand_bytes(t->b, kinds[kind].n);
}

void hl_seal_token_wipe(struct hl_seal_token *t)
{
	sodium_memzero(t, sizeof(*t));
}

struct hl_str hl_seal_token_print(
	const struct hl_seal_token *t, char out[HL_SEAL_TOKEN_TEXT])
{
	sodium_bin2base64(out, HL_SEAL_TOKEN_TEXT, t->b, kinds[t->kind].n,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return hl_str_c(out);
}

int hl_seal_token_parse(enum hl_seal_token_kind kind, struct hl_str text,
	struct hl_seal_token *t)
{
	struct hl_seal_token read = {.kind = kind};
	int r = hl_text_parse_base64url(text, read.b, kinds[kind].n);

	if (!r) {
		*t = read;
	}
	hl_seal_token_wipe(&read);
	return r;
}

void hl_seal_token_hash(
	const struct hl_seal_token *t, uint8_t out[HL_SEAL_TOKEN_HASH_BYTES])
{
	const struct hl_seal_digest how = {
		.domain = kinds[t->kind].hash_domain};

	hl_seal_digest(
		&how, t->b, kinds[t->kind].n, out, HL_SEAL_TOKEN_HASH_BYTES);
}

void hl_seal_token_key(const struct hl_seal_token *t, struct hl_seal_key *out)
{
	const struct hl_seal_hkdf in = {
		.ikm = hl_str_mem(t->b, kinds[t->kind].n),
		.salt = HL_STR("OpenHotline v1 token"),
		.info = kinds[t->kind].key_info,
	};

	hl_seal_hkdf(&in, out->b, sizeof(out->b));
}
