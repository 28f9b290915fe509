/* SPDX-License-Identifier: Apache-2.0 */
/* hotline case: states, clocks and counts; never what a case is about. */
#include "cli/commands.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/listing.h"
#include "domain/priority.h"
#include "domain/state.h"
#include "store/sql.h"

static const char help[] =
	"usage: hotline case list [--state STATE] [--limit N] [--json]\n"
	"       hotline case show C-XXXX-XXXX-X [--json]\n"
	"       hotline case counts [--json]\n"
	"\n"
	"Cases as the queue orders them: the most urgent first, then the\n"
	"oldest. STATE is new, assigned, assessed, verifying, agreed,\n"
	"disagreed, adjudicated, actioning, monitoring, closed or erased; N "
	"is\n"
	"1 to 1000, 50 unless set. Shows no address, no words, no outcome.\n"
	"\n"
	"exit status: 0 printed, 1 failed, 2 usage, 3 no such case or no\n"
	"             installation, 4 the store cannot be reached\n";

static void put_reasons(struct hl_buf *out, int64_t reasons)
{
	bool first = true;

	hl_buf_put_c(out, '[');
	for (int i = 1; i <= HL_PRIORITY_LAST; i++) {
		if (reasons & hl_vocab_bit(i)) {
			hl_buf_put(out, first ? HL_STR("") : HL_STR(","));
			hl_json_put_str(out,
				hl_str_c(hl_vocab_name(&hl_vocab_priority, i)));
			first = false;
		}
	}
	hl_buf_put_c(out, ']');
}

static void put_members(
	struct hl_buf *out, const struct hl_row_case_row *c, int64_t now_us)
{
	char ref[HL_REF_MAX];
	bool held = c->holder && c->lease_until_us > now_us;

	hl_json_put_member(out, "ref", hl_ref_print(HL_REF_CASE, c->id, ref));
	hl_json_put_member(out, "state",
		hl_str_c(hl_vocab_name(&hl_vocab_case_state, (int)c->state)));
	hl_json_put_member(out, "step",
		hl_str_c(hl_vocab_name(&hl_vocab_step, (int)c->step)));
	hl_cli_put_time(out, "step_since", c->step_since_us);
	hl_cli_put_time(out, "created", c->created_at_us);
	hl_json_put_member_i64(out, "priority", c->priority);
	hl_json_put_name(out, "reasons");
	put_reasons(out, c->reasons);
	hl_json_put_member_bool(out, "danger", c->danger == HL_YNU_YES);
	hl_json_put_member_bool(out, "test", c->is_test != 0);
	hl_json_put_member_bool(out, "legal_hold", c->legal_hold != 0);
	if (held) {
		hl_json_put_member(out, "holder", c->holder_name);
		hl_cli_put_time(out, "held_until", c->lease_until_us);
	}
	if (c->country.n) {
		hl_json_put_member(out, "country", c->country);
	}
	hl_json_put_member_i64(out, "reports", c->n_reports);
	hl_json_put_member_i64(out, "independent_reports", c->n_independent);
}

static void put_line(
	struct hl_buf *out, const struct hl_row_case_row *c, int64_t now_us)
{
	char ref[HL_REF_MAX];
	bool held = c->holder && c->lease_until_us > now_us;
	struct hl_str r = hl_ref_print(HL_REF_CASE, c->id, ref);

	hl_buf_printf(out, "%.*s  %-11s %4lld %-2.*s %3lld  %s%s%-.*s ",
		HL_STR_ARG(r),
		hl_vocab_name(&hl_vocab_case_state, (int)c->state),
		(long long)c->priority, HL_STR_ARG(c->country),
		(long long)c->n_reports,
		c->danger == HL_YNU_YES ? "danger " : "",
		c->is_test ? "test " : "",
		HL_STR_ARG(held ? c->holder_name : HL_STR("-")));
	hl_time_span(
		out, now_us > c->step_since_us ? now_us - c->step_since_us : 0);
	hl_buf_put_c(out, '\n');
}

static struct hl_row_case_row of_queue(const struct hl_row_case_queue *q)
{
	return (struct hl_row_case_row){.id = q->id,
		.item_id = q->item_id,
		.state = q->state,
		.step = q->step,
		.step_since_us = q->step_since_us,
		.created_at_us = q->created_at_us,
		.priority = q->priority,
		.reasons = q->reasons,
		.danger = q->danger,
		.is_test = q->is_test,
		.legal_hold = q->legal_hold,
		.holder = q->holder,
		.lease_until_us = q->lease_until_us,
		.holder_name = q->holder_name,
		.country = q->country,
		.n_reports = q->n_reports,
		.n_independent = q->n_independent};
}

static int list(struct hl_cli_listing *run, struct hl_err *err)
{
	struct hl_in_case_queue in = {
		.state_from = run->state ? run->state : HL_CASE_NEW,
		.state_to = run->state ? run->state : HL_CASE_ERASED,
		.now_us = hl_time_now_us(),
		.n_most = run->limit};
	struct hl_row_case_queue *rows;
	size_t n;
	int r = hl_get_case_queue(run->store, run->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	hl_buf_put(&run->out, run->json ? HL_STR("{\"cases\":[") : HL_STR(""));
	for (size_t i = 0; i < n; i++) {
		struct hl_row_case_row c = of_queue(&rows[i]);

		if (run->json) {
			hl_json_put_sep(&run->out);
			hl_buf_put_c(&run->out, '{');
			put_members(&run->out, &c, in.now_us);
			hl_buf_put_c(&run->out, '}');
		} else {
			put_line(&run->out, &c, in.now_us);
		}
	}
	hl_buf_put(&run->out, run->json ? HL_STR("]}\n") : HL_STR(""));
	return 0;
}

static void put_step(
	struct hl_cli_listing *run, const struct hl_row_page_steps *s)
{
	struct hl_buf *out = &run->out;
	char from[HL_TIME_ISO_MAX], to[HL_TIME_ISO_MAX];
	const char *name = hl_vocab_name(&hl_vocab_step, (int)s->step);

	if (run->json) {
		hl_json_put_sep(out);
		hl_buf_put_c(out, '{');
		hl_json_put_member(out, "step", hl_str_c(name));
		hl_cli_put_time(out, "from", s->started_at_us);
		hl_cli_put_time(out, "to", s->ended_at_us);
		if (s->name.n) {
			hl_json_put_member(out, "holder", s->name);
		}
		hl_buf_put_c(out, '}');
		return;
	}
	hl_time_iso_s(s->started_at_us, from);
	hl_buf_printf(out, "  %-13s %s  %-20s  %.*s\n", name, from,
		s->ended_at_us ? (hl_time_iso_s(s->ended_at_us, to), to)
			       : "runs",
		HL_STR_ARG(s->name));
}

static int show(struct hl_cli_listing *run, struct hl_err *err)
{
	struct hl_in_case_row in;
	struct hl_row_case_row *c;
	struct hl_row_page_steps *steps;
	size_t n, n_steps;

	if (hl_ref_parse(HL_REF_CASE, hl_str_c(run->ref), &in.id)) {
		HL_FAIL(err, HL_NOTFOUND, "\"%s\" is no case's reference",
			run->ref);
		return HL_NOTFOUND;
	}
	int r = hl_get_case_row(run->store, run->arena, &in, &c, &n, err);
	if (!r && !n) {
		HL_FAIL(err, HL_NOTFOUND, "there is no case %s", run->ref);
		return HL_NOTFOUND;
	}
	if (!r) {
		r = hl_get_page_steps(run->store, run->arena,
			&(struct hl_in_page_steps){in.id}, &steps, &n_steps,
			err);
	}
	if (r) {
		return r;
	}
	if (run->json) {
		hl_buf_put_c(&run->out, '{');
		put_members(&run->out, c, hl_time_now_us());
		hl_json_put_name(&run->out, "steps");
		hl_buf_put_c(&run->out, '[');
	} else {
		put_line(&run->out, c, hl_time_now_us());
	}
	for (size_t i = 0; i < n_steps; i++) {
		put_step(run, &steps[i]);
	}
	hl_buf_put(&run->out, run->json ? HL_STR("]}\n") : HL_STR(""));
	return 0;
}

static int counts(struct hl_cli_listing *run, struct hl_err *err)
{
	struct hl_row_case_state_counts *rows;
	size_t n;
	int r = hl_get_case_state_counts(
		run->store, run->arena, &rows, &n, err);

	if (r) {
		return r;
	}
	hl_buf_put(&run->out, run->json ? HL_STR("{") : HL_STR(""));
	for (int state = HL_CASE_NEW; state <= HL_CASE_ERASED; state++) {
		const char *name = hl_vocab_name(&hl_vocab_case_state, state);
		int64_t count = 0;

		for (size_t i = 0; i < n; i++) {
			count += rows[i].state == state ? rows[i].n : 0;
		}
		if (run->json) {
			hl_json_put_member_i64(&run->out, name, count);
		} else {
			hl_buf_printf(&run->out, "%-11s %lld\n", name,
				(long long)count);
		}
	}
	hl_buf_put(&run->out, run->json ? HL_STR("}\n") : HL_STR(""));
	return 0;
}

int hl_cli_case(int argc, char **argv)
{
	static const struct hl_cli_listing_verbs verbs = {
		"case", help, &hl_vocab_case_state, list, show, counts};

	return hl_cli_listing(argc, argv, &verbs);
}
