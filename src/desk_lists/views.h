/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_LISTS_VIEWS_H
#define HL_DESK_LISTS_VIEWS_H

#include "desk/views.h"
#include "desk_lists/appeal_views.h"
#include "desk_lists/consumer_views.h"

/* Views of templates/lists. Texts are translated already. */

struct hl_desk_lists_row {
	int64_t id, at_us, case_id, expires_at_us;
	struct hl_str scope, by;
	struct hl_str why; /* it ended; "" it has not */
	struct hl_w_tag tag;
	bool popular, mine, canary;
	bool soon; /* counts no more within a day unless somebody looks */
	bool over; /* counts no more: nobody has seen it for 72 hours */
};

/* The section of the case page. */
struct hl_desk_lists_case {
	int64_t case_id;
	const struct hl_desk_lists_row *rows;
	size_t n_rows;
	bool may_propose;
	bool later;            /* or by others: whether it is listed is open */
	struct hl_str why_not; /* "" may be proposed */
};

struct hl_desk_lists_place {
	struct hl_str value, title, host, path, blocks, spares;
	struct hl_str why_not; /* "" may be chosen */
	bool popular, checked;
	bool any;   /* with anything behind "?" as well */
	bool below; /* hosts below it as well */
};
struct hl_desk_lists_propose {
	struct hl_desk_page page;
	int64_t case_id;
	struct hl_w_identity head;
	struct hl_str address, why_not, seen;
	bool may_propose, needs_look, looked;
	const struct hl_desk_lists_place *places;
	size_t n_places, n_open; /* that may be chosen */
	const struct hl_w_option *reasons;
	size_t n_reasons;
	struct hl_str place_error, reason_error, look_error;
};

struct hl_desk_lists_entries {
	struct hl_desk_page page;
	struct hl_w_nav tabs;
	struct hl_str tab_text, typed, typed_error;
	const struct hl_desk_lists_row *rows;
	size_t n_rows;
	struct hl_w_pagination pages;
	struct hl_w_empty empty;
};

struct hl_desk_lists_entry {
	struct hl_desk_page page;
	int64_t id, version, n_appeals;
	struct hl_w_identity head;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	struct hl_str host, path, address;    /* absent: not for this person */
	struct hl_str blocks, spares, hidden; /* hidden: why there is none */
	bool broken, popular, any, below, soon, over;
	bool may_approve, may_third, may_refuse, may_look, may_end;
	struct hl_str waits; /* for whom */
	const struct hl_w_option *reasons;
	size_t n_reasons;
	struct hl_str reason_error;
	const struct hl_w_event *events, *reads;
	size_t n_events, n_reads;
};

struct hl_desk_lists_edition_row {
	int64_t id, at_us, n_entries, n_hosts, n_added, n_removed;
	struct hl_w_tag tag;
	struct hl_str held, by, digest, why_not;
	bool may_decide, may_roll_back;
};
struct hl_desk_lists_rollback {
	int64_t id, to, n;
	struct hl_str by, at;
	bool may_approve, may_drop;
};
struct hl_desk_lists_editions {
	struct hl_desk_page page;
	const struct hl_desk_lists_edition_row *rows;
	size_t n_rows;
	struct hl_desk_lists_rollback rollback;
};
struct hl_desk_lists_rollback_ask {
	struct hl_desk_page page;
	struct hl_desk_lists_edition_row row;
};

struct hl_desk_lists_alarm {
	struct hl_str text, href, link;
};
struct hl_desk_lists_overview {
	struct hl_desk_page page;
	struct hl_w_nav tabs;
	struct hl_desk_lists_alarm alarms[64];
	size_t n_alarms;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	const struct hl_desk_lists_edition_row *held;
	size_t n_held;
	const struct hl_desk_lists_consumer_row *consumers;
	size_t n_consumers;
	struct hl_desk_lists_rollback rollback;
	struct hl_w_link waits[6];
	size_t n_waits;
	bool ready, halted, resuming, may_halt, may_resume, may_add;
	struct hl_str halted_by, resume_by;
};

#endif
