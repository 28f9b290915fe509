/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TALLY_SUM_H
#define HL_TALLY_SUM_H

#include "tally/record.h"

/*
 * The hotline's side: records added up, of one consumer or of many, of one
 * day or of many. Numbers stick at UINT64_MAX. Clients are client-days: the
 * same person on two days, or at two consumers, is two.
 */
struct hl_tally_sum;

int hl_tally_sum_new(struct hl_tally_sum **out, struct hl_err *err);
void hl_tally_sum_free(struct hl_tally_sum *s);

/* In any order; each record once is the caller's care (a row a consumer and
 * hour). HL_E_NOMEM: nothing of it was added. */
int hl_tally_sum_add(struct hl_tally_sum *s,
	const struct hl_tally_record *record, struct hl_err *err);

struct hl_tally_totals {
	uint64_t n_records, hits, clients, failed;
	uint64_t untold; /* of hits: those that no entry's line has */
	size_t n_entries;
};
void hl_tally_sum_totals(
	const struct hl_tally_sum *s, struct hl_tally_totals *out);
/* Ascending by id; borrowed until the next add. */
const struct hl_tally_entry *hl_tally_sum_entries(
	const struct hl_tally_sum *s, size_t *n);

#endif
