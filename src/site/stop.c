/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stop page for consumers that can only send people somewhere: squid's
 * deny_info, a server's redirect. Who sent them is not known here, so neither
 * a consumer's name nor "blocked-by" is told: docs/stop-page.md.
 */
#include "site/inner.h"

#include "base/text.h"
#include "web/stop.h"

/* Where the help is, or its name alone. */
static struct hl_stop_link link_of(const char *name, const char *url)
{
	return (struct hl_stop_link){
		.name = *name ? hl_str_c(name) : HL_STR_NONE,
		.href = *url ? hl_str_c(url) : HL_STR_NONE};
}

int hl_site_stop_init(struct hl_site_app *site, struct hl_err *err)
{
	const struct hl_settings *s = site->settings;
	int contact = snprintf(site->stop_contact, sizeof(site->stop_contact),
		"mailto:%s", s->operator_mail);
	int appeal = snprintf(site->stop_appeal, sizeof(site->stop_appeal),
		"%s/appeal", s->public_url);

	if (contact >= (int)sizeof(site->stop_contact) ||
		appeal >= (int)sizeof(site->stop_appeal)) {
		return HL_FAIL(err, HL_E_INVALID,
			"stop page: operator.mail and public.url must be "
			"shorter than %d bytes",
			HL_STOP_HREF_MAX - 7);
	}
	site->stop = (struct hl_stop_config){
		.hotline = hl_str_c(s->service_name), /* as other pages */
		.appeal = hl_str_c(site->stop_appeal),
		.worry = link_of(s->stop_worry_name, s->stop_worry_url),
		.young = link_of(s->stop_young_name, s->stop_young_url)};
	if (*s->operator_mail) {
		site->stop.contact.href = hl_str_c(site->stop_contact);
	}
	return hl_stop_check(&site->stop, err);
}

/* A query that cannot be read has neither. */
static struct hl_str either(
	const struct hl_web_form *query, const char *name, const char *other)
{
	struct hl_str value = hl_web_form_get(query, name);

	return value.n ? value : hl_web_form_get(query, other);
}

struct hl_str hl_site_query_entry(const struct hl_web_form *query)
{
	return either(query, "e", "entry");
}

/* A reference that cannot be read, and a reason that is none, are left out:
 * the page is for people, who did not write the address they are at. */
int hl_site_stop_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_stop_ask ask = {
		.accept = hl_web_request_header(req, "Accept"),
		.accept_language =
			hl_web_request_header(req, "Accept-Language")};
	struct hl_web_form query = {0};

	if (hl_web_query_read(ctx, req, &query) == 0) {
		if (hl_ref_parse(HL_REF_LIST_ENTRY, hl_site_query_entry(&query),
			    &ask.entry)) {
			ask.entry = 0;
		}
		ask.reason = hl_stop_reason_of(either(&query, "r", "scope"));
	}
	ctx->err = (struct hl_err){0};
	return hl_web_stop(ctx, &hl_site_of(ctx)->stop, &ask, resp);
}
