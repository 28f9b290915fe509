/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_APPLY_H
#define HL_EXCHANGE_APPLY_H

#include "exchange/entry.h"

/*
 * Brings a list of an index into the state that records tell, one record
 * after the other, or tells what would have to be changed. The caller opens
 * the index and commits.
 */
struct hl_apply;

enum hl_apply_change { HL_APPLY_ADDED, HL_APPLY_CHANGED, HL_APPLY_REMOVED };

struct hl_apply_options {
	struct hl_match_index *index; /* NULL: an empty one, with dry */
	uint32_t list;
	bool negative; /* the list is; records that are harmless belong on it */
	bool dry;      /* changes nothing */
	bool track;    /* remembers ids for hl_apply_sweep(), 8 bytes each */
	struct hl_str label; /* of records without one; absent for none */
	/* Hears of each change; may be NULL. id until it returns. */
	void (*changed)(void *arg, enum hl_apply_change what, struct hl_str id);
	void *arg;
};

struct hl_apply_counts {
	uint64_t n_added;
	uint64_t n_changed;
	uint64_t n_same;
	uint64_t n_kept; /* the same: an incomplete record would take from it */
	uint64_t n_removed;
	uint64_t n_absent;   /* taken back, and not there */
	uint64_t n_harmless; /* not put: their owner says they are */
	uint64_t n_useless;  /* left as it was: no hash that can be looked up */
	uint64_t n_collided; /* not put: another id has the same number */
	uint64_t n_cut;      /* put without all that was said of them */
};

/* HL_E_NOMEM. A list that is not there is empty when dry, else the caller
 * has put it. */
int hl_apply_new(const struct hl_apply_options *options, struct hl_apply **out,
	struct hl_err *err);
void hl_apply_free(struct hl_apply *apply);
/* 0; what was not put is in the counts. Faults of the index. */
int hl_apply_record(struct hl_apply *apply,
	const struct hl_hashlist_record *record, struct hl_err *err);
/* Only remembers that the id is there still. HL_E_NOMEM. */
int hl_apply_mark(struct hl_apply *apply, struct hl_str id, struct hl_err *err);
/* Removes entries that no record and no mark had; once, at the end. */
int hl_apply_sweep(struct hl_apply *apply, struct hl_err *err);
/* The caller's to change, for going on with what was counted before. */
struct hl_apply_counts *hl_apply_counts(struct hl_apply *apply);

/* A failure of match.h as one of ours, with its words. */
int hl_apply_fail(
	struct hl_err *err, int code, const struct hl_match_error *why);

/* Text of labels of a list by number, and back. */
struct hl_labels;
int hl_labels_new(struct hl_match_reader *reader, uint32_t list,
	struct hl_labels **out, struct hl_err *err);
void hl_labels_free(struct hl_labels *labels);
/* "" for none; borrowed from labels. */
struct hl_str hl_labels_text(const struct hl_labels *labels, uint16_t number);
/* HL_NOTFOUND: new, and *number is what it would get, or 0 if there is no
 * room or it is too long for a label. */
int hl_labels_find(
	const struct hl_labels *labels, struct hl_str text, uint16_t *number);
/* Takes up a new one. HL_E_NOMEM. */
int hl_labels_add(struct hl_labels *labels, struct hl_str text);

#endif
