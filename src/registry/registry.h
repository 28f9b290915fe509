/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_REGISTRY_H
#define HL_REGISTRY_REGISTRY_H

#include "domain/hash.h"
#include "domain/law.h"
#include "store/who.h"

/*
 * The registry of known hashes: docs/registry.md. Lists are in list.h,
 * what waits to change them in proposal.h, the entries on them in entry.h.
 *
 * Each function that takes a `who` decides for itself whether they may, for
 * the object as it is at that moment; what is handed out lives in
 * who->arena. HL_NOTFOUND and HL_DENIED with HL_REGISTRY_NOT_PERMITTED are
 * the same page to the person. Changes are guarded by what was read: who was
 * slower gets HL_DENIED and HL_REGISTRY_CHANGED.
 */

/* Why HL_DENIED. 1 to 7 are those of enum hl_authz_why. */
enum hl_registry_why {
	HL_REGISTRY_ALLOWED = 0,
	HL_REGISTRY_NOT_PERMITTED = HL_AUTHZ_NOT_PERMITTED,
	HL_REGISTRY_SAME_PERSON = HL_AUTHZ_SAME_PERSON,
	HL_REGISTRY_WRONG_STATE = HL_AUTHZ_WRONG_STATE,
	HL_REGISTRY_CHANGED = 40,     /* somebody was faster: look again */
	HL_REGISTRY_TAKEN = 41,       /* the list has one of the hashes */
	HL_REGISTRY_NAME_TAKEN = 42,  /* another list is called so */
	HL_REGISTRY_FULL = 43,        /* as many lists as there can be */
	HL_REGISTRY_LIST_CLOSED = 44, /* not in use, or not ours */
	HL_REGISTRY_BASIC = 45,       /* a list that is always there */
	HL_REGISTRY_WAITS = 46,       /* a change of it waits already */
};
/* Labels are whole sentences for the person. */
extern const struct hl_vocab hl_vocab_registry_why;

#define HL_REGISTRY_NAME_CHARS 60
#define HL_REGISTRY_SOURCE_CHARS 200

/* What of an assessment's facts is about the content and may stand with its
 * hashes: neither where it was found nor words. */
struct hl_facts hl_registry_facts_of(const struct hl_facts *facts);
/* "baseline@2026-11-22,dk@2026-11-22" */
void hl_registry_put_profile(
	struct hl_buf *out, const struct hl_law *const *laws, size_t n);

#endif
