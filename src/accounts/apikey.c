/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/apikey.h"

#include <stdio.h>

#include "accounts/accounts.h"
#include "accounts/inner.h"
#include "base/rand.h"
#include "base/time.h"
#include "domain/authz.h"
#include "store/sql.h"

static const struct hl_vocab_word scopes[] = {
	{HL_API_MATCH, "match", HL_MSG("Ask whether a hash is known")},
	{HL_API_HASH, "hash", HL_MSG("Have a picture hashed")},
	{HL_API_FEED, "feed", HL_MSG("Follow the registry, as a replica")},
	{HL_API_METRICS, "metrics", HL_MSG("Read the service's measures")},
	{HL_API_REPORT, "report", HL_MSG("Vouch for the hashes in reports")},
};
const struct hl_vocab hl_accounts_scopes = {
	"api_scope", HL_ARRAY_LEN(scopes), scopes};

static int check(const struct hl_who *who, const struct hl_accounts_apikey *key,
	struct hl_err *err)
{
	const unsigned all = HL_API_MATCH | HL_API_HASH | HL_API_FEED |
			     HL_API_METRICS | HL_API_REPORT;

	if (!hl_accounts_name_valid(key->name)) {
		return HL_FAIL(err, HL_E_INVALID,
			"a key has a name of 1 to %d characters",
			HL_ACCOUNTS_NAME_MAX);
	}
	if (!key->scopes || (key->scopes & ~all)) {
		return HL_FAIL(err, HL_E_INVALID, "a key has a scope");
	}
	if (key->rate < 1 || key->rate > HL_ACCOUNTS_RATE_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"a key's rate is 1 to %d look-ups a second",
			HL_ACCOUNTS_RATE_MAX);
	}
	if (key->expires_at_us && key->expires_at_us <= hl_time_now_us()) {
		return HL_FAIL(err, HL_E_INVALID, "a key ends in the future");
	}
	/* 0 is the host's administrator, whom the matrix does not know */
	return who->actor.user_id ? hl_authz_check(&who->actor,
					    HL_AUTHZ_USER_MANAGE, NULL, NULL)
				  : 0;
}

static void add_event(struct hl_tx *tx, const struct hl_who *who,
	enum hl_event kind, int64_t id, int64_t detail)
{
	hl_tx_event(tx, &(struct hl_store_event){.kind = kind,
				.actor = who->actor.user_id,
				.object_kind = HL_OBJECT_SYSTEM,
				.object_id = id,
				.a = detail});
}

int hl_accounts_apikey_create(const struct hl_who *who,
	struct hl_accounts_apikey *key, char text[HL_ACCOUNTS_KEY_TEXT],
	struct hl_err *err)
{
	HL_SEAL_TOKEN_AUTO token = {0};
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];
	int64_t now_us = hl_time_now_us();
	int r = check(who, key, err);

	if (r) {
		return r;
	}
	hl_seal_token_new(HL_SEAL_TOKEN_API, &token);
	hl_seal_token_hash(&token, hash);
	key->id = hl_rand_id();
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_apikey_add(tx, &(struct hl_in_apikey_add){.id = key->id,
				     .name = key->name,
				     .key_hash = hl_str_mem(hash, sizeof(hash)),
				     .scopes = key->scopes,
				     .rate = key->rate,
				     .created_at_us = now_us,
				     .created_by = who->actor.user_id,
				     .expires_at_us = key->expires_at_us,
				     .now_us = now_us,
				     .n_most = HL_ACCOUNTS_KEYS_MAX});
	add_event(tx, who, HL_EVENT_SYSTEM_KEY_CREATED, key->id, key->scopes);
	r = hl_tx_run(tx, err);
	if (!r) {
		char random[HL_SEAL_TOKEN_TEXT];

		hl_seal_token_print(&token, random);
		snprintf(text, HL_ACCOUNTS_KEY_TEXT, "%s%s",
			HL_ACCOUNTS_KEY_PREFIX, random);
		explicit_bzero(random, sizeof(random));
	}
	return r;
}

int hl_accounts_apikey_revoke(
	const struct hl_who *who, int64_t id, struct hl_err *err)
{
	if (who->actor.user_id &&
		hl_authz_check(&who->actor, HL_AUTHZ_USER_MANAGE, NULL, NULL)) {
		return HL_DENIED;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_apikey_revoke(
		tx, &(struct hl_in_apikey_revoke){hl_time_now_us(), id});
	add_event(tx, who, HL_EVENT_SYSTEM_KEY_REVOKED, id, 0);
	int r = hl_tx_run(tx, err);
	return r == HL_CONFLICT ? HL_NOTFOUND : r;
}

int hl_accounts_apikey_hash(
	struct hl_str text, uint8_t out[HL_SEAL_TOKEN_HASH_BYTES])
{
	const struct hl_str prefix = HL_STR(HL_ACCOUNTS_KEY_PREFIX);
	HL_SEAL_TOKEN_AUTO token = {0};

	if (!hl_str_starts(text, prefix)) {
		return HL_E_INVALID;
	}
	int r = hl_seal_token_parse(
		HL_SEAL_TOKEN_API, hl_str_sub(text, prefix.n, text.n), &token);
	if (!r) {
		hl_seal_token_hash(&token, out);
	}
	return r;
}

int hl_accounts_apikey_sender(struct hl_store *store, struct hl_arena *arena,
	struct hl_str text, int64_t *id, struct hl_err *err)
{
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];
	struct hl_row_apikey_sender *row;
	size_t n;

	if (hl_accounts_apikey_hash(text, hash)) {
		return HL_NOTFOUND;
	}
	struct hl_in_apikey_sender in = {hl_str_mem(hash, sizeof(hash)),
		HL_API_REPORT, hl_time_now_us()};
	int r = hl_get_apikey_sender(store, arena, &in, &row, &n, err);
	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	*id = row->id;
	return 0;
}
