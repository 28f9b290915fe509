/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/time.h"
#include "referral/document.h"
#include "referral/page.h"

/* case.html and case.txt: the same page twice. */

struct writer {
	struct hl_referral_page page;
	const struct hl_referral_doc *d;
};

static struct hl_str tr(const struct writer *w, const char *msgid)
{
	return hl_referral_tr(w->d, msgid);
}

static void row(struct writer *w, const char *label, struct hl_str value)
{
	hl_referral_page_row(&w->page, tr(w, label), value);
}

static void row_time(struct writer *w, const char *label, int64_t at_us)
{
	char human[HL_TIME_ISO_MAX];

	if (at_us) {
		row(w, label, hl_time_human(at_us, human));
	}
}

static void row_number(struct writer *w, const char *label, int64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%lld", (long long)n);

	row(w, label, hl_str_mem(digits, (size_t)length));
}

static void row_address(
	struct writer *w, const char *label, struct hl_str address)
{
	HL_BUF_AUTO safe = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);

	hl_referral_defang(&safe, address);
	row(w, label, hl_buf_str(&safe));
	w->page.out->fault =
		w->page.out->fault ? w->page.out->fault : safe.fault;
}

static void section(struct writer *w, const char *words)
{
	hl_referral_page_section(&w->page, tr(w, words));
}

static void put_top(struct writer *w)
{
	const struct hl_referral_doc *d = w->d;

	row(w, HL_MSG("Referral"), d->ref);
	row(w, HL_MSG("Case"), d->case_ref);
	row_time(w, HL_MSG("Written"), d->created_at_us);
	row(w, HL_MSG("From"), d->hotline.name);
	row(w, HL_MSG("Country"), d->hotline.country);
	row(w, HL_MSG("Mail"), d->hotline.mail);
	row(w, HL_MSG("Phone"), d->hotline.phone);
	row(w, HL_MSG("To"), d->recipient.name);
}

/* Names of networks and countries are words; all else could be a host. */
static bool is_words(const char *kind)
{
	static const char *const rows[] = {
		"country", "asn", "network", "organisation", "registrar"};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (strcmp(kind, rows[i]) == 0) {
			return true;
		}
	}
	return false;
}

static const char *trace_label(const char *kind)
{
	static const struct {
		const char *kind, *label;
	} rows[] = {
		{"a", HL_MSG("Network address")},
		{"aaaa", HL_MSG("Network address")},
		{"cname", HL_MSG("Another name for")},
		{"country", HL_MSG("Country of the host")},
		{"asn", HL_MSG("Network number")},
		{"network", HL_MSG("Network")},
		{"organisation", HL_MSG("Organisation")},
		{"registrar", HL_MSG("Registrar")},
		{"abuse_contact", HL_MSG("Abuse contact")},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (strcmp(kind, rows[i].kind) == 0) {
			return rows[i].label;
		}
	}
	return kind;
}

static void put_trace(struct writer *w, const struct hl_referral_trace *t)
{
	HL_BUF_AUTO value = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);
	char human[HL_TIME_ISO_MAX];

	if (is_words(t->kind)) {
		hl_buf_put(&value, t->value);
	} else {
		hl_referral_defang(&value, t->value);
	}
	hl_buf_put(&value, HL_STR(" ("));
	hl_buf_put(&value, t->source);
	hl_buf_put(&value, t->source.n && t->at_us ? HL_STR(", ") : HL_STR(""));
	if (t->at_us) {
		hl_buf_put(&value, hl_time_human(t->at_us, human));
	}
	hl_buf_put(&value, HL_STR(")"));
	row(w, trace_label(t->kind), hl_buf_str(&value));
}

static void put_address(
	struct writer *w, const struct hl_referral_address *a, size_t i)
{
	HL_BUF_AUTO heading = HL_BUF_INIT(256);

	hl_buf_printf(&heading, "%zu. ", i + 1);
	hl_buf_put(&heading, hl_str_sub(a->ref, 0, 200));
	hl_referral_page_part(&w->page, hl_buf_str(&heading));
	row_address(w, HL_MSG("Address"), a->canonical);
	row_address(w, HL_MSG("As it was reported"), a->as_reported);
	row_time(w, HL_MSG("First reported"), a->reported_at_us);
	row_time(w, HL_MSG("Last seen there"), a->seen_at_us);
	if (a->n_reports) {
		row_number(w, HL_MSG("Reports"), a->n_reports);
	}
	for (size_t t = 0; t < a->n_trace; t++) {
		put_trace(w, &a->trace[t]);
	}
}

static void put_addresses(struct writer *w)
{
	section(w, HL_MSG("Addresses"));
	hl_referral_page_words(&w->page,
		tr(w, HL_MSG("Written so that nothing can follow them: hxxp is "
			     "http, [.] a dot, [:] a colon, [@] an at sign. "
			     "The exact form is in case.json.")));
	for (size_t i = 0; i < w->d->n_addresses; i++) {
		put_address(w, &w->d->addresses[i], i);
	}
}

static void put_outcome(struct writer *w)
{
	const struct hl_referral_doc *d = w->d;

	if (!d->outcome) {
		return;
	}
	section(w, HL_MSG("Outcome"));
	row(w, HL_MSG("Outcome"),
		tr(w, hl_vocab_label(&hl_vocab_outcome, (int)d->outcome)));
	if (d->known) {
		row(w, HL_MSG("Known"), tr(w, HL_REFERRAL_KNOWN));
	}
	for (size_t i = 0; i < d->n_clauses; i++) {
		row(w, HL_MSG("Law"), d->clauses[i].clause);
		row(w, HL_MSG("Because"), d->clauses[i].because);
	}
	for (size_t i = 0; i < d->n_laws; i++) {
		row(w, HL_MSG("Law profile"), d->laws[i].title);
		row(w, HL_MSG("Profile checked on"), d->laws[i].checked_on);
	}
}

static void put_facts(struct writer *w)
{
	const struct hl_facts *facts = w->d->facts;

	if (!facts) {
		return;
	}
	section(w, HL_MSG("What was found"));
	for (int f = 1; f <= HL_FACT_LAST; f++) {
		if (facts->value[f]) {
			row(w, hl_vocab_label(&hl_vocab_fact, f),
				tr(w, hl_vocab_label(
					      hl_fact_vocab((enum hl_fact)f),
					      facts->value[f])));
		}
	}
	for (int p = 1; p < 32; p++) {
		if (facts->payments & hl_vocab_bit(p)) {
			row(w, HL_MSG("Way of payment"),
				tr(w, hl_vocab_label(&hl_vocab_payment, p)));
		}
	}
}

static void put_history(struct writer *w)
{
	const struct hl_referral_doc *d = w->d;

	if (d->n_times + d->n_counts) {
		section(w, HL_MSG("History"));
	}
	for (size_t i = 0; i < d->n_times; i++) {
		row_time(w, d->times[i].label, d->times[i].at_us);
	}
	for (size_t i = 0; i < d->n_counts; i++) {
		row_number(w, d->counts[i].label, d->counts[i].n);
	}
}

static void put_note(struct writer *w)
{
	HL_BUF_AUTO safe = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);

	if (w->d->note.n) {
		section(w, HL_MSG("Note"));
		hl_referral_defang_words(&safe, w->d->note);
		hl_referral_page_words(&w->page, hl_buf_str(&safe));
	}
	section(w, HL_MSG("Statement"));
	hl_referral_page_words(&w->page, hl_referral_statement(w->d));
	if (w->d->answer_url.n) {
		section(w, HL_MSG("Answer"));
		row(w, HL_MSG("Answer at"), w->d->answer_url);
		row_time(w, HL_MSG("Open until"), w->d->answer_until_us);
	}
}

static int put_page(
	const struct hl_referral_doc *d, struct hl_buf *out, bool html)
{
	HL_BUF_AUTO b = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);
	HL_BUF_AUTO title = HL_BUF_INIT(512);
	struct writer w = {.page = {.out = &b, .html = html}, .d = d};

	hl_buf_put(&title, tr(&w, HL_MSG("Referral")));
	hl_buf_put_c(&title, ' ');
	hl_buf_put(&title, hl_str_sub(d->ref, 0, 64));
	hl_referral_page_begin(&w.page, d, hl_buf_str(&title));
	if (d->test) {
		hl_referral_page_banner(&w.page,
			tr(&w, HL_MSG("This is a test. It describes no real "
				      "case.")));
	}
	put_top(&w);
	put_addresses(&w);
	put_outcome(&w);
	put_facts(&w);
	put_history(&w);
	put_note(&w);
	hl_referral_page_end(&w.page);
	hl_buf_put(out, hl_buf_str(&b));
	return b.fault ? b.fault : out->fault;
}

int hl_referral_doc_html(const struct hl_referral_doc *d, struct hl_buf *out)
{
	return put_page(d, out, true);
}

int hl_referral_doc_text(const struct hl_referral_doc *d, struct hl_buf *out)
{
	return put_page(d, out, false);
}
