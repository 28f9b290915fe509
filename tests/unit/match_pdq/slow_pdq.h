/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_MATCH_SLOW_PDQ_H
#define HL_TEST_MATCH_SLOW_PDQ_H

#include "hotline/match.h"

/* What the hasher must say of a picture, by finish and by dihedral. */
struct slow_pdq {
	struct hl_match_pdq_result hash;
	struct hl_match_pdq_result forms[8];
};

/* The algorithm as it is described, with the whole picture in memory; the
 * first n_forms of the forms, the others are zero. */
void slow_pdq(const struct hl_match_picture *picture, enum hl_match_path path,
	int n_forms, struct slow_pdq *out);

#endif
