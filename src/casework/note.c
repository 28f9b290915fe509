/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/note.h"

#include "base/rand.h"
#include "base/utf8.h"
#include "casework/inner.h"

struct writing {
	struct hl_str words;
	struct hl_casefile_keys keys;
};

static int change_note(struct hl_casework_job *job, struct hl_err *err)
{
	const struct writing *w = job->with;
	const struct hl_who *who = job->who;
	struct hl_in_note_add in = {.id = hl_rand_id(),
		.case_id = job->c.id,
		.staff_id = who->actor.user_id,
		.at_us = job->now_us,
		.epoch = w->keys.queue_epoch};
	struct hl_seal_label label = HL_LABEL_NOTE(in.id);
	int r = hl_casefile_seal(who->arena, &w->keys.queue, &label, w->words,
		&in.words_sealed, err);

	if (!r) {
		hl_tx_note_add(job->tx, &in);
		hl_casefile_note(&job->c, HL_EVENT_CASE_NOTED, 0, 0);
	}
	return r;
}

int hl_casework_add_note(const struct hl_who *who, int64_t case_id,
	struct hl_str words, enum hl_casework_why *why, struct hl_err *err)
{
	struct writing w = {.words = hl_str_trim(words)};
	struct hl_casework_deed deed = {
		HL_AUTHZ_CASE_NOTE, change_note, &w, NULL};

	if (!w.words.n || !hl_utf8_valid(w.words) ||
		hl_utf8_count(w.words) > HL_CASEWORK_NOTE_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"a note has 1 to %d characters", HL_CASEWORK_NOTE_MAX);
	}
	int r = hl_casefile_keys(who->store, who->arena, &w.keys, err);
	return r ? r : hl_casework_do(who, case_id, &deed, why, err);
}
