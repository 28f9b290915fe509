/* SPDX-License-Identifier: Apache-2.0 */
/* The table of entries, by their state, and the way to one by its number. */
#include "desk_lists/inner.h"

#include "web/templates.h"

enum tab {
	TAB_WAITING,
	TAB_THIRD,
	TAB_IN_FORCE,
	TAB_LOOK,
	TAB_REFUSED,
	TAB_ENDED,
	TABS
};
static const struct {
	const char *name, *title, *empty;
	enum hl_list_state state;
	bool looks;
} tabs[TABS] = {
	{"waiting", HL_TR("To approve"),
		HL_TR("What somebody proposes on the page of a case waits here "
		      "for a second person."),
		HL_LIST_PROPOSED, false},
	{"third", HL_TR("Third person"),
		HL_TR("Entries of hosts that very many people use wait here "
		      "for a third person."),
		HL_LIST_THIRD, false},
	{"in-force", HL_TR("In force"),
		HL_TR("Entries come here when two people have approved them."),
		HL_LIST_ACTIVE, false},
	{"look", HL_TR("To look at"),
		HL_TR("An entry runs out 72 hours after the watch or somebody "
		      "last saw it there. Those that do so within a day come "
		      "here."),
		HL_LIST_ACTIVE, true},
	{"refused", HL_TR("Refused"), HL_TR("What was refused stays here."),
		HL_LIST_REFUSED, false},
	{"ended", HL_TR("Ended"),
		HL_TR("What is no longer listed stays here, with the reason."),
		HL_LIST_ENDED, false},
};

static size_t read_tab(const struct hl_web_form *query)
{
	for (size_t i = 0; i < TABS; i++) {
		if (hl_web_form_has(query, "tab", tabs[i].name)) {
			return i;
		}
	}
	return TAB_WAITING;
}

static struct hl_str tab_href(struct hl_arena *arena, size_t tab)
{
	return hl_arena_printf(
		arena, HL_DESK_LISTS_ENTRIES "?tab=%s", tabs[tab].name);
}

static void add_tabs(
	struct hl_web_ctx *ctx, size_t tab, struct hl_desk_lists_entries *v)
{
	struct hl_w_link *links =
		hl_arena_array(ctx->arena, TABS, sizeof(*links));

	for (size_t i = 0; links && i < TABS; i++) {
		links[i] = (struct hl_w_link){.text = hl_web_tr(tabs[i].title),
			.href = tab_href(ctx->arena, i),
			.current = i == tab};
	}
	v->tabs = (struct hl_w_nav){
		hl_web_tr(HL_TR("Entries by state")), links, links ? TABS : 0};
	v->tab_text = hl_web_tr(tabs[tab].title);
	v->empty = (struct hl_w_empty){
		.title = hl_web_tr(HL_TR("No entries here")),
		.text = hl_web_tr(tabs[tab].empty)};
}

/* The number of an entry leads to its page; any other words come back. */
static bool found(struct hl_web_ctx *ctx, const struct hl_web_form *query,
	struct hl_desk_lists_entries *v, int64_t *id)
{
	struct hl_publish_setup setup = {0};
	struct hl_publish_entry entry;

	v->typed = hl_web_form_get(query, "entry");
	if (!v->typed.n) {
		return false;
	}
	if (hl_ref_parse(HL_REF_LIST_ENTRY, v->typed, id)) {
		v->typed_error =
			hl_web_tr(HL_TR("Enter the number of an entry, as "
					"E-7K3Q-X9M2-C"));
		return false;
	}
	/* without a setup, so that no place is opened and noted as read */
	if (hl_publish_entry(
		    hl_desk_who(ctx), &setup, *id, &entry, &ctx->err)) {
		v->typed_error =
			hl_web_tr(HL_TR("There is no entry with this number"));
		return false;
	}
	return true;
}

static int load(struct hl_web_ctx *ctx, const struct hl_web_form *query,
	size_t tab, struct hl_desk_lists_entries *v)
{
	size_t page = hl_desk_page_no(query), n = 0;
	struct hl_publish_filter filter = {.state = tabs[tab].state,
		.looks = tabs[tab].looks,
		.n_skip = hl_desk_page_skip(page),
		.n_most = HL_DESK_ROWS + 1};
	const struct hl_publish_row *from;
	struct hl_desk_lists_row *rows;
	int r = hl_publish_entries(
		hl_desk_who(ctx), &filter, &from, &n, &ctx->err);

	if (r) {
		return r;
	}
	v->pages =
		hl_desk_pages(ctx->arena, tab_href(ctx->arena, tab), page, &n);
	rows = hl_arena_array(ctx->arena, n + 1, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		hl_desk_lists_row(ctx, &from[i], &rows[i]);
	}
	v->rows = rows;
	v->n_rows = rows ? n : 0;
	return 0;
}

int hl_desk_lists_entries_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_entries v = {0};
	struct hl_w_error problem = {HL_STR_NONE, HL_STR("entry")};
	struct hl_web_form query;
	int64_t id;
	int r = hl_web_query_read(ctx, req, &query);

	if (r) {
		return r;
	}
	if (found(ctx, &query, &v, &id)) {
		return hl_web_see_other(
			resp, hl_desk_lists_entry_path(ctx->arena, id, ""));
	}
	size_t tab = read_tab(&query);
	r = load(ctx, &query, tab, &v);
	if (r) {
		return r;
	}
	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Entries of the block list")), HL_DESK_LISTS);
	v.page.web.wide = true;
	v.page.web.back_href = HL_STR(HL_DESK_LISTS);
	problem.text = v.typed_error;
	hl_desk_page_errors(&v.page, &problem, v.typed_error.n > 0);
	add_tabs(ctx, tab, &v);
	hl_web_respond(resp, v.typed_error.n ? 422 : 200, "text/html");
	hl_tmpl_lists_entries(&resp->body, &v);
	return 0;
}
