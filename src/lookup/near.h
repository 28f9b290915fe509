/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_NEAR_H
#define HL_LOOKUP_NEAR_H

#include "lookup/shelf.h"
#include "registry/known.h"

/*
 * Near hashes for triage: reads the index that another process keeps, and
 * follows it. While there is none, nothing is near. Any thread.
 */
struct hl_lookup_near;
/* folder: of the index; borrowed. */
int hl_lookup_near_new(
	const char *folder, struct hl_lookup_near **out, struct hl_err *err);
void hl_lookup_near_free(struct hl_lookup_near *n);
/* Lives as long as n. */
const struct hl_registry_near *hl_lookup_near_of(
	const struct hl_lookup_near *n);

#endif
