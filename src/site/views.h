/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SITE_VIEWS_H
#define HL_SITE_VIEWS_H

#include "domain/settings.h"
#include "web/page.h"
#include "web/tmpl.h"
#include "web/tr.h"

/* What the templates under templates/site show. All views are borrowed from
 * the request's arena; texts are in the reader's language already. */

struct hl_site_problem {
	struct hl_str href; /* "#words" or "/report/words?change=1" */
	struct hl_str text;
};

/* Of every page. */
struct hl_site_page {
	struct hl_web_page web; /* what the layout shows */
	const struct hl_settings *settings;
	const struct hl_site_problem *errors;
	size_t n_errors;
	int ttl_minutes; /* how long answers are kept */
};

struct hl_site_start {
	struct hl_site_page page;
};

/* One question, with choices, a text, or both. */
struct hl_site_question {
	struct hl_site_page page;
	struct hl_str action;
	struct hl_str csrf; /* absent before there is a draft */
	bool change;        /* came from "check your answers" */
	struct hl_str notice;
	struct hl_str heading;
	struct hl_str hint;
	struct hl_str more; /* a second paragraph, absent: none */

	bool has_choice;
	struct hl_w_choice choice;

	struct hl_str text_name; /* absent: no text */
	struct hl_str text_label;
	struct hl_str text_hint;
	struct hl_str text_value;
	struct hl_str text_error;
	int rows; /* 1: a line */
	int max_chars;
};

struct hl_site_emergency {
	struct hl_site_page page;
	struct hl_str next;
};

/* How one piece of the pasted text was read. */
struct hl_site_address {
	struct hl_str typed;
	struct hl_str read; /* absent: it could not be read */
	size_t number;      /* as on the status page, 1..; 0: words, repeated */
	size_t same_as;     /* number of an earlier one, 0: none */
	bool words;         /* does not look like an address at all */
};

struct hl_site_row {
	struct hl_str question;
	struct hl_str answer; /* absent: not answered */
	struct hl_str note;   /* absent: none */
	struct hl_str href;   /* where to change it */
};

struct hl_site_check {
	struct hl_site_page page;
	struct hl_str csrf;
	int64_t version;
	bool changed; /* in another window, since it was shown */
	const struct hl_site_row *rows;
	size_t n_rows;
	size_t addresses_row; /* index in rows, where addresses stand */
	const struct hl_site_address *addresses;
	size_t n_addresses;
};

struct hl_site_receipt {
	struct hl_site_page page;
	struct hl_str csrf;
	struct hl_str receipt;
	struct hl_str error;
	struct hl_str status_url;
};

struct hl_site_status {
	struct hl_site_page page;
	struct hl_str typed;
	struct hl_str error;
};

struct hl_site_result_row {
	int64_t position; /* 0: the report as a whole */
	struct hl_str status;
	struct hl_str explanation;
	struct hl_str passed_to; /* absent: to nobody yet */
	struct hl_str day;
	struct hl_str colour; /* of the tag */
};

struct hl_site_result {
	struct hl_site_page page;
	struct hl_str received;
	bool erased;
	const struct hl_site_result_row *rows;
	size_t n_rows;
};

/* A page that only says something. */
struct hl_site_message {
	struct hl_site_page page;
	struct hl_str lead;
	struct hl_str more; /* absent: none */
	struct hl_str link; /* absent: none */
	struct hl_str link_text;
	struct hl_w_resend resend; /* what was sent, to send it again */
};

#endif
