/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/time.h"

#define DAY INT64_C(86400000000)
#define AT(day) ((day)*DAY + 5000000)

static void submit(struct fixture *f, struct hl_seal_receipt *receipt)
{
	struct hl_report report;

	fixture_report(f->arena, 1, &report);
	assert_int_equal(0,
		hl_intake_submit(&f->at, &report, HL_STR_NONE, receipt, NULL));
}

static void status_of(struct fixture *f, const struct hl_seal_receipt *receipt,
	struct hl_intake_status *out)
{
	struct hl_err err = {0};
	int r = hl_intake_status(&f->at, receipt, out, &err);

	if (r) {
		fail_msg("status: %d %s", r, err.msg);
	}
}

static void a_new_report_is_received(void **state)
{
	struct fixture *f = *state;
	struct hl_seal_receipt receipt;
	struct hl_intake_status s;

	hl_time_pretend(hl_time_now_us());
	submit(f, &receipt);
	status_of(f, &receipt, &s);
	assert_int_equal(HL_STATUS_RECEIVED, s.all);
	assert_int_equal(0, s.n_addresses);
	assert_int_equal(hl_time_now_us() / DAY * DAY, s.received_day_us);
	assert_false(s.erased);
}

static void an_unknown_receipt_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct hl_seal_receipt receipt;
	struct hl_intake_status s;

	hl_seal_receipt_new(&receipt);
	assert_int_equal(
		HL_NOTFOUND, hl_intake_status(&f->at, &receipt, &s, NULL));
}

static void triage_alone_has_a_status(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *name;
		const char *sql;
		enum hl_public_status want;
	} rows[] = {
		{"accepted", "UPDATE report SET state = 2, triage = 1",
			HL_STATUS_ASSESSING},
		{"duplicate", "UPDATE report SET state = 2, triage = 2",
			HL_STATUS_ASSESSING},
		{"out of remit", "UPDATE report SET state = 5, triage = 3",
			HL_STATUS_OUT_OF_REMIT},
		{"insufficient", "UPDATE report SET state = 5, triage = 4",
			HL_STATUS_INSUFFICIENT},
	};
	struct hl_seal_receipt receipt;

	submit(f, &receipt);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_intake_status s;

		fixture_sql(f, rows[i].sql);
		status_of(f, &receipt, &s);
		if (s.all != rows[i].want) {
			fail_msg("%s: %d", rows[i].name, (int)s.all);
		}
	}
}

static void put_item(struct fixture *f, int id, const char *values)
{
	HL_BUF_AUTO sql = HL_BUF_INIT(4096);

	hl_buf_printf(&sql,
		"INSERT INTO cases SELECT %d, 1, 1, 1, 1, 0, 0, 3, 0, 0, 0, 0,"
		" 0, 0, 0, 0, 0, 0, 0;"
		"INSERT INTO item (id, case_id, url_hash, host_hash,"
		" canon_version, kind, epoch, url_sealed, worker_sealed, state,"
		" n_reports, n_independent, first_at_us, last_at_us, country,"
		" asn, network, provider_id, traced_at_us, removed_at_us,"
		" public_status, passed_to, status_at_us)"
		" VALUES (%d, %d, x'%02x', x'00', 1, 1, 1, x'', x'', 1, 1, 1,"
		" 1, 1, '', 0, '', 0, 0, 0, %s);",
		id, id, id, id, values);
	fixture_sql(f, sql.p);
}

static void link_address(struct fixture *f, int position, int item, int verdict,
	int64_t linked_at_us)
{
	HL_BUF_AUTO sql = HL_BUF_INIT(1024);

	hl_buf_printf(&sql,
		"INSERT INTO report_item SELECT id, %d, %d, %d, 0, %lld"
		" FROM report",
		position, item, verdict, (long long)linked_at_us);
	fixture_sql(f, sql.p);
}

static void each_address_has_its_own(void **state)
{
	struct fixture *f = *state;
	struct hl_seal_receipt receipt;
	struct hl_intake_status s;
	char values[64];

	submit(f, &receipt);
	snprintf(values, sizeof(values), "%d, %d, %lld", HL_STATUS_TO_POLICE,
		1 << HL_RECIPIENT_POLICE, (long long)AT(21000));
	put_item(f, 1, values);
	/* Known for long: its date must not show. */
	snprintf(values, sizeof(values), "%d, %d, %lld", HL_STATUS_REMOVED, 0,
		(long long)AT(10000));
	put_item(f, 2, values);
	snprintf(values, sizeof(values), "0, 0, 0");
	put_item(f, 3, values);
	link_address(f, 1, 1, HL_TRIAGE_ACCEPTED, AT(20000));
	link_address(f, 2, 2, HL_TRIAGE_DUPLICATE, AT(20001));
	link_address(f, 3, 3, HL_TRIAGE_ACCEPTED, AT(20002));
	link_address(f, 4, 0, HL_TRIAGE_INSUFFICIENT, AT(20003));

	static const struct hl_intake_status_address want[] = {
		{1, HL_STATUS_TO_POLICE, 1 << HL_RECIPIENT_POLICE, 21000 * DAY},
		{2, HL_STATUS_REMOVED, 0, 20001 * DAY},
		{3, HL_STATUS_ASSESSING, 0, 20002 * DAY},
		{4, HL_STATUS_INSUFFICIENT, 0, 20003 * DAY},
	};
	status_of(f, &receipt, &s);
	assert_int_equal(HL_ARRAY_LEN(want), s.n_addresses);
	for (size_t i = 0; i < s.n_addresses; i++) {
		const struct hl_intake_status_address *got = &s.addresses[i];

		if (got->position != want[i].position ||
			got->status != want[i].status ||
			got->passed_to != want[i].passed_to ||
			got->day_us != want[i].day_us) {
			fail_msg("address %zu: %d %x %lld", i + 1,
				(int)got->status, got->passed_to,
				(long long)(got->day_us / DAY));
		}
	}
}

static void erasure_shows(void **state)
{
	struct fixture *f = *state;
	struct hl_seal_receipt receipt;
	struct hl_intake_status s;

	submit(f, &receipt);
	fixture_sql(f, "UPDATE report SET state = 6, triage = 1");
	status_of(f, &receipt, &s);
	assert_true(s.erased);
}

int main(void)
{
#define IN_STORE(test) \
	cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		IN_STORE(a_new_report_is_received),
		IN_STORE(an_unknown_receipt_is_not_found),
		IN_STORE(triage_alone_has_a_status),
		IN_STORE(each_address_has_its_own),
		IN_STORE(erasure_shows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
