/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/inner.h"

#include "base/utf8.h"

int hl_registry_refuse(enum hl_registry_why *why, enum hl_registry_why is)
{
	if (why) {
		*why = is;
	}
	return HL_DENIED;
}

int hl_registry_check(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *object, enum hl_registry_why *why)
{
	enum hl_authz_why w;
	int r = hl_authz_check(&who->actor, action, object, &w);

	if (why) {
		*why = (enum hl_registry_why)w;
	}
	return r;
}

struct hl_authz_object hl_registry_object(const struct hl_registry_entry *e)
{
	return (struct hl_authz_object){.exists = true,
		.state = (int)e->state,
		.first_assessor = e->assessors[0],
		.second_assessor = e->assessors[1],
		.adjudicator = e->assessors[2],
		.drafted_by = e->proposed_by,
		.approved_by = e->approved_by};
}

int hl_registry_run(
	struct hl_tx *tx, enum hl_registry_why *why, struct hl_err *err)
{
	int r = hl_tx_run(tx, err);

	return r == HL_CONFLICT ? hl_registry_refuse(why, HL_REGISTRY_CHANGED)
				: r;
}

void hl_registry_changed(struct hl_tx *tx, int64_t list_id, int64_t entry_id)
{
	hl_tx_hash_changed(tx, &(struct hl_in_hash_changed){list_id, entry_id});
}

void hl_registry_outcome_changed(struct hl_tx *tx, int64_t list_id, int label)
{
	hl_tx_hash_changed_all(
		tx, &(struct hl_in_hash_changed_all){list_id, label});
}

bool hl_registry_is_line(struct hl_str s, size_t max_chars)
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

struct hl_facts hl_registry_facts_of(const struct hl_facts *facts)
{
	static const enum hl_fact kept[] = {HL_FACT_MATERIAL, HL_FACT_LIFELIKE,
		HL_FACT_ACT, HL_FACT_POSING, HL_FACT_AGE, HL_FACT_SEX,
		HL_FACT_CHILDREN, HL_FACT_SELFMADE, HL_FACT_OFFENSIVE};
	struct hl_facts out = {0};

	for (size_t i = 0; i < HL_ARRAY_LEN(kept); i++) {
		out.value[kept[i]] = facts->value[kept[i]];
	}
	return out;
}

void hl_registry_put_profile(
	struct hl_buf *out, const struct hl_law *const *laws, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		hl_buf_printf(out, "%s%s@%s", i ? "," : "", hl_law_id(laws[i]),
			hl_law_checked_on(laws[i]));
	}
}

static const struct hl_vocab_word whys[] = {
	{HL_REGISTRY_ALLOWED, "allowed", HL_MSG("Allowed")},
	{HL_REGISTRY_NOT_PERMITTED, "not_permitted",
		HL_MSG("You may not do this, or there is no such thing")},
	{HL_REGISTRY_SAME_PERSON, "same_person",
		HL_MSG("Somebody else must do this")},
	{HL_REGISTRY_WRONG_STATE, "wrong_state",
		HL_MSG("Not possible in this state")},
	{HL_REGISTRY_CHANGED, "changed",
		HL_MSG("Somebody else has just changed this. Look again")},
	{HL_REGISTRY_TAKEN, "taken",
		HL_MSG("One of these hashes is on that list already")},
	{HL_REGISTRY_NAME_TAKEN, "name_taken",
		HL_MSG("Another list is called so")},
	{HL_REGISTRY_FULL, "full", HL_MSG("There are too many lists")},
	{HL_REGISTRY_LIST_CLOSED, "list_closed",
		HL_MSG("That list is not in use, or not ours")},
	{HL_REGISTRY_BASIC, "basic",
		HL_MSG("This list belongs to every hotline and stays")},
	{HL_REGISTRY_WAITS, "waits",
		HL_MSG("A change of this waits for another supervisor already. "
		       "Approve, refuse or withdraw it first")},
};
const struct hl_vocab hl_vocab_registry_why = {
	"registry_why", HL_ARRAY_LEN(whys), whys};
