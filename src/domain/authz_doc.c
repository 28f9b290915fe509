/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/authz_matrix.h"

#include "domain/list.h"

/* docs/roles.md from the matrix, so that it cannot say anything else. */

static const char *const needs[] = {"holds it", "nobody else holds it",
	"took part", "assessed first", "not the first assessor",
	"not the second assessor", "illegal", "no legal hold",
	"erasure proposed", "not the proposer", "contact asked for",
	"not who asked", "released to them", "not who proposed it",
	"not their own", "not who approved it"};

static void put_sep(struct hl_buf *out, bool *first)
{
	if (!*first) {
		hl_buf_put(out, HL_STR("; "));
	}
	*first = false;
}

static void put_states(struct hl_buf *out, const struct hl_vocab *v,
	unsigned mask, const char *what, bool *first)
{
	const char *before = "";

	if (!mask) {
		return;
	}
	put_sep(out, first);
	hl_buf_printf(out, "%s ", what);
	for (size_t i = 0; i < v->n_words; i++) {
		if (mask >> v->words[i].value & 1) {
			hl_buf_printf(out, "%s%s", before, v->words[i].name);
			before = ", ";
		}
	}
}

static const struct hl_vocab *states_of(enum hl_authz_action action)
{
	enum hl_object kind = hl_authz_object_kind(action);

	switch (kind) {
	case HL_OBJECT_REPORT:
		return &hl_vocab_report_state;
	case HL_OBJECT_CASE:
		return &hl_vocab_case_state;
	case HL_OBJECT_HASH_LIST:
		return &hl_vocab_hash_list_state;
	case HL_OBJECT_HASH:
		return &hl_vocab_hash_state;
	case HL_OBJECT_LIST_ENTRY:
		return &hl_vocab_list_state;
	case HL_OBJECT_CONSUMER:
		return &hl_vocab_list_consumer_state;
	case HL_OBJECT_EDITION:
		return &hl_vocab_list_edition_state;
	case HL_OBJECT_APPEAL:
		return &hl_vocab_list_appeal_state;
	case HL_OBJECT_NONE:
	case HL_OBJECT_ITEM:
	case HL_OBJECT_REFERRAL:
	case HL_OBJECT_RECIPIENT:
	case HL_OBJECT_USER:
	case HL_OBJECT_SYSTEM:
	default:
		return &hl_vocab_referral_state;
	}
}

static void put_conditions(struct hl_buf *out, const struct hl_authz_grant *g)
{
	bool first = true;

	for (size_t i = 0; i < HL_ARRAY_LEN(needs); i++) {
		if (g->needs >> i & 1) {
			put_sep(out, &first);
			hl_buf_put(out, hl_str_c(needs[i]));
		}
	}
	put_states(out, states_of(g->action), g->states, "in", &first);
	put_states(
		out, &hl_vocab_case_state, g->case_states, "case in", &first);
	if (first) {
		hl_buf_put(out, HL_STR("always"));
	}
}

/* "analyst, verifier". */
static void put_roles(struct hl_buf *out, unsigned roles)
{
	const char *before = "";

	for (size_t i = 0; i < hl_vocab_role.n_words; i++) {
		const struct hl_vocab_word *w = &hl_vocab_role.words[i];

		if (roles & (unsigned)w->value) {
			hl_buf_printf(out, "%s%s", before, w->name);
			before = ", ";
		}
	}
}

static void put_overview(struct hl_buf *out)
{
	hl_buf_put(out, HL_STR("\n## Who ever may\n\n| Action | What |"));
	for (size_t i = 0; i < hl_vocab_role.n_words; i++) {
		hl_buf_printf(out, " %s |", hl_vocab_role.words[i].label);
	}
	hl_buf_put(out, HL_STR("\n|---|---|---|---|---|---|---|\n"));
	for (int a = 1; a <= HL_AUTHZ_ACTION_LAST; a++) {
		unsigned roles = 0;

		for (size_t i = 0; i < hl_authz_n_grants; i++) {
			if ((int)hl_authz_grants[i].action == a) {
				roles |= hl_authz_grants[i].roles;
			}
		}
		hl_buf_printf(out, "| %s | %s |",
			hl_vocab_name(&hl_vocab_authz_action, a),
			hl_vocab_label(&hl_vocab_authz_action, a));
		for (size_t i = 0; i < hl_vocab_role.n_words; i++) {
			int bit = hl_vocab_role.words[i].value;

			hl_buf_put(out, (roles & (unsigned)bit)
						? HL_STR(" yes |")
						: HL_STR(" – |"));
		}
		hl_buf_put_c(out, '\n');
	}
}

static void put_grants(struct hl_buf *out)
{
	hl_buf_put(out, HL_STR("\n## Under which conditions\n\n"
			       "Allowed if one row allows it.\n\n"
			       "| Action | Object | Roles | Conditions |\n"
			       "|---|---|---|---|\n"));
	for (size_t i = 0; i < hl_authz_n_grants; i++) {
		const struct hl_authz_grant *g = &hl_authz_grants[i];

		hl_buf_printf(out, "| %s | %s | ",
			hl_vocab_name(&hl_vocab_authz_action, (int)g->action),
			hl_vocab_name(&hl_vocab_object,
				(int)hl_authz_object_kind(g->action)));
		put_roles(out, g->roles);
		hl_buf_put(out, HL_STR(" | "));
		put_conditions(out, g);
		hl_buf_put(out, HL_STR(" |\n"));
	}
}

static void put_users(struct hl_buf *out)
{
	hl_buf_put(out,
		HL_STR("\n## Users\n\n"
		       "An administrator creates, enables and disables users "
		       "and changes their roles; not their own. A new user "
		       "reads nothing until a supervisor grants the queue key "
		       "(`key.grant`). Refused are:\n\n"));
	for (size_t i = 1; i < hl_vocab_authz_user_why.n_words; i++) {
		const struct hl_vocab_word *w =
			&hl_vocab_authz_user_why.words[i];

		hl_buf_printf(out, "- `%s`: %s\n", w->name, w->label);
	}
}

void hl_authz_put_doc(struct hl_buf *out)
{
	hl_buf_put(out,
		HL_STR("<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
		       "# Roles and permissions\n\n"
		       "Made from the matrix in `src/domain/authz.c` and "
		       "checked against it by a test. What has no row is "
		       "denied. Permission is asked at every use, for the "
		       "object as it is at that moment. A thing that does not "
		       "exist is refused exactly as one that the user may not "
		       "see. A user may hold several roles, but an "
		       "administrator no other one: administrators never see "
		       "content. Both the password and the second factor are "
		       "needed for everything.\n\n"
		       "\"Holds it\" means that the user took the case and "
		       "the time to work on it has not run out. While a second "
		       "assessment is under way, only the first analyst sees "
		       "the first one.\n"));
	put_overview(out);
	put_grants(out);
	put_users(out);
}
