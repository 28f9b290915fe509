/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_SET_H
#define HL_LISTS_SET_H

#include "base/arena.h"
#include "casefile/label.h"
#include "lists/judge.h"
#include "seal/listkey.h"

/*
 * A set of entries: what should be published by what the store says, or what
 * is, as a file of the folder remembers it. Secret: places stand in it.
 */

struct hl_lists_entry {
	int64_t id;
	int64_t consumer_id; /* whose canary; 0: of all */
	int64_t seen_at_us;
	int64_t released_at_us; /* 0: never out */
	uint32_t scope;
	uint32_t minute; /* from which on it counts no more, as published */
	uint32_t leaf;   /* its place in the log */
	/* since when it is published, of what came by itself within the day:
	 * HL_LISTS_DAY_US; 0: for longer, or a person let it through */
	int64_t since_us;
	bool canary;
	bool staged; /* consumers of the second stage have it, too */
	bool leaves; /* see struct hl_lists_member */
	bool untold; /* the store has not noted yet that it went out */
	uint8_t host_c[HL_LISTS_HOST_BYTES]; /* commitment */
	struct hl_str sealed;                /* the place */
	struct hl_str host, path;            /* absent: not opened */
};

/* What was published, and went by itself within the day. */
struct hl_lists_gone {
	int64_t id, since_us, gone_at_us;
	uint8_t host_c[HL_LISTS_HOST_BYTES];
};

struct hl_lists_entries {
	struct hl_arena *arena;    /* owns what entries point to */
	struct hl_lists_entry *at; /* ascending by id */
	size_t n, cap;
	struct hl_lists_gone *gone; /* ascending by id, none that is in at */
	size_t n_gone, cap_gone;
	int64_t edition; /* 0: nothing was published yet */
};

int hl_lists_entries_new(struct hl_lists_entries **out, struct hl_err *err);
void hl_lists_entries_free(struct hl_lists_entries *e);
void hl_lists_entries_freep(struct hl_lists_entries **e);
#define HL_LISTS_ENTRIES_AUTO \
	__attribute__((cleanup(hl_lists_entries_freep))) struct hl_lists_entries
/* Copies the entry behind the others; HL_E_NOMEM. */
int hl_lists_entries_add(struct hl_lists_entries *e,
	const struct hl_lists_entry *entry, struct hl_err *err);
int hl_lists_entries_add_gone(struct hl_lists_entries *e,
	const struct hl_lists_gone *gone, struct hl_err *err);
/* NULL if it is not there. */
struct hl_lists_entry *hl_lists_entries_find(
	const struct hl_lists_entries *e, int64_t id);
/* As members for judging, and how many; with what went within the day before
 * now_us, if that is not 0. In the arena; NULL: no memory. */
const struct hl_lists_member *hl_lists_entries_members(
	const struct hl_lists_entries *e, int64_t now_us, size_t *n);

/*
 * Opens the places that are not open, taking over what `before` has open (may
 * be NULL), and checks that each commitment is of its host. Entries that do
 * not open or fit are taken out, and logged by number.
 */
struct hl_lists_opening {
	const struct hl_seal_secret *place;
	const struct hl_seal_list_commit *commit;
	const struct hl_lists_entries *before;
};
int hl_lists_entries_open(struct hl_lists_entries *e,
	const struct hl_lists_opening *how, struct hl_err *err);

/* The file of a set: "state-EDITION" in the folder; places stay sealed in it.
 * HL_NOTFOUND; HL_E_CORRUPT. */
int hl_lists_entries_save(const struct hl_lists_entries *e, const char *folder,
	struct hl_err *err);
int hl_lists_entries_load(const char *folder, int64_t edition,
	struct hl_lists_entries **out, struct hl_err *err);
/* The same as "held-EDITION": what an edition that waits would publish. */
int hl_lists_held_save(const struct hl_lists_entries *e, const char *folder,
	int64_t edition, struct hl_err *err);
int hl_lists_held_load(const char *folder, int64_t edition,
	struct hl_lists_entries **out, struct hl_err *err);
/* The same as "zone-CONSUMER-VERSION": what a zone has. */
int hl_lists_zone_save(const struct hl_lists_entries *e, const char *folder,
	uint64_t consumer, uint64_t version, struct hl_err *err);
int hl_lists_zone_load(const char *folder, uint64_t consumer, uint64_t version,
	struct hl_lists_entries **out, struct hl_err *err);
/* Removes those of a consumer that are of another version; 0: all. */
void hl_lists_zone_tidy(
	const char *folder, uint64_t consumer, uint64_t version);
/* Removes those of editions before this one. */
void hl_lists_entries_tidy(const char *folder, int64_t state, int64_t held);

#endif
