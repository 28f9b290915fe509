/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_DOOR_VIEWS_H
#define HL_DESK_DOOR_VIEWS_H

#include "desk/views.h"

/* Views of the door and of one's own account. */

struct hl_desk_login {
	struct hl_desk_page page;
	struct hl_str login, error;
};

struct hl_desk_code {
	struct hl_desk_page page;
	struct hl_str error;
};

/* Somebody who has come in proves it once more. */
struct hl_desk_again {
	struct hl_str password_error, code_error;
};

struct hl_desk_enrol {
	struct hl_desk_page page;
	struct hl_str secret; /* base 32, in groups of four */
	struct hl_str qr_path;
	int qr_size;
	struct hl_str error;
	bool replaces; /* one that is there */
	struct hl_desk_again again;
};

struct hl_desk_recovery {
	struct hl_desk_page page;
	struct hl_desk_again again;
};

struct hl_desk_codes {
	struct hl_desk_page page;
	const struct hl_str *codes;
	size_t n_codes;
	struct hl_str next_href;
};

struct hl_desk_password {
	struct hl_desk_page page;
	bool first; /* has to choose one before anything else */
	struct hl_str before_error, after_error, again_error;
};

struct hl_desk_account {
	struct hl_desk_page page;
	struct hl_str login, roles;
	int64_t n_recovery, ends_at_us;
	bool holds_keys;
};

#endif
