/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_GUESS_H
#define HL_SEAL_GUESS_H

#include "base/buf.h"

/*
 * How much of a password would have to be guessed; inside the room only. It
 * is cut into pieces, each the longest that fits, and each has its points:
 *
 *   own name, common word       4   "anna", "passw0rd"
 *   row of keys or neighbours   2   "qwert", "4321", "aaaa", 3 or more
 *   piece that came before      2   3 or more
 *   letter                      2   of any script
 *   digit                       1
 *   kinds of punctuation        1   each, at most 6; not spaces
 *
 * A dozen letters have 24, so that what people type as words passes and
 * what guessing programs put together from a few pieces does not.
 */
#define HL_SEAL_GUESS_ENOUGH 14

struct hl_seal_guess {
	int points;
	int n_own, n_common; /* pieces of the first kind */
	int n_letters;       /* that belong to no piece */
};

/* own: n_own texts, whose words of 3 letters and more are looked for. */
void hl_seal_guess(const struct hl_str *own, size_t n_own,
	struct hl_str password, struct hl_seal_guess *out);

#endif
