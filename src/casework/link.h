/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_LINK_H
#define HL_CASEWORK_LINK_H

#include "casework/inner.h"
#include "url/extract.h"

/* Inside the room: linking one report to the items at its addresses. */
struct hl_casework_linking {
	const struct hl_who *who; /* with an arena for this report alone */
	const struct hl_settings *settings;
	const struct hl_casefile_keys *keys;
	const struct hl_row_report_get *report;
	const struct hl_report *answers; /* NULL: they cannot be opened */
	const struct hl_url_list *found;
	bool typed_in; /* by a person, for a report that was set aside */
};

/* HL_CONFLICT: somebody was faster; read the report again. */
int hl_casework_link(
	const struct hl_casework_linking *linking, struct hl_err *err);

#endif
