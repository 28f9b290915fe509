/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/inner.h"

#include "base/utf8.h"
#include "seal/staffkey.h"

int hl_publish_no(enum hl_publish_why *why, enum hl_publish_why is)
{
	if (why) {
		*why = is;
	}
	return HL_DENIED;
}

int hl_publish_check(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *object, enum hl_publish_why *why)
{
	enum hl_authz_why w;
	int r = hl_authz_check(&who->actor, action, object, &w);

	if (why) {
		*why = (enum hl_publish_why)w;
	}
	return r;
}

int hl_publish_run(
	struct hl_tx *tx, enum hl_publish_why *why, struct hl_err *err)
{
	int r = hl_tx_run(tx, err);

	return r == HL_CONFLICT ? hl_publish_no(why, HL_PUBLISH_CHANGED) : r;
}

bool hl_publish_is_line(struct hl_str s, size_t max_chars)
{
	if (!hl_str_trim(s).n || !hl_utf8_valid(s) ||
		hl_utf8_count(s) > max_chars) {
		return false;
	}
	while (s.n) {
		uint32_t c;
		size_t n = hl_utf8_next(s, &c);

		if (c < 0x20 || c == 0x7f || hl_utf8_unseen(c)) {
			return false;
		}
		s = hl_str_sub(s, n, s.n);
	}
	return true;
}

int hl_publish_bench(const struct hl_who *who,
	const struct hl_publish_setup *setup, struct hl_publish_bench *out,
	enum hl_publish_why *why, struct hl_err *err)
{
	size_t n;
	int r = hl_get_list_head_get(
		who->store, who->arena, &out->head, &n, err);

	if (r || !n) {
		return r ? r : HL_FAIL(err, HL_E_CORRUPT, "no list_head");
	}
	if (!setup->commit || !setup->popular || !setup->secret ||
		!out->head->public_key.n) {
		return hl_publish_no(why, HL_PUBLISH_NO_PUBLISHER);
	}
	return hl_seal_pub_from(out->head->public_key, &out->place_key)
		       ? HL_FAIL(err, HL_E_CORRUPT, "the publisher's key")
		       : 0;
}

void hl_publish_put_key(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_seal_sign_pub *key, struct hl_arena *arena)
{
	struct hl_str own =
		hl_arena_dup(arena, hl_str_mem(key->b, sizeof(key->b)));

	hl_tx_list_staff_sign(
		tx, &(struct hl_in_list_staff_sign){own, who->actor.user_id});
}

int hl_publish_sign_key_put(const struct hl_who *who,
	const struct hl_seal_secret *secret, struct hl_err *err)
{
	HL_SEAL_SIGN_KEY_AUTO key;
	HL_SEAL_KEY_AUTO seed;

	hl_seal_staff_key(secret, HL_SEAL_STAFF_SIGN, &seed);
	hl_seal_sign_from_seed(seed.b, &key);
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_publish_put_key(tx, who, &key.pub, who->arena);
	return hl_tx_run(tx, err);
}

int hl_publish_counts(const struct hl_who *who, struct hl_publish_counts *out,
	struct hl_err *err)
{
	int64_t now_us = hl_time_now_us();
	struct hl_in_list_counts in = {
		hl_publish_soon_us(now_us), hl_publish_over_us(now_us)};
	struct hl_row_list_counts *row;
	size_t n;

	*out = (struct hl_publish_counts){0};
	if (hl_authz_check(&who->actor, HL_AUTHZ_LIST_READ, NULL, NULL)) {
		return 0;
	}
	int r = hl_get_list_counts(who->store, who->arena, &in, &row, &n, err);
	if (r || !n) {
		return r;
	}
	*out = (struct hl_publish_counts){.n_proposed = row->proposed,
		.n_third = row->third,
		.n_active = row->active,
		.n_looks = row->looks,
		.n_consumers = row->consumers,
		.n_changes = row->changes,
		.n_held = row->held,
		.n_rollbacks = row->rollbacks,
		.halted = row->halted != 0};
	if (!hl_authz_check(&who->actor, HL_AUTHZ_APPEAL_READ, NULL, NULL)) {
		out->n_appeals = row->appeals;
	}
	return 0;
}

static const struct hl_vocab_word whys[] = {
	{HL_PUBLISH_ALLOWED, "allowed", HL_MSG("Allowed")},
	{HL_PUBLISH_NOT_PERMITTED, "not_permitted",
		HL_MSG("You may not do this, or there is no such thing")},
	{HL_PUBLISH_SAME_PERSON, "same_person",
		HL_MSG("Somebody else must do this")},
	{HL_PUBLISH_WRONG_STATE, "wrong_state",
		HL_MSG("Not possible in this state")},
	{HL_PUBLISH_CHANGED, "changed",
		HL_MSG("This has just been changed. Look again")},
	{HL_PUBLISH_LISTED, "listed",
		HL_MSG("This is listed already, or waits for it")},
	{HL_PUBLISH_COVERED, "covered",
		HL_MSG("A wider entry blocks this already")},
	{HL_PUBLISH_POPULAR, "popular",
		HL_MSG("Very many people use this host: it is never listed "
		       "as a whole")},
	{HL_PUBLISH_NOT_SEEN, "not_seen",
		HL_MSG("Nobody has seen lately that it is still there")},
	{HL_PUBLISH_NOT_JUDGED, "not_judged",
		HL_MSG("Two people of ours must have found it illegal first")},
	{HL_PUBLISH_NO_ADDRESS, "no_address",
		HL_MSG("There is no web address to list, or it was erased")},
	{HL_PUBLISH_NO_KEY, "no_key",
		HL_MSG("You have not been handed the key that opens the "
		       "address")},
	{HL_PUBLISH_NO_PLACE, "no_place",
		HL_MSG("The address has no such part, or no entry was named")},
	{HL_PUBLISH_REASON, "reason",
		HL_MSG("A folder or a domain needs a reason, and a page none")},
	{HL_PUBLISH_TEST, "test", HL_MSG("A test is never listed")},
	{HL_PUBLISH_WATCHED, "watched",
		HL_MSG("The watch has seen it there in the last two days: "
		       "nobody needs to look")},
	{HL_PUBLISH_WAITS, "waits",
		HL_MSG("Something of this waits for another supervisor "
		       "already. Approve, refuse or withdraw it first")},
	{HL_PUBLISH_NAME_TAKEN, "name_taken",
		HL_MSG("Another consumer is called so")},
	{HL_PUBLISH_RISK, "risk",
		HL_MSG("Whoever has such a list can guess at it: say why that "
		       "is taken, and the second supervisor signs it off")},
	{HL_PUBLISH_NO_CANARIES, "no_canaries",
		HL_MSG("An administrator has to set lists.canary_domain "
		       "first")},
	{HL_PUBLISH_NO_PUBLISHER, "no_publisher",
		HL_MSG("Publishing is not set up: an administrator has to do "
		       "that first")},
	{HL_PUBLISH_INVOLVED, "involved",
		HL_MSG("You stand behind one of its new entries: somebody else "
		       "must look")},
	{HL_PUBLISH_RAN_OUT, "ran_out",
		HL_MSG("Nobody had seen it there for 72 hours: it is not "
		       "blocked any more. Two people have to list it anew, "
		       "once it has ended")},
	{HL_PUBLISH_BLOCKS, "blocks",
		HL_MSG("An entry of ours does block this address: choose "
		       "another reason")},
};
const struct hl_vocab hl_vocab_publish_why = {
	"publish_why", HL_ARRAY_LEN(whys), whys};
