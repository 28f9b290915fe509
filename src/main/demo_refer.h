/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_REFER_H
#define HL_MAIN_DEMO_REFER_H

#include "domain/flow.h"
#include "main/demo_inner.h"

/* The invented recipients, their mail and their answers. */
struct hl_main_demo_post;
int hl_main_demo_post_new(struct hl_main_demo *demo,
	struct hl_main_demo_post **out, struct hl_err *err);
/* NULL is allowed. */
void hl_main_demo_post_free(struct hl_main_demo_post *post);

/* Whom referrals go to: proposed by one person, approved by another. */
int hl_main_demo_recipients(struct hl_main_demo_post *post, struct hl_err *err);
/* What the worker does: sends what is due, ends holds. */
int hl_main_demo_deliver(struct hl_main_demo_post *post, struct hl_err *err);

/* The referral officer plans, drafts and, unless told not to, approves for
 * all recipients of a kind. */
struct hl_main_demo_notice {
	int64_t case_id;
	enum hl_recipient kind;
	bool draft_only;
};
int hl_main_demo_refer(struct hl_main_demo_post *post,
	const struct hl_main_demo_notice *notice, struct hl_err *err);

/* HL_NOTFOUND: nothing has reached a recipient of that kind yet. */
int hl_main_demo_answer(struct hl_main_demo_post *post,
	const struct hl_main_demo_notice *to, enum hl_answer answer,
	struct hl_err *err);
int hl_main_demo_confirm(
	struct hl_main_demo_post *post, int64_t case_id, struct hl_err *err);
int hl_main_demo_bounce(
	struct hl_main_demo_post *post, int64_t case_id, struct hl_err *err);
int hl_main_demo_release(
	struct hl_main_demo_post *post, int64_t case_id, struct hl_err *err);
int hl_main_demo_remind(
	struct hl_main_demo_post *post, int64_t case_id, struct hl_err *err);

#endif
