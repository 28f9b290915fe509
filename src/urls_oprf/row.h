/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_OPRF_ROW_H
#define HL_URLS_OPRF_ROW_H

/* What a row of a list has of its host: docs/protocol/urllist.md, clause 2.
 * Sealing itself is the business of those who write and read rows. */
#include "urls_oprf/oprf.h"

enum { HL_OPRF_ROW_TAG_BYTES = 16, HL_OPRF_ROW_KEY_BYTES = 32 };

/* Public: stands in the list. */
void hl_oprf_row_tag(
	const struct hl_oprf_element *n, uint8_t tag[HL_OPRF_ROW_TAG_BYTES]);
/* Secret: opens the row. */
void hl_oprf_row_key(const struct hl_oprf_output *output,
	uint8_t key[HL_OPRF_ROW_KEY_BYTES]);

#endif
