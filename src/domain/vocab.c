/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/vocab.h"

#include "domain/authz.h"
#include "domain/hash.h"
#include "domain/priority.h"
#include "domain/report.h"
#include "domain/state.h"

const struct hl_vocab_word *hl_vocab_find(const struct hl_vocab *v, int value)
{
	size_t low = 0, high = v->n_words;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (v->words[mid].value < value) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	if (low == v->n_words || v->words[low].value != value) {
		return NULL;
	}
	return &v->words[low];
}

const char *hl_vocab_name(const struct hl_vocab *v, int value)
{
	const struct hl_vocab_word *w = hl_vocab_find(v, value);

	return w ? w->name : "";
}

const char *hl_vocab_label(const struct hl_vocab *v, int value)
{
	const struct hl_vocab_word *w = hl_vocab_find(v, value);

	return w ? w->label : "";
}

int hl_vocab_parse(const struct hl_vocab *v, struct hl_str name, int *value)
{
	for (size_t i = 0; i < v->n_words; i++) {
		if (hl_str_eq(name, hl_str_c(v->words[i].name))) {
			*value = v->words[i].value;
			return 0;
		}
	}
	return HL_NOTFOUND;
}

bool hl_vocab_valid_set(const struct hl_vocab *v, uint32_t set)
{
	for (int value = 0; value < 32; value++) {
		if ((set >> value & 1) &&
			(!value || !hl_vocab_find(v, value))) {
			return false;
		}
	}
	return true;
}

const struct hl_vocab *const hl_vocab_all[] = {&hl_vocab_ynu, &hl_vocab_place,
	&hl_vocab_seen, &hl_vocab_payment, &hl_vocab_outcome, &hl_vocab_fact,
	&hl_vocab_access, &hl_vocab_material, &hl_vocab_act, &hl_vocab_posing,
	&hl_vocab_age, &hl_vocab_sex, &hl_vocab_children, &hl_vocab_site,
	&hl_vocab_triage, &hl_vocab_triage_reason, &hl_vocab_close_reason,
	&hl_vocab_answer, &hl_vocab_refusal, &hl_vocab_public_status,
	&hl_vocab_recipient, &hl_vocab_referral_kind, &hl_vocab_contact_state,
	&hl_vocab_check, &hl_vocab_role, &hl_vocab_step, &hl_vocab_event,
	&hl_vocab_object, &hl_vocab_report_state, &hl_vocab_case_state,
	&hl_vocab_item_state, &hl_vocab_referral_state, &hl_vocab_machine,
	&hl_vocab_action, &hl_vocab_report_field, &hl_vocab_report_problem,
	&hl_vocab_priority, &hl_vocab_authz_action, &hl_vocab_authz_why,
	&hl_vocab_authz_user_why, &hl_vocab_hash_kind, &hl_vocab_hash_how,
	&hl_vocab_hash_list_kind, &hl_vocab_hash_list_state,
	&hl_vocab_hash_state, &hl_vocab_hash_origin, &hl_vocab_hash_opinion,
	&hl_vocab_hash_reason, &hl_vocab_hash_problem, &hl_vocab_list_scope,
	&hl_vocab_list_kind, &hl_vocab_list_state, &hl_vocab_list_act,
	&hl_vocab_list_reason, &hl_vocab_list_end,
	&hl_vocab_list_consumer_state, &hl_vocab_list_tier,
	&hl_vocab_list_stage, &hl_vocab_list_breaker,
	&hl_vocab_list_edition_state, &hl_vocab_list_appeal_state,
	&hl_vocab_list_appeal_why};
const size_t hl_vocab_n_all = HL_ARRAY_LEN(hl_vocab_all);
