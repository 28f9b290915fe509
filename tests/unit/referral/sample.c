/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include "base/time.h"

#define AT INT64_C(1795337255000000) /* 2026-11-22T08:47:35Z */

static const struct hl_referral_trace trace[] = {
	{"a", HL_STR_INIT("192.0.2.7"), HL_STR_INIT("dns"), AT - HL_US_PER_MIN},
	{"aaaa", HL_STR_INIT("2001:db8::7"), HL_STR_INIT("dns"),
		AT - HL_US_PER_MIN},
	{"cname", HL_STR_INIT("edge.host.example.org"), HL_STR_INIT("dns"),
		AT - HL_US_PER_MIN},
	{"country", HL_STR_INIT("DK"), HL_STR_INIT("geo"), AT},
	{"asn", HL_STR_INIT("AS64500"), HL_STR_INIT("geo"), AT},
	{"network", HL_STR_INIT("Example Hosting"), HL_STR_INIT("rdap"), AT},
	{"abuse_contact", HL_STR_INIT("abuse@host.example.org"),
		HL_STR_INIT("rdap"), AT},
};

static const struct hl_referral_address addresses[] = {
	{
		.ref = HL_STR_INIT("T-0000-0001-8"),
		.canonical = HL_STR_INIT(
			"https://www.example.org:8443/a/b.html?q=1"),
		.as_reported = HL_STR_INIT(
			"hxxps://WWW.example[.]org:8443/a/b.html?q=1#top"),
		.reported_at_us = AT - 3 * HL_US_PER_HOUR,
		.seen_at_us = AT - HL_US_PER_HOUR,
		.n_reports = 3,
		.trace = trace,
		.n_trace = HL_ARRAY_LEN(trace),
	},
	{
		.ref = HL_STR_INIT("T-0000-0002-B"),
		.canonical = HL_STR_INIT("http://[2001:db8::9]/x|y"),
		.as_reported = HL_STR_INIT(SAMPLE_HOSTILE),
		.reported_at_us = AT - 2 * HL_US_PER_HOUR,
	},
};

static const struct hl_referral_law laws[] = {
	{HL_STR_INIT("dk"), HL_STR_INIT("Denmark"), HL_STR_INIT("2026-11-22")},
};

static const struct hl_referral_clause clauses[] = {
	{HL_STR_INIT("dk.image"), HL_STR_INIT("Straffeloven § 235(1)"),
		HL_STR_INIT("A picture of a person under 18 " SAMPLE_HOSTILE)},
};

static const struct hl_referral_time times[] = {
	{"received", "Received", AT - 3 * HL_US_PER_HOUR},
	{"assessed", "Assessed", AT - HL_US_PER_HOUR},
	{"never", "Never happened", 0},
};

static const struct hl_referral_count counts[] = {
	{"reports", "Reports", 3},
	{"earlier_removals", "Removed before", 0},
};

void sample_doc(struct hl_referral_doc *d)
{
	static struct hl_facts facts;

	facts = (struct hl_facts){.note = HL_STR("not for others")};
	facts.value[HL_FACT_MATERIAL] = HL_MATERIAL_PHOTO;
	facts.value[HL_FACT_ACT] = HL_ACT_NONE;
	facts.value[HL_FACT_POSING] = HL_POSING_FOCUS;
	facts.value[HL_FACT_AGE] = HL_AGE_PREPUBESCENT;
	facts.payments = hl_vocab_bit(HL_PAYMENT_CARD);
	*d = (struct hl_referral_doc){
		.ref = HL_STR("F-7K3Q-X9M2-C"),
		.case_ref = HL_STR("C-0123-4567-8"),
		.created_at_us = AT,
		.recipient_kind = HL_RECIPIENT_POLICE,
		.hotline = {.name = HL_STR("Example hotline Æ"),
			.country = HL_STR("DK"),
			.mail = HL_STR("notice@hotline.example.org"),
			.url = HL_STR("https://hotline.example.org/"),
			.phone = HL_STR("+45 00 00 00 00")},
		.recipient = {.name = HL_STR("Example police " SAMPLE_HOSTILE),
			.country = HL_STR("DK"),
			.mail = HL_STR("unit@police.example.org")},
		.addresses = addresses,
		.n_addresses = HL_ARRAY_LEN(addresses),
		.outcome = HL_OUTCOME_BASELINE,
		.laws = laws,
		.n_laws = HL_ARRAY_LEN(laws),
		.clauses = clauses,
		.n_clauses = HL_ARRAY_LEN(clauses),
		.facts = &facts,
		.times = times,
		.n_times = HL_ARRAY_LEN(times),
		.counts = counts,
		.n_counts = HL_ARRAY_LEN(counts),
		.note = HL_STR("See also www.example.org/a, and call me.\n"
			       "Second line " SAMPLE_HOSTILE),
		.answer_url = HL_STR("https://hotline.example.org/answer/"
				     "AbCdEf0123456789_-AbCdEf012"),
		.answer_until_us = AT + 30 * HL_US_PER_DAY,
	};
}
