/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_INNER_H
#define HL_PUBLISH_INNER_H

#include "casefile/sealed.h"
#include "publish/entry.h"
#include "publish/sign.h"
#include "publish/sweep.h"
#include "store/sql.h"

/* Inside the room only. */

int hl_publish_no(enum hl_publish_why *why, enum hl_publish_why is);
/* hl_authz_check() with this room's reasons. */
int hl_publish_check(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *object, enum hl_publish_why *why);
/* HL_CONFLICT of a batch becomes a refusal. */
int hl_publish_run(
	struct hl_tx *tx, enum hl_publish_why *why, struct hl_err *err);
/* One line of UTF-8 without control characters, 1 to max_chars of them. */
bool hl_publish_is_line(struct hl_str s, size_t max_chars);

/* Places of an address (place.c), narrowest first: each is covered by those
 * behind it. Views of the address. HL_E_INVALID: no canonical address. */
#define HL_PUBLISH_PLACES 12
struct hl_publish_places {
	struct hl_publish_place at[HL_PUBLISH_PLACES];
	size_t n;
};
int hl_publish_places(const struct hl_popular *popular, struct hl_str address,
	struct hl_publish_places *out, struct hl_err *err);
/* NULL: it has no such place. */
const struct hl_publish_place *hl_publish_place_find(
	const struct hl_publish_places *places, enum hl_list_scope scope,
	int keep);

/* The hotline's row and the publisher's key; HL_PUBLISH_NO_PUBLISHER when
 * there is none, or the setup lacks what signing needs. */
struct hl_publish_bench {
	struct hl_row_list_head_get *head;
	struct hl_seal_pub place_key;
};
int hl_publish_bench(const struct hl_who *who,
	const struct hl_publish_setup *setup, struct hl_publish_bench *out,
	enum hl_publish_why *why, struct hl_err *err);
/* The person's own public key into staff.sign_key. */
void hl_publish_put_key(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_seal_sign_pub *key, struct hl_arena *arena);
/* "host LF path" sealed to the publisher. */
int hl_publish_seal_place(const struct hl_who *who,
	const struct hl_publish_bench *bench, int64_t entry_id,
	const struct hl_publish_place *place, struct hl_str *out,
	struct hl_err *err);

/* The address of an item, opened. HL_DENIED: HL_PUBLISH_NO_KEY,
 * HL_PUBLISH_NO_ADDRESS. */
struct hl_publish_item {
	int64_t id, epoch;
	struct hl_str sealed;
};
int hl_publish_address(const struct hl_who *who,
	const struct hl_publish_item *item, struct hl_str *out,
	enum hl_publish_why *why, struct hl_err *err);

/* When it was last seen there, and whether that is fresh enough. */
struct hl_publish_seen {
	int item_state; /* enum hl_item_state */
	int64_t by_watch_us, by_person_us;
};
int64_t hl_publish_seen_at(const struct hl_publish_seen *seen);
bool hl_publish_is_fresh(const struct hl_publish_seen *seen, int64_t now_us);
/* What was last seen by then counts no more. */
int64_t hl_publish_over_us(int64_t now_us);
/* What was last seen before this ends soon: people are asked to look. */
int64_t hl_publish_soon_us(int64_t now_us);
/* The watch looks at it, and has seen it of late: nobody needs to. */
bool hl_publish_watch_tells(bool watched, int64_t seen_us, int64_t now_us);

/* An entry's row for whoever may; a canary is HL_PUBLISH_WRONG_STATE. Another
 * version than was seen: HL_PUBLISH_CHANGED. */
int hl_publish_begin(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_authz_action action,
	struct hl_row_list_entry_get **row, enum hl_publish_why *why,
	struct hl_err *err);
struct hl_authz_object hl_publish_object(
	const struct hl_row_list_entry_get *row);
struct hl_publish_statement hl_publish_statement_of(
	const struct hl_row_list_entry_get *row, struct hl_str hotline);

/* Somebody has seen it there within 72 hours. */
bool hl_publish_counts_still(
	const struct hl_row_list_entry_get *row, int64_t now_us);

/* Ends an entry with its leaf, in a batch of something else. */
void hl_publish_end_in(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_row_list_entry_get *row, enum hl_list_end why);

/* Whether this person may read the case; nobody reads one that is gone. */
int hl_publish_may_read(const struct hl_who *who, int64_t case_id, bool *may,
	struct hl_err *err);

/* Rows for pages; case 0: any. */
struct hl_publish_asked {
	enum hl_list_state state;
	int64_t consumer_id, case_id, seen_before_us, seen_after_us;
	size_t n_skip, n_most;
};
int hl_publish_rows(const struct hl_who *who,
	const struct hl_publish_asked *asked, const struct hl_publish_row **out,
	size_t *n, struct hl_err *err);

#endif
