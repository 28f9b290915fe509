/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/insight.h"

#include <inttypes.h>

#include "base/json.h"
#include "base/time.h"
#include "insight/rows.h"

struct writer {
	struct hl_buf *out;
	const char *section; /* of the row before, for JSON and text */
	struct hl_buf name;
};

static bool absent(const struct hl_insight_row *row)
{
	return row->type != HL_INSIGHT_N && row->base == 0;
}

static void put_number(struct hl_buf *out, const struct hl_insight_row *row)
{
	if (row->type == HL_INSIGHT_RATE) {
		hl_buf_printf(out, "%" PRId64 ".%03" PRId64, row->value / 1000,
			row->value % 1000);
	} else {
		hl_buf_printf(out, "%" PRId64, row->value);
	}
}

static void put_json_value(struct writer *w, const struct hl_insight_row *row)
{
	hl_json_put_name(w->out, row->measure);
	if (row->hidden) {
		hl_json_put_str(w->out, HL_STR("hidden"));
	} else if (absent(row)) {
		hl_buf_put(w->out, HL_STR("null"));
	} else {
		put_number(w->out, row);
	}
}

/* Sections hold names, names hold measures; a section without names holds
 * its measures itself. */
static void json_row(void *arg, const struct hl_insight_row *row)
{
	struct writer *w = arg;
	bool new_section = !w->section || strcmp(w->section, row->section) != 0;
	bool new_name =
		new_section || !hl_str_eq(hl_buf_str(&w->name), row->name);

	if (new_name && w->section && w->name.n) {
		hl_buf_put_c(w->out, '}');
	}
	if (new_section) {
		if (w->section) {
			hl_buf_put_c(w->out, '}');
		}
		hl_json_put_name(w->out, row->section);
		hl_buf_put_c(w->out, '{');
		w->section = row->section;
	}
	if (new_name) {
		hl_buf_reset(&w->name);
		hl_buf_put(&w->name, row->name);
		if (row->name.n) {
			hl_json_put_sep(w->out);
			hl_json_put_str(w->out, row->name);
			hl_buf_put(w->out, HL_STR(":{"));
		}
	}
	put_json_value(w, row);
}

void hl_insight_put_json(struct hl_buf *out, const struct hl_insight *in)
{
	struct writer w = {out, NULL, HL_BUF_INIT(256)};
	char at[HL_TIME_ISO_MAX];

	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "form", HL_STR("openhotline statistics 1"));
	hl_json_put_member(out, "from", hl_time_iso_s(in->from_us, at));
	hl_json_put_member(out, "to", hl_time_iso_s(in->to_us, at));
	hl_json_put_member(out, "made_at", hl_time_iso_s(in->made_at_us, at));
	hl_insight_rows(in, json_row, &w);
	hl_buf_put(out, w.name.n ? HL_STR("}}}\n") : HL_STR("}}\n"));
	hl_buf_fini(&w.name);
}

static void csv_row(void *arg, const struct hl_insight_row *row)
{
	struct writer *w = arg;

	hl_buf_printf(w->out, "%s,%.*s,%s,", row->section,
		HL_STR_ARG(row->name), row->measure);
	if (row->hidden) {
		hl_buf_put(w->out, HL_STR("hidden"));
	} else if (!absent(row)) {
		put_number(w->out, row);
	}
	hl_buf_put(w->out, HL_STR("\r\n")); /* RFC 4180 */
}

void hl_insight_put_csv(struct hl_buf *out, const struct hl_insight *in)
{
	struct writer w = {.out = out};
	char at[HL_TIME_ISO_MAX];
	struct hl_str from = hl_time_iso_s(in->from_us, at);

	hl_buf_put(out, HL_STR("section,name,measure,value\r\n"));
	hl_buf_printf(out, "period,,from,%.*s\r\n", HL_STR_ARG(from));
	struct hl_str to = hl_time_iso_s(in->to_us, at);
	hl_buf_printf(out, "period,,to,%.*s\r\n", HL_STR_ARG(to));
	hl_insight_rows(in, csv_row, &w);
}

static void text_row(void *arg, const struct hl_insight_row *row)
{
	struct writer *w = arg;

	if (!w->section || strcmp(w->section, row->section) != 0) {
		hl_buf_printf(
			w->out, "%s%s\n", w->section ? "\n" : "", row->section);
		w->section = row->section;
	}
	hl_buf_printf(w->out, "  %-22.*s %-18s ", HL_STR_ARG(row->name),
		row->measure);
	if (row->hidden) {
		hl_buf_put(w->out, HL_STR("hidden"));
	} else if (absent(row)) {
		hl_buf_put_c(w->out, '-');
	} else if (row->type == HL_INSIGHT_SECONDS) {
		hl_time_span(w->out, row->value * HL_US_PER_S);
	} else {
		put_number(w->out, row);
	}
	hl_buf_put_c(w->out, '\n');
}

void hl_insight_put_text(struct hl_buf *out, const struct hl_insight *in)
{
	struct writer w = {.out = out};

	hl_insight_rows(in, text_row, &w);
}
