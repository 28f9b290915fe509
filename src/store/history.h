/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_HISTORY_H
#define HL_STORE_HISTORY_H

#include "domain/event.h"
#include "store/who.h"

/* What happened to an object, for its page. */
struct hl_happened {
	int64_t seq; /* in the audit log */
	int64_t at_us, a, b;
	enum hl_event kind;
	struct hl_str name; /* who did it; empty: nobody in person */
};
/* The last 200, newest first, in who->arena. Of an object that there is not:
 * none. Asks for no permission: whoever calls has let the person see it. */
int hl_store_history(const struct hl_who *who, enum hl_object object,
	int64_t id, const struct hl_happened **out, size_t *n,
	struct hl_err *err);

#endif
