/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "referral/document.h"
#include "referral/page.h"

/*
 * The words of a referral's mail. Two audiences: the police, who find the
 * case in the bundle, and everybody who can take content down or stop a
 * payment, who needs address, reason and law, and is told nothing else.
 */

static void words(
	struct hl_buf *out, const struct hl_referral_doc *d, const char *msgid)
{
	hl_buf_put_c(out, '\n');
	hl_referral_page_wrap(out, 0, hl_referral_tr(d, msgid));
}

static void line(struct hl_buf *out, const struct hl_referral_doc *d,
	const char *label, struct hl_str value)
{
	struct hl_referral_page p = {.out = out};

	hl_referral_page_row(&p, hl_referral_tr(d, label), value);
}

static const char *what_to_do(enum hl_recipient kind)
{
	switch (kind) {
	case HL_RECIPIENT_POLICE:
		return HL_MSG("This is a referral to the police. The attached "
			      "bundle holds the case: addresses, traces, "
			      "assessment and history, signed by us. If no "
			      "bundle is attached, it is ready for download.");
	case HL_RECIPIENT_PARTNER:
		return HL_MSG("The content below is hosted in your country. "
			      "We hand it over to you for assessment under "
			      "your law and for further steps.");
	case HL_RECIPIENT_REGISTRAR:
		return HL_MSG("The content below is under a name that you "
			      "registered. Please act on the name as your "
			      "terms and the law provide.");
	case HL_RECIPIENT_PAYMENT:
		return HL_MSG("Payment through your service is offered at the "
			      "addresses below. Please end it, and keep what "
			      "the law demands for the police.");
	case HL_RECIPIENT_PROVIDER:
	case HL_RECIPIENT_PLATFORM:
	case HL_RECIPIENT_UNANSWERED:
		break;
	}
	return HL_MSG("Please make the content below unavailable at once, and "
		      "keep what the law demands for the police. Do not open "
		      "it more often than you have to, and do not pass the "
		      "addresses on.");
}

static void put_addresses(struct hl_buf *out, const struct hl_referral_doc *d)
{
	words(out, d,
		HL_MSG("Written so that no program makes links of them: hxxp "
		       "is http, [.] a dot, [:] a colon, [@] an at sign. The "
		       "exact addresses are in the attached files."));
	hl_buf_put_c(out, '\n');
	for (size_t i = 0; i < d->n_addresses; i++) {
		const struct hl_referral_address *a = &d->addresses[i];
		char human[HL_TIME_ISO_MAX];

		hl_buf_printf(out, "%zu. ", i + 1);
		hl_referral_defang(out, a->canonical);
		hl_buf_put_c(out, '\n');
		if (a->seen_at_us) {
			line(out, d, HL_MSG("Last seen there"),
				hl_time_human(a->seen_at_us, human));
		}
	}
}

static void put_reasons(struct hl_buf *out, const struct hl_referral_doc *d)
{
	if (!d->outcome) {
		return;
	}
	words(out, d,
		d->known ? HL_REFERRAL_KNOWN
			 : HL_MSG("The assessment of our analysts:"));
	line(out, d, HL_MSG("Outcome"),
		hl_referral_tr(
			d, hl_vocab_label(&hl_vocab_outcome, (int)d->outcome)));
	for (size_t i = 0; i < d->n_clauses; i++) {
		line(out, d, HL_MSG("Law"), d->clauses[i].clause);
	}
}

static void put_answer(struct hl_buf *out, const struct hl_referral_doc *d)
{
	char human[HL_TIME_ISO_MAX];

	if (d->answer_url.n == 0) {
		return;
	}
	words(out, d,
		HL_MSG("Please tell us what came of it, one click on this "
		       "page. Nothing is recorded before you choose:"));
	hl_buf_put(out, d->answer_url);
	hl_buf_put_c(out, '\n');
	if (d->answer_until_us) {
		line(out, d, HL_MSG("Open until"),
			hl_time_human(d->answer_until_us, human));
	}
	words(out, d,
		HL_MSG("The same address takes JSON, for example "
		       "{\"answer\":\"removed\"}."));
}

static void put_sender(struct hl_buf *out, const struct hl_referral_doc *d)
{
	hl_buf_put_c(out, '\n');
	hl_referral_page_wrap(out, 0, hl_referral_statement(d));
	hl_buf_put(out, HL_STR("\n-- \n"));
	hl_referral_page_wrap(out, 0, d->hotline.name);
	line(out, d, HL_MSG("Mail"), d->hotline.mail);
	line(out, d, HL_MSG("Phone"), d->hotline.phone);
	line(out, d, HL_MSG("Web"), d->hotline.url);
}

int hl_referral_mail_text(const struct hl_referral_doc *d, struct hl_buf *out)
{
	bool police = d->recipient_kind == HL_RECIPIENT_POLICE;

	if (d->test) {
		words(out, d,
			HL_MSG("THIS IS A TEST. It describes no real case, and "
			       "nothing needs to be done."));
		hl_buf_put_c(out, '\n');
	}
	line(out, d, HL_MSG("Referral"), d->ref);
	line(out, d, HL_MSG("From"), d->hotline.name);
	line(out, d, HL_MSG("To"), d->recipient.name);
	words(out, d, what_to_do(d->recipient_kind));
	if (!police) {
		put_addresses(out, d);
		put_reasons(out, d);
	}
	if (d->note.n) {
		HL_BUF_AUTO safe = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);

		hl_referral_defang_words(&safe, d->note);
		hl_buf_put_c(out, '\n');
		hl_referral_page_wrap(out, 0, hl_buf_str(&safe));
	}
	put_answer(out, d);
	put_sender(out, d);
	return out->fault;
}

int hl_referral_mail_subject(
	const struct hl_referral_doc *d, struct hl_buf *out)
{
	const char *msgid = d->recipient_kind == HL_RECIPIENT_POLICE
				    ? HL_MSG("Referral of a hotline")
				    : HL_MSG("Notice of illegal content");

	hl_buf_put(out, hl_referral_tr(d, msgid));
	hl_buf_put(out, HL_STR(", "));
	hl_buf_put(out, d->ref);
	return out->fault;
}
