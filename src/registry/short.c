/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/short.h"

/* What decides most comes first: it is what the analyst reads. */

static bool is_exact(enum hl_hash_kind kind)
{
	return kind != HL_HASH_PDQ;
}

/* Two people of ours stand behind it, or behind the list it came with. */
static bool has_two(const struct hl_registry_entry *e)
{
	if (e->origin == HL_HASH_FROM_PARTNER) {
		return e->list.approved_at_us != 0;
	}
	return e->proposed_by && e->approved_by &&
	       e->proposed_by != e->approved_by;
}

static bool has_national(const struct hl_registry_terms *terms)
{
	for (size_t i = 0; i < terms->n_laws; i++) {
		if (*hl_law_country(terms->laws[i])) {
			return true;
		}
	}
	return false;
}

/* The facts under today's law; without facts, the very laws as they were. */
static bool judged_alike(const struct hl_registry_match *match,
	const struct hl_registry_terms *terms, struct hl_law_result *law)
{
	const struct hl_registry_entry *e = &match->entry;
	HL_BUF_AUTO profile = HL_BUF_INIT(1024);
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)1 << 20, true);
	struct hl_facts facts = {0};

	if (e->origin == HL_HASH_FROM_PARTNER) {
		return e->outcome == HL_OUTCOME_BASELINE || has_national(terms);
	}
	if (!e->facts.n) {
		hl_registry_put_profile(&profile, terms->laws, terms->n_laws);
		return hl_str_eq(hl_buf_str(&profile), e->profile);
	}
	if (!arena || hl_facts_parse_json(arena, e->facts, &facts, NULL)) {
		return false;
	}
	facts.value[HL_FACT_ACCESS] = HL_ACCESS_SEEN;
	hl_law_evaluate(terms->laws, terms->n_laws, &facts, law);
	return (law->outcome ? law->outcome : law->at_least) == e->outcome;
}

enum hl_registry_short hl_registry_lacks(const struct hl_registry_match *match,
	const struct hl_registry_terms *terms, struct hl_law_result *law)
{
	const struct hl_registry_entry *e = &match->entry;
	bool exact = is_exact(match->hash.kind);

	*law = (struct hl_law_result){0};
	if (e->list.negative) {
		return HL_REGISTRY_NEGATIVE;
	}
	if (e->n_deconfirmed) {
		return HL_REGISTRY_DOUBTED;
	}
	if (match->hash.kind == HL_HASH_MD5 ||
		match->hash.kind == HL_HASH_SHA1) {
		return HL_REGISTRY_WEAK;
	}
	if (!exact && match->distance > e->list.resolve_radius) {
		return HL_REGISTRY_FAR;
	}
	if (!exact && (match->hash.quality < HL_HASH_QUALITY_MIN ||
			      (match->quality != HL_HASH_QUALITY_UNKNOWN &&
				      match->quality < HL_HASH_QUALITY_MIN))) {
		return HL_REGISTRY_POOR;
	}
	if (!hl_outcome_illegal(e->outcome)) {
		return HL_REGISTRY_NO_OUTCOME;
	}
	if (!has_two(e)) {
		return HL_REGISTRY_ONE_PERSON;
	}
	if (!judged_alike(match, terms, law)) {
		return HL_REGISTRY_OTHER_LAW;
	}
	if (!terms->vouched) {
		return HL_REGISTRY_UNVOUCHED;
	}
	if (!e->list.resolve) {
		return HL_REGISTRY_LIST_OFF;
	}
	return terms->resolve ? HL_REGISTRY_RESOLVES : HL_REGISTRY_ALL_OFF;
}

static const struct hl_vocab_word shorts[] = {
	{HL_REGISTRY_RESOLVES, "resolves",
		HL_MSG("It resolves the case without a view.")},
	{HL_REGISTRY_NEGATIVE, "negative",
		HL_MSG("The list says that it is harmless. Look all the "
		       "same.")},
	{HL_REGISTRY_WEAK, "weak",
		HL_MSG("MD5 and SHA-1 can be forged: they only point to "
		       "it.")},
	{HL_REGISTRY_FAR, "far",
		HL_MSG("The pictures look alike, but not so much that nobody "
		       "need look.")},
	{HL_REGISTRY_POOR, "poor",
		HL_MSG("The hash is of low or unknown quality.")},
	{HL_REGISTRY_UNVOUCHED, "unvouched",
		HL_MSG("Nobody we know vouches for the hash: who sent it has "
		       "no key, or did not use it.")},
	{HL_REGISTRY_LIST_OFF, "list_off",
		HL_MSG("Its list may not resolve cases without a view.")},
	{HL_REGISTRY_ALL_OFF, "all_off",
		HL_MSG("Resolving without a view is switched off.")},
	{HL_REGISTRY_DOUBTED, "doubted", HL_MSG("Somebody doubts the entry.")},
	{HL_REGISTRY_ONE_PERSON, "one_person",
		HL_MSG("Two people have not approved it.")},
	{HL_REGISTRY_NO_OUTCOME, "no_outcome",
		HL_MSG("What the list says of it does not mean that it is "
		       "illegal here.")},
	{HL_REGISTRY_OTHER_LAW, "other_law",
		HL_MSG("It was judged under a law that is not, or no longer, "
		       "ours.")},
	{HL_REGISTRY_CLEARED, "cleared",
		HL_MSG("A list of harmless things has it at least as near.")},
	{HL_REGISTRY_DIFFER, "differ",
		HL_MSG("Entries that match say different things.")},
	{HL_REGISTRY_NO_INDEX, "no_index",
		HL_MSG("The index could not be asked whether something "
		       "harmless is as near.")},
	{HL_REGISTRY_CUT, "cut",
		HL_MSG("There are more matches than were looked at: something "
		       "harmless may be among them.")},
};
const struct hl_vocab hl_vocab_registry_short = {
	"registry_short", HL_ARRAY_LEN(shorts), shorts};
