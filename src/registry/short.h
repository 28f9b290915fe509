/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_SHORT_H
#define HL_REGISTRY_SHORT_H

#include "registry/known.h"

/* Inside the room: whether one match, taken alone, may resolve. Those that
 * follow from several, CLEARED and DIFFER, are known.c's. */
struct hl_registry_terms {
	bool resolve; /* the switch for all lists */
	bool vouched; /* for our hash */
	const struct hl_law *const *laws;
	size_t n_laws;
};
enum hl_registry_short hl_registry_lacks(const struct hl_registry_match *match,
	const struct hl_registry_terms *terms, struct hl_law_result *law);

#endif
