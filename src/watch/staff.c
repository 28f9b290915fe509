/* SPDX-License-Identifier: Apache-2.0 */
/* What people do to the watch. */
#include "watch/run.h"

#include "base/time.h"
#include "casefile/casefile.h"
#include "casefile/sealed.h"
#include "store/sql.h"
#include "watch/act.h"

static int load(const struct hl_who *who, int64_t item_id,
	struct hl_casefile *c, enum hl_authz_why *why, struct hl_err *err)
{
	int r = hl_casefile_load_item(who->store, who->arena, item_id, c, err);

	if (r && r != HL_NOTFOUND) {
		return r;
	}
	struct hl_authz_object object =
		hl_casefile_object(r ? NULL : c, hl_time_now_us());
	return hl_authz_check(&who->actor, HL_AUTHZ_WATCH_PAUSE, &object, why);
}

static int run_set(const struct hl_who *who, struct hl_tx *tx, bool active,
	int64_t item_id, struct hl_err *err)
{
	hl_tx_watch_set_active(tx, &(struct hl_in_watch_set_active){
					   active, hl_time_now_us(), item_id});
	hl_tx_happened(tx, who->actor.user_id,
		active ? HL_EVENT_ITEM_WATCH_RESUMED
		       : HL_EVENT_ITEM_WATCH_PAUSED,
		item_id, 0, 0);
	int r = hl_tx_run(tx, err);
	return r == HL_CONFLICT ? HL_NOTFOUND : r;
}

int hl_watch_pause(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err)
{
	struct hl_casefile c;
	int r = load(who, item_id, &c, why, err);

	return r ? r
		 : run_set(who, hl_tx_begin(who->store, who->arena), false,
			   item_id, err);
}

/* The worker may have forgotten the address since. */
int hl_watch_resume(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err)
{
	struct hl_casefile c;
	struct hl_str sealed;
	int r = load(who, item_id, &c, why, err);

	if (!r) {
		r = hl_casefile_share_url(who, item_id, &sealed, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_watch_share(tx, &(struct hl_in_watch_share){sealed, item_id});
	return run_set(who, tx, true, item_id, err);
}

int hl_watch_declare_gone(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err)
{
	struct hl_casefile c;
	int r = load(who, item_id, &c, why, err);

	if (!r) {
		r = hl_watch_gone(&c, HL_ACTION_DECLARE_GONE, err);
		if (r == HL_DENIED && why) {
			*why = HL_AUTHZ_WRONG_STATE;
		}
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_casefile_put(tx, &c, who->actor.user_id);
	if (c.now.state == HL_CASE_CLOSED) {
		/* a look that sees no more than the name would say "back" */
		hl_tx_watch_stop(tx, &(struct hl_in_watch_stop){item_id});
		hl_casefile_forget(tx, &c);
	}
	return hl_tx_run(tx, err);
}
