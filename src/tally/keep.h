/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TALLY_KEEP_H
#define HL_TALLY_KEEP_H

#include "tally/record.h"

/*
 * Inside the room: the folder in which records wait until the hotline has
 * taken them. One process; the caller locks. A file is a record, named by its
 * hour; "used" has the hours that were written at some time, so that none is
 * ever written twice with another text, also not after a restart. "open" has
 * the record of the hour that has not ended, as far as it went.
 */
struct hl_tally_keep;

/* Hours that are remembered as used, and records that may wait: 90 days. */
#define HL_TALLY_KEEP_MAX 2160

int hl_tally_keep_open(
	const char *folder, struct hl_tally_keep **out, struct hl_err *err);
void hl_tally_keep_free(struct hl_tally_keep *k);

bool hl_tally_keep_is_used(const struct hl_tally_keep *k, int64_t hour_us);
/* The text is on the disk and the hour is used when it gives 0. The same
 * text again is harmless; another one is HL_CONFLICT. */
int hl_tally_keep_put(struct hl_tally_keep *k, int64_t hour_us,
	struct hl_str text, struct hl_err *err);
size_t hl_tally_keep_waiting(const struct hl_tally_keep *k);
/* HL_NOTFOUND: none waits. */
int hl_tally_keep_oldest(struct hl_tally_keep *k, struct hl_buf *out,
	int64_t *hour_us, struct hl_err *err);
int hl_tally_keep_remove(
	struct hl_tally_keep *k, int64_t hour_us, struct hl_err *err);

/* The part of an hour: the last one that was put. HL_NOTFOUND: none. */
int hl_tally_keep_put_part(
	struct hl_tally_keep *k, struct hl_str text, struct hl_err *err);
int hl_tally_keep_part(
	struct hl_tally_keep *k, struct hl_buf *out, struct hl_err *err);

#endif
