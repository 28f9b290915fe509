/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_REPORTS_H
#define HL_CASEWORK_REPORTS_H

#include "store/store.h"

/* Inside the room: destroys the reports all of whose cases are erased, of
 * cases erased since a time; a batch a report. */
int hl_casework_erase_reports(struct hl_store *store, struct hl_arena *arena,
	int64_t since_us, int64_t actor, size_t *n_done, struct hl_err *err);

#endif
