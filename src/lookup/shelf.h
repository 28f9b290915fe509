/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_SHELF_H
#define HL_LOOKUP_SHELF_H

#include "base/err.h"
#include "hotline/match.h"
#include "lookup/feed.h"

/*
 * The folder with the index, as match processes and those who ask it share
 * it (docs/adr/0055-match-service.md):
 *
 *   current       "1 REGISTRY NUMBER": which index is whole and in use
 *   next          the same of one that is being loaded
 *   REGISTRY-NUMBER/   an index, hotline/match.h
 *
 * One process writes; any number read. Both files are replaced as a whole,
 * so a reader finds the one or the other index, and a load that was killed
 * goes on where it stopped.
 */
#define HL_LOOKUP_PATH_MAX 4096

struct hl_lookup_name {
	char registry[HL_LOOKUP_REGISTRY_TEXT];
	uint64_t number;
};

enum hl_lookup_which { HL_LOOKUP_CURRENT, HL_LOOKUP_NEXT };

/* HL_NOTFOUND: there is none, or it is no such file. */
int hl_lookup_name_read(const char *folder, enum hl_lookup_which which,
	struct hl_lookup_name *out, struct hl_err *err);
int hl_lookup_name_write(const char *folder, enum hl_lookup_which which,
	const struct hl_lookup_name *name, struct hl_err *err);
/* Next becomes current, in one step. */
int hl_lookup_name_promote(const char *folder, struct hl_err *err);
/* The path of that index's folder. HL_E_LIMIT. */
int hl_lookup_name_path(const char *folder, const struct hl_lookup_name *name,
	char out[HL_LOOKUP_PATH_MAX], struct hl_err *err);
/* Removes all indexes in the folder but those two; NULL is none. What cannot
 * be removed stays. */
void hl_lookup_sweep(const char *folder, const struct hl_lookup_name *keep,
	const struct hl_lookup_name *keep_too);

/* An index opened to read, shared by count. */
struct hl_lookup_view {
	struct hl_match_index *index;
	struct hl_lookup_name name;
	_Atomic unsigned n_refs;
};
/* HL_NOTFOUND: there is no current index. *out is owned: unref. */
int hl_lookup_view_open(const char *folder, const struct hl_lookup_name *name,
	struct hl_lookup_view **out, struct hl_err *err);
void hl_lookup_view_unref(struct hl_lookup_view *v);

/* Where threads find the view that is in use. */
struct hl_lookup_shelf;
int hl_lookup_shelf_new(struct hl_lookup_shelf **out, struct hl_err *err);
/* Nobody may hold a seat any more. NULL is allowed. */
void hl_lookup_shelf_free(struct hl_lookup_shelf *s);
/* Takes the view over; NULL: from now on there is none. */
void hl_lookup_shelf_put(
	struct hl_lookup_shelf *s, struct hl_lookup_view *view);

/* One thread's: its own reader of the view in use. */
struct hl_lookup_seat {
	struct hl_lookup_shelf *shelf;
	struct hl_lookup_view *view;
	struct hl_match_reader *reader;
	unsigned version;
};
/* Makes the seat's reader one of the view in use. HL_NOTFOUND: there is
 * none. */
int hl_lookup_seat_take(struct hl_lookup_seat *seat, struct hl_err *err);
void hl_lookup_seat_fini(struct hl_lookup_seat *seat);

/* The library's faults in our terms. */
int hl_lookup_fault(
	int code, const struct hl_match_error *why, struct hl_err *err);

#endif
