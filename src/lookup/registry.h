/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_REGISTRY_H
#define HL_LOOKUP_REGISTRY_H

#include "lookup/feed.h"
#include "store/store.h"

/*
 * This hotline's own registry and keys as a source, through a link of the
 * role match.
 */
struct hl_lookup_registry {
	struct hl_store *store; /* borrowed */
	const char *registry;   /* hl_lookup_registry_id(); borrowed */
	const char *owner; /* of lists that name none: this hotline; borrowed */
	struct hl_lookup_source source; /* made by init */
};
/* Sets r->source; the rest is the caller's. */
void hl_lookup_registry_init(struct hl_lookup_registry *r);

/*
 * What this registry is called in the feed: a random name that is kept in the
 * index's folder, and made when it is not there. So what begins again with an
 * empty folder, as after a restored backup, is another registry for replicas,
 * and they begin anew as well.
 */
int hl_lookup_registry_id(const char *folder, char out[HL_LOOKUP_REGISTRY_TEXT],
	struct hl_err *err);

#endif
