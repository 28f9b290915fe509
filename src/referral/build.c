/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "base/time.h"
#include "referral/pack.h"
#include "referral/recipient.h"
#include "referral/xarf.h"
#include "base/rand.h"

/*
 * From what the store knows about a case to the document: opens the address
 * and the newest look-up with the officer's ring, takes the assessment that
 * decided, and the clauses of the rules that it named.
 */
enum { TRACES = 48, RULES = 16, LAWS = 8, TIMES = 3 };

struct builder {
	const struct hl_referral_build *in;
	struct hl_arena *arena;
	struct hl_referral_doc doc;
	struct hl_referral_address address;
	struct hl_referral_trace trace[TRACES];
	struct hl_referral_law laws[LAWS];
	struct hl_referral_clause clauses[RULES];
	struct hl_referral_time times[TIMES];
	struct hl_referral_count counts[1];
	struct hl_facts facts;
	int64_t report_id; /* whose spelling it is */
	char ref[HL_REF_MAX], case_ref[HL_REF_MAX], item_ref[HL_REF_MAX];
};

int hl_referral_trace_open(const struct hl_who *who, int64_t item_id,
	struct hl_row_referral_trace **row, json_t **json, struct hl_err *err)
{
	struct hl_in_referral_trace in = {item_id};
	struct hl_str plain;
	size_t n;
	int r = hl_get_referral_trace(
		who->store, who->arena, &in, row, &n, err);

	*json = NULL;
	if (r || !n) {
		*row = NULL;
		return r;
	}
	struct hl_seal_label label = HL_LABEL_TRACE((*row)->id);
	r = hl_casefile_open(
		who, (*row)->epoch, &label, (*row)->facts_sealed, &plain, err);
	if (r == HL_DENIED || (!r && !plain.n)) {
		return 0;
	}
	return r ? r : hl_json_parse(plain, plain.n, json, err);
}

static const json_t *chosen_of(const json_t *json)
{
	int64_t chosen = hl_json_int(json, "chosen", -1);

	return chosen < 0 ? NULL
			  : json_array_get(json_object_get(json, "hosts"),
				    (size_t)chosen);
}

static const json_t *network_of(const json_t *json)
{
	int64_t i = hl_json_int(chosen_of(json), "network", -1);

	return i < 0 ? NULL
		     : json_array_get(
			       json_object_get(json, "networks"), (size_t)i);
}

struct hl_str hl_referral_trace_contact(const json_t *json)
{
	const json_t *first = json_array_get(
		json_object_get(network_of(json), "contacts"), 0);

	return hl_json_str(first, "mail");
}

static void add_trace(struct builder *b, const char *kind, struct hl_str value,
	const char *source, int64_t at_us)
{
	if (value.n && b->address.n_trace < TRACES) {
		b->trace[b->address.n_trace++] =
			(struct hl_referral_trace){.kind = kind,
				.value = hl_arena_dup(b->arena, value),
				.source = hl_str_c(source),
				.at_us = at_us};
	}
}

static int64_t time_of(const json_t *j, int64_t otherwise)
{
	int64_t at_us = otherwise;

	return hl_time_parse_iso(hl_json_str(j, "at"), &at_us) ? otherwise
							       : at_us;
}

static void add_hosts(
	struct builder *b, const json_t *json, int64_t at_us, bool is_address)
{
	const json_t *dns = json_object_get(json, "dns");
	const json_t *chain = json_object_get(dns, "chain");
	const json_t *hosts = json_object_get(json, "hosts");
	const char *source = is_address ? "address" : "dns";
	int64_t dns_at = time_of(dns, at_us);

	for (size_t i = 0; i < json_array_size(chain); i++) {
		add_trace(b, "cname",
			hl_json_str(json_array_get(chain, i), "to"), source,
			dns_at);
	}
	for (size_t i = 0; i < json_array_size(hosts); i++) {
		struct hl_str a =
			hl_json_str(json_array_get(hosts, i), "address");

		add_trace(b, hl_str_find_char(a, ':') < a.n ? "aaaa" : "a", a,
			source, dns_at);
	}
}

static void add_place(struct builder *b, const struct hl_row_trace_typed *place,
	const char *source)
{
	add_trace(b, "country", place->country, source, place->at_us);
	if (place->asn) {
		add_trace(b, "asn",
			hl_arena_printf(
				b->arena, "AS%lld", (long long)place->asn),
			source, place->at_us);
	}
	add_trace(b, "network", place->network, source, place->at_us);
}

static void add_network(struct builder *b,
	const struct hl_row_referral_trace *row, const json_t *json)
{
	const json_t *network = network_of(json);
	int64_t at = time_of(network, row->at_us);

	add_place(b,
		&(struct hl_row_trace_typed){.at_us = row->at_us,
			.country = row->country,
			.asn = row->asn,
			.network = network ? HL_STR_NONE : row->network},
		"address data");
	add_trace(b, "network",
		network ? hl_json_str(network, "name") : HL_STR_NONE, "rdap",
		at);
	add_trace(b, "abuse_contact", hl_referral_trace_contact(json), "rdap",
		at);
}

/* What a person typed in first: it is what the hotline goes by. */
static int put_typed(struct builder *b, int64_t item_id, struct hl_err *err)
{
	struct hl_in_trace_typed in = {item_id};
	struct hl_row_trace_typed *row;
	size_t n;
	int r = hl_get_trace_typed(
		b->in->who->store, b->arena, &in, &row, &n, err);

	if (!r && n) {
		add_place(b, row, "typed in");
	}
	return r;
}

static int put_trace(struct builder *b, int64_t item_id, struct hl_err *err)
{
	struct hl_row_referral_trace *row;
	HL_JSON_AUTO *json = NULL;
	int r = put_typed(b, item_id, err);

	b->address.trace = b->trace;
	r = r ? r
	      : hl_referral_trace_open(b->in->who, item_id, &row, &json, err);
	if (r || !row) {
		return r;
	}
	if (json) {
		add_hosts(b, json, row->at_us,
			json_is_true(json_object_get(json, "is_address")));
	}
	add_network(b, row, json);
	return 0;
}

/* The police may have to find it as somebody else wrote it; to all others the
 * address says enough. */
static int put_spelling(struct builder *b, int64_t item_id, struct hl_err *err)
{
	struct hl_referral_spelling spelling;
	int r;

	if (b->in->recipient->kind != HL_RECIPIENT_POLICE) {
		return 0;
	}
	r = hl_referral_spelling(
		b->in->who, item_id, b->address.canonical, &spelling, err);
	b->address.as_reported = spelling.text;
	b->report_id = spelling.report_id;
	return r;
}

static int put_address(
	struct builder *b, enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_in_referral_item in = {b->in->c->id};
	struct hl_row_referral_item *row;
	size_t n;
	int r = hl_get_referral_item(
		b->in->who->store, b->arena, &in, &row, &n, err);

	if (r || !n || !row->url_sealed.n) {
		return r ? r : hl_referral_refuse(why, HL_REFERRAL_NO_ADDRESS);
	}
	struct hl_seal_label label = HL_LABEL_ITEM_URL(row->item_id);
	r = hl_casefile_open(b->in->who, row->epoch, &label, row->url_sealed,
		&b->address.canonical, err);
	if (r) {
		return r == HL_DENIED
			       ? hl_referral_refuse(why, HL_REFERRAL_NO_KEY)
			       : r;
	}
	b->address.ref = hl_ref_print(HL_REF_ITEM, row->item_id, b->item_ref);
	b->address.reported_at_us = row->first_at_us;
	b->address.n_reports = row->n_reports;
	b->times[0] = (struct hl_referral_time){
		"first_reported", HL_MSG("First reported"), row->first_at_us};
	b->counts[0] = (struct hl_referral_count){
		"reports", HL_MSG("Reports"), row->n_reports};
	r = put_spelling(b, row->item_id, err);
	return r ? r : put_trace(b, row->item_id, err);
}

static void put_laws(struct builder *b, struct hl_str profiles)
{
	const struct hl_referral_desk *desk = b->in->desk;
	struct hl_str rest = profiles, one;

	while (hl_str_next(&rest, ',', &one) && b->doc.n_laws < LAWS) {
		size_t at = hl_str_find_char(one, '@');
		struct hl_referral_law *law = &b->laws[b->doc.n_laws];

		if (!one.n) {
			continue;
		}
		*law = (struct hl_referral_law){
			.profile = hl_str_sub(one, 0, at),
			.checked_on = hl_str_sub(one, at + 1, one.n)};
		for (size_t i = 0; i < desk->n_laws; i++) {
			if (hl_str_eq(law->profile,
				    hl_str_c(hl_law_id(desk->laws[i])))) {
				law->title =
					hl_str_c(hl_law_title(desk->laws[i]));
			}
		}
		b->doc.n_laws++;
	}
	b->doc.laws = b->laws;
}

static const struct hl_law_rule *find_rule(
	const struct hl_referral_desk *desk, struct hl_str id)
{
	for (size_t i = 0; i < desk->n_laws; i++) {
		const struct hl_law_rule *rule;

		for (size_t k = 0; (rule = hl_law_rule(desk->laws[i], k));
			k++) {
			if (hl_str_eq(hl_str_c(rule->id), id)) {
				return rule;
			}
		}
	}
	return NULL;
}

static void put_rules(struct builder *b, struct hl_str rules)
{
	struct hl_str rest = rules, id;

	while (hl_str_next(&rest, ',', &id) && b->doc.n_clauses < RULES) {
		const struct hl_law_rule *rule = find_rule(b->in->desk, id);

		if (id.n) {
			b->clauses[b->doc.n_clauses++] =
				(struct hl_referral_clause){.rule = id,
					.clause = hl_str_c(
						rule ? rule->clauses : ""),
					.because = hl_str_c(
						rule ? rule->because : "")};
		}
	}
	b->doc.clauses = b->clauses;
}

static int put_assessment(struct builder *b, struct hl_err *err)
{
	struct hl_in_referral_assessment in = {
		b->in->c->id, b->in->c->now.reopened};
	struct hl_row_referral_assessment *row;
	size_t n;
	int r = hl_get_referral_assessment(
		b->in->who->store, b->arena, &in, &row, &n, err);

	b->doc.outcome = (enum hl_outcome)b->in->c->now.outcome;
	if (r || !n) {
		return r;
	}
	r = hl_facts_parse_json(b->arena, row->facts, &b->facts, err);
	if (r) {
		return r;
	}
	b->facts.note = HL_STR_NONE;
	b->doc.facts = &b->facts;
	b->doc.known = row->known != 0;
	put_laws(b, row->profile);
	put_rules(b, row->rules);
	if (b->facts.value[HL_FACT_ACCESS] == HL_ACCESS_SEEN) {
		b->address.seen_at_us = row->made_at_us;
	}
	if (b->doc.known) {
		b->times[1] = (struct hl_referral_time){"recognised",
			HL_MSG("Recognised by its hash"), row->made_at_us};
		return 0;
	}
	b->times[1] = (struct hl_referral_time){
		"assessed", HL_MSG("First assessed"), row->first_at_us};
	b->times[2] = (struct hl_referral_time){
		"decided", HL_MSG("Decided"), row->made_at_us};
	return 0;
}

static void put_head(struct builder *b)
{
	const struct hl_settings *s = b->in->desk->settings;
	const struct hl_referral_recipient *to = b->in->recipient;
	struct hl_referral_doc *d = &b->doc;

	d->ref = hl_ref_print(HL_REF_REFERRAL, b->in->id, b->ref);
	d->case_ref = hl_ref_print(HL_REF_CASE, b->in->c->id, b->case_ref);
	d->test = !s->mail_production || b->in->c->now.is_test;
	d->created_at_us = b->in->now_us;
	d->recipient_kind = to->kind;
	d->hotline = (struct hl_referral_party){
		.name = hl_str_c(
			*s->service_name ? s->service_name : s->operator_name),
		.country = hl_str_c(s->operator_country),
		.mail = hl_str_c(
			*s->operator_mail ? s->operator_mail : s->mail_from),
		.url = hl_str_c(s->public_url)};
	d->recipient = (struct hl_referral_party){
		.name = to->name, .country = to->country, .mail = to->mail};
	d->addresses = &b->address;
	d->n_addresses = 1;
	d->times = b->times;
	d->n_times = TIMES;
	d->counts = b->counts;
	d->n_counts = 1;
	d->note = b->in->note;
	d->answer_url = hl_arena_printf(
		b->arena, "%s/answer/" HL_REFERRAL_NO_TOKEN, s->public_url);
}

static int put_part(const struct builder *b, int fault, struct hl_buf *out,
	struct hl_str *part, enum hl_referral_why *why, struct hl_err *err)
{
	fault = fault ? fault : out->fault;
	if (fault == HL_E_LIMIT) {
		return hl_referral_refuse(why, HL_REFERRAL_TOO_LARGE);
	}
	*part = hl_arena_dup(b->arena, hl_buf_str(out));
	hl_buf_reset(out);
	if (fault || !part->p) {
		return HL_FAIL(err, fault ? fault : HL_E_NOMEM,
			"document of case %lld", (long long)b->in->c->id);
	}
	return 0;
}

static int put_xarf(
	const struct builder *b, struct hl_buf *out, struct hl_err *err)
{
	uint8_t id[HL_REFERRAL_XARF_ID_BYTES];

	if (b->doc.recipient_kind == HL_RECIPIENT_POLICE) {
		return 0;
	}
	hl_rand_bytes(id, sizeof(id));
	int r = hl_referral_xarf_put(&b->doc, 0, id, out, err);
	/* no class in XARF, or a place that is no web address: by words */
	return r == HL_NOTFOUND || r == HL_E_INVALID ? 0 : r;
}

static int render(const struct builder *b, struct hl_referral_pack *out,
	enum hl_referral_why *why, struct hl_err *err)
{
	const struct hl_referral_doc *d = &b->doc;
	HL_BUF_AUTO t = HL_BUF_SECRET(HL_REFERRAL_PACK_MAX);
	int r = put_part(
		b, hl_referral_doc_json(d, &t), &t, &out->json, why, err);

	r = r ? r
	      : put_part(b, hl_referral_doc_html(d, &t), &t, &out->html, why,
			err);
	r = r ? r
	      : put_part(b, hl_referral_doc_text(d, &t), &t, &out->text, why,
			err);
	r = r ? r
	      : put_part(b, hl_referral_mail_subject(d, &t), &t, &out->subject,
			why, err);
	r = r ? r
	      : put_part(b, hl_referral_mail_text(d, &t), &t, &out->mail, why,
			err);
	return r ? r
		 : put_part(b, put_xarf(b, &t, err), &t, &out->xarf, why, err);
}

int hl_referral_build(const struct hl_referral_build *in,
	struct hl_referral_pack *out, enum hl_referral_why *why,
	struct hl_err *err)
{
	struct builder *b = hl_arena_alloc(in->who->arena, sizeof(*b));
	int r;

	if (!b) {
		return HL_FAIL(err, HL_E_NOMEM, "a document");
	}
	b->in = in;
	b->arena = in->who->arena;
	r = put_address(b, why, err);
	r = r ? r : put_assessment(b, err);
	if (r) {
		return r;
	}
	put_head(b);
	out->report_id = b->report_id;
	return render(b, out, why, err);
}
