/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what to a case, function by function, from docs/roles.md. */
#include "fixture.h"

#include "base/time.h"

enum situation {
	NEW,      /* untouched */
	HELD,     /* by Anna */
	WAITING,  /* Anna has assessed it: illegal */
	VERIFY,   /* and Benny holds it */
	DIFFER,   /* Benny found it legal */
	ACT,      /* Benny agreed */
	CLOSED,   /* Anna found it legal */
	PROPOSED, /* and Sofie proposes to erase it */
	UNKNOWN,  /* there is no such case */
	N_SITUATIONS,
};
static const char *const situations[N_SITUATIONS] = {"new", "held", "waiting",
	"verify", "differ", "act", "closed", "proposed", "unknown"};

static const char letters[N_PEOPLE + 1] = "AVBSMRDN";

static int64_t make(struct fixture *f, enum situation s)
{
	static int count;
	char address[64];
	int64_t id;
	struct hl_who w;

	snprintf(address, sizeof(address), "example.org/%d", ++count);
	id = put_case(f, address);
	switch (s) {
	case NEW:
		break;
	case UNKNOWN:
		return 4711;
	case HELD:
		w = who(f, ANNA);
		ok(hl_casework_take(&w, f->settings, id, NULL, NULL));
		break;
	case WAITING:
		assess(f, id, HL_OUTCOME_BASELINE);
		break;
	case VERIFY:
		assess(f, id, HL_OUTCOME_BASELINE);
		w = who(f, BENNY);
		ok(hl_casework_take(&w, f->settings, id, NULL, NULL));
		break;
	case DIFFER:
		assess(f, id, HL_OUTCOME_BASELINE);
		verify(f, id, HL_OUTCOME_LEGAL);
		break;
	case ACT:
		assess(f, id, HL_OUTCOME_BASELINE);
		verify(f, id, HL_OUTCOME_BASELINE);
		break;
	case CLOSED:
		assess(f, id, HL_OUTCOME_LEGAL);
		break;
	case PROPOSED:
		assess(f, id, HL_OUTCOME_LEGAL);
		w = who(f, SOFIE);
		ok(hl_casework_erase_propose(&w, id, NULL, NULL));
		break;
	case N_SITUATIONS:
		break;
	}
	return id;
}

typedef int act_fn(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why);

static int do_read(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	struct hl_casework_page page;
	int r = hl_casework_page(w, id, &page, NULL);

	*why = HL_CASEWORK_NOT_PERMITTED;
	if (r == 0 && !page.content) {
		/* what one sees of it in the queue, and no more */
		assert_null(page.address.p);
		assert_int_equal(0, page.n_reports + page.n_events +
					    page.n_notes + page.n_assessments);
		return HL_DENIED;
	}
	return r == HL_NOTFOUND ? HL_DENIED : r;
}

static int do_take(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_take(w, f->settings, id, why, NULL);
}

static int do_renew(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_renew(w, f->settings, id, why, NULL);
}

static int do_release(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_release(w, id, why, NULL);
}

static int do_assess(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	struct hl_facts facts = facts_for(HL_OUTCOME_LEGAL);
	struct hl_casework_assessed out;

	return hl_casework_assess(w, &f->laws, id, &facts, &out, why, NULL);
}

static int do_verify(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	struct hl_facts facts = facts_for(HL_OUTCOME_LEGAL);
	struct hl_casework_assessed out;

	return hl_casework_verify(w, &f->laws, id, &facts, &out, why, NULL);
}

static int do_adjudicate(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	struct hl_facts facts = facts_for(HL_OUTCOME_LEGAL);
	struct hl_casework_assessed out;

	return hl_casework_adjudicate(w, &f->laws, id, &facts, &out, why, NULL);
}

static int do_note(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_add_note(w, id, HL_STR("a word"), why, NULL);
}

static int do_view(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_view_start(w, id, why, NULL);
}

static int do_reassign(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	enum person to = s == DIFFER                   ? SIMON
			 : s == WAITING || s == VERIFY ? VERA
						       : BENNY;

	return hl_casework_reassign(
		w, f->settings, id, f->people[to], why, NULL);
}

static int do_candidates(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	const struct hl_casework_person *people;
	size_t n;

	*why = HL_CASEWORK_NOT_PERMITTED;
	return hl_casework_candidates(w, id, &people, &n, NULL);
}

static int do_close(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_close(w, id, HL_CLOSE_UNREACHABLE, why, NULL);
}

static int do_reopen(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_reopen(w, id, why, NULL);
}

static int do_hold(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_hold(w, id, true, why, NULL);
}

static int do_propose(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_erase_propose(w, id, why, NULL);
}

static int do_refuse(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_erase_refuse(w, id, why, NULL);
}

static int do_approve(struct fixture *f, const struct hl_who *w, int64_t id,
	enum situation s, enum hl_casework_why *why)
{
	return hl_casework_erase_approve(w, id, why, NULL);
}

/* By situation, the letters of those who may. */
static const struct {
	const char *name;
	act_fn *act;
	const char *may[N_SITUATIONS];
} rows[] = {
	{"read", do_read,
		{[NEW] = "SM",
			[HELD] = "ASM",
			[WAITING] = "ASM",
			[VERIFY] = "ABSM",
			[DIFFER] = "ABSM",
			[ACT] = "ABSMR",
			[CLOSED] = "ASM",
			[PROPOSED] = "ASM"}},
	{"take", do_take,
		{[NEW] = "AB",
			[HELD] = "A",
			[WAITING] = "VB",
			[VERIFY] = "B",
			[DIFFER] = "SM"}},
	{"renew", do_renew, {[HELD] = "A", [VERIFY] = "B"}},
	{"release", do_release, {[HELD] = "A", [VERIFY] = "B"}},
	{"assess", do_assess, {[HELD] = "A"}},
	{"verify", do_verify, {[VERIFY] = "B"}},
	{"adjudicate", do_adjudicate, {[DIFFER] = "SM"}},
	{"note", do_note,
		{[NEW] = "SM",
			[HELD] = "ASM",
			[WAITING] = "SM",
			[VERIFY] = "BSM",
			[DIFFER] = "SM",
			[ACT] = "SMR",
			[CLOSED] = "SM",
			[PROPOSED] = "SM"}},
	{"view", do_view, {[HELD] = "A", [VERIFY] = "B"}},
	{"reassign", do_reassign,
		{[NEW] = "SM",
			[HELD] = "SM",
			[WAITING] = "SM",
			[VERIFY] = "SM",
			[DIFFER] = "SM"}},
	{"candidates", do_candidates,
		{[NEW] = "SM",
			[HELD] = "SM",
			[WAITING] = "SM",
			[VERIFY] = "SM",
			[DIFFER] = "SM"}},
	{"close", do_close, {[NEW] = "SM", [HELD] = "SM", [ACT] = "SMR"}},
	{"reopen", do_reopen,
		{[ACT] = "SM", [CLOSED] = "SM", [PROPOSED] = "SM"}},
	{"hold", do_hold,
		{[NEW] = "SM",
			[HELD] = "SM",
			[WAITING] = "SM",
			[VERIFY] = "SM",
			[DIFFER] = "SM",
			[ACT] = "SM",
			[CLOSED] = "SM",
			[PROPOSED] = "SM"}},
	{"propose", do_propose, {[CLOSED] = "SM"}},
	{"refuse", do_refuse, {[PROPOSED] = "SM"}},
	{"approve", do_approve, {[PROPOSED] = "M"}},
};

static void every_function_asks(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		for (int s = 0; s < N_SITUATIONS; s++) {
			const char *may = rows[i].may[s] ? rows[i].may[s] : "";
			int64_t id = make(f, (enum situation)s);

			for (int p = 0; p < N_PEOPLE; p++) {
				enum hl_casework_why why = HL_CASEWORK_ALLOWED;
				struct hl_who w = who(f, (enum person)p);
				bool expected = strchr(may, letters[p]) != NULL;
				int r = rows[i].act(
					f, &w, id, (enum situation)s, &why);

				if (r != (expected ? 0 : HL_DENIED) ||
					(r && why == HL_CASEWORK_ALLOWED)) {
					fail_msg("%s, %s, %c: %d, why %d",
						rows[i].name, situations[s],
						letters[p], r, (int)why);
				}
				if (r == 0) {
					id = make(f, (enum situation)s);
				}
			}
		}
	}
	check_history(f);
}

/* Nothing tells a case of others from one that is not there. */
static void strangers_learn_nothing(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		for (int s = 0; s < N_SITUATIONS; s++) {
			int64_t id = make(f, (enum situation)s);
			enum hl_casework_why why = HL_CASEWORK_ALLOWED;

			for (int k = 0; k < 2; k++) {
				struct hl_who w = who(f, k ? ADAM : NOBODY);

				int r = rows[i].act(
					f, &w, id, (enum situation)s, &why);
				if (r != HL_DENIED ||
					why != HL_CASEWORK_NOT_PERMITTED) {
					fail_msg("%s, %s: %d, why %d",
						rows[i].name, situations[s], r,
						(int)why);
				}
			}
		}
	}
}

/* A session that has not passed the second factor, or a user who has been
 * disabled since, is nobody. */
static void half_a_login_is_none(void **state)
{
	struct fixture *f = *state;
	int64_t id = make(f, HELD);

	for (int k = 0; k < 2; k++) {
		struct hl_who anna = who(f, ANNA);
		enum hl_casework_why why;

		if (k) {
			anna.actor.full_login = false;
		} else {
			anna.actor.enabled = false;
		}
		assert_int_equal(
			HL_DENIED, do_assess(f, &anna, id, HELD, &why));
		assert_int_equal(HL_DENIED, do_read(f, &anna, id, HELD, &why));
		assert_int_equal(
			HL_DENIED, do_release(f, &anna, id, HELD, &why));
	}
}

static const struct {
	const char *name;
	const char *waiting; /* a report that a person must decide */
	const char *decided; /* out of remit */
	const char *act;     /* of a case that is being referred */
} report_rows[] = {
	{"read", "ABSM", "SM", "ABSMR"},
	{"decide", "ABSM", "", ""},
	{"undecide", "", "SM", ""},
	{"type in", "ABSM", "", ""},
	{"ask for contact", "SM", "SM", "SMR"},
};

static int act_on_report(
	struct fixture *f, size_t row, const struct hl_who *w, int64_t id)
{
	struct hl_casework_decision d = {
		id, HL_TRIAGE_OUT_OF_REMIT, HL_TRIAGE_REASON_ADVICE};
	struct hl_casework_report_page page;
	int r;

	switch (row) {
	case 0:
		r = hl_casework_report_page(w, id, &page, NULL);
		break;
	case 1:
		r = hl_casework_decide(w, &d, NULL, NULL);
		break;
	case 2:
		r = hl_casework_undecide(w, id, NULL, NULL);
		break;
	case 3:
		r = hl_casework_type_in(w, f->settings, id,
			HL_STR("example.org/typed"), NULL, NULL);
		break;
	default:
		r = hl_casework_contact_request(w, id, NULL, NULL);
	}
	return r == HL_NOTFOUND ? HL_DENIED : r;
}

static int64_t make_report(struct fixture *f, int kind)
{
	struct hl_report report = {.place = HL_PLACE_CHAT,
		.words = HL_STR("words"),
		.contact = HL_STR("me@example.org")};
	struct hl_who sofie = who(f, SOFIE);

	if (kind == 2) {
		report.addresses_text = hl_arena_printf(f->arena,
			"example.org/r%lld", (long long)hl_time_now_us());
		later(f, 1);
	}
	int64_t id = put_report(f, &report);
	triage_all(f);
	if (kind == 1) {
		ok(hl_casework_decide(&sofie,
			&(struct hl_casework_decision){id,
				HL_TRIAGE_INSUFFICIENT,
				HL_TRIAGE_REASON_NO_ADDRESS},
			NULL, NULL));
	}
	if (kind == 2) {
		assess(f, case_of(f, id, 1), HL_OUTCOME_BASELINE);
		verify(f, case_of(f, id, 1), HL_OUTCOME_BASELINE);
	}
	return id;
}

static void reports_are_guarded_too(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(report_rows); i++) {
		const char *may[] = {report_rows[i].waiting,
			report_rows[i].decided, report_rows[i].act, ""};

		for (int kind = 0; kind < 4; kind++) {
			int64_t id = kind == 3 ? 4711 : make_report(f, kind);

			for (int p = 0; p < N_PEOPLE; p++) {
				struct hl_who w = who(f, (enum person)p);
				bool expected =
					strchr(may[kind], letters[p]) != NULL;
				int r = act_on_report(f, i, &w, id);

				if (r != (expected ? 0 : HL_DENIED)) {
					fail_msg("%s, kind %d, %c: %d",
						report_rows[i].name, kind,
						letters[p], r);
				}
				if (r == 0) {
					id = make_report(f, kind);
				}
			}
		}
	}
	check_history(f);
}

static void lists_are_guarded_too(void **state)
{
	static const struct {
		const char *name, *may;
	} lists[] = {{"queue", "AVBSMR"}, {"counts", "AVBSMR"},
		{"waiting", "ABSM"}, {"proposals", "SM"}, {"requests", "SM"}};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(lists); i++) {
		for (int p = 0; p < N_PEOPLE; p++) {
			struct hl_who w = who(f, (enum person)p);
			struct hl_casework_filter filter = {0};
			struct hl_casework_cursor from = {0};
			struct hl_casework_list list;
			struct hl_casework_counts counts;
			struct hl_casework_window part = {.n_most = 10};
			const struct hl_casework_waiting *waiting;
			const struct hl_casework_proposal *proposals;
			const struct hl_casework_request *requests;
			size_t n;
			int r = i == 0   ? hl_casework_queue(&w, &filter, &from,
						   10, &list, NULL)
				: i == 1 ? hl_casework_counts(&w, &counts, NULL)
				: i == 2 ? hl_casework_waiting(&w, &part,
						   &waiting, &n, NULL)
				: i == 3 ? hl_casework_proposals(
						   &w, &proposals, &n, NULL)
					 : hl_casework_contact_requests(
						   &w, &requests, &n, NULL);
			bool expected =
				strchr(lists[i].may, letters[p]) != NULL;

			if (r != (expected ? 0 : HL_DENIED)) {
				fail_msg("%s, %c: %d", lists[i].name,
					letters[p], r);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_function_asks),
		TEST(strangers_learn_nothing),
		TEST(half_a_login_is_none),
		TEST(reports_are_guarded_too),
		TEST(lists_are_guarded_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
