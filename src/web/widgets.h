/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_WIDGETS_H
#define HL_WEB_WIDGETS_H

#include "web/fields.h"
#include "web/html.h"

/*
 * Views of the templates in templates/widgets, but for those of forms;
 * docs/look.md lists them. Texts are translated already; absent strings
 * leave their part out.
 */

struct hl_w_link {
	struct hl_str text, href;
	bool current;        /* the page one is on */
	struct hl_str count; /* a number beside the text */
};

/* widgets/back-link; text defaults to "Back". */
struct hl_w_back_link {
	struct hl_str href, text;
};

/* widgets/summary-list */
struct hl_w_summary_row {
	struct hl_str key, value;
	struct hl_str href, action; /* "Change" and where */
};
struct hl_w_summary_list {
	const struct hl_w_summary_row *rows;
	size_t n_rows;
};

/* widgets/table: n_columns cells a row, one row after the other. Tables
 * with links or tags are written out in the page's template. */
struct hl_w_column {
	struct hl_str head;
	bool numeric;
};
struct hl_w_table {
	struct hl_str caption;
	const struct hl_w_column *columns;
	size_t n_columns;
	const struct hl_str *cells;
	size_t n_rows;
};

/* widgets/days: a picture of counts by day, its first and last day, and what
 * its highest column stands for, with the day of that one. Only the picture is
 * hidden from screen readers. */
struct hl_w_days {
	struct hl_html chart; /* absent: none */
	struct hl_str first, last, most, most_day;
};

/* widgets/tag. colour: grey green teal blue red purple magenta orange
 * yellow; absent: the brand's. */
struct hl_w_tag {
	struct hl_str text, colour;
};

/* widgets/banner */
struct hl_w_banner {
	struct hl_str title, text;
	bool success;
};

/* widgets/pagination; an absent href leaves that direction out. */
struct hl_w_pagination {
	struct hl_str previous_href, next_href;
	size_t page, n_pages; /* from 1; n_pages 0: not known */
	bool to_first;        /* previous_href leads to the first page */
};

/* widgets/timeline, newest first */
struct hl_w_event {
	struct hl_str title, by, text;
	int64_t at_us;
};
struct hl_w_timeline {
	const struct hl_w_event *events;
	size_t n_events;
};

/* widgets/filter, a layout: a form that asks again with GET. */
struct hl_w_filter {
	struct hl_str action, clear_href;
};

/* widgets/primary-nav, widgets/sub-nav. label: what it is, for those who
 * hear it. */
struct hl_w_nav {
	struct hl_str label;
	const struct hl_w_link *links;
	size_t n_links;
};

/* widgets/identity-bar: which case this page is about. */
struct hl_w_identity {
	struct hl_str kind, ref, title;
	struct hl_w_tag tag;
};

/* widgets/empty: instead of a list without rows. */
struct hl_w_empty {
	struct hl_str title, text, href, action;
};

/* widgets/warning, widgets/inset */
struct hl_w_text {
	struct hl_str text;
};

/* widgets/details, a layout */
struct hl_w_details {
	struct hl_str summary;
	bool open;
};

/* widgets/panel */
struct hl_w_panel {
	struct hl_str title, text;
};

/* widgets/receipt: the code a reporter keeps. */
struct hl_w_receipt {
	struct hl_str label, code;
};

#endif
