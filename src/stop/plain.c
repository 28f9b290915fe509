/* SPDX-License-Identifier: Apache-2.0 */
/* The same as text, for programs and terminals, and as JSON. */
#include "base/json.h"
#include "stop/inner.h"

static void put_link(struct hl_buf *out, const struct hl_stop_link *link)
{
	hl_buf_put(out, hl_stop_link_name(link));
	if (link->name.n && link->href.n) {
		hl_buf_printf(out, " <%.*s>", HL_STR_ARG(link->href));
	}
}

static void fill(struct hl_stop_view *v, struct hl_str name, const void *arg)
{
	if (hl_str_eq(name, HL_STR("ref"))) {
		hl_buf_put(v->out, v->ref);
	} else if (hl_str_eq(name, HL_STR("link")) ||
		   hl_str_eq(name, HL_STR("contact"))) {
		put_link(v->out, arg);
	} else {
		hl_buf_put(v->out, hl_str_eq(name, HL_STR("consumer"))
					   ? v->config->consumer
					   : v->config->hotline);
	}
}

static void put_line(
	struct hl_stop_view *v, enum hl_stop_word word, const void *arg)
{
	hl_stop_put_words(v, word, hl_buf_put, fill, arg);
	hl_buf_put_c(v->out, '\n');
}

static void put_heading(struct hl_stop_view *v, enum hl_stop_word word)
{
	hl_buf_put(v->out, HL_STR("\n# "));
	put_line(v, word, NULL);
}

static void put_appeal(struct hl_stop_view *v)
{
	put_heading(v, HL_STOP_W_APPEAL_HEADING);
	put_line(v, HL_STOP_W_APPEAL, NULL);
	if (v->config->appeal.n) {
		hl_stop_put_words(
			v, HL_STOP_W_APPEAL_LINK, hl_buf_put, fill, NULL);
		hl_buf_put(v->out, HL_STR(": "));
		hl_stop_put_appeal(v, v->out);
		hl_buf_put_c(v->out, '\n');
	}
	if (v->ref.n) {
		put_line(v, HL_STOP_W_REFERENCE, NULL);
	}
	if (hl_stop_has(&v->config->contact)) {
		put_line(v, HL_STOP_W_CONTACT, &v->config->contact);
	}
}

static void put_help(struct hl_stop_view *v)
{
	const struct hl_stop_config *c = v->config;

	if (hl_stop_has(&c->worry) || hl_stop_has(&c->young)) {
		put_heading(v, HL_STOP_W_HELP_HEADING);
	}
	if (hl_stop_has(&c->worry)) {
		put_line(v, HL_STOP_W_WORRY, &c->worry);
	}
	if (hl_stop_has(&c->young)) {
		put_line(v, HL_STOP_W_YOUNG, &c->young);
	}
}

static enum hl_stop_word who(const struct hl_stop_view *v)
{
	return v->config->consumer.n ? HL_STOP_W_WHO : HL_STOP_W_WHO_UNKNOWN;
}

void hl_stop_put_text(struct hl_stop_view *v)
{
	put_line(v, HL_STOP_W_TITLE, NULL);
	hl_buf_put_c(v->out, '\n');
	put_line(v, hl_stop_why(v->reason), NULL);
	put_line(v, HL_STOP_W_NOT_ACCUSED, NULL);
	put_help(v);
	put_appeal(v);
	put_heading(v, HL_STOP_W_WHO_HEADING);
	put_line(v, who(v), NULL);
	put_heading(v, HL_STOP_W_RECORD_HEADING);
	put_line(v, HL_STOP_W_RECORD, NULL);
}

/* ,"name":"the words" */
static void put_member(
	struct hl_stop_view *v, const char *name, enum hl_stop_word word)
{
	HL_BUF_AUTO words = HL_BUF_INIT(8192);
	struct hl_stop_view in = *v;

	in.out = &words;
	hl_stop_put_words(&in, word, hl_buf_put, fill, NULL);
	hl_json_put_member(v->out, name, hl_buf_str(&words));
	v->out->fault = v->out->fault ? v->out->fault : words.fault;
}

static void put_link_member(struct hl_stop_view *v, const char *name,
	const struct hl_stop_link *link)
{
	if (!hl_stop_has(link)) {
		return;
	}
	hl_json_put_name(v->out, name);
	hl_buf_put_c(v->out, '{');
	hl_json_put_member(v->out, "name", hl_stop_link_name(link));
	if (link->href.n) {
		hl_json_put_member(v->out, "url", link->href);
	}
	hl_buf_put_c(v->out, '}');
}

static void put_known(struct hl_stop_view *v)
{
	const struct hl_stop_config *c = v->config;

	if (v->ref.n) {
		hl_json_put_member(v->out, "entry", v->ref);
	}
	if (v->reason) {
		hl_json_put_member(v->out, "scope",
			hl_str_c(hl_stop_reason_name(v->reason)));
	}
	hl_json_put_member(v->out, "hotline", c->hotline);
	put_link_member(v, "contact", &c->contact);
	if (c->consumer.n) {
		hl_json_put_member(v->out, "blocked_by", c->consumer);
	}
	if (c->appeal.n) {
		HL_BUF_AUTO href = HL_BUF_INIT(1024);

		hl_stop_put_appeal(v, &href);
		hl_json_put_member(v->out, "appeal", hl_buf_str(&href));
	}
	put_link_member(v, "help_worry", &c->worry);
	put_link_member(v, "help_young", &c->young);
}

void hl_stop_put_json(struct hl_stop_view *v)
{
	hl_buf_put_c(v->out, '{');
	hl_json_put_member_i64(v->out, "status", HL_STOP_STATUS);
	hl_json_put_member(v->out, "language",
		hl_str_c(hl_stop_language_tag(v->language)));
	put_member(v, "title", HL_STOP_W_TITLE);
	put_member(v, "why", hl_stop_why(v->reason));
	put_member(v, "who", who(v));
	put_member(v, "recorded", HL_STOP_W_RECORD);
	put_known(v);
	hl_buf_put(v->out, HL_STR("}\n"));
}
