/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_LIST_ROOT_TELL_H
#define HL_CLI_LIST_ROOT_TELL_H

#include "lists/root.h"

/* A root as people see it: whoever signs or trusts it should know what it is.
 */

/*
 * SHA-256 of the signed part, that is of all up to and with the empty line, in
 * groups that can be read out: a further signature changes nothing. Of a text
 * that was read as a root; with a NUL.
 */
#define HL_LIST_FINGERPRINT 80
void hl_list_root_fingerprint(
	struct hl_str text, char out[HL_LIST_FINGERPRINT]);
/* Whether somebody who was told it wrote the same: without regard to case,
 * blanks, colons and dashes. */
bool hl_list_fingerprint_is(const char *fingerprint, struct hl_str told);

/* What signatures are given to, on standard output. */
void hl_list_root_tell(
	const struct hl_lists_root_state *state, struct hl_str text);
/* How many there are, and how many are needed. */
void hl_list_root_tell_signed(const struct hl_lists_root_state *state);

#endif
