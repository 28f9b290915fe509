/* SPDX-License-Identifier: Apache-2.0 */
/* A member leaves: open work moves to the new key, a little at a time. */
#include "fixture.h"

#include <stdio.h>

#include "base/time.h"
#include "casefile/sealed.h"
#include "casework/rewrap.h"

/* Everything that is sealed to the queue key, of which kind and epoch. */
#define SEALED                                                               \
	"(SELECT 'part' AS what, epoch, key_sealed AS v FROM report_part "   \
	"WHERE part IN (1, 3) UNION ALL SELECT 'item', epoch, url_sealed "   \
	"FROM item UNION ALL SELECT 'note', epoch, words_sealed FROM note "  \
	"UNION ALL SELECT 'assessment', epoch, note_sealed FROM assessment " \
	"UNION ALL SELECT 'trace', epoch, facts_sealed FROM trace "          \
	"UNION ALL SELECT 'referral', epoch, document_sealed FROM referral " \
	"UNION ALL SELECT 'answer', epoch, words_sealed FROM answer "        \
	"UNION ALL SELECT 'appeal', epoch, key_sealed FROM list_appeal "     \
	"WHERE state = 1)"

static void put_sealed(struct fixture *f, const char *table, const char *column,
	struct hl_seal_label label)
{
	HL_BUF_AUTO sealed = HL_BUF_INIT(8192), sql = HL_BUF_INIT(32768);

	ok(hl_seal_to(&f->ring.queue.at[0].pub, &label, HL_STR("sealed words"),
		&sealed, NULL));
	hl_buf_printf(&sql, "UPDATE %s SET %s = x'", table, column);
	for (size_t i = 0; i < sealed.n; i++) {
		hl_buf_printf(&sql, "%02x", (unsigned char)sealed.p[i]);
	}
	hl_buf_printf(&sql, "' WHERE id = %lld", (long long)label.id);
	change(f, sql.p);
}

#define APPEAL 31
#define DECIDED 32

static void put_appeal(struct fixture *f, int64_t id)
{
	HL_BUF_AUTO key = HL_BUF_INIT(4096), body = HL_BUF_INIT(65536);
	struct hl_seal_label label = HL_LABEL_LIST_APPEAL(id);

	ok(hl_seal_report(&f->ring.queue.at[0].pub, &label,
		HL_STR("sealed words"), &key, &body, NULL));
	ok(hl_do_list_appeal_add(f->store, f->arena,
		&(struct hl_in_list_appeal_add){.id = id,
			.lookup = hl_str_mem(&id, sizeof(id)),
			.kind = HL_KEY_QUEUE,
			.epoch = 1,
			.key_sealed = hl_buf_str(&key),
			.body_sealed = hl_buf_str(&body),
			.received_at_us = hl_time_now_us()},
		NULL));
}

/* 0 when the ring opens it. */
static int read_appeal(
	struct fixture *f, const struct hl_seal_ring *ring, int64_t id)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(65536);
	struct hl_seal_label label = HL_LABEL_LIST_APPEAL(id);
	struct hl_in_list_appeal_get in = {id};
	struct hl_row_list_appeal_get *row;
	size_t n;

	ok(hl_get_list_appeal_get(f->store, f->arena, &in, &row, &n, NULL));
	assert_int_equal(1, n);
	const struct hl_seal_secret *secret =
		hl_seal_ring_find(&ring->queue, row->epoch);
	if (!secret) {
		return HL_DENIED;
	}
	ok(hl_seal_report_open(secret, &label, row->key_sealed,
		row->body_sealed, &plain, NULL));
	assert_true(hl_str_eq(HL_STR("sealed words"), hl_buf_str(&plain)));
	return 0;
}

/* A case with one of each, still open, and an appeal. */
static int64_t put_all(struct fixture *f)
{
	int64_t report =
		put_report(f, &(struct hl_report){.place = HL_PLACE_WEBSITE,
				      .addresses_text = HL_STR("example.org/a"),
				      .words = HL_STR("words of the report"),
				      .contact = HL_STR("call me on 555")});
	struct hl_who anna, sofie;
	struct hl_facts facts = facts_for(HL_OUTCOME_BASELINE);
	struct hl_casework_assessed out;
	char sql[512];

	triage_all(f);
	int64_t id = case_of(f, report, 1);
	anna = who(f, ANNA);
	sofie = who(f, SOFIE);
	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	ok(hl_casework_contact_request(&anna, report, NULL, NULL));
	ok(hl_casework_contact_grant(&sofie, report, NULL, NULL));
	ok(hl_casework_add_note(&anna, id, HL_STR("a note"), NULL, NULL));
	facts.note = HL_STR("an opinion");
	ok(hl_casework_assess(&anna, &f->laws, id, &facts, &out, NULL, NULL));
	verify(f, id, HL_OUTCOME_BASELINE);
	put_referral(f, id, 5);
	snprintf(sql, sizeof(sql),
		"INSERT INTO trace (id, item_id, at_us, epoch, facts_sealed, "
		"worker_sealed, source, country, asn, network, missing) "
		"SELECT 21, id, 1, 1, x'', x'', 1, '', 0, '', 0 FROM item "
		"WHERE case_id = %lld; INSERT INTO answer (id, referral_id, "
		"at_us, answer, via, epoch, words_sealed) VALUES (22, 9, 1, 1, "
		"1, 1, x'')",
		(long long)id);
	change(f, sql);
	put_sealed(f, "trace", "facts_sealed", HL_LABEL_TRACE(21));
	put_sealed(f, "answer", "words_sealed", HL_LABEL_ANSWER(22));
	put_sealed(f, "referral", "document_sealed", HL_LABEL_REFERRAL(9));
	put_appeal(f, APPEAL);
	assert_int_equal(8, number(f, "SELECT count(DISTINCT what) FROM " SEALED
				      " WHERE epoch = 1 AND length(v) > 0"));
	return id;
}

/* A new epoch; *only gets a ring with nothing but its key. */
static void begin_next(
	struct fixture *f, int64_t epoch, struct hl_seal_ring *only)
{
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);
	struct hl_seal_ring_key key = {.epoch = epoch};

	hl_seal_keypair_new(&key.pub, &key.secret);
	*only = f->ring;
	only->queue.n = 0;
	ok(hl_seal_ring_add(&only->queue, &key, NULL));
	ok(hl_seal_ring_add(&f->ring.queue, &key, NULL));
	hl_tx_key_epoch_add(
		tx, &(struct hl_in_key_epoch_add){HL_KEY_QUEUE, epoch,
			    hl_seal_pub_str(&key.pub), hl_time_now_us()});
	hl_tx_key_epoch_close(
		tx, &(struct hl_in_key_epoch_close){
			    hl_time_now_us(), HL_KEY_QUEUE, epoch});
	ok(hl_tx_run(tx, NULL));
}

static void begin_epoch(struct fixture *f, struct hl_seal_ring *only)
{
	begin_next(f, 2, only);
}

static size_t rewrap(struct fixture *f, size_t n_most)
{
	struct hl_who sofie = who(f, SOFIE);
	struct hl_err err = {.msg = ""};
	size_t n;

	if (hl_casework_rewrap(&sofie, n_most, &n, &err)) {
		fail_msg("%s", err.msg);
	}
	return n;
}

static void open_work_moves_and_closed_work_stays(void **state)
{
	struct fixture *f = *state;
	int64_t closed = put_case(f, "example.org/closed"), id;
	struct hl_seal_ring only;
	size_t all = 0, n;

	assess(f, closed, HL_OUTCOME_LEGAL);
	ok(hl_casework_settle_reports(f->store, f->arena, 10, &n, NULL));
	id = put_all(f);
	int64_t waiting = put_addresses(f, "example.org/waiting");
	put_appeal(f, DECIDED);
	change(f, "UPDATE list_appeal SET state = 3 WHERE id = 32");
	begin_epoch(f, &only);
	while ((n = rewrap(f, 3)) > 0) {
		assert_true(n <= 3);
		all += n;
	}
	assert_int_equal(0, number(f, "SELECT count(*) FROM " SEALED
				      " WHERE epoch = 2 AND length(v) = 0"));
	/* of the closed one: its report's key, its address, no more */
	assert_int_equal(2, number(f, "SELECT count(*) FROM " SEALED
				      " WHERE epoch = 1 AND length(v) > 0"));
	assert_int_equal(all,
		number(f, "SELECT count(*) FROM " SEALED " WHERE epoch = 2"));
	assert_int_equal(
		1, number_of(f, "SELECT epoch FROM item WHERE case_id = %lld",
			   closed));
	/* the identity key has epochs of its own */
	assert_int_equal(
		1, number(f, "SELECT epoch FROM report_part WHERE part = 2"));
	assert_int_equal(0, read_appeal(f, &only, APPEAL));
	assert_int_equal(HL_DENIED, read_appeal(f, &only, DECIDED));
	assert_int_equal(0, read_appeal(f, &f->ring, DECIDED));
	/* who was never given the old key can work on it */
	struct hl_seal_ring old = f->ring;
	f->ring = only;
	assert_int_equal(1, triage_all(f));
	assert_int_not_equal(0, case_of(f, waiting, 1));
	struct hl_who sofie = who(f, SOFIE);
	struct hl_casework_page page;
	struct hl_str document, answer, contact;
	ok(hl_casework_page(&sofie, id, &page, NULL));
	assert_true(hl_str_ends(page.address, HL_STR("//example.org/a")));
	assert_true(page.reports[0].open);
	assert_true(hl_str_eq(
		HL_STR("words of the report"), page.reports[0].answers.words));
	assert_true(hl_str_eq(HL_STR("a note"), page.notes[0].words));
	assert_true(hl_str_eq(
		HL_STR("an opinion"), page.assessments[0].facts.note));
	assert_true(hl_str_eq(HL_STR("sealed words"), page.traces[0].facts));
	struct hl_row_referral_document *d;
	ok(hl_get_referral_document(f->store, f->arena,
		&(struct hl_in_referral_document){9}, &d, &n, NULL));
	struct hl_seal_label label = HL_LABEL_REFERRAL(9);
	ok(hl_casefile_open(
		&sofie, d->epoch, &label, d->document_sealed, &document, NULL));
	assert_true(hl_str_eq(HL_STR("sealed words"), document));
	struct hl_row_answer_list *a;
	ok(hl_get_answer_list(f->store, f->arena,
		&(struct hl_in_answer_list){9}, &a, &n, NULL));
	label = HL_LABEL_ANSWER(22);
	ok(hl_casefile_open(
		&sofie, a->epoch, &label, a->words_sealed, &answer, NULL));
	assert_true(hl_str_eq(HL_STR("sealed words"), answer));
	struct hl_who anna = who(f, ANNA);
	ok(hl_casework_contact_read(
		&anna, page.reports[0].id, &contact, NULL, NULL));
	assert_true(hl_str_eq(HL_STR("call me on 555"), contact));
	f->ring = old;
	hl_seal_ring_wipe(&only);
}

static void without_both_keys_nothing_moves(void **state)
{
	struct fixture *f = *state;
	struct hl_seal_ring only, old;

	put_all(f);
	assert_int_equal(0, rewrap(f, 100)); /* there is one epoch */
	begin_epoch(f, &only);
	old = f->ring;
	f->ring = only;
	assert_int_equal(0, rewrap(f, 100));
	f->ring = old;
	assert_true(rewrap(f, 100) > 7);
	assert_int_equal(0, rewrap(f, 100));
	hl_seal_ring_wipe(&only);
}

static void what_does_not_open_stays_and_blocks_nothing(void **state)
{
	struct fixture *f = *state;
	struct hl_seal_ring only;

	put_all(f);
	change(f, "UPDATE note SET words_sealed = zeroblob(300); UPDATE item "
		  "SET url_sealed = x'01'; UPDATE report_part SET key_sealed "
		  "= zeroblob(83) WHERE part = 1");
	begin_epoch(f, &only);
	assert_true(rewrap(f, 100) > 0);
	assert_int_equal(0, rewrap(f, 100));
	assert_int_equal(3, number(f, "SELECT count(*) FROM " SEALED
				      " WHERE epoch = 1 AND length(v) > 0"));
	hl_seal_ring_wipe(&only);
}

/* All open work is gone through to find what is left: not at each queue. */
static void once_done_it_rests_for_an_hour(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/closed");
	struct hl_seal_ring only, third;
	struct hl_who sofie;

	assess(f, id, HL_OUTCOME_LEGAL);
	begin_epoch(f, &only);
	rewrap(f, 100);
	assert_int_equal(0, rewrap(f, 100));
	sofie = who(f, SOFIE);
	ok(hl_casework_reopen(&sofie, id, NULL, NULL));
	assert_int_equal(0, rewrap(f, 100));
	later(f, 59 * HL_US_PER_MIN);
	assert_int_equal(0, rewrap(f, 100));
	later(f, 2 * HL_US_PER_MIN);
	assert_true(rewrap(f, 100) > 0);
	assert_int_equal(0, rewrap(f, 100));
	/* a clock that was ahead, and is no more, keeps nothing waiting */
	later(f, -5 * HL_US_PER_DAY);
	assert_int_equal(0, rewrap(f, 100));
	change(f, "UPDATE meta SET value = '1895340000000000' WHERE key LIKE "
		  "'rewrap%'");
	assert_int_equal(0, rewrap(f, 100));
	assert_int_equal(0,
		number(f, "SELECT count(*) FROM meta WHERE key LIKE 'rewrap%' "
			  "AND value = '1895340000000000'"));
	/* nor does it keep a new epoch waiting */
	begin_next(f, 3, &third);
	assert_true(rewrap(f, 100) > 0);
	hl_seal_ring_wipe(&only);
	hl_seal_ring_wipe(&third);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(open_work_moves_and_closed_work_stays),
		TEST(without_both_keys_nothing_moves),
		TEST(what_does_not_open_stays_and_blocks_nothing),
		TEST(once_done_it_rests_for_an_hour),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
