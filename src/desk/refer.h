/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_REFER_H
#define HL_DESK_REFER_H

#include "desk/refer_views.h"
#include "desk/work.h"
#include "referral/draft.h"

/* What the pages of referrals share; inside the room only. */

struct hl_referral_desk hl_desk_referral_desk(const struct hl_web_ctx *ctx);
struct hl_w_tag hl_desk_referral_tag(enum hl_referral_state state);
struct hl_w_tag hl_desk_contact_tag(enum hl_contact_state state);
struct hl_str hl_desk_referral_path(
	struct hl_arena *arena, int64_t id, const char *suffix);
struct hl_str hl_desk_recipient_path(
	struct hl_arena *arena, int64_t id, const char *suffix);

/* The referral of the path, and what stands over its pages. */
int hl_desk_referral_load(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_referral_view *out);
struct hl_w_identity hl_desk_referral_head(
	struct hl_arena *arena, const struct hl_referral_row *row);

/* hl_desk_end() with the reasons of referrals. */
struct hl_desk_refer_end {
	int r;
	enum hl_referral_why why;
	struct hl_str to, notice;
};
int hl_desk_refer_end(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_desk_refer_end *end);
static inline bool hl_desk_refer_refused(int r, enum hl_referral_why why)
{
	return (r == HL_DENIED || r == HL_CONFLICT) &&
	       why > HL_REFERRAL_NOT_PERMITTED;
}

#define HL_DESK_REFER_HANDLERS(X) \
	X(plan_get)               \
	X(plan_post)              \
	X(referrals_get)          \
	X(referral_get)           \
	X(preview_get)            \
	X(approve_post)           \
	X(hold_release_post)      \
	X(override_get)           \
	X(override_post)          \
	X(referral_close_post)    \
	X(retry_post)             \
	X(remind_post)            \
	X(recall_post)            \
	X(bounced_post)           \
	X(download_post)          \
	X(handed_post)            \
	X(removed_post)           \
	X(answer_get)             \
	X(answer_post)            \
	X(follow_post)            \
	X(recipients_get)         \
	X(recipient_add_get)      \
	X(recipient_add_post)     \
	X(recipient_get)          \
	X(recipient_post)         \
	X(recipient_approve_post) \
	X(recipient_reject_post)  \
	X(watch_get)              \
	X(watch_pause_post)       \
	X(watch_resume_post)      \
	X(watch_gone_post)        \
	X(trace_post)             \
	X(host_get)               \
	X(host_post)              \
	X(host_drop_post)         \
	X(recipient_retire_post)

#define X(name) hl_web_handler hl_desk_##name;
HL_DESK_REFER_HANDLERS(X)
#undef X

#endif
