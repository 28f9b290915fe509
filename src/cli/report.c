/* SPDX-License-Identifier: Apache-2.0 */
/* hotline report: how far reports are; never what they say. */
#include "cli/commands.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/listing.h"
#include "domain/state.h"
#include "store/sql.h"

static const char help[] =
	"usage: hotline report list [--state STATE] [--limit N] [--json]\n"
	"       hotline report show R-XXXX-XXXX-X [--json]\n"
	"       hotline report counts [--json]\n"
	"\n"
	"Reports, the newest first. STATE is received, triaged, linked,\n"
	"feedback_ready, closed or erased; N is 1 to 1000, 50 unless set.\n"
	"Shows no address and no words: nobody at the host can open them.\n"
	"\n"
	"exit status: 0 printed, 1 failed, 2 usage, 3 no such report or no\n"
	"             installation, 4 the store cannot be reached\n";

static void put_word(struct hl_buf *out, const char *member,
	const struct hl_vocab *vocab, int64_t value)
{
	if (value) {
		hl_json_put_member(out, member,
			hl_str_c(hl_vocab_name(vocab, (int)value)));
	}
}

static void put_members(struct hl_buf *out, const struct hl_row_report_get *r)
{
	char ref[HL_REF_MAX];

	hl_json_put_member(out, "ref", hl_ref_print(HL_REF_REPORT, r->id, ref));
	put_word(out, "state", &hl_vocab_report_state, r->state);
	hl_cli_put_time(out, "received", r->received_at_us);
	hl_json_put_member(out, "channel",
		r->channel == 3   ? HL_STR("answer")
		: r->channel == 2 ? HL_STR("api")
				  : HL_STR("form"));
	put_word(out, "danger", &hl_vocab_ynu, r->danger);
	put_word(out, "place", &hl_vocab_place, r->place);
	hl_json_put_member_bool(out, "contact", r->has_contact != 0);
	hl_json_put_member_bool(out, "test", r->is_test != 0);
	put_word(out, "triage", &hl_vocab_triage, r->triage);
	put_word(out, "triage_reason", &hl_vocab_triage_reason,
		r->triage_reason);
	hl_cli_put_time(out, "triaged", r->triaged_at_us);
}

static void put_line(
	struct hl_buf *out, const struct hl_row_report_get *r, int64_t n)
{
	char ref[HL_REF_MAX], at[HL_TIME_ISO_MAX];
	struct hl_str s = hl_ref_print(HL_REF_REPORT, r->id, ref);

	hl_time_iso_s(r->received_at_us, at);
	hl_buf_printf(out, "%.*s  %s  %-14s %-14s %3lld%s%s%s\n", HL_STR_ARG(s),
		at, hl_vocab_name(&hl_vocab_report_state, (int)r->state),
		r->triage ? hl_vocab_name(&hl_vocab_triage, (int)r->triage)
			  : "-",
		(long long)n, r->danger == HL_YNU_YES ? " danger" : "",
		r->has_contact ? " contact" : "", r->is_test ? " test" : "");
}

static struct hl_row_report_get of_list(const struct hl_row_report_list *l)
{
	return (struct hl_row_report_get){.id = l->id,
		.received_at_us = l->received_at_us,
		.channel = l->channel,
		.danger = l->danger,
		.place = l->place,
		.has_contact = l->has_contact,
		.is_test = l->is_test,
		.state = l->state,
		.triage = l->triage,
		.triage_reason = l->triage_reason,
		.triaged_at_us = l->triaged_at_us};
}

static int list(struct hl_cli_listing *run, struct hl_err *err)
{
	struct hl_in_report_list in = {run->state, INT64_MAX, run->limit};
	struct hl_row_report_list *rows;
	size_t n;
	int r = hl_get_report_list(run->store, run->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	hl_buf_put(
		&run->out, run->json ? HL_STR("{\"reports\":[") : HL_STR(""));
	for (size_t i = 0; i < n; i++) {
		struct hl_row_report_get report = of_list(&rows[i]);

		if (run->json) {
			hl_json_put_sep(&run->out);
			hl_buf_put_c(&run->out, '{');
			put_members(&run->out, &report);
			hl_json_put_member_i64(
				&run->out, "addresses", rows[i].n_addresses);
			hl_buf_put_c(&run->out, '}');
		} else {
			put_line(&run->out, &report, rows[i].n_addresses);
		}
	}
	hl_buf_put(&run->out, run->json ? HL_STR("]}\n") : HL_STR(""));
	return 0;
}

static void put_link(
	struct hl_cli_listing *run, const struct hl_row_report_links *l)
{
	struct hl_buf *out = &run->out;
	char ref[HL_REF_MAX];
	struct hl_str case_ref =
		l->case_id ? hl_ref_print(HL_REF_CASE, l->case_id, ref)
			   : HL_STR("-");
	const char *verdict = hl_vocab_name(&hl_vocab_triage, (int)l->verdict);

	if (!run->json) {
		hl_buf_printf(out, "  %3lld  %-14s %.*s\n",
			(long long)l->position, verdict, HL_STR_ARG(case_ref));
		return;
	}
	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member_i64(out, "position", l->position);
	hl_json_put_member(out, "verdict", hl_str_c(verdict));
	if (l->case_id) {
		hl_json_put_member(out, "case", case_ref);
	}
	hl_buf_put_c(out, '}');
}

static int find(struct hl_cli_listing *run, struct hl_row_report_get **row,
	struct hl_err *err)
{
	struct hl_in_report_get in;
	size_t n;

	if (hl_ref_parse(HL_REF_REPORT, hl_str_c(run->ref), &in.id)) {
		HL_FAIL(err, HL_NOTFOUND, "\"%s\" is no report's reference",
			run->ref);
		return HL_NOTFOUND;
	}
	int r = hl_get_report_get(run->store, run->arena, &in, row, &n, err);
	if (!r && !n) {
		HL_FAIL(err, HL_NOTFOUND, "there is no report %s", run->ref);
		r = HL_NOTFOUND;
	}
	return r;
}

static int show(struct hl_cli_listing *run, struct hl_err *err)
{
	struct hl_row_report_get *report;
	struct hl_row_report_links *links;
	size_t n;
	int r = find(run, &report, err);

	if (!r) {
		r = hl_get_report_links(run->store, run->arena,
			&(struct hl_in_report_links){report->id}, &links, &n,
			err);
	}
	if (r) {
		return r;
	}
	if (run->json) {
		hl_buf_put_c(&run->out, '{');
		put_members(&run->out, report);
		hl_json_put_name(&run->out, "addresses");
		hl_buf_put_c(&run->out, '[');
	} else {
		put_line(&run->out, report, (int64_t)n);
	}
	for (size_t i = 0; i < n; i++) {
		put_link(run, &links[i]);
	}
	hl_buf_put(&run->out, run->json ? HL_STR("]}\n") : HL_STR(""));
	return 0;
}

static int counts(struct hl_cli_listing *run, struct hl_err *err)
{
	struct hl_row_report_state_counts *rows;
	struct hl_row_report_counts *waiting;
	size_t n, n_waiting;
	int r = hl_get_report_state_counts(
		run->store, run->arena, &rows, &n, err);

	if (!r) {
		r = hl_get_report_counts(
			run->store, run->arena, &waiting, &n_waiting, err);
	}
	if (r) {
		return r;
	}
	hl_buf_put(&run->out, run->json ? HL_STR("{") : HL_STR(""));
	for (int s = HL_REPORT_RECEIVED; s <= HL_REPORT_ERASED + 1; s++) {
		/* the last line: of the triaged, those nobody has decided */
		bool last = s > HL_REPORT_ERASED;
		const char *name =
			last ? "waits_for_person"
			     : hl_vocab_name(&hl_vocab_report_state, s);
		int64_t count = last && n_waiting ? waiting->n_person : 0;

		for (size_t i = 0; i < n && !last; i++) {
			count += rows[i].state == s ? rows[i].n : 0;
		}
		if (run->json) {
			hl_json_put_member_i64(&run->out, name, count);
		} else {
			hl_buf_printf(&run->out, "%-16s %lld\n", name,
				(long long)count);
		}
	}
	hl_buf_put(&run->out, run->json ? HL_STR("}\n") : HL_STR(""));
	return 0;
}

int hl_cli_report(int argc, char **argv)
{
	static const struct hl_cli_listing_verbs verbs = {
		"report", help, &hl_vocab_report_state, list, show, counts};

	return hl_cli_listing(argc, argv, &verbs);
}
