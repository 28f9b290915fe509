/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_FIELDS_H
#define HL_WEB_FIELDS_H

#include "base/str.h"

/* Views of the templates in templates/widgets that make forms; widgets.h has
 * the rest and says what holds for all. */

/* widgets/error-summary: each leads to the field of that name. */
struct hl_w_error {
	struct hl_str text, field;
};
struct hl_w_error_summary {
	const struct hl_w_error *errors;
	size_t n_errors;
};

/* What all fields have. `name` is the id as well. */
#define HL_W_FIELD                                          \
	struct hl_str name, label, hint, error;             \
	bool heading; /* the label is the page's heading */ \
	bool optional /* says so behind the label */

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

/* widgets/resend: what could not be taken, filled by web/resend.h. */
struct hl_w_resend_field {
	struct hl_str name, value;
};
struct hl_w_resend {
	struct hl_str action; /* absent: only to be read */
	struct hl_str csrf, button;
	const struct hl_w_resend_field *fields;
	size_t n_fields;
	const struct hl_str *words;
	size_t n_words;
};

#endif
