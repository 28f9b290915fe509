/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include "store/sql.h"

#define MOST 200

int hl_store_history(const struct hl_who *who, enum hl_object object,
	int64_t id, const struct hl_happened **out, size_t *n,
	struct hl_err *err)
{
	struct hl_in_object_events in = {(int)object, id, MOST};
	struct hl_row_object_events *rows;
	struct hl_happened *made;
	int r = hl_get_object_events(
		who->store, who->arena, &in, &rows, n, err);

	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	for (size_t i = 0; made && i < *n; i++) {
		made[i] = (struct hl_happened){.seq = rows[i].seq,
			.at_us = rows[i].at_us,
			.a = rows[i].a,
			.b = rows[i].b,
			.kind = (enum hl_event)rows[i].kind,
			.name = rows[i].name};
	}
	*out = made;
	return made ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for events");
}
