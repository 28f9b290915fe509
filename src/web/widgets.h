/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_WIDGETS_H
#define HL_WEB_WIDGETS_H

#include "base/str.h"

/*
 * Views of the templates in templates/widgets; docs/look.md shows each.
 * Texts are translated already; absent strings leave their part out.
 */

struct hl_w_link {
	struct hl_str text, href;
	bool current;	     /* the page one is on */
	struct hl_str count; /* a number beside the text */
};

/* widgets/back-link; text defaults to "Back". */
struct hl_w_back_link {
	struct hl_str href, text;
};

/* widgets/error-summary: each leads to the field of that name. */
struct hl_w_error {
	struct hl_str text, field;
};
struct hl_w_error_summary {
	const struct hl_w_error *errors;
	size_t n_errors;
};

/* What all fields have. `name` is the id as well. */
#define HL_W_FIELD                                                        \
	struct hl_str name, label, hint, error;                           \
	bool heading;  /* the label is the page's heading */              \
	bool optional  /* says so behind the label */

/* widgets/text-input. type defaults to "text"; width: "2", "5", "10", "20"
 * characters or absent for all there is. */
struct hl_w_text_input {
	HL_W_FIELD;
	struct hl_str value, type, width, autocomplete, inputmode;
	bool verbatim; /* codes, addresses: no spelling, no capitals */
};

/* widgets/textarea. rows defaults to 5. */
struct hl_w_textarea {
	HL_W_FIELD;
	struct hl_str value;
	int rows;
	bool verbatim;
};

struct hl_w_option {
	struct hl_str value, text, hint;
	bool checked;
	bool behind_or; /* the word "or" stands before it */
};
/* widgets/radios, widgets/checkboxes, widgets/select. */
struct hl_w_choice {
	HL_W_FIELD;
	const struct hl_w_option *options;
	size_t n_options;
	bool in_line; /* radios with two short options */
	bool small;
};

enum hl_w_button_kind {
	HL_W_BUTTON,
	HL_W_BUTTON_SECONDARY,
	HL_W_BUTTON_WARNING,
	HL_W_BUTTON_LINK, /* looks like a link; needs an href */
};
/* A button of the form, or with an href a link that looks like one. */
struct hl_w_button {
	struct hl_str text, href, name, value;
	enum hl_w_button_kind kind;
};
/* widgets/button-group */
struct hl_w_button_group {
	const struct hl_w_button *buttons;
	size_t n_buttons;
};

/* widgets/form, a layout: <form method="post"> with its token. */
struct hl_w_form {
	struct hl_str action, csrf;
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
