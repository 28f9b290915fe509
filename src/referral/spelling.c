/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "domain/report.h"
#include "referral/pack.h"
#include "url/extract.h"

/*
 * How the first reporter wrote an address. Reports are kept as they came, so
 * the place is looked for again in what was pasted; what a person typed in
 * for a report, or what cannot be opened, has no such spelling.
 */
#define REPORTS_MOST 3
#define ARENA_BYTES ((size_t)16 << 20)

static int open_report(const struct hl_who *who,
	const struct hl_row_referral_spelling *row, struct hl_arena *arena,
	struct hl_report *out)
{
	const struct hl_seal_secret *secret =
		hl_seal_ring_find(&who->ring->queue, row->epoch);
	struct hl_seal_label label = HL_LABEL_REPORT_BODY(row->report_id);
	HL_BUF_AUTO plain = HL_BUF_SECRET((size_t)2 * HL_REPORT_JSON_MAX);

	if (!secret || hl_seal_report_open(secret, &label, row->key_sealed,
			       row->body_sealed, &plain, NULL)) {
		return HL_NOTFOUND;
	}
	return hl_report_parse_json(arena, hl_buf_str(&plain), out, NULL)
		       ? HL_NOTFOUND
		       : 0;
}

/* The piece of the text that names the same place as the address does. */
static struct hl_str find_piece(
	struct hl_str text, struct hl_str address, struct hl_arena *arena)
{
	struct hl_url_list own, found;

	if (hl_url_extract(address, arena, &own, NULL) || !own.n_addresses ||
		hl_url_extract(text, arena, &found, NULL)) {
		return HL_STR_NONE;
	}
	for (size_t i = 0; i < found.n; i++) {
		if (found.v[i].kind != HL_URL_WORDS &&
			own.v[0].kind != HL_URL_WORDS &&
			hl_str_eq(found.v[i].key, own.v[0].key)) {
			return found.v[i].piece;
		}
	}
	return HL_STR_NONE;
}

static struct hl_str spelled_in(const struct hl_who *who,
	const struct hl_row_referral_spelling *row, struct hl_str address)
{
	HL_ARENA_AUTO *arena = hl_arena_new(ARENA_BYTES, true);
	struct hl_report report = {0};

	if (!arena || open_report(who, row, arena, &report)) {
		return HL_STR_NONE;
	}
	return hl_arena_dup(
		who->arena, find_piece(report.addresses_text, address, arena));
}

int hl_referral_spelling(const struct hl_who *who, int64_t item_id,
	struct hl_str address, struct hl_referral_spelling *out,
	struct hl_err *err)
{
	struct hl_in_referral_spelling in = {item_id, REPORTS_MOST};
	struct hl_row_referral_spelling *rows;
	size_t n;
	int r = hl_get_referral_spelling(
		who->store, who->arena, &in, &rows, &n, err);

	*out = (struct hl_referral_spelling){0};
	for (size_t i = 0; !r && i < n && !out->text.n; i++) {
		out->text = spelled_in(who, &rows[i], address);
		out->report_id = out->text.n ? rows[i].report_id : 0;
	}
	return r;
}
