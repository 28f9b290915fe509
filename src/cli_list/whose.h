/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_LIST_WHOSE_H
#define HL_CLI_LIST_WHOSE_H

#include "base/str.h"
#include "lists/build.h"

/* Inside the room: tags that are made again, and looked for in a file. */

/* A set of tags of one consumer and epoch. */
struct hl_cli_tags {
	uint8_t (*at)[HL_URLS_TAG]; /* a table; zeros: free */
	size_t n, cap;              /* cap: a power of two, over twice n */
};
/* Room for n; what was there is dropped. HL_E_NOMEM. */
int hl_cli_tags_begin(struct hl_cli_tags *t, size_t n, struct hl_err *err);
/* One more; once there, not again. */
void hl_cli_tags_add(struct hl_cli_tags *t, const uint8_t tag[HL_URLS_TAG]);
void hl_cli_tags_free(struct hl_cli_tags *t);
/* How many places of the bytes, `step` apart, are a tag of the set. */
size_t hl_cli_tags_count(
	const struct hl_cli_tags *t, struct hl_str bytes, size_t step);

/* Whether the name, in lower case, stands there as a whole or as the end of a
 * longer name; the text in any case. */
bool hl_cli_name_stands(struct hl_str text, struct hl_str name);

#endif
