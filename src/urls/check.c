/* SPDX-License-Identifier: Apache-2.0 */
#include "urls/check.h"

#include "base/text.h"

#include <sodium.h>

/*
 * Hosts are looked up from the address's own on. For nearly all a look at the
 * bucket is all. Who passes needs its tag: from what was confirmed just now,
 * from the cache, or in tier 0 from the list's own key. Rows are opened into
 * the reader's items, paths are compared there.
 */

enum { KEEP_S = 60 };

static struct hl_buf over(char *p)
{
	return (struct hl_buf){.p = p,
		.cap = HL_URLS_ADDRESS_MAX + 1,
		.max = HL_URLS_ADDRESS_MAX};
}

/* A host as people and proxies have it, as the address of its root. */
static bool host_text(
	const struct hl_urls_address *address, char *to, struct hl_str *out)
{
	struct hl_buf b = over(to);
	struct hl_str host = {address->p, address->n};
	size_t colon = hl_str_find_char(host, ':');
	bool bare_ipv6;

	for (size_t i = 0; i < host.n; i++) {
		if (strchr("/?#@\\", host.p[i]) && host.p[i]) {
			return false;
		}
	}
	bare_ipv6 = host.n && host.p[0] != '[' && colon < host.n &&
		    hl_str_find_char(hl_str_sub(host, colon + 1, host.n), ':') <
			    host.n - colon - 1;
	hl_buf_put(&b, HL_STR("http://"));
	hl_buf_put(&b, bare_ipv6 ? HL_STR("[") : HL_STR(""));
	hl_buf_put(&b, host);
	hl_buf_put(&b, bare_ipv6 ? HL_STR("]") : HL_STR(""));
	*out = hl_buf_str(&b);
	return !b.fault;
}

int hl_urls_ask_read(struct hl_urls_reader *reader,
	const struct hl_urls_address *address, struct hl_urls_ask *out)
{
	struct hl_str typed = {address->p, address->n};
	struct hl_buf text = over(reader->text);
	int rc = 0;

	out->host_only = address->host_only;
	out->any = address->host_only == 2;
	if (address->host_only && !host_text(address, reader->typed, &typed)) {
		return HL_URLS_NOTFOUND;
	}
	rc = hl_url_canon_cut(typed, &text, &out->cut, NULL);
	if (!rc) {
		rc = hl_url_expressions(hl_buf_str(&text), &out->e, NULL);
	}
	if (rc == HL_E_NOMEM) {
		return HL_URLS_E_NOMEM;
	}
	return rc ? HL_URLS_NOTFOUND : 0;
}

void hl_urls_ask_end(struct hl_urls_reader *reader)
{
	sodium_memzero(
		reader->text, strnlen(reader->text, HL_URLS_ADDRESS_MAX));
	sodium_memzero(
		reader->typed, strnlen(reader->typed, HL_URLS_ADDRESS_MAX));
}

/* --- hosts --- */

/* Answered in the confirmation that is under way. */
static bool just_asked(struct hl_urls_reader *reader,
	const struct hl_urls_view *view, struct hl_urls_host *host)
{
	for (size_t i = 0; i < reader->n_asked; i++) {
		struct hl_urls_asked *asked = &reader->asked[i];

		if (asked->host != host->digest ||
			asked->state == HL_URLS_ASKED) {
			continue;
		}
		if (asked->state == HL_URLS_ANSWERED) {
			if (!hl_urls_keys_of(
				    asked->blind, host->name, &asked->keys)) {
				return false;
			}
			asked->state = HL_URLS_DERIVED;
		}
		host->keys = asked->keys;
		host->until = asked->until;
		return true;
	}
	return false;
}

static void remember(struct hl_urls_reader *reader,
	const struct hl_urls_view *view, int64_t now, bool is_listed,
	const struct hl_urls_host *host)
{
	struct hl_urls_remembered what = {.host = host->digest,
		.mark = view->mark,
		.is_listed = is_listed,
		.until = is_listed ? hl_urls_epoch_end(view->file.head.epoch)
				   : host->until,
		.keys = host->keys};

	hl_urls_cache_put(reader->list->cache, now, &what);
	sodium_memzero(&what, sizeof(what));
}

static bool recall(struct hl_urls_reader *reader,
	const struct hl_urls_view *view, int64_t now, struct hl_urls_host *host)
{
	struct hl_urls_remembered what = {
		.host = host->digest, .mark = view->mark};

	if (!hl_urls_cache_get(reader->list->cache, now, &what)) {
		return false;
	}
	hl_urls_reader_add(reader, HL_URLS_N_CACHE_HITS, 1);
	host->keys = what.keys;
	host->until = what.until;
	sodium_memzero(&what, sizeof(what));
	return true;
}

enum hl_urls_host_state hl_urls_host_look(struct hl_urls_reader *reader,
	struct hl_urls_view *view, int64_t now, struct hl_urls_host *host)
{
	const struct hl_urls_head *head = &view->file.head;
	uint32_t from, to;
	bool is_new = false, is_listed;

	if (!hl_urls_file_find(&view->file,
		    hl_urls_prefilter(head->prefilter, head->bits, host->name),
		    &from, &to)) {
		return HL_URLS_HOST_CLEAR;
	}
	host->digest = hl_urls_cache_host(reader->list->cache, host->name);
	if (!recall(reader, view, now, host)) {
		is_new = true;
		host->until = hl_urls_epoch_end(head->epoch);
		if (head->tier == 0) {
			hl_urls_keys_tier0(head->k0, host->name, &host->keys);
		} else if (!just_asked(reader, view, host)) {
			return HL_URLS_HOST_UNKNOWN;
		}
	}
	is_listed = hl_urls_file_tagged(
		&view->file, from, to, host->keys.tag, &host->row);
	if (is_new) {
		remember(reader, view, now, is_listed, host);
	}
	return is_listed ? HL_URLS_HOST_ROW : HL_URLS_HOST_CLEAR;
}

/* --- items --- */

struct paths {
	uint64_t page, path, root;
	uint64_t folder[HL_URL_PATHS_MAX];
	size_t n_folders;
};

/* Paths as they stand in a row. The first has the query, if there is one. */
static void paths_of(
	const struct hl_url_exprs *e, const uint8_t *key, struct paths *out)
{
	bool query = e->n_paths > 1 && e->paths[0].n > e->paths[1].n &&
		     e->paths[0].p[e->paths[1].n] == '?';

	out->page = hl_urls_path(key, e->paths[0]);
	out->path = query ? hl_urls_path(key, e->paths[1]) : out->page;
	out->root = hl_urls_path(key, HL_STR("/"));
	out->n_folders = 0;
	for (size_t i = query ? 1 : 0; i < e->n_paths; i++) {
		struct hl_str path = e->paths[i];

		if (path.p[path.n - 1] == '/') {
			out->folder[out->n_folders++] = hl_urls_path(key, path);
		}
	}
}

static bool in_folder(const struct paths *paths, uint64_t folder)
{
	for (size_t i = 0; i < paths->n_folders; i++) {
		if (paths->folder[i] == folder) {
			return true;
		}
	}
	return false;
}

static bool matches(const struct hl_urls_item *item, const struct paths *paths,
	enum hl_url_cut cut, bool own)
{
	if (item->scope == HL_URLS_ITEM_DOMAIN) {
		return item->path == paths->root;
	}
	if (!own) {
		return false;
	}
	if (item->scope == HL_URLS_ITEM_FOLDER) {
		return in_folder(paths, item->path);
	}
	if (item->scope == HL_URLS_ITEM_PAGE) {
		return cut == HL_URL_CUT_NOT && item->path == paths->page;
	}
	return cut != HL_URL_CUT_PATH && item->path == paths->path;
}

/* Of the own host everything counts, whatever its path. */
static bool counts(const struct hl_urls_item *item, const struct paths *paths,
	const struct hl_urls_ask *ask, bool own)
{
	if (ask->any && own && item->scope != HL_URLS_ITEM_DOMAIN) {
		return true;
	}
	return matches(item, paths, ask->cut, own && !ask->host_only);
}

static void tell_item(const struct hl_urls_item *item, int64_t now,
	struct hl_urls_decision *out)
{
	int64_t left;

	out->verdict = HL_URLS_LISTED;
	out->scope = item->scope;
	out->entry = item->entry;
	(void)hl_ref_print(
		HL_REF_LIST_ENTRY, (int64_t)item->entry, out->entry_text);
	out->until = (int64_t)item->minute * 60;
	left = out->until - now;
	out->keep = left < KEEP_S ? (uint32_t)left : KEEP_S;
}

/* The first item of the host's row that is about this address. */
static bool host_lists(struct hl_urls_reader *reader, struct hl_urls_view *view,
	const struct hl_urls_ask *ask, size_t i,
	const struct hl_urls_host *host, struct hl_urls_decision *out)
{
	const uint8_t *sealed;
	struct paths paths;
	uint32_t units;
	size_t n;

	if (!hl_urls_file_sealed(&view->file, host->row, &sealed, &units)) {
		return false;
	}
	if (hl_urls_row_open(&host->keys, sealed, units, reader->item, &n)) {
		atomic_fetch_add_explicit(
			&reader->n_bad, 1, memory_order_relaxed);
		return false;
	}
	paths_of(&ask->e, host->keys.path, &paths);
	for (size_t k = 0; k < n; k++) {
		const struct hl_urls_item *item = &reader->item[k];

		if ((int64_t)item->minute * 60 > ask->now &&
			counts(item, &paths, ask, i == 0)) {
			tell_item(item, ask->now, out);
			return true;
		}
	}
	return false;
}

void hl_urls_decide(struct hl_urls_reader *reader, struct hl_urls_view *view,
	const struct hl_urls_ask *ask, struct hl_urls_decision *out,
	size_t *n_unknown)
{
	struct hl_urls_host host;
	bool found = false, touched = false;

	*n_unknown = 0;
	memset(out, 0, sizeof(*out));
	out->version = view ? view->file.head.version : 0;
	for (size_t i = 0; view && !found && i < ask->e.n_hosts; i++) {
		enum hl_urls_host_state state;

		host.name = ask->e.hosts[i];
		state = hl_urls_host_look(reader, view, ask->now, &host);
		touched |= state != HL_URLS_HOST_CLEAR;
		*n_unknown += state == HL_URLS_HOST_UNKNOWN;
		found = state == HL_URLS_HOST_ROW &&
			host_lists(reader, view, ask, i, &host, out);
	}
	if (touched) {
		sodium_memzero(&host, sizeof(host));
		sodium_memzero(reader->item, sizeof(reader->item[0]));
	}
	if (!found && *n_unknown) {
		out->verdict = HL_URLS_UNSURE;
	} else if (!found) {
		out->keep = view ? KEEP_S : 0;
	}
}

void hl_urls_tell(struct hl_urls_reader *reader,
	const struct hl_urls_decision *what, struct hl_urls_decision *out)
{
	uint32_t size = out->size_of;

	hl_urls_reader_add(reader, HL_URLS_N_CHECKED, 1);
	if (what->verdict == HL_URLS_LISTED) {
		hl_urls_reader_add(reader, HL_URLS_N_LISTED, 1);
	} else if (what->verdict == HL_URLS_UNSURE) {
		hl_urls_reader_add(reader, HL_URLS_N_UNSURE, 1);
	} else if (what->verdict == HL_URLS_UNREADABLE) {
		hl_urls_reader_add(reader, HL_URLS_N_UNREADABLE, 1);
	}
	memcpy(out, what, size < sizeof(*what) ? size : sizeof(*what));
	out->size_of = size;
}

static int check(struct hl_urls_reader *reader,
	const struct hl_urls_address *address, int64_t now,
	struct hl_urls_decision *out)
{
	struct hl_urls_decision told = {.verdict = HL_URLS_UNREADABLE};
	struct hl_urls_ask ask = {.now = hl_urls_now(now)};
	size_t n_unknown;
	int rc;

	if (!reader || (address->n && !address->p) || !out ||
		out->size_of < sizeof(out->size_of)) {
		return HL_URLS_E_ARG;
	}
	rc = hl_urls_ask_read(reader, address, &ask);
	if (rc < 0) {
		return rc;
	}
	if (rc == 0) {
		hl_urls_decide(reader, hl_urls_reader_take(reader), &ask, &told,
			&n_unknown);
		hl_urls_reader_release(reader);
	}
	hl_urls_ask_end(reader);
	hl_urls_tell(reader, &told, out);
	return 0;
}

int hl_urls_check(struct hl_urls_reader *reader, const char *address, size_t n,
	int64_t now, struct hl_urls_decision *out)
{
	struct hl_urls_address one = {address, n, 0};

	return check(reader, &one, now, out);
}

int hl_urls_check_host(struct hl_urls_reader *reader, const char *host,
	size_t n, int64_t now, struct hl_urls_decision *out)
{
	struct hl_urls_address one = {host, n, 1};

	return check(reader, &one, now, out);
}

int hl_urls_check_any(struct hl_urls_reader *reader, const char *host, size_t n,
	int64_t now, struct hl_urls_decision *out)
{
	struct hl_urls_address one = {host, n, 2};

	return check(reader, &one, now, out);
}
