/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_VIEWING_H
#define HL_CASEWORK_VIEWING_H

#include "casework/casework.h"

/* The clock that an analyst starts before looking at material and stops
 * afterwards. It runs on one case at a time, for who holds the case. */

/* Starting a running one changes nothing; one that runs on another case is
 * stopped. */
int hl_casework_view_start(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);
/* HL_NOTFOUND: it does not run. Allowed also after the lease has ended. */
int hl_casework_view_stop(
	const struct hl_who *who, int64_t case_id, struct hl_err *err);

struct hl_casework_exposure {
	int64_t today_us;     /* since midnight UTC, a running one included */
	int64_t budget_us;    /* 0: no limit */
	int64_t running_case; /* 0: none */
	int64_t running_from_us;
};
int hl_casework_exposure(const struct hl_who *who,
	const struct hl_settings *settings, struct hl_casework_exposure *out,
	struct hl_err *err);

#endif
