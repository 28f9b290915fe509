/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/xarf.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"
#include "referral/header.h"
#include "referral/xarf_rules.h"
#include "url/url.h"

static bool is_age(const struct hl_facts *f, enum hl_age age)
{
	return f->value[HL_FACT_AGE] == (int)age;
}

/* NCMEC's scale: A before puberty, B in it; 1 a sexual act, 2 a lascivious
 * exhibition. It rates pictures of children, so it needs both an age and
 * one of the two; what facts do not say is not guessed. */
const char *hl_referral_xarf_class(
	enum hl_outcome outcome, const struct hl_facts *facts)
{
	if (outcome != HL_OUTCOME_BASELINE) {
		return "";
	}
	if (!facts) {
		return "baseline";
	}
	int act = facts->value[HL_FACT_ACT];
	bool acts = act == HL_ACT_INVOLVED || act == HL_ACT_PRESENT;
	bool poses = facts->value[HL_FACT_POSING] == HL_POSING_FOCUS;
	bool young = is_age(facts, HL_AGE_INFANT) ||
		     is_age(facts, HL_AGE_PREPUBESCENT);

	if (young && (acts || poses)) {
		return acts ? "A1" : "A2";
	}
	if (is_age(facts, HL_AGE_PUBESCENT) && (acts || poses)) {
		return acts ? "B1" : "B2";
	}
	return "baseline";
}

static const char *media_type(const struct hl_facts *facts)
{
	switch (facts ? facts->value[HL_FACT_MATERIAL] : 0) {
	case HL_MATERIAL_PHOTO:
	case HL_MATERIAL_DRAWING:
	case HL_MATERIAL_GENERATED:
		return "image";
	case HL_MATERIAL_VIDEO:
	case HL_MATERIAL_LIVE:
		return "video";
	case HL_MATERIAL_AUDIO:
		return "audio";
	case HL_MATERIAL_TEXT:
		return "text";
	default:
		return NULL;
	}
}

static void put_uuid(
	struct hl_buf *b, const uint8_t id[HL_REFERRAL_XARF_ID_BYTES])
{
	uint8_t v[HL_REFERRAL_XARF_ID_BYTES];

	memcpy(v, id, sizeof(v));
	v[6] = (uint8_t)((v[6] & 0x0f) | 0x40); /* RFC 9562, 5.4 */
	v[8] = (uint8_t)((v[8] & 0x3f) | 0x80);
	hl_json_put_name(b, "report_id");
	hl_buf_put_c(b, '"');
	for (size_t i = 0; i < sizeof(v); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10) {
			hl_buf_put_c(b, '-');
		}
		hl_text_put_hex(b, &v[i], 1);
	}
	hl_buf_put_c(b, '"');
}

static void put_time(struct hl_buf *b, const char *name, int64_t at_us)
{
	char iso[HL_TIME_ISO_MAX];

	hl_json_put_member(b, name, hl_time_iso_s(at_us, iso));
}

/* At most n characters. */
static struct hl_str cut(struct hl_str s, size_t n)
{
	size_t bytes = 0;

	while (bytes < s.n && n-- > 0) {
		uint32_t c;

		bytes += hl_utf8_next(hl_str_sub(s, bytes, s.n), &c);
	}
	return hl_str_sub(s, 0, bytes);
}

static void put_party(
	struct hl_buf *b, const char *name, const struct hl_referral_party *p)
{
	hl_json_put_name(b, name);
	hl_buf_put_c(b, '{');
	hl_json_put_member(b, "org", cut(p->name, 200));
	hl_json_put_member(b, "contact", p->mail);
	hl_json_put_member(b, "domain", hl_referral_address_domain(p->mail));
	hl_buf_put_c(b, '}');
}

/* What a URI may hold (RFC 3986, appendix A); browsers' canonical forms
 * leave a few more as they are, which mean the same escaped. */
static bool is_uri_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c && strchr("-._~:/?#@!$&'()*+,;=%", c));
}

static void put_url(struct hl_buf *b, struct hl_str canonical)
{
	HL_BUF_AUTO uri = HL_BUF_SECRET(4 * HL_URL_MAX);
	struct hl_str host = hl_url_host_of(canonical);
	size_t at = host.n ? (size_t)(host.p - canonical.p) : canonical.n;

	for (size_t i = 0; i < canonical.n; i++) {
		unsigned char c = (unsigned char)canonical.p[i];
		bool bracket =
			(c == '[' || c == ']') && i >= at && i < at + host.n;

		if (bracket || is_uri_char(c)) {
			hl_buf_put_c(&uri, (char)c);
		} else {
			hl_buf_printf(&uri, "%%%02X", c);
		}
	}
	hl_json_put_member(b, "url", hl_buf_str(&uri));
	b->fault = b->fault ? b->fault : uri.fault;
}

static struct hl_str trace_value(
	const struct hl_referral_address *a, const char *kind)
{
	for (size_t i = 0; i < a->n_trace; i++) {
		if (strcmp(a->trace[i].kind, kind) == 0) {
			return a->trace[i].value;
		}
	}
	return HL_STR_NONE;
}

static void put_trace_text(struct hl_buf *b,
	const struct hl_referral_address *a, const char *kind, const char *name)
{
	struct hl_str value = trace_value(a, kind);

	if (value.n && hl_referral_xarf_value_ok(name, value)) {
		hl_json_put_member(b, name, value);
	}
}

static void put_asn(struct hl_buf *b, const struct hl_referral_address *a)
{
	struct hl_str value = trace_value(a, "asn");
	int64_t n;

	if (hl_str_starts(value, HL_STR("AS"))) {
		value = hl_str_sub(value, 2, value.n);
	}
	if (hl_str_to_i64(value, &n) && n >= 1 && n <= UINT32_MAX) {
		hl_json_put_member_i64(b, "asn", n);
	}
}

static void put_records(
	struct hl_buf *b, const struct hl_referral_address *a, const char *kind)
{
	bool open = false;

	for (size_t i = 0; i < a->n_trace; i++) {
		const struct hl_referral_trace *t = &a->trace[i];

		if (strcmp(t->kind, kind) != 0 ||
			!hl_referral_xarf_value_ok(kind, t->value)) {
			continue;
		}
		if (!open) {
			hl_json_put_name(b, kind);
			hl_buf_put_c(b, '[');
			open = true;
		}
		hl_json_put_sep(b);
		hl_json_put_str(b, t->value);
	}
	hl_buf_put(b, open ? HL_STR("]") : HL_STR(""));
}

static void put_host(struct hl_buf *b, const struct hl_referral_address *a)
{
	struct hl_str host = hl_url_host_of(a->canonical);

	if (hl_referral_xarf_value_ok("domain", host)) {
		hl_json_put_member(b, "domain", host);
	}
	put_trace_text(b, a, "network", "hosting_provider");
	put_asn(b, a);
	put_trace_text(b, a, "country", "country_code");
	if (hl_referral_xarf_value_ok("a", trace_value(a, "a")) ||
		hl_referral_xarf_value_ok("aaaa", trace_value(a, "aaaa"))) {
		hl_json_put_name(b, "dns_records");
		hl_buf_put_c(b, '{');
		put_records(b, a, "a");
		put_records(b, a, "aaaa");
		hl_buf_put_c(b, '}');
	}
}

/* An IP address where one is known, else the host, else the address. */
static struct hl_str source_of(const struct hl_referral_address *a)
{
	struct hl_str v = trace_value(a, "a");

	v = v.n ? v : trace_value(a, "aaaa");
	v = v.n ? v : hl_url_host_of(a->canonical);
	if (v.n > 2 && v.p[0] == '[') {
		v = hl_str_sub(v, 1, v.n - 2);
	}
	return v.n ? v : a->canonical;
}

static void put_description(struct hl_buf *b, const struct hl_referral_doc *d)
{
	HL_BUF_AUTO words = HL_BUF_INIT(1000);

	hl_buf_put(
		&words, d->test ? HL_STR("TEST, no real case. ") : HL_STR(""));
	hl_buf_put(&words,
		d->known ? HL_STR("Known child sexual abuse material, "
				  "recognised by its hash by a hotline. "
				  "Referral ")
			 : HL_STR("Child sexual abuse material, assessed by "
				  "analysts of a hotline. Referral "));
	hl_buf_put(&words, hl_str_sub(d->ref, 0, 64));
	hl_buf_put(&words,
		HL_STR(". Content is never attached. Please remove it, keep "
		       "what the law demands and answer by the link in the "
		       "mail."));
	hl_json_put_member(b, "description", hl_buf_str(&words));
	hl_json_put_name(b, "tags");
	hl_buf_put(b, d->test ? HL_STR("[\"sender:hotline\",\"mode:test\"]")
			      : HL_STR("[\"sender:hotline\"]"));
}

static void put_what(struct hl_buf *b, const struct hl_referral_doc *d,
	const struct hl_referral_address *a)
{
	const char *media = media_type(d->facts);

	if (a->seen_at_us) {
		put_time(b, "verified_at", a->seen_at_us);
		hl_json_put_member(b, "verification_method", HL_STR("manual"));
	}
	hl_json_put_member(b, "classification",
		hl_str_c(hl_referral_xarf_class(d->outcome, d->facts)));
	if (media) {
		hl_json_put_member(b, "media_type", hl_str_c(media));
	}
	hl_json_put_member(b, "detection_method", HL_STR("manual_review"));
}

static void put_document(struct hl_buf *b, const struct hl_referral_doc *d,
	const struct hl_referral_address *a,
	const uint8_t id[HL_REFERRAL_XARF_ID_BYTES])
{
	int64_t at = a->seen_at_us ? a->seen_at_us : a->reported_at_us;

	hl_buf_put_c(b, '{');
	hl_json_put_member(b, "xarf_version", HL_STR("4.2.0"));
	put_uuid(b, id);
	put_time(b, "timestamp", at ? at : d->created_at_us);
	put_party(b, "reporter", &d->hotline);
	put_party(b, "sender", &d->hotline);
	hl_json_put_member(b, "source_identifier", source_of(a));
	hl_json_put_member(b, "category", HL_STR("content"));
	hl_json_put_member(b, "type", HL_STR("csam"));
	hl_json_put_member(b, "evidence_source", HL_STR("user_report"));
	put_description(b, d);
	put_url(b, a->canonical);
	put_host(b, a);
	put_what(b, d, a);
	hl_buf_put(b, HL_STR("}\n"));
}

int hl_referral_xarf_put(const struct hl_referral_doc *d, size_t i,
	const uint8_t id[HL_REFERRAL_XARF_ID_BYTES], struct hl_buf *out,
	struct hl_err *err)
{
	HL_BUF_AUTO b = HL_BUF_SECRET(HL_REFERRAL_XARF_MAX);

	if (!hl_referral_xarf_class(d->outcome, d->facts)[0]) {
		return HL_NOTFOUND;
	}
	put_document(&b, d, &d->addresses[i], id);
	if (b.fault) {
		return HL_FAIL(err, b.fault, "XARF document of %.*s",
			HL_STR_ARG(d->ref));
	}
	int r = hl_referral_xarf_check(hl_buf_str(&b), err);
	if (r) {
		return r;
	}
	hl_buf_put(out, hl_buf_str(&b));
	return out->fault ? HL_FAIL(err, out->fault, "XARF document") : 0;
}
