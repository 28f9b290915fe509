/* SPDX-License-Identifier: Apache-2.0 */
/* hotline watch: what is looked at and when, in numbers only. What needs a
 * key, such as giving an address back to the worker, is the workbench's. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "casefile/casefile.h"
#include "cli/common.h"
#include "store/sql.h"
#include "watch/check.h"

#define LIST_MAX 10000

static const char help[] =
	"usage: hotline watch status [--json]\n"
	"       hotline watch list [--json]\n"
	"       hotline watch pause|resume ITEM\n"
	"\n"
	"status says whether the watch is switched on and how much it has to\n"
	"do. list prints a line for each item that is or was watched: item,\n"
	"case, watch, item's state, last verdict, looks, misses, next look,\n"
	"country. One that is waiting is looked at when the worker has been\n"
	"given its address. No address is shown. ITEM is an item's\n"
	"reference, T-XXXX-XXXX-X, as list prints it.\n"
	"\n"
	"The watch is switched on and off in hotline.conf: watch.enabled, and\n"
	"watch.http for asking the web servers themselves.\n"
	"\n"
	"exit status: 0 done, 1 failed, 2 usage, 3 no such item or no\n"
	"             installation, 4 the store cannot be reached\n";

struct watching {
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_settings *settings;
	bool json;
};

static int print(const struct hl_buf *out, struct hl_err *err)
{
	if (!out->fault && fwrite(out->p, 1, out->n, stdout) == out->n) {
		return 0;
	}
	return HL_FAIL(err, out->fault ? out->fault : HL_E_IO,
		"the answer could not be printed");
}

static void put_status_json(struct hl_buf *out, const struct hl_settings *s,
	const struct hl_row_watch_counts *n, int64_t n_waiting)
{
	hl_buf_put_c(out, '{');
	hl_json_put_member_bool(out, "enabled", s->watch_enabled);
	hl_json_put_member_bool(out, "http", s->watch_http);
	hl_json_put_member_i64(out, "watched", n->n_active);
	hl_json_put_member_i64(out, "due", n->n_due);
	hl_json_put_member_i64(out, "wants_person", n->n_person);
	hl_json_put_member_i64(out, "paused_or_ended", n->n_paused);
	hl_json_put_member_i64(out, "without_address", n_waiting);
	hl_buf_put(out, HL_STR("}\n"));
}

static void put_status(struct hl_buf *out, const struct hl_settings *s,
	const struct hl_row_watch_counts *n, int64_t n_waiting)
{
	hl_buf_printf(out,
		"The watch is switched %s.\n"
		"Web servers are %s.\n"
		"watched          %lld\n"
		"due now          %lld\n"
		"wants a person   %lld\n"
		"paused or ended  %lld\n"
		"without address  %lld\n",
		s->watch_enabled ? "on" : "off (watch.enabled)",
		s->watch_http ? "asked" : "not asked (watch.http): DNS only",
		(long long)n->n_active, (long long)n->n_due,
		(long long)n->n_person, (long long)n->n_paused,
		(long long)n_waiting);
	if (n_waiting) {
		hl_buf_printf(out,
			"%lld %s not looked at: the worker has not been given "
			"the address.\n"
			"%s somebody who holds the queue key signs in\n"
			"to the workbench and opens the queue, the worker gets "
			"%s.\n",
			(long long)n_waiting, n_waiting == 1 ? "is" : "are",
			s->watch_enabled ? "When"
					 : "When the watch is switched on and",
			n_waiting == 1 ? "it" : "them");
	}
}

static int status(const struct watching *w, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT(4096);
	struct hl_in_watch_counts in = {hl_time_now_us()};
	struct hl_row_watch_counts *counts;
	struct hl_row_watch_waiting *waiting;
	size_t n;
	int r = hl_get_watch_counts(w->store, w->arena, &in, &counts, &n, err);

	if (!r) {
		r = hl_get_watch_waiting(w->store, w->arena, &waiting, &n, err);
	}
	if (r) {
		return r;
	}
	if (w->json) {
		put_status_json(&out, w->settings, counts, waiting->n);
	} else {
		put_status(&out, w->settings, counts, waiting->n);
	}
	return print(&out, err);
}

/* "none" before the first look. */
static const char *verdict_of(const struct hl_row_watch_list *row)
{
	return row->last_verdict > 0 && row->last_verdict <= HL_WATCH_N_VERDICTS
		       ? hl_watch_verdict_name(
				 (enum hl_watch_verdict)(row->last_verdict - 1))
		       : "none";
}

/* A watch that ended has no next look; one that is paused keeps it. */
static const char *watch_of(const struct hl_row_watch_list *row)
{
	if (!row->active) {
		return row->next_at_us ? "paused" : "ended";
	}
	if (!row->has_address) {
		return "waiting"; /* for the worker to be given it */
	}
	return row->wants_person ? "person" : "watched";
}

static void put_json(struct hl_buf *out, const struct hl_row_watch_list *row)
{
	char ref[HL_REF_MAX], at[HL_TIME_ISO_MAX];

	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(
		out, "item", hl_ref_print(HL_REF_ITEM, row->item_id, ref));
	hl_json_put_member(
		out, "case", hl_ref_print(HL_REF_CASE, row->case_id, ref));
	hl_json_put_member(out, "watch", hl_str_c(watch_of(row)));
	hl_json_put_member(out, "state",
		hl_str_c(hl_vocab_name(
			&hl_vocab_item_state, (int)row->item_state)));
	hl_json_put_member(out, "verdict", hl_str_c(verdict_of(row)));
	hl_json_put_member_i64(out, "looks", row->checks);
	hl_json_put_member_i64(out, "misses", row->misses);
	hl_json_put_member(out, "country", row->country);
	hl_json_put_member(out, "since", hl_time_iso_s(row->started_at_us, at));
	if (row->last_at_us) {
		hl_json_put_member(
			out, "last", hl_time_iso_s(row->last_at_us, at));
	}
	if (row->active && row->has_address) {
		hl_json_put_member(
			out, "next", hl_time_iso_s(row->next_at_us, at));
	}
	hl_buf_put_c(out, '}');
}

static void put_line(struct hl_buf *out, const struct hl_row_watch_list *row)
{
	char item[HL_REF_MAX], at_case[HL_REF_MAX], at[HL_TIME_ISO_MAX];
	struct hl_str i = hl_ref_print(HL_REF_ITEM, row->item_id, item);
	struct hl_str c = hl_ref_print(HL_REF_CASE, row->case_id, at_case);
	struct hl_str next = row->active && row->has_address
				     ? hl_time_iso_s(row->next_at_us, at)
				     : HL_STR("-");

	hl_buf_printf(out, "%-13.*s %-13.*s %-7s %-15s %-11s %5lld %3lld ",
		HL_STR_ARG(i), HL_STR_ARG(c), watch_of(row),
		hl_vocab_name(&hl_vocab_item_state, (int)row->item_state),
		verdict_of(row), (long long)row->checks,
		(long long)row->misses);
	hl_buf_printf(out, "%-20.*s %.*s\n", HL_STR_ARG(next),
		HL_STR_ARG(row->country.n ? row->country : HL_STR("-")));
}

static int list(const struct watching *w, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT(8 << 20);
	struct hl_in_watch_list in = {LIST_MAX + 1, 0};
	struct hl_row_watch_list *rows;
	size_t n;
	int r = hl_get_watch_list(w->store, w->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	bool more = n > LIST_MAX;
	hl_buf_put(&out, w->json ? HL_STR("{\"items\":[") : HL_STR(""));
	for (size_t i = 0; i < n - more; i++) {
		if (w->json) {
			put_json(&out, &rows[i]);
		} else {
			put_line(&out, &rows[i]);
		}
	}
	if (w->json) {
		hl_buf_put_c(&out, ']');
		hl_json_put_member_bool(&out, "more", more);
		hl_buf_put(&out, HL_STR("}\n"));
	} else if (more) {
		fprintf(stderr, "hotline watch: only the first %d are listed\n",
			LIST_MAX);
	}
	return print(&out, err);
}

static int find(const struct watching *w, const char *ref, int64_t *item_id,
	struct hl_row_watch_one *out, struct hl_err *err)
{
	struct hl_row_watch_one *row;
	size_t n;

	if (hl_ref_parse(HL_REF_ITEM, hl_str_c(ref), item_id)) {
		return HL_FAIL(err, HL_E_INVALID, "\"%s\" is no item", ref);
	}
	struct hl_in_watch_one in = {*item_id};
	int r = hl_get_watch_one(w->store, w->arena, &in, &row, &n, err);
	if (r) {
		return r;
	}
	if (n == 0) {
		HL_FAIL(err, HL_NOTFOUND, "%s is not watched", ref);
		return HL_NOTFOUND;
	}
	*out = *row;
	return 0;
}

/* A watch that is paused goes on, at once or when the worker has its address;
 * to one that has ended, only the workbench can give it back. */
static int may_resume(
	const struct hl_row_watch_one *row, const char *ref, struct hl_err *err)
{
	if (row->has_address || row->can_have_it) {
		return 0;
	}
	return HL_FAIL(err, HL_E_INVALID,
		"the watch of %s has ended and the worker has no address of it "
		"any more; resume it in the workbench",
		ref);
}

static int set_active(const struct watching *w, const char *ref, bool active,
	struct hl_err *err)
{
	struct hl_row_watch_one now = {0};
	int64_t item_id;
	int r = find(w, ref, &item_id, &now, err);

	if (!r && active) {
		r = may_resume(&now, ref, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(w->store, w->arena);
	hl_tx_watch_set_active(tx, &(struct hl_in_watch_set_active){
					   active, hl_time_now_us(), item_id});
	hl_tx_happened(tx, 0,
		active ? HL_EVENT_ITEM_WATCH_RESUMED
		       : HL_EVENT_ITEM_WATCH_PAUSED,
		item_id, 0, 0);
	r = hl_tx_run(tx, err);
	if (!r && active && !now.has_address) {
		printf("%s is looked at when the worker has its address: when "
		       "somebody who\nholds the queue key opens the queue in "
		       "the workbench.\n",
			ref);
	}
	return r;
}

static int run(
	const struct watching *w, int argc, char **argv, struct hl_err *err)
{
	if (argc == 3) {
		return set_active(
			w, argv[2], strcmp(argv[1], "resume") == 0, err);
	}
	return strcmp(argv[1], "list") == 0 ? list(w, err) : status(w, err);
}

static bool is_sensible(int argc, char **argv, bool json)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (strcmp(verb, "status") == 0 || strcmp(verb, "list") == 0) {
		return argc == 2;
	}
	return (strcmp(verb, "pause") == 0 || strcmp(verb, "resume") == 0) &&
	       argc == 3 && !json;
}

int hl_cli_watch(int argc, char **argv)
{
	struct watching w = {0};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	w.json = hl_cli_flag(&argc, argv, "--json");
	if (hl_cli_unknown(argc, argv) || !is_sensible(argc, argv, w.json)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	int r = hl_cli_settings(&w.settings, &err);
	if (!r) {
		r = hl_cli_store(&w.store, &err);
	}
	if (!r) {
		w.arena = hl_arena_new(32 << 20, false);
		r = w.arena ? run(&w, argc, argv, &err)
			    : HL_FAIL(&err, HL_E_NOMEM, "no memory");
	}
	hl_arena_free(w.arena);
	hl_store_close(w.store);
	hl_settings_free(w.settings);
	return r ? hl_cli_fail("watch", r, &err) : HL_CLI_OK;
}
