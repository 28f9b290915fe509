/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of numbers that stand in a table beside them: hidden from screen
 * readers, coloured by the page's style sheet, no text but the labels. */
#include "insight/insight.h"

#include <inttypes.h>

#include "base/time.h"
#include "base/utf8.h"

#define WIDTH 640
#define BAR_HEIGHT 24
#define LABEL_WIDTH 220
#define NUMBER_WIDTH 70
#define DAYS_HEIGHT 160
#define DAYS_MAX 1100

static void put_escaped(struct hl_buf *out, struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '<':
			hl_buf_put(out, HL_STR("&lt;"));
			break;
		case '>':
			hl_buf_put(out, HL_STR("&gt;"));
			break;
		case '&':
			hl_buf_put(out, HL_STR("&amp;"));
			break;
		default:
			hl_buf_put_c(out, s.p[i]);
		}
	}
}

static void open_svg(struct hl_buf *out, int64_t height)
{
	hl_buf_printf(out,
		"<svg class=\"chart\" viewBox=\"0 0 %d %" PRId64
		"\" aria-hidden=\"true\" focusable=\"false\">",
		WIDTH, height);
}

void hl_insight_put_svg_bars(
	struct hl_buf *out, const struct hl_insight_bar *bars, size_t n_bars)
{
	const int64_t room = WIDTH - LABEL_WIDTH - NUMBER_WIDTH;
	int64_t most = 1;

	if (n_bars == 0) {
		return;
	}
	for (size_t i = 0; i < n_bars; i++) {
		most = bars[i].n > most ? bars[i].n : most;
	}
	open_svg(out, (int64_t)n_bars * BAR_HEIGHT);
	for (size_t i = 0; i < n_bars; i++) {
		int64_t y = (int64_t)i * BAR_HEIGHT;
		int64_t w = bars[i].n * room / most;

		hl_buf_printf(out,
			"<text class=\"chart-label\" x=\"%d\" y=\"%" PRId64
			"\" text-anchor=\"end\">",
			LABEL_WIDTH - 8, y + 17);
		put_escaped(out, bars[i].label);
		hl_buf_printf(out,
			"</text><rect class=\"chart-bar\" x=\"%d\" "
			"y=\"%" PRId64 "\" width=\"%" PRId64
			"\" height=\"%d\"/>"
			"<text class=\"chart-number\" x=\"%" PRId64
			"\" y=\"%" PRId64 "\">%" PRId64 "</text>",
			LABEL_WIDTH, y + 3, w > 0 || bars[i].n == 0 ? w : 1,
			BAR_HEIGHT - 6, LABEL_WIDTH + w + 6, y + 17, bars[i].n);
	}
	hl_buf_put(out, HL_STR("</svg>"));
}

static void put_day(struct hl_buf *out, double at, double width, double part)
{
	double height = part * (DAYS_HEIGHT - 4);

	hl_buf_printf(out,
		"<rect class=\"chart-bar\" x=\"%.2f\" y=\"%.2f\" "
		"width=\"%.2f\" height=\"%.2f\"/>",
		at, DAYS_HEIGHT - height, width, height);
}

struct hl_insight_drawn hl_insight_drawn_of(
	const struct hl_insight *in, const struct hl_insight_counts *days)
{
	struct hl_insight_drawn d = {.first = in->from_us / HL_US_PER_DAY,
		.last = (in->to_us - 1) / HL_US_PER_DAY};

	if (days->n == 0 || d.last < d.first) {
		return (struct hl_insight_drawn){0};
	}
	if (d.last - d.first >= DAYS_MAX) { /* begins with its first count */
		d.first = days->at[0].value;
		d.last = days->at[days->n - 1].value;
	}
	for (size_t i = 0; i < days->n; i++) {
		if (days->at[i].n > d.most) {
			d.most = days->at[i].n;
			d.most_day = days->at[i].value;
		}
	}
	return d;
}

void hl_insight_put_svg_days(struct hl_buf *out, const struct hl_insight *in,
	const struct hl_insight_counts *days)
{
	struct hl_insight_drawn d = hl_insight_drawn_of(in, days);
	int64_t most = d.most > 0 ? d.most : 1;

	if (days->n == 0 || in->to_us <= in->from_us) {
		return;
	}
	double step = (double)WIDTH / (double)(d.last - d.first + 1);
	double width = step > 3 ? step - 1 : step;
	open_svg(out, DAYS_HEIGHT);
	for (size_t i = 0; i < days->n; i++) {
		put_day(out, (double)(days->at[i].value - d.first) * step,
			width, (double)days->at[i].n / (double)most);
	}
	hl_buf_put(out, HL_STR("</svg>"));
}
