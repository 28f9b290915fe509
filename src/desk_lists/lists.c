/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of lists and what each needs; desk/desk.c is their door. */
#include "desk_lists/inner.h"

static const struct hl_web_route rows[] = {
	{HL_WEB_GET, "/case/:ref/list", HL_AUTHZ_LIST_PROPOSE,
		hl_desk_lists_propose_get},
	{HL_WEB_POST, "/case/:ref/list", HL_AUTHZ_LIST_PROPOSE,
		hl_desk_lists_propose_post},
	{HL_WEB_GET, HL_DESK_LISTS, HL_AUTHZ_LIST_READ,
		hl_desk_lists_overview_get},
	{HL_WEB_POST, "/lists/halt", HL_AUTHZ_LIST_HALT,
		hl_desk_lists_halt_post},
	{HL_WEB_POST, "/lists/resume", HL_AUTHZ_LIST_HALT,
		hl_desk_lists_resume_post},
	{HL_WEB_GET, HL_DESK_LISTS_ENTRIES, HL_AUTHZ_LIST_READ,
		hl_desk_lists_entries_get},
	{HL_WEB_GET, "/lists/entry/:ref", HL_AUTHZ_LIST_READ,
		hl_desk_lists_entry_get},
	{HL_WEB_POST, "/lists/entry/:ref/approve", HL_AUTHZ_LIST_APPROVE,
		hl_desk_lists_approve_post},
	{HL_WEB_POST, "/lists/entry/:ref/third", HL_AUTHZ_LIST_THIRD,
		hl_desk_lists_third_post},
	{HL_WEB_POST, "/lists/entry/:ref/refuse", HL_AUTHZ_LIST_REFUSE,
		hl_desk_lists_refuse_post},
	{HL_WEB_POST, "/lists/entry/:ref/look", HL_AUTHZ_LIST_LOOK,
		hl_desk_lists_look_post},
	{HL_WEB_POST, "/lists/entry/:ref/end", HL_AUTHZ_LIST_END,
		hl_desk_lists_end_post},
	{HL_WEB_GET, HL_DESK_LISTS_CONSUMERS, HL_AUTHZ_LIST_READ,
		hl_desk_lists_consumers_get},
	{HL_WEB_GET, "/lists/consumers/add", HL_AUTHZ_CONSUMER_MANAGE,
		hl_desk_lists_consumer_add_get},
	{HL_WEB_POST, "/lists/consumers/add", HL_AUTHZ_CONSUMER_MANAGE,
		hl_desk_lists_consumer_add_post},
	{HL_WEB_GET, "/lists/consumer/:ref", HL_AUTHZ_LIST_READ,
		hl_desk_lists_consumer_get},
	{HL_WEB_POST, "/lists/consumer/:ref", HL_AUTHZ_CONSUMER_MANAGE,
		hl_desk_lists_consumer_post},
	{HL_WEB_POST, "/lists/consumer/:ref/approve", HL_AUTHZ_CONSUMER_APPROVE,
		hl_desk_lists_consumer_approve_post},
	{HL_WEB_POST, "/lists/consumer/:ref/refuse", HL_AUTHZ_CONSUMER_MANAGE,
		hl_desk_lists_consumer_refuse_post},
	{HL_WEB_POST, "/lists/consumer/:ref/token", HL_AUTHZ_CONSUMER_MANAGE,
		hl_desk_lists_consumer_token_post},
	{HL_WEB_POST, "/lists/consumer/:ref/end", HL_AUTHZ_CONSUMER_MANAGE,
		hl_desk_lists_consumer_end_post},
	{HL_WEB_POST, "/lists/consumer/:ref/change/approve",
		HL_AUTHZ_CONSUMER_APPROVE, hl_desk_lists_change_approve_post},
	{HL_WEB_POST, "/lists/consumer/:ref/change/drop",
		HL_AUTHZ_CONSUMER_MANAGE, hl_desk_lists_change_drop_post},
	{HL_WEB_GET, HL_DESK_LISTS_EDITIONS, HL_AUTHZ_LIST_READ,
		hl_desk_lists_editions_get},
	{HL_WEB_POST, "/lists/edition/:number/release", HL_AUTHZ_EDITION_DECIDE,
		hl_desk_lists_release_post},
	{HL_WEB_POST, "/lists/edition/:number/hold", HL_AUTHZ_EDITION_DECIDE,
		hl_desk_lists_hold_post},
	{HL_WEB_GET, "/lists/edition/:number/roll-back", HL_AUTHZ_LIST_HALT,
		hl_desk_lists_rollback_get},
	{HL_WEB_POST, "/lists/edition/:number/roll-back", HL_AUTHZ_LIST_HALT,
		hl_desk_lists_rollback_post},
	{HL_WEB_POST, "/lists/roll-back/:number/approve", HL_AUTHZ_LIST_HALT,
		hl_desk_lists_rollback_approve_post},
	{HL_WEB_POST, "/lists/roll-back/:number/drop", HL_AUTHZ_LIST_HALT,
		hl_desk_lists_rollback_drop_post},
	{HL_WEB_GET, HL_DESK_LISTS_APPEALS, HL_AUTHZ_APPEAL_READ,
		hl_desk_lists_appeals_get},
	{HL_WEB_GET, "/lists/appeal/:ref", HL_AUTHZ_APPEAL_READ,
		hl_desk_lists_appeal_get},
	{HL_WEB_POST, "/lists/appeal/:ref", HL_AUTHZ_APPEAL_DECIDE,
		hl_desk_lists_appeal_post},
};
const struct hl_web_routes hl_desk_lists_routes = {rows, HL_ARRAY_LEN(rows)};

void hl_desk_lists_init(struct hl_desk_lists *lists,
	const struct hl_publish_setup *setup,
	const struct hl_desk_lists_reach *reach)
{
	*lists = (struct hl_desk_lists){
		.extra = {.routes = hl_desk_lists_routes,
			.case_section = hl_desk_lists_case_section,
			.approvals = hl_desk_lists_approvals},
		.setup = *setup,
		.reach = *reach};
}

const struct hl_desk_lists *hl_desk_lists_of(const struct hl_web_ctx *ctx)
{
	return (const struct hl_desk_lists *)hl_desk_of(ctx)->extra;
}

struct hl_publish_setup hl_desk_lists_setup(const struct hl_web_ctx *ctx)
{
	struct hl_publish_setup setup = hl_desk_lists_of(ctx)->setup;

	setup.secret = &hl_desk_session_of(ctx)->account.secret;
	return setup;
}
