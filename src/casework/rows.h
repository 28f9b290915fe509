/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_ROWS_H
#define HL_CASEWORK_ROWS_H

#include "casework/case.h"
#include "casework/inner.h"

/* Inside the room: from the store's rows to what pages show. */

void hl_casework_row_of(const struct hl_who *who,
	const struct hl_row_case_queue *from, int64_t now_us,
	struct hl_casework_row *out);

/* Why each action on cases is or is not allowed; gives how many. */
size_t hl_casework_may_list(const struct hl_who *who,
	const struct hl_authz_object *object, enum hl_object kind,
	struct hl_casework_may out[HL_CASEWORK_MAY_MAX]);

/* Oldest first from rows that stand newest first; NULL: no memory. */
struct hl_casework_event *hl_casework_events_of(const struct hl_who *who,
	const struct hl_row_page_events *rows, size_t n);

#endif
