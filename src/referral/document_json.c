/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/time.h"
#include "referral/document.h"
#include "referral/page.h"

/* case.json, "openhotline-case/1"; the table is in docs/referral.md. */

static void put_text(struct hl_buf *b, const char *name, struct hl_str s)
{
	if (s.n) {
		hl_json_put_member(b, name, s);
	}
}

static void put_time(struct hl_buf *b, const char *name, int64_t at_us)
{
	char iso[HL_TIME_ISO_MAX];

	if (at_us) {
		hl_json_put_member(b, name, hl_time_iso_s(at_us, iso));
	}
}

static void put_word(struct hl_buf *b, const struct hl_vocab *v, int value)
{
	hl_json_put_member(b, "name", hl_str_c(hl_vocab_name(v, value)));
}

static void put_label(struct hl_buf *b, const struct hl_referral_doc *d,
	const char *name, const char *label)
{
	hl_json_put_member(b, name, hl_referral_tr(d, label));
}

static void open_object(struct hl_buf *b)
{
	hl_json_put_sep(b);
	hl_buf_put_c(b, '{');
}

static void put_party(struct hl_buf *b, const char *name,
	const struct hl_referral_party *p, const char *kind)
{
	hl_json_put_name(b, name);
	hl_buf_put_c(b, '{');
	put_text(b, "kind", hl_str_c(kind));
	put_text(b, "name", p->name);
	put_text(b, "country", p->country);
	put_text(b, "mail", p->mail);
	put_text(b, "url", p->url);
	put_text(b, "phone", p->phone);
	hl_buf_put_c(b, '}');
}

static void put_trace(struct hl_buf *b, const struct hl_referral_address *a)
{
	hl_json_put_name(b, "trace");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < a->n_trace; i++) {
		open_object(b);
		put_text(b, "kind", hl_str_c(a->trace[i].kind));
		put_text(b, "value", a->trace[i].value);
		put_text(b, "source", a->trace[i].source);
		put_time(b, "at", a->trace[i].at_us);
		hl_buf_put_c(b, '}');
	}
	hl_buf_put_c(b, ']');
}

static void put_addresses(struct hl_buf *b, const struct hl_referral_doc *d)
{
	hl_json_put_name(b, "addresses");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < d->n_addresses; i++) {
		const struct hl_referral_address *a = &d->addresses[i];

		open_object(b);
		put_text(b, "ref", a->ref);
		put_text(b, "canonical", a->canonical);
		put_text(b, "as_reported", a->as_reported);
		put_time(b, "reported_at", a->reported_at_us);
		put_time(b, "seen_at", a->seen_at_us);
		if (a->n_reports) {
			hl_json_put_member_i64(b, "n_reports", a->n_reports);
		}
		put_trace(b, a);
		hl_buf_put_c(b, '}');
	}
	hl_buf_put_c(b, ']');
}

static void put_laws(struct hl_buf *b, const struct hl_referral_doc *d)
{
	hl_json_put_name(b, "law");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < d->n_laws; i++) {
		open_object(b);
		put_text(b, "profile", d->laws[i].profile);
		put_text(b, "title", d->laws[i].title);
		put_text(b, "checked_on", d->laws[i].checked_on);
		hl_buf_put_c(b, '}');
	}
	hl_buf_put_c(b, ']');
	hl_json_put_name(b, "clauses");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < d->n_clauses; i++) {
		open_object(b);
		put_text(b, "rule", d->clauses[i].rule);
		put_text(b, "clause", d->clauses[i].clause);
		put_text(b, "because", d->clauses[i].because);
		hl_buf_put_c(b, '}');
	}
	hl_buf_put_c(b, ']');
}

static void put_outcome(struct hl_buf *b, const struct hl_referral_doc *d)
{
	if (!d->outcome) {
		return;
	}
	hl_json_put_name(b, "outcome");
	hl_buf_put_c(b, '{');
	put_word(b, &hl_vocab_outcome, (int)d->outcome);
	put_label(b, d, "label",
		hl_vocab_label(&hl_vocab_outcome, (int)d->outcome));
	if (d->known) {
		hl_json_put_member_bool(b, "known", true);
		put_label(b, d, "known_label", HL_REFERRAL_KNOWN);
	}
	put_laws(b, d);
	hl_buf_put_c(b, '}');
}

static void put_fact(struct hl_buf *b, const struct hl_referral_doc *d,
	enum hl_fact fact, int value)
{
	const struct hl_vocab *v = hl_fact_vocab(fact);

	open_object(b);
	put_word(b, &hl_vocab_fact, (int)fact);
	put_label(b, d, "label", hl_vocab_label(&hl_vocab_fact, (int)fact));
	hl_json_put_member(b, "value", hl_str_c(hl_vocab_name(v, value)));
	put_label(b, d, "value_label", hl_vocab_label(v, value));
	hl_buf_put_c(b, '}');
}

static void put_payment(
	struct hl_buf *b, const struct hl_referral_doc *d, int payment)
{
	open_object(b);
	hl_json_put_member(b, "name", HL_STR("payment"));
	put_label(b, d, "label", HL_MSG("Way of payment"));
	hl_json_put_member(b, "value",
		hl_str_c(hl_vocab_name(&hl_vocab_payment, payment)));
	put_label(b, d, "value_label",
		hl_vocab_label(&hl_vocab_payment, payment));
	hl_buf_put_c(b, '}');
}

static void put_facts(struct hl_buf *b, const struct hl_referral_doc *d)
{
	hl_json_put_name(b, "facts");
	hl_buf_put_c(b, '[');
	for (int f = 1; d->facts && f <= HL_FACT_LAST; f++) {
		if (d->facts->value[f]) {
			put_fact(b, d, (enum hl_fact)f, d->facts->value[f]);
		}
	}
	for (int p = 1; d->facts && p < 32; p++) {
		if (d->facts->payments & hl_vocab_bit(p)) {
			put_payment(b, d, p);
		}
	}
	hl_buf_put_c(b, ']');
}

static void put_history(struct hl_buf *b, const struct hl_referral_doc *d)
{
	hl_json_put_name(b, "times");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < d->n_times; i++) {
		if (d->times[i].at_us) {
			open_object(b);
			put_text(b, "name", hl_str_c(d->times[i].name));
			put_label(b, d, "label", d->times[i].label);
			put_time(b, "at", d->times[i].at_us);
			hl_buf_put_c(b, '}');
		}
	}
	hl_buf_put_c(b, ']');
	hl_json_put_name(b, "counts");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < d->n_counts; i++) {
		open_object(b);
		put_text(b, "name", hl_str_c(d->counts[i].name));
		put_label(b, d, "label", d->counts[i].label);
		hl_json_put_member_i64(b, "n", d->counts[i].n);
		hl_buf_put_c(b, '}');
	}
	hl_buf_put_c(b, ']');
}

static void put_answer(struct hl_buf *b, const struct hl_referral_doc *d)
{
	if (d->answer_url.n) {
		hl_json_put_name(b, "answer");
		hl_buf_put_c(b, '{');
		put_text(b, "url", d->answer_url);
		put_time(b, "expires_at", d->answer_until_us);
		hl_buf_put_c(b, '}');
	}
}

int hl_referral_doc_json(const struct hl_referral_doc *d, struct hl_buf *out)
{
	HL_BUF_AUTO b = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);

	hl_buf_put_c(&b, '{');
	hl_json_put_member(&b, "format", HL_STR("openhotline-case/1"));
	put_text(&b, "referral", d->ref);
	put_text(&b, "case", d->case_ref);
	hl_json_put_member(
		&b, "mode", d->test ? HL_STR("test") : HL_STR("production"));
	put_time(&b, "created_at", d->created_at_us);
	put_party(&b, "hotline", &d->hotline, NULL);
	put_party(&b, "recipient", &d->recipient,
		hl_vocab_name(&hl_vocab_recipient, (int)d->recipient_kind));
	put_addresses(&b, d);
	put_outcome(&b, d);
	put_facts(&b, d);
	put_history(&b, d);
	put_text(&b, "statement", hl_referral_statement(d));
	put_text(&b, "note", d->note);
	put_answer(&b, d);
	hl_buf_put(&b, HL_STR("}\n"));
	hl_buf_put(out, hl_buf_str(&b));
	return b.fault ? b.fault : out->fault;
}
