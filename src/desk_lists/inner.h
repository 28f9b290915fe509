/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_LISTS_INNER_H
#define HL_DESK_LISTS_INNER_H

#include "desk/page.h"
#include "desk_lists/lists.h"
#include "desk_lists/views.h"
#include "publish/appeal.h"
#include "publish/consumer.h"
#include "publish/edition.h"

/* What the pages of lists share; inside the room only. */

#define HL_DESK_LISTS "/lists" /* and below it: */
#define HL_DESK_LISTS_ENTRIES "/lists/entries"
#define HL_DESK_LISTS_CONSUMERS "/lists/consumers"
#define HL_DESK_LISTS_EDITIONS "/lists/editions"
#define HL_DESK_LISTS_APPEALS "/lists/appeals"

const struct hl_desk_lists *hl_desk_lists_of(const struct hl_web_ctx *ctx);
/* With the secret of whoever asks, which the session owns. */
struct hl_publish_setup hl_desk_lists_setup(const struct hl_web_ctx *ctx);
bool hl_desk_lists_may(
	const struct hl_web_ctx *ctx, enum hl_authz_action action);

/* "/lists/entry/E-…" and so on. */
struct hl_str hl_desk_lists_entry_path(
	struct hl_arena *arena, int64_t id, const char *suffix);
struct hl_str hl_desk_lists_consumer_path(
	struct hl_arena *arena, int64_t id, const char *suffix);
struct hl_str hl_desk_lists_appeal_path(
	struct hl_arena *arena, int64_t id, const char *suffix);

struct hl_w_tag hl_desk_lists_entry_tag(enum hl_list_state state);
struct hl_w_tag hl_desk_lists_consumer_tag(enum hl_list_consumer_state state);
struct hl_w_tag hl_desk_lists_edition_tag(enum hl_list_edition_state state);
struct hl_w_tag hl_desk_lists_appeal_tag(enum hl_list_appeal_state state);

/* "Anna, 22 Nov 2026, 08:15 UTC"; "" when at_us is 0. */
struct hl_str hl_desk_lists_by(
	struct hl_web_ctx *ctx, struct hl_str name, int64_t at_us);
struct hl_str hl_desk_lists_number(struct hl_arena *arena, int64_t n);
/* What an entry of this scope blocks, and what it does not. */
struct hl_str hl_desk_lists_blocks(
	enum hl_list_scope scope, struct hl_str path);
struct hl_str hl_desk_lists_spares(
	enum hl_list_scope scope, struct hl_str path);
/* The folder "/": all of a name, and no name below it. */
bool hl_desk_lists_whole(enum hl_list_scope scope, struct hl_str path);
/* "Too much came within a day; a popular host without a third person" */
struct hl_str hl_desk_lists_held(struct hl_arena *arena, unsigned held);
struct hl_str hl_desk_lists_why(enum hl_publish_why why);
/* Radios of those words of a vocabulary that `fits` takes. */
const struct hl_w_option *hl_desk_lists_some(struct hl_arena *arena,
	const struct hl_vocab *vocab, int chosen, bool (*fits)(int value),
	size_t *n);

void hl_desk_lists_row(struct hl_web_ctx *ctx,
	const struct hl_publish_row *from, struct hl_desk_lists_row *out);

/* The end of a POST: `to` with the notice after 0, with the reason after a
 * refusal that the person may know of; all else as the door wants it. */
struct hl_desk_lists_end {
	int r;
	enum hl_publish_why why;
	struct hl_str to, notice;
};
int hl_desk_lists_end(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_desk_lists_end *end);
/* A button that needs nothing but what it is about: an entry or a consumer. */
struct hl_desk_lists_press {
	enum hl_ref_kind kind;
	int (*deed)(const struct hl_who *who,
		const struct hl_publish_decision *decision,
		enum hl_publish_why *why, struct hl_err *err);
	const char *notice; /* of HL_TR() */
};
int hl_desk_lists_press(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	const struct hl_desk_lists_press *press);
static inline bool hl_desk_lists_refused(int r, enum hl_publish_why why)
{
	return r == HL_DENIED && why > HL_PUBLISH_NOT_PERMITTED;
}
int hl_desk_lists_decision(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, enum hl_ref_kind kind,
	struct hl_publish_decision *out);

void hl_desk_lists_edition_row(struct hl_web_ctx *ctx,
	const struct hl_publish_edition *from,
	struct hl_desk_lists_edition_row *out);
/* Of hl_desk_extra. */
int hl_desk_lists_case_section(
	struct hl_web_ctx *ctx, int64_t case_id, struct hl_html *out);
int hl_desk_lists_approvals(
	struct hl_web_ctx *ctx, const struct hl_desk_approval **out, size_t *n);

#define HL_DESK_LISTS_HANDLERS(X) \
	X(overview_get)           \
	X(halt_post)              \
	X(resume_post)            \
	X(propose_get)            \
	X(propose_post)           \
	X(entries_get)            \
	X(entry_get)              \
	X(approve_post)           \
	X(third_post)             \
	X(refuse_post)            \
	X(look_post)              \
	X(end_post)               \
	X(consumers_get)          \
	X(consumer_add_get)       \
	X(consumer_add_post)      \
	X(consumer_get)           \
	X(consumer_post)          \
	X(consumer_approve_post)  \
	X(consumer_refuse_post)   \
	X(consumer_token_post)    \
	X(consumer_end_post)      \
	X(change_approve_post)    \
	X(change_drop_post)       \
	X(editions_get)           \
	X(release_post)           \
	X(hold_post)              \
	X(rollback_get)           \
	X(rollback_post)          \
	X(rollback_approve_post)  \
	X(rollback_drop_post)     \
	X(appeals_get)            \
	X(appeal_get)             \
	X(appeal_post)

#define X(name) hl_web_handler hl_desk_lists_##name;
HL_DESK_LISTS_HANDLERS(X)
#undef X

#endif
