/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/work.h"

#include "base/time.h"

struct hl_str hl_desk_word(const struct hl_vocab *vocab, int value)
{
	const char *label = hl_vocab_label(vocab, value);

	return *label ? hl_web_tr(label) : HL_STR("");
}

struct hl_str hl_desk_words(
	struct hl_arena *arena, const struct hl_vocab *vocab, uint32_t set)
{
	HL_BUF_AUTO text = HL_BUF_INIT(2048);

	for (size_t i = 0; i < vocab->n_words; i++) {
		const struct hl_vocab_word *word = &vocab->words[i];

		if (set & hl_vocab_bit(word->value)) {
			hl_buf_put(&text, text.n ? HL_STR(", ") : HL_STR(""));
			hl_buf_put(&text, hl_web_tr(word->label));
		}
	}
	return hl_arena_dup(arena, hl_buf_str(&text));
}

struct hl_str hl_desk_count(
	struct hl_arena *arena, const char *one, const char *many, int64_t n)
{
	struct hl_str text = hl_web_tr_n(one, many, n);
	size_t at = hl_str_find(text, HL_STR("{n}"));

	if (at == text.n) {
		return text;
	}
	return hl_arena_printf(arena, "%.*s%lld%.*s", (int)at, text.p,
		(long long)n, HL_STR_ARG(hl_str_sub(text, at + 3, text.n)));
}

struct hl_str hl_desk_fill(struct hl_arena *arena, const char *words,
	struct hl_str one, struct hl_str two)
{
	HL_BUF_AUTO out = HL_BUF_SECRET(65536);
	struct hl_str text = hl_web_tr(words);

	for (size_t i = 0; i < text.n; i++) {
		struct hl_str here = hl_str_sub(text, i, 3);

		if (hl_str_eq(here, HL_STR("{1}"))) {
			hl_buf_put(&out, one);
			i += 2;
		} else if (hl_str_eq(here, HL_STR("{2}"))) {
			hl_buf_put(&out, two);
			i += 2;
		} else {
			hl_buf_put_c(&out, text.p[i]);
		}
	}
	return hl_arena_dup(arena, hl_buf_str(&out));
}

struct hl_w_tag hl_desk_case_tag(enum hl_case_state state)
{
	static const char *const colours[] = {
		[HL_CASE_NEW] = "blue",
		[HL_CASE_ASSIGNED] = "teal",
		[HL_CASE_ASSESSED] = "purple",
		[HL_CASE_VERIFYING] = "purple",
		[HL_CASE_AGREED] = "orange",
		[HL_CASE_DISAGREED] = "red",
		[HL_CASE_ADJUDICATED] = "orange",
		[HL_CASE_ACTIONING] = "orange",
		[HL_CASE_MONITORING] = "yellow",
		[HL_CASE_CLOSED] = "grey",
		[HL_CASE_ERASED] = "grey",
	};
	size_t i = (size_t)state;

	return (struct hl_w_tag){
		.text = hl_desk_word(&hl_vocab_case_state, (int)state),
		.colour = i < HL_ARRAY_LEN(colours) ? hl_str_c(colours[i])
						    : HL_STR_NONE};
}

struct hl_str hl_desk_ref(
	struct hl_arena *arena, enum hl_ref_kind kind, int64_t id)
{
	char text[HL_REF_MAX];

	return hl_arena_dup(arena, hl_ref_print(kind, id, text));
}

struct hl_str hl_desk_at(struct hl_arena *arena, int64_t at_us)
{
	char text[HL_TIME_ISO_MAX];

	return hl_arena_dup(arena, hl_time_human(at_us, text));
}

struct hl_str hl_desk_span(struct hl_arena *arena, int64_t span_us)
{
	HL_BUF_AUTO text = HL_BUF_INIT(64);

	hl_time_span(&text, span_us);
	return hl_arena_dup(arena, hl_buf_str(&text));
}

const struct hl_w_option *hl_desk_choices(struct hl_arena *arena,
	const struct hl_vocab *vocab, int chosen, struct hl_str none, size_t *n)
{
	const struct hl_w_option *given =
		hl_desk_options(arena, vocab, (uint32_t)chosen, false, n);
	struct hl_w_option *all = hl_arena_array(arena, *n + 1, sizeof(*all));

	if (!all || !given) {
		*n = 0;
		return NULL;
	}
	all[0] = (struct hl_w_option){.value = HL_STR(""), .text = none};
	memcpy(all + 1, given, *n * sizeof(*all));
	*n += 1;
	return all;
}

void hl_desk_case_row(struct hl_web_ctx *ctx,
	const struct hl_casework_row *from, struct hl_desk_case_row *out)
{
	int64_t me = hl_desk_who(ctx)->actor.user_id;
	uint32_t reasons = from->priority.reasons;

	if (from->danger) { /* has a tag of its own */
		reasons &= ~hl_vocab_bit(HL_PRIORITY_DANGER);
	}
	*out = (struct hl_desk_case_row){.id = from->id,
		.n_reports = from->n_reports,
		.score = from->priority.score,
		.step_us = from->step_since_us
				   ? ctx->now_us - from->step_since_us
				   : 0,
		.tag = hl_desk_case_tag(from->state),
		.reasons =
			hl_desk_words(ctx->arena, &hl_vocab_priority, reasons),
		.step = from->step
				? hl_desk_word(&hl_vocab_step, (int)from->step)
				: HL_STR_NONE,
		.holder = from->holder ? from->holder_name : HL_STR_NONE,
		.country = from->country,
		.outcome = from->outcome ? hl_desk_word(&hl_vocab_outcome,
						   (int)from->outcome)
					 : HL_STR_NONE,
		.danger = from->danger,
		.is_test = from->is_test,
		.legal_hold = from->legal_hold,
		.known = from->known,
		.may_take = from->may_take && from->holder != me,
		.mine = from->holder == me};
}

int hl_desk_end(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_desk_end *end)
{
	if (end->r == 0) {
		return hl_desk_go(ctx, req, resp, end->to, end->notice);
	}
	if (hl_desk_refused(end->r, end->why)) {
		return hl_desk_refuse(ctx, req, resp, end->to,
			hl_desk_word(&hl_vocab_casework_why, (int)end->why));
	}
	return end->r;
}

int hl_desk_case_param(const struct hl_web_request *req, int64_t *id)
{
	return hl_desk_param(req, 0, HL_REF_CASE, id);
}

struct hl_str hl_desk_case_path(
	struct hl_arena *arena, int64_t id, const char *suffix)
{
	return hl_desk_path(arena, "/case/", HL_REF_CASE, id, suffix);
}
