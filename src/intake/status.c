/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/status.h"

#include "base/time.h"
#include "domain/state.h"
#include "store/sql.h"

static int64_t day_of(int64_t at_us)
{
	return at_us - at_us % HL_US_PER_DAY;
}

/* Of an address or a report that has no item to ask. */
static enum hl_public_status of_triage(int64_t verdict)
{
	switch (verdict) {
	case HL_TRIAGE_OUT_OF_REMIT:
		return HL_STATUS_OUT_OF_REMIT;
	case HL_TRIAGE_INSUFFICIENT:
		return HL_STATUS_INSUFFICIENT;
	case HL_TRIAGE_ACCEPTED:
	case HL_TRIAGE_DUPLICATE:
		return HL_STATUS_ASSESSING;
	default:
		return HL_STATUS_RECEIVED;
	}
}

static struct hl_intake_status_address of_row(
	const struct hl_row_status_address *row)
{
	return (struct hl_intake_status_address){.position = row->position,
		.status = row->public_status
				  ? (enum hl_public_status)row->public_status
				  : of_triage(row->verdict),
		.passed_to = (uint32_t)row->passed_to,
		.day_us = day_of(row->at_us)};
}

static int read_addresses(const struct hl_intake_at *at, struct hl_str lookup,
	struct hl_intake_status *out, struct hl_err *err)
{
	struct hl_in_status_address in = {lookup};
	struct hl_row_status_address *rows;
	struct hl_intake_status_address *made;
	size_t n;
	int r = hl_get_status_address(
		at->store, at->arena, &in, &rows, &n, err);

	if (r || !n) {
		return r;
	}
	made = hl_arena_array(at->arena, n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a status");
	}
	for (size_t i = 0; i < n; i++) {
		made[i] = of_row(&rows[i]);
	}
	out->addresses = made;
	out->n_addresses = n;
	return 0;
}

int hl_intake_status(const struct hl_intake_at *at,
	const struct hl_seal_receipt *receipt, struct hl_intake_status *out,
	struct hl_err *err)
{
	uint8_t bytes[HL_SEAL_LOOKUP_BYTES] = {0};
	struct hl_str lookup = hl_str_mem(bytes, sizeof(bytes));
	struct hl_in_report_by_lookup in = {lookup};
	struct hl_row_report_by_lookup *rows;
	size_t n;

	hl_seal_receipt_lookup(receipt, bytes);
	int r = hl_get_report_by_lookup(
		at->store, at->arena, &in, &rows, &n, err);
	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	int64_t last = rows[0].triaged_at_us ? rows[0].triaged_at_us
					     : rows[0].received_at_us;
	*out = (struct hl_intake_status){
		.received_day_us = day_of(rows[0].received_at_us),
		.all = of_triage(rows[0].triage),
		.all_day_us = day_of(last),
		.erased = rows[0].state == HL_REPORT_ERASED};
	return read_addresses(at, lookup, out, err);
}
