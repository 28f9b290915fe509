/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_VIEWS_H
#define HL_DESK_VIEWS_H

#include "base/text.h"
#include "domain/event.h"
#include "web/html.h"
#include "web/page.h"
#include "web/tmpl.h"

/* Views of templates/desk. Texts are translated already. */

/* Of every page. */
struct hl_desk_page {
	struct hl_web_page web;
	const struct hl_w_error *errors;
	size_t n_errors;
	struct hl_str notice; /* what has just been done */
	bool notice_bad;      /* why it could not be done */
	struct hl_str csrf;
};

struct hl_desk_message {
	struct hl_desk_page page;
	struct hl_str lead, more, link, link_text; /* absent: left out */
	bool new_tab; /* the link opens one: this page is to stay */
	struct hl_w_resend resend; /* what was sent and not taken */
};

struct hl_desk_user_row {
	int64_t id;
	struct hl_str login, name, roles;
	bool active, has_totp, holds_keys, wants_keys;
	int64_t last_login_us;
};
struct hl_desk_users {
	struct hl_desk_page page;
	const struct hl_desk_user_row *rows;
	size_t n_rows;
	bool may_manage;
	size_t n_waiting; /* for keys */
};

struct hl_desk_user_add {
	struct hl_desk_page page;
	struct hl_str login, name;
	struct hl_str login_error, name_error, roles_error;
	const struct hl_w_option *roles;
	size_t n_roles;
};

struct hl_desk_user {
	struct hl_desk_page page;
	struct hl_desk_user_row row;
	const struct hl_w_option *roles;
	size_t n_roles;
	bool may_manage, may_grant;
	/* nobody else holds this person's keys: escrow sheets do, or none */
	bool keys_on_sheets, keys_last;
	struct hl_str roles_error;
};

/* A first password, shown once. */
struct hl_desk_password_once {
	struct hl_desk_page page;
	struct hl_str login, password, href;
};

struct hl_desk_audit_row {
	int64_t seq, at_us;
	struct hl_str who, kind, object;
	int64_t a, b;
	bool has_ref; /* object is a reference, to be found */
};
struct hl_desk_audit {
	struct hl_desk_page page;
	const struct hl_desk_audit_row *rows;
	size_t n_rows;
	int64_t head_seq, from, newer, older; /* older: 0 none */
	bool may_verify, verified, sound;
	struct hl_str verdict;
	int64_t covered_seq;
};

struct hl_desk_stats_table {
	struct hl_str title;
	struct hl_html chart;  /* absent: none */
	struct hl_w_days days; /* likewise; of at most one kind */
	struct hl_w_table table;
	bool empty;
};
struct hl_desk_stats {
	struct hl_desk_page page;
	struct hl_str from, to, period_error;
	struct hl_str csv_href, json_href, publish_href;
	struct hl_w_table summary;
	const struct hl_desk_stats_table *tables;
	size_t n_tables;
};

struct hl_desk_setting {
	struct hl_str key, value;
};
struct hl_desk_settings {
	struct hl_desk_page page;
	const struct hl_desk_setting *rows;
	size_t n_rows;
};

#endif
