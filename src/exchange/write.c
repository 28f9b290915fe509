/* SPDX-License-Identifier: Apache-2.0 */
/* Writing lists: what all formats share, and lines. */
#include "exchange/write.h"

#include <stdlib.h>

#include "base/text.h"

static void head(struct hl_hashlist_writer *w)
{
	switch (w->options.format) {
	case HL_HASHLIST_CSV:
		hl_exchange_write_csv_head(w);
		break;
	case HL_HASHLIST_VICS1:
	case HL_HASHLIST_VICS2:
		hl_exchange_write_vics_head(w);
		break;
	case HL_HASHLIST_NCMEC:
		hl_exchange_write_ncmec_head(w);
		break;
	case HL_HASHLIST_TX:
		hl_buf_put(w->out, HL_STR("{\"data\":["));
		break;
	case HL_HASHLIST_LINES:
	case HL_HASHLIST_HASH:
	default:
		break;
	}
}

int hl_hashlist_writer_new(const struct hl_hashlist_options *options,
	struct hl_buf *out, struct hl_hashlist_writer **writer,
	struct hl_err *err)
{
	*writer = NULL;
	if (options->format == HL_HASHLIST_HASH) {
		return HL_FAIL(err, HL_E_INVALID,
			"the format hash is only read: write lines or csv");
	}
	if (!hl_hashlist_format_name(options->format) ||
		options->kind >= HL_HASHLIST_KINDS) {
		return HL_FAIL(err, HL_E_INVALID, "no such hash-list format");
	}
	*writer = calloc(1, sizeof(**writer));
	if (!*writer) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a hash list");
	}
	(*writer)->options = *options;
	(*writer)->out = out;
	head(*writer);
	return 0;
}

static void put_line(
	struct hl_hashlist_writer *w, const struct hl_hashlist_hash *hash)
{
	if (!w->options.kind) {
		hl_buf_printf(w->out, "%s ", hl_hashlist_kind_name(hash->kind));
	} else if (hash->kind != w->options.kind) {
		w->n_lost++;
		return;
	}
	hl_text_put_hex(
		w->out, hash->bytes, hl_hashlist_kind_bytes(hash->kind));
	hl_buf_put_c(w->out, '\n');
}

static void put_lines(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record)
{
	w->n_lost += record->n_others;
	if (record->deleted) {
		w->n_lost += record->n_hashes ? record->n_hashes : 1;
		return;
	}
	for (size_t i = 0; i < record->n_hashes; i++) {
		put_line(w, &record->hashes[i]);
	}
}

void hl_hashlist_writer_put(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record)
{
	switch (w->options.format) {
	case HL_HASHLIST_CSV:
		hl_exchange_write_csv(w, record);
		break;
	case HL_HASHLIST_VICS1:
	case HL_HASHLIST_VICS2:
		hl_exchange_write_vics(w, record);
		break;
	case HL_HASHLIST_NCMEC:
		hl_exchange_write_ncmec(w, record);
		break;
	case HL_HASHLIST_TX:
		hl_exchange_write_tx(w, record);
		break;
	case HL_HASHLIST_LINES:
	case HL_HASHLIST_HASH:
	default:
		put_lines(w, record);
		break;
	}
}

void hl_hashlist_writer_end(struct hl_hashlist_writer *w)
{
	switch (w->options.format) {
	case HL_HASHLIST_VICS1:
	case HL_HASHLIST_VICS2:
	case HL_HASHLIST_TX:
		hl_buf_put(w->out, HL_STR("\n]}\n"));
		break;
	case HL_HASHLIST_NCMEC:
		hl_exchange_write_ncmec_end(w);
		break;
	case HL_HASHLIST_LINES:
	case HL_HASHLIST_CSV:
	case HL_HASHLIST_HASH:
	default:
		break;
	}
}

uint64_t hl_hashlist_writer_lost(const struct hl_hashlist_writer *w)
{
	return w->n_lost;
}

void hl_hashlist_writer_free(struct hl_hashlist_writer *w)
{
	free(w);
}
