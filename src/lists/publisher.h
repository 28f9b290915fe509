/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_PUBLISHER_H
#define HL_LISTS_PUBLISHER_H

#include "lists/view.h"

/*
 * Makes lists of what the store says: docs/lists.md. One thread; the first
 * thing that it does after a start is what it would have done without.
 */
struct hl_lists_keys {
	struct hl_seal_secret place;
	struct hl_seal_key seed;
	struct hl_seal_list_commit commit;
	struct hl_seal_sign_key online;
};
/* The four files of the folder; HL_NOTFOUND: there are none. */
int hl_lists_keys_load(
	const char *dir, struct hl_lists_keys *out, struct hl_err *err);
void hl_lists_keys_wipe(struct hl_lists_keys *keys);

struct hl_lists_publisher;
struct hl_lists_zones; /* lists/zones.h */

struct hl_lists_publisher_config {
	const char *folder;
	struct hl_store *store; /* of this thread alone */
	const struct hl_lists_keys *keys;
	int stage_minutes;
	struct hl_lists_shelf *shelf;
	struct hl_lists_uses *uses;
	struct hl_lists_zones *zones; /* NULL: nobody gets one */
	/* Ends what should not be listed any more: hl_publish_sweep(). May be
	 * NULL. */
	int (*sweep)(struct hl_store *store, struct hl_arena *arena, int64_t *n,
		struct hl_err *err);
};
/* Copies config, not what it points to. */
int hl_lists_publisher_new(const struct hl_lists_publisher_config *config,
	struct hl_lists_publisher **out, struct hl_err *err);
void hl_lists_publisher_free(struct hl_lists_publisher *p);

/*
 * One look: HL_NOTFOUND when nothing was due. After a fault what was published
 * stays, and the next look tries again.
 */
int hl_lists_publisher_look(
	struct hl_lists_publisher *p, int64_t now_us, struct hl_err *err);
/* Looks every idle_ms until stop_fd is readable. */
void hl_lists_publisher_run(
	struct hl_lists_publisher *p, int stop_fd, int idle_ms);

#endif
