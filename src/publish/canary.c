/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/canary.h"

#include "base/rand.h"
#include "seal/bytes.h"

#define LABEL 12 /* symbols of five bits */

int hl_publish_canary(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t consumer_id, size_t i,
	struct hl_publish_place *out, enum hl_publish_why *why)
{
	static const char symbols[] = "abcdefghijkmnpqrstuvwxyz23456789";
	const struct hl_seal_digest how = {
		"OHL canary 1", setup->commit->s, sizeof(setup->commit->s)};
	uint8_t seed[12], random[16];
	char label[LABEL + 1] = "";
	int keep = 2;

	if (!setup->canary_domain.n) {
		return hl_publish_no(why, HL_PUBLISH_NO_CANARIES);
	}
	hl_seal_put_be64(seed, (uint64_t)consumer_id);
	hl_seal_put_be32(seed + 8, (uint32_t)i);
	hl_seal_digest(&how, seed, sizeof(seed), random, sizeof(random));
	for (size_t k = 0; k < LABEL; k++) {
		label[k] = symbols[random[k] & 31];
	}
	for (size_t k = 0; k < setup->canary_domain.n; k++) {
		keep += setup->canary_domain.p[k] == '.';
	}
	*out = (struct hl_publish_place){.scope = HL_LIST_DOMAIN,
		.keep = keep,
		.host = hl_arena_printf(who->arena, "%s.%.*s", label,
			(int)setup->canary_domain.n, setup->canary_domain.p),
		.path = HL_STR("/")};
	return out->host.n ? 0 : HL_E_NOMEM;
}

static int add(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_bench *bench, int64_t consumer_id,
	const struct hl_publish_place *place, struct hl_err *err)
{
	struct hl_publish_signature signature;
	struct hl_publish_mark mark;
	struct hl_str sealed;
	int64_t id = hl_rand_id();
	int r = hl_publish_mark(setup->commit, place, &mark, err);

	if (!r) {
		r = hl_publish_seal_place(who, bench, id, place, &sealed, err);
	}
	if (r) {
		return r;
	}
	const struct hl_publish_statement what = {bench->head->hotline, id,
		place->scope,
		hl_str_mem(mark.commitment, sizeof(mark.commitment))};
	hl_publish_sign(setup->secret, &what, &signature);
	hl_tx_list_canary_add(tx,
		&(struct hl_in_list_canary_add){.id = id,
			.consumer_id = consumer_id,
			.scope = place->scope,
			.keep = place->keep,
			.reason = HL_LIST_REASON_DEDICATED,
			.place_hash = hl_arena_dup(who->arena,
				hl_str_mem(mark.hash, sizeof(mark.hash))),
			.place_sealed = sealed,
			.commitment = hl_arena_dup(who->arena, what.commitment),
			.proposed_by = who->actor.user_id,
			.proposed_at_us = hl_time_now_us(),
			.proposed_key = hl_arena_dup(
				who->arena, hl_str_mem(signature.key.b,
						    sizeof(signature.key.b))),
			.proposed_sig = hl_arena_dup(
				who->arena, hl_str_mem(signature.sig,
						    sizeof(signature.sig)))});
	return 0;
}

int hl_publish_canaries_add(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_bench *bench, int64_t consumer_id,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_publish_place place;
	int r = 0;

	for (size_t i = 0; i < HL_PUBLISH_CANARIES && !r; i++) {
		r = hl_publish_canary(who, setup, consumer_id, i, &place, why);
		if (!r) {
			r = add(tx, who, setup, bench, consumer_id, &place,
				err);
		}
	}
	return r;
}

/* Which of the consumer's canaries this is; none: they do not fit. */
static int find(const struct hl_who *who, const struct hl_publish_setup *setup,
	int64_t consumer_id, const struct hl_row_list_canaries *row,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_publish_place place;
	struct hl_publish_mark mark;

	for (size_t i = 0; i < HL_PUBLISH_CANARIES; i++) {
		int r = hl_publish_canary(
			who, setup, consumer_id, i, &place, why);

		if (!r) {
			r = hl_publish_mark(setup->commit, &place, &mark, err);
		}
		if (r) {
			return r;
		}
		if (hl_str_eq(row->place_hash,
			    hl_str_mem(mark.hash, sizeof(mark.hash))) &&
			hl_str_eq(row->commitment,
				hl_str_mem(mark.commitment,
					sizeof(mark.commitment)))) {
			return 0;
		}
	}
	return hl_publish_no(why, HL_PUBLISH_CHANGED);
}

static int approve(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_bench *bench,
	const struct hl_row_list_canaries *row, struct hl_err *err)
{
	const struct hl_publish_statement what = {bench->head->hotline, row->id,
		(enum hl_list_scope)row->scope, row->commitment};
	struct hl_publish_signature *mine =
		hl_arena_array(who->arena, 1, sizeof(*mine));
	int r = mine ? hl_publish_verify(
			       &what, row->proposed_key, row->proposed_sig, err)
		     : HL_FAIL(err, HL_E_NOMEM, "no memory for a signature");

	if (r) {
		return r;
	}
	hl_publish_sign(setup->secret, &what, mine);
	const struct hl_publish_leaf leaf = {.what = what,
		.keys = {row->proposed_key,
			hl_str_mem(mine->key.b, sizeof(mine->key.b))},
		.sigs = {row->proposed_sig,
			hl_str_mem(mine->sig, sizeof(mine->sig))}};
	hl_tx_list_canary_approve(
		tx, &(struct hl_in_list_canary_approve){
			    .approved_by = who->actor.user_id,
			    .approved_at_us = hl_time_now_us(),
			    .approved_key = leaf.keys[1],
			    .approved_sig = leaf.sigs[1],
			    .id = row->id});
	hl_publish_leaf_begin(tx, who->arena, &leaf);
	return 0;
}

int hl_publish_canaries_approve(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_bench *bench, int64_t consumer_id,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_in_list_canaries in = {consumer_id};
	struct hl_row_list_canaries *rows;
	size_t n;
	int r = hl_get_list_canaries(
		who->store, who->arena, &in, &rows, &n, err);

	if (!r && n != HL_PUBLISH_CANARIES) {
		r = hl_publish_no(why, HL_PUBLISH_CHANGED);
	}
	for (size_t i = 0; i < n && !r; i++) {
		r = find(who, setup, consumer_id, &rows[i], why, err);
		if (!r) {
			r = approve(tx, who, setup, bench, &rows[i], err);
		}
	}
	return r;
}
