/* SPDX-License-Identifier: Apache-2.0 */
#include "match_file/build.h"

#include <stdlib.h>
#include <string.h>

void hl_match_build_init(struct hl_match_build *build)
{
	memset(build, 0, sizeof(*build));
	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		build->kind[i].kind = (uint16_t)(i + 1);
		build->kind[i].width = hl_match_width(i + 1);
	}
}

void hl_match_build_fini(struct hl_match_build *build)
{
	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		struct hl_match_gathered *rows = &build->kind[i];

		free(rows->hash);
		free(rows->id);
		free(rows->run);
		free(rows->part);
		free(rows->label);
		free(rows->payload);
	}
	memset(build, 0, sizeof(*build));
}

static bool widen(void *array, size_t room, size_t bytes)
{
	void **p = array;
	void *made = realloc(*p, room * bytes);

	if (made) {
		*p = made;
	}
	return made != NULL;
}

static bool more_rows(struct hl_match_gathered *rows)
{
	size_t room = rows->room ? 2 * rows->room : 256;

	if (rows->n < rows->room) {
		return true;
	}
	if (rows->n >= UINT32_MAX - 1) {
		return false;
	}
	if (!widen(&rows->hash, room, rows->width) ||
		!widen(&rows->id, room, sizeof(*rows->id)) ||
		(rows->part &&
			!widen(&rows->part, room, sizeof(*rows->part))) ||
		(rows->label &&
			!widen(&rows->label, room, sizeof(*rows->label))) ||
		(rows->payload &&
			!widen(&rows->payload, room, sizeof(*rows->payload)))) {
		return false;
	}
	rows->room = room;
	return true;
}

/* The rows so far have zeros. */
static bool begin_columns(
	struct hl_match_gathered *rows, const struct hl_match_row *row)
{
	if (row->key.part && !rows->part) {
		rows->part = calloc(rows->room, sizeof(*rows->part));
		if (!rows->part) {
			return false;
		}
	}
	if (row->label && !rows->label) {
		rows->label = calloc(rows->room, sizeof(*rows->label));
		if (!rows->label) {
			return false;
		}
	}
	if (row->payload_bytes && !rows->payload) {
		rows->payload = calloc(rows->room, sizeof(*rows->payload));
		if (!rows->payload) {
			return false;
		}
	}
	return true;
}

static bool begin_run(struct hl_match_gathered *rows, uint32_t list)
{
	if (rows->n_runs > 0 && rows->run[rows->n_runs - 1].list == list) {
		return true;
	}
	if (rows->n_runs == rows->room_runs) {
		size_t room = rows->room_runs ? 2 * rows->room_runs : 16;

		if (!widen(&rows->run, room, sizeof(*rows->run))) {
			return false;
		}
		rows->room_runs = room;
	}
	rows->run[rows->n_runs++] =
		(struct hl_match_run){list, (uint32_t)rows->n};
	return true;
}

bool hl_match_build_add(
	struct hl_match_build *build, const struct hl_match_row *row)
{
	struct hl_match_gathered *rows = &build->kind[row->key.kind - 1];
	size_t at = rows->n;

	if (!more_rows(rows) || !begin_columns(rows, row) ||
		!begin_run(rows, row->key.list)) {
		return false;
	}
	memcpy(rows->hash + at * rows->width, row->hash, rows->width);
	rows->id[at] = row->key.id;
	if (rows->part) {
		rows->part[at] = row->key.part;
	}
	if (rows->label) {
		rows->label[at] = row->label;
	}
	if (rows->payload) {
		rows->payload[at] = (struct hl_match_payload){
			row->payload, row->payload_bytes};
	}
	rows->n++;
	return true;
}

uint64_t hl_match_build_rows(const struct hl_match_build *build)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		n += build->kind[i].n;
	}
	return n;
}

static uint64_t put_column(struct hl_match_out *out, const void *p, size_t n)
{
	uint64_t at;

	hl_match_out_pad(out, 0);
	at = hl_match_out_at(out);
	hl_match_out_put(out, p, n);
	return at;
}

static void put_payloads(const struct hl_match_gathered *rows,
	struct hl_match_columns *to, struct hl_match_out *out)
{
	uint64_t end = 0;

	to->has |= HL_MATCH_COLUMN_PAYLOAD;
	to->at_ends = put_column(out, &end, 8);
	for (size_t i = 0; i < rows->n; i++) {
		end += rows->payload[i].n;
		hl_match_out_put(out, &end, 8);
	}
	to->payload_bytes = end;
	to->at_payload = put_column(out, NULL, 0);
	for (size_t i = 0; i < rows->n; i++) {
		if (rows->payload[i].n) {
			hl_match_out_put(
				out, rows->payload[i].p, rows->payload[i].n);
		}
	}
}

static int put_rows(const struct hl_match_gathered *rows,
	struct hl_match_columns *to, struct hl_match_out *out,
	struct hl_match_error *err)
{
	struct hl_match_rows layout = {.kind = rows->kind};
	bool exact = rows->kind != HL_MATCH_PDQ;

	to->n = rows->n;
	to->n_runs = (uint32_t)rows->n_runs;
	to->bucket_bits = hl_match_bucket_bits(rows->kind, rows->n);
	to->row_bytes = exact || rows->n > 1u << 24 ? 4 : 3;
	to->at_hash = put_column(out, rows->hash, rows->n * rows->width);
	to->at_id = put_column(out, rows->id, rows->n * 8);
	to->at_runs = put_column(out, rows->run, rows->n_runs * 8);
	if (rows->part) {
		to->has |= HL_MATCH_COLUMN_PART;
		to->at_part = put_column(out, rows->part, rows->n * 4);
	}
	if (rows->label) {
		to->has |= HL_MATCH_COLUMN_LABEL;
		to->at_label = put_column(out, rows->label, rows->n * 2);
	}
	if (rows->payload) {
		put_payloads(rows, to, out);
	}
	if (!exact && rows->n < HL_MATCH_SLOTS_FROM) {
		return 0;
	}
	to->has |= HL_MATCH_COLUMN_SLOTS;
	to->at_slots = put_column(out, NULL, 0);
	layout.at = *to;
	hl_match_rows_lay_out(&layout);
	return exact ? hl_match_build_directory(rows, &layout, out, err)
		     : hl_match_build_slots(rows, &layout, out, err);
}

int hl_match_build_write(const struct hl_match_build *build, int folder,
	uint32_t number, const uint8_t identity[16], struct hl_match_error *err)
{
	uint8_t head[HL_MATCH_HEAD] = "HLMSEG1\n";
	const uint32_t start[2] = {1, number};
	char name[HL_MATCH_NAME_BYTES];
	struct hl_match_out out;
	int rc;

	hl_match_file_name(name, "seg", number);
	rc = hl_match_out_open(&out, folder, name, err);
	if (rc) {
		return rc;
	}
	memcpy(head + 8, start, 8);
	memcpy(head + 16, identity, 16);
	for (unsigned i = 0; i < HL_MATCH_KINDS && !rc; i++) {
		struct hl_match_columns columns = {0};

		if (build->kind[i].n > 0) {
			rc = put_rows(&build->kind[i], &columns, &out, err);
		}
		memcpy(head + 64 + 128 * i, &columns, sizeof(columns));
	}
	if (rc) {
		hl_match_out_drop(&out);
		return rc;
	}
	return hl_match_out_finish(&out, head, err);
}
