/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SITE_ANSWER_H
#define HL_SITE_ANSWER_H

#include "site/views.h"

/* Inside the room: the page behind the link in a referral's mail, for
 * recipients. */

struct hl_site_answer_button {
	struct hl_str value; /* "removed" */
	struct hl_str text;
};
struct hl_site_answer_given {
	struct hl_str answer;
	struct hl_str at;
};

struct hl_site_answer {
	struct hl_site_page page;
	struct hl_str action; /* of the forms: this page */
	struct hl_str ref, recipient, sent;
	bool is_test, police;
	struct hl_str notice; /* what became of the last click; absent: none */
	const struct hl_site_answer_given *given; /* newest first */
	size_t n_given;
	const struct hl_site_answer_button *buttons; /* one click each */
	size_t n_buttons;
	const struct hl_site_answer_button *reasons;
	size_t n_reasons;
	/* What was typed, and what is wrong with it. */
	struct hl_str new_address, new_address_error;
	struct hl_str need_note, need_note_error;
	struct hl_str refuse_note, refuse_note_error;
};

#endif
