/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/state.h"

/* docs/states.md from the tables, so that it cannot say anything else. */

static void put_states(struct hl_buf *out, enum hl_machine machine)
{
	const struct hl_vocab *v = hl_state_vocab(machine);

	hl_buf_put(out, HL_STR("| State | Stored | Shown as | Clock |\n"
			       "|---|---|---|---|\n"));
	for (size_t i = 0; i < v->n_words; i++) {
		const struct hl_vocab_word *w = &v->words[i];
		enum hl_step step = hl_state_step(machine, w->value);

		hl_buf_printf(out, "| %s | %d | %s | %s |\n", w->name, w->value,
			w->label,
			step ? hl_vocab_name(&hl_vocab_step, (int)step) : "–");
	}
}

static void put_transitions(struct hl_buf *out, enum hl_machine machine)
{
	const struct hl_vocab *v = hl_state_vocab(machine);
	size_t n;
	const struct hl_transition *t = hl_state_table(&n);

	hl_buf_put(out, HL_STR("\n| From | Action | To |\n|---|---|---|\n"));
	for (size_t i = 0; i < n; i++) {
		if (t[i].machine != machine) {
			continue;
		}
		hl_buf_printf(out, "| %s | %s | %s |\n",
			hl_vocab_name(v, t[i].from),
			hl_vocab_name(&hl_vocab_action, (int)t[i].action),
			hl_vocab_name(v, t[i].to));
	}
}

void hl_state_put_doc(struct hl_buf *out)
{
	hl_buf_put(out,
		HL_STR("<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
		       "# States\n\n"
		       "Every change of state is a row below; anything else is "
		       "refused. Each change writes its event to the audit log "
		       "in the same transaction. A clock runs while an object "
		       "is in a state that names one; a case's page shows each "
		       "clock with its holder. Made from the tables in "
		       "`src/domain/state.c` and checked against them by a "
		       "test.\n"));
	for (int m = 0; m < HL_MACHINE_COUNT; m++) {
		hl_buf_printf(out, "\n## %s\n\n",
			hl_vocab_label(&hl_vocab_machine, m));
		put_states(out, (enum hl_machine)m);
		put_transitions(out, (enum hl_machine)m);
	}
}
