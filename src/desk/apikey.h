/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_APIKEY_H
#define HL_DESK_APIKEY_H

#include "desk/work.h"

/* Pages of the keys of programs; inside the room only. Texts in views are
 * translated already. */

struct hl_desk_apikey_row {
	int64_t id, rate;
	struct hl_str name, scopes;
	struct hl_str until, used, revoked; /* days; absent: never */
	struct hl_w_tag tag;
};
struct hl_desk_apikeys {
	struct hl_desk_page page;
	const struct hl_desk_apikey_row *rows;
	size_t n_rows;
	struct hl_w_pagination pages;
	bool listens; /* api.listen is set: programs can ask */
};

struct hl_desk_apikey_add {
	struct hl_desk_page page;
	struct hl_str name, rate, days;
	struct hl_str name_error, scopes_error, rate_error, days_error;
	const struct hl_w_option *scopes;
	size_t n_scopes;
};

/* A new key, shown once. */
struct hl_desk_apikey_once {
	struct hl_desk_page page;
	struct hl_str name, key;
};

struct hl_desk_apikey {
	struct hl_desk_page page;
	struct hl_desk_apikey_row row;
};

hl_web_handler hl_desk_apikeys_get;
hl_web_handler hl_desk_apikey_add_get;
hl_web_handler hl_desk_apikey_add_post;
hl_web_handler hl_desk_apikey_revoke_get;
hl_web_handler hl_desk_apikey_revoke_post;

#endif
