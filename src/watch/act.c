/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/act.h"

/* HL_DENIED means that the state does not know the action: nothing to do. */
static int item(struct hl_casefile *c, enum hl_action action,
	enum hl_event event, struct hl_err *err)
{
	int r = hl_casefile_item_act(c, action, event, err);

	return r == HL_DENIED ? 0 : r;
}

static int close_case(struct hl_casefile *c, struct hl_err *err)
{
	if (c->now.state != HL_CASE_MONITORING) {
		return 0; /* referrals are still on their way */
	}
	int r = hl_casefile_close(c, HL_CLOSE_REMOVED, err);
	return r == HL_DENIED ? 0 : r;
}

int hl_watch_gone(
	struct hl_casefile *c, enum hl_action action, struct hl_err *err)
{
	int r = hl_casefile_item_act(c, action, HL_EVENT_ITEM_OFFLINE, err);

	return r ? r : close_case(c, err);
}

/* Acted upon again, whether the case was closed as removed or is being
 * watched. What a person closed for another reason stays closed. */
static int act_again(
	struct hl_casefile *c, enum hl_event event, struct hl_err *err)
{
	bool closed = c->now.state == HL_CASE_CLOSED;

	if (closed ? c->now.closed_reason != HL_CLOSE_REMOVED
		   : c->now.state != HL_CASE_MONITORING) {
		return 0;
	}
	int r = hl_casefile_act(c, HL_ACTION_REAPPEAR,
		closed ? HL_EVENT_CASE_REOPENED : event, err);
	return r == HL_DENIED ? 0 : r;
}

static int come_back(struct hl_casefile *c, struct hl_err *err)
{
	int r = item(c, HL_ACTION_UP, HL_EVENT_ITEM_REAPPEARED, err);

	return r ? r : act_again(c, HL_EVENT_CASE_REOPENED, err);
}

static int move(struct hl_casefile *c, struct hl_err *err)
{
	int r = item(c, HL_ACTION_CHANGE_HOST, HL_EVENT_ITEM_HOST_CHANGED, err);

	return r ? r : act_again(c, HL_EVENT_CASE_ACTIONING, err);
}

int hl_watch_act(struct hl_casefile *c, enum hl_watch_sight sight,
	unsigned events, struct hl_err *err)
{
	int r;

	if (events & HL_WATCH_EV_HOST_CHANGED) {
		return move(c, err);
	}
	if (events & HL_WATCH_EV_REAPPEARED) {
		return come_back(c, err);
	}
	if (events & HL_WATCH_EV_OFFLINE) {
		if (c->now.item_state != HL_ITEM_SUSPECT_OFFLINE) {
			r = item(c, HL_ACTION_MISS, HL_EVENT_ITEM_SUSPECT, err);
			if (r) {
				return r;
			}
		}
		r = hl_watch_gone(c, HL_ACTION_CONFIRM_OFFLINE, err);
		return r == HL_DENIED ? 0 : r;
	}
	if (events & HL_WATCH_EV_SUSPECT) {
		return item(c, HL_ACTION_MISS, HL_EVENT_ITEM_SUSPECT, err);
	}
	if (sight == HL_WATCH_PRESENT &&
		(c->now.item_state == HL_ITEM_UNCHECKED ||
			events & HL_WATCH_EV_CLEARED)) {
		return item(c, HL_ACTION_UP, HL_EVENT_ITEM_ONLINE, err);
	}
	if (c->now.state == HL_CASE_MONITORING &&
		c->now.item_state == HL_ITEM_OFFLINE) {
		return close_case(c, err);
	}
	return 0;
}
