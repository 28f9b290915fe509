/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known hashes of a demonstration. All are invented: they come from a
 * generator with a seed and belong to no picture. Lists and entries are made
 * the day before the first report, a platform's reports at the end of the
 * history, each by the service that a person would use.
 */
#include "main/demo_hashes.h"

#include "base/time.h"
#include "casework/hashes.h"
#include "casework/triage.h"
#include "intake/submit.h"
#include "registry/load.h"
#include "registry/proposal.h"

#define SEED UINT64_C(20261122)
#define PARTNER_ENTRIES 40
#define BETWEEN_US (10 * HL_US_PER_MIN) /* two things that people do */
#define QUALITY 90
#define RATE 1000
#define AT_ONCE 50

struct made {
	struct hl_main_demo *demo;
	uint64_t seed;
	struct hl_str profile; /* the laws that entries were judged under */
};

/* splitmix64: the same hashes in each demonstration. */
static uint64_t draw(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static struct hl_hash invent(uint64_t *seed, enum hl_hash_kind kind)
{
	struct hl_hash hash = {.kind = kind,
		.quality = kind == HL_HASH_PDQ ? QUALITY
					       : HL_HASH_QUALITY_UNKNOWN};
	size_t n = hl_hash_bytes(kind);

	for (size_t i = 0; i < n; i += 8) {
		uint64_t word = draw(seed);

		memcpy(hash.value + i, &word, n - i < 8 ? n - i : 8);
	}
	return hash;
}

/* What one content is known by: PDQ, SHA-256, MD5. */
static void invent_three(uint64_t seed, struct hl_hash three[3])
{
	three[0] = invent(&seed, HL_HASH_PDQ);
	three[1] = invent(&seed, HL_HASH_SHA256);
	three[2] = invent(&seed, HL_HASH_MD5);
}

static void later(int64_t us)
{
	hl_time_pretend(hl_time_now_us() + us);
}

/* An entry of a list of ours: what becomes of it. */
static const struct told {
	int64_t list;
	enum hl_outcome outcome;
	const char *series;
	bool approved;
	enum hl_hash_reason withdrawn; /* 0: is not */
	enum hl_hash_opinion opinion;  /* 0: none */
	enum hl_hash_reason why;
	const char *hotline; /* NULL: of our own */
} entries[] = {
	{HL_HASH_LIST_ASSESSED, HL_OUTCOME_BASELINE, "Series 1", true, 0,
		HL_HASH_CONFIRM, HL_HASH_REASON_SAME, "Example hotline two"},
	{HL_HASH_LIST_ASSESSED, HL_OUTCOME_BASELINE, "Series 1", true, 0, 0, 0,
		NULL},
	{HL_HASH_LIST_ASSESSED, HL_OUTCOME_NATIONAL, "Series 2", true, 0, 0, 0,
		NULL},
	{HL_HASH_LIST_ASSESSED, HL_OUTCOME_BASELINE, "", true, 0,
		HL_HASH_DECONFIRM, HL_HASH_REASON_TOO_COMMON, NULL},
	{HL_HASH_LIST_ASSESSED, HL_OUTCOME_BASELINE, "", true,
		HL_HASH_REASON_OTHER_CONTENT, 0, 0, NULL},
	{HL_HASH_LIST_ASSESSED, HL_OUTCOME_BASELINE, "Series 2", false, 0, 0, 0,
		NULL},
	{HL_HASH_LIST_HARMLESS, HL_OUTCOME_LEGAL, "Logos", true, 0, 0, 0, NULL},
	{HL_HASH_LIST_HARMLESS, HL_OUTCOME_LEGAL, "Logos", false, 0, 0, 0,
		NULL},
};

static uint64_t seed_of(size_t entry)
{
	return SEED + entry * 1000;
}

static int say(
	struct made *m, const struct told *t, int64_t id, struct hl_err *err)
{
	struct hl_who anna = hl_main_demo_who(m->demo, HL_DEMO_ANNA);
	const struct hl_registry_saying saying = {t->opinion, t->why,
		t->hotline ? hl_str_c(t->hotline) : HL_STR_NONE};

	later(BETWEEN_US);
	return hl_registry_say(&anna, id, &saying, NULL, err);
}

static int tell_entry(
	struct made *m, const struct told *t, uint64_t seed, struct hl_err *err)
{
	struct hl_who sofie = hl_main_demo_who(m->demo, HL_DEMO_SOFIE);
	struct hl_who simon = hl_main_demo_who(m->demo, HL_DEMO_SIMON);
	struct hl_registry_entry entry = {.list = {.id = t->list},
		.outcome = t->outcome,
		.origin = HL_HASH_FROM_TYPING,
		.series = hl_str_c(t->series),
		.profile = m->profile};
	struct hl_hash_set set = {.n = 3};
	bool waits;

	invent_three(seed, set.at);
	later(BETWEEN_US);
	int r = hl_registry_type(&sofie, &entry, &set, NULL, err);
	if (!r && t->approved) {
		later(BETWEEN_US);
		r = hl_registry_approve(&simon, entry.id, NULL, err);
	}
	if (!r && t->withdrawn) {
		later(BETWEEN_US);
		r = hl_registry_withdraw(
			&simon, entry.id, t->withdrawn, &waits, NULL, err);
	}
	return !r && t->opinion ? say(m, t, entry.id, err) : r;
}

static int load_partner(struct made *m, int64_t list_id, struct hl_err *err)
{
	HL_REGISTRY_LOADING_AUTO *loading = NULL;
	int r = hl_registry_load_begin(
		m->demo->made->store, list_id, &loading, err);

	for (size_t i = 0; i < PARTNER_ENTRIES && !r; i++) {
		struct hl_hash two[2] = {invent(&m->seed, HL_HASH_PDQ),
			invent(&m->seed, HL_HASH_SHA256)};
		struct hl_registry_record record = {
			.label = i % 4 ? HL_STR("A1") : HL_STR("B2"),
			.values = two,
			.n_values = 2};

		r = hl_registry_load_put(loading, &record, 1, err);
	}
	return r ? r : hl_registry_load_end(loading, HL_STR("2026-09"), err);
}

/* One supervisor changes what a list does, another approves it; the last
 * change waits, so that there is one to try. */
static int approve_changes(
	struct hl_main_demo *demo, int64_t list_id, struct hl_err *err)
{
	struct hl_who simon = hl_main_demo_who(demo, HL_DEMO_SIMON);
	const struct hl_registry_proposal *all;
	struct hl_registry_list list;
	size_t n;
	int r = hl_registry_proposals(&simon, list_id, &all, &n, err);

	later(BETWEEN_US);
	for (size_t i = 0; !r && i < n; i++) {
		r = hl_registry_list(&simon, list_id, &list, err);
		struct hl_registry_decision yes = {
			list_id, all[i].id, list.version};
		r = r ? r
		      : hl_registry_proposal_approve(&simon, &yes, NULL, err);
	}
	return r;
}

static int tell_labels(struct made *m, int64_t list_id, struct hl_err *err)
{
	struct hl_who sofie = hl_main_demo_who(m->demo, HL_DEMO_SOFIE);
	const struct hl_registry_label *labels;
	size_t n;
	bool waits;
	int r = hl_registry_labels(&sofie, list_id, &labels, &n, err);

	for (size_t i = 0; !r && i < n; i++) {
		struct hl_registry_label label = labels[i];

		if (hl_str_eq(label.text, HL_STR("A1"))) {
			label.outcome = HL_OUTCOME_BASELINE;
			r = hl_registry_label_put(
				&sofie, &label, &waits, NULL, err);
		}
	}
	return r ? r : approve_changes(m->demo, list_id, err);
}

static int propose_resolving(
	struct made *m, int64_t list_id, struct hl_err *err)
{
	struct hl_who sofie = hl_main_demo_who(m->demo, HL_DEMO_SOFIE);
	struct hl_registry_list list;
	bool waits;
	int r = hl_registry_list(&sofie, list_id, &list, err);

	later(BETWEEN_US);
	list.resolve = true;
	return r ? r
		 : hl_registry_list_change(&sofie, &list, &waits, NULL, err);
}

/* Two supervisors bring it into use and say what its labels mean here. */
static int tell_partner(struct made *m, struct hl_err *err)
{
	struct hl_who sofie = hl_main_demo_who(m->demo, HL_DEMO_SOFIE);
	struct hl_who simon = hl_main_demo_who(m->demo, HL_DEMO_SIMON);
	struct hl_registry_list list = {.kind = HL_HASH_LIST_PARTNER,
		.name = HL_STR("Example partner’s list"),
		.owner = HL_STR("Example hotline two"),
		.source = HL_STR("A file each month, by the partner’s server"),
		.radius = HL_HASH_RADIUS,
		.resolve_radius = HL_HASH_RESOLVE_RADIUS};

	later(BETWEEN_US);
	int r = hl_registry_list_propose(&sofie, &list, NULL, err);
	later(BETWEEN_US);
	r = r ? r : hl_registry_list_approve(&simon, list.id, 1, NULL, err);
	later(BETWEEN_US);
	r = r ? r : load_partner(m, list.id, err);
	r = r ? r : tell_labels(m, list.id, err);
	return r ? r : propose_resolving(m, list.id, err);
}

static int make_key(struct hl_main_demo *demo, struct hl_err *err)
{
	struct hl_who adam = hl_main_demo_who(demo, HL_DEMO_ADAM);
	struct hl_accounts_apikey key = {.name = HL_STR("Example platform"),
		.scopes = HL_API_MATCH | HL_API_HASH | HL_API_REPORT,
		.rate = RATE};

	later(BETWEEN_US);
	int r = hl_accounts_apikey_create(
		&adam, &key, demo->logins.api_key, err);
	demo->api_key_id = key.id;
	return r;
}

static int refused(int r, struct hl_err *err)
{
	return r > 0 ? HL_FAIL(err, HL_E_INTERNAL, "known hashes: %s",
			       hl_err_name(r))
		     : r;
}

int hl_main_demo_registry(struct hl_main_demo *demo, struct hl_err *err)
{
	const struct hl_law *laws[] = {demo->laws[0], demo->laws[1]};
	HL_BUF_AUTO profile = HL_BUF_INIT(1024);
	struct made m = {.demo = demo, .seed = SEED + 1};
	int r = make_key(demo, err);

	hl_registry_put_profile(&profile, laws, HL_ARRAY_LEN(laws));
	m.profile = hl_buf_str(&profile);
	for (size_t i = 0; i < HL_ARRAY_LEN(entries) && !r; i++) {
		r = tell_entry(&m, &entries[i], seed_of(i), err);
	}
	return refused(r ? r : tell_partner(&m, err), err);
}

/* A report of the platform's program, with hashes of an entry, or with ones
 * that nobody knows. */
static const struct sent {
	const char *address;
	size_t entry, first, n; /* of its three hashes */
	bool keyed;             /* under the platform's key */
} reports[] = {
	{"https://upload.example.org/f/1", 0, 0, 3, true},
	{"https://upload.example.org/f/2", 2, 1, 1, true},
	{"https://upload.example.org/f/3", 1, 2, 1, true},
	{"https://upload.example.org/f/4", 1, 1, 1, false},
	{"https://upload.example.org/f/5", 500, 0, 2, true},
};

static int post(
	struct hl_main_demo *demo, const struct sent *s, struct hl_err *err)
{
	const struct hl_intake_at at = {demo->intake, demo->made->store,
		demo->arena, s->keyed ? demo->api_key_id : 0};
	struct hl_report report = {.danger = HL_YNU_UNKNOWN,
		.place = HL_PLACE_WEBSITE,
		.addresses_text = hl_str_c(s->address),
		.language = HL_STR("en"),
		.n_hashes = s->n};
	HL_SEAL_RECEIPT_AUTO receipt;
	struct hl_hash three[3];

	invent_three(seed_of(s->entry), three);
	memcpy(report.hashes, three + s->first, s->n * sizeof(*three));
	later(HL_US_PER_S);
	return hl_intake_submit(&at, &report, HL_STR_NONE, &receipt, err);
}

int hl_main_demo_known(struct hl_main_demo *demo, struct hl_err *err)
{
	struct hl_who anna = hl_main_demo_who(demo, HL_DEMO_ANNA);
	const struct hl_law *laws[] = {demo->laws[0], demo->laws[1]};
	const struct hl_casework_laws all = {
		laws, HL_ARRAY_LEN(laws), demo->made->settings};
	const struct hl_casework_known known = {.laws = &all};
	struct hl_casework_triaged done;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(reports) && !r; i++) {
		r = post(demo, &reports[i], err);
	}
	later(HL_US_PER_S);
	r = r ? r
	      : hl_casework_triage(
			&anna, demo->made->settings, AT_ONCE, &done, NULL, err);
	later(HL_US_PER_S);
	r = r ? r : hl_casework_recognise_new(&anna, &known, AT_ONCE, &n, err);
	if (!r && n != 2) {
		r = HL_FAIL(err, HL_E_INTERNAL,
			"%zu reports were resolved without a view, not 2", n);
	}
	return refused(r, err);
}
