/* SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

struct hl_hash hash_no(enum hl_hash_kind kind, unsigned number)
{
	struct hl_hash hash = {.kind = kind,
		.quality = kind == HL_HASH_PDQ ? 90 : HL_HASH_QUALITY_UNKNOWN};
	uint32_t x = number * 2654435761u + (uint32_t)kind;

	for (size_t i = 0; i < hl_hash_bytes(kind); i++) {
		x = x * 1664525u + 1013904223u;
		hash.value[i] = (uint8_t)(x >> 24);
	}
	return hash;
}

struct hl_hash_set one_hash(enum hl_hash_kind kind, unsigned number)
{
	struct hl_hash_set set = {.n = 1};

	set.at[0] = hash_no(kind, number);
	return set;
}

struct hl_hash flipped(struct hl_hash hash, int bits)
{
	for (int i = 0; i < bits; i++) {
		hash.value[i / 8] = (uint8_t)(hash.value[i / 8] ^ 1u << i % 8);
	}
	return hash;
}

int64_t propose(struct fixture *f, int64_t list_id,
	const struct hl_hash_set *values, enum hl_outcome outcome)
{
	struct hl_who sofie = who(f, SOFIE);
	HL_BUF_AUTO profile = HL_BUF_INIT(1024);
	struct hl_registry_entry entry = {.list = {.id = list_id},
		.outcome = outcome,
		.series = HL_STR("S-1"),
		.origin = HL_HASH_FROM_TYPING};
	enum hl_registry_why why = 0;
	struct hl_err err = {0};

	hl_registry_put_profile(&profile, f->laws.at, f->laws.n);
	entry.profile = hl_buf_str(&profile);
	if (hl_registry_type(&sofie, &entry, values, &why, &err)) {
		fail_msg("propose: %s, why %d", err.msg, (int)why);
	}
	return entry.id;
}

int64_t put_entry(struct fixture *f, int64_t list_id,
	const struct hl_hash_set *values, enum hl_outcome outcome)
{
	struct hl_who simon = who(f, SIMON);
	int64_t id = propose(f, list_id, values, outcome);

	ok(hl_registry_approve(&simon, id, NULL, NULL));
	return id;
}

int64_t put_list(struct fixture *f, const char *name, bool negative)
{
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	struct hl_registry_list list = {.kind = HL_HASH_LIST_PARTNER,
		.name = hl_str_c(name),
		.owner = HL_STR("Partner"),
		.source = HL_STR("by hand"),
		.negative = negative,
		.radius = HL_HASH_RADIUS,
		.resolve_radius = HL_HASH_RESOLVE_RADIUS,
		.outcome = negative ? 0 : HL_OUTCOME_BASELINE};

	ok(hl_registry_list_propose(&sofie, &list, NULL, NULL));
	ok(hl_registry_list_approve(&simon, list.id, 1, NULL, NULL));
	if (!negative) {
		set_resolve(f, list.id, true, HL_HASH_RESOLVE_RADIUS);
	}
	return list.id;
}

void approve_all(struct fixture *f, int64_t list_id)
{
	struct hl_who simon = who(f, SIMON);
	const struct hl_registry_proposal *all;
	struct hl_registry_list list;
	size_t n;

	ok(hl_registry_proposals(&simon, list_id, &all, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		ok(hl_registry_list(&simon, list_id, &list, NULL));
		struct hl_registry_decision yes = {
			list_id, all[i].id, list.version};
		ok(hl_registry_proposal_approve(&simon, &yes, NULL, NULL));
	}
}

void set_resolve(struct fixture *f, int64_t list_id, bool resolve, int radius)
{
	struct hl_who sofie = who(f, SOFIE);
	struct hl_registry_list list;
	bool waits;

	ok(hl_registry_list(&sofie, list_id, &list, NULL));
	list.resolve = resolve;
	list.resolve_radius = radius;
	ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
	approve_all(f, list_id);
}
