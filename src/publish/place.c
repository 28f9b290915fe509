/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places that an address has: the page, the page whatever its query, its
 * folders, its domains, in this order, so that each is covered by every one
 * behind it. They are the look-up expressions that consumers make of an
 * address (docs/urls.md), and no others: what nobody looks up must not be
 * listed. A domain is never wider than what somebody registered.
 */
#include "publish/inner.h"

/* Segments of a folder: urllist.md, clause 1. */
enum { FOLDER_MOST = 3 };

static int count(struct hl_str s, char c)
{
	int n = 0;

	for (size_t i = 0; i < s.n; i++) {
		n += s.p[i] == c;
	}
	return n;
}

static void add(struct hl_publish_places *out, const struct hl_popular *popular,
	struct hl_publish_place place)
{
	bool whole = place.scope == HL_LIST_DOMAIN ||
		     (place.scope == HL_LIST_FOLDER && place.path.n == 1);

	place.popular = hl_popular_has(popular, place.host);
	place.why = place.popular && whole ? HL_PUBLISH_POPULAR
					   : HL_PUBLISH_ALLOWED;
	if (out->n < HL_PUBLISH_PLACES) {
		out->at[out->n++] = place;
	}
}

static void add_folders(struct hl_publish_places *out,
	const struct hl_popular *popular, const struct hl_url_exprs *exprs,
	struct hl_str path)
{
	struct hl_publish_place place = {
		.scope = HL_LIST_FOLDER, .host = exprs->hosts[0]};

	/* A path that ends in "/" is a folder itself, unless it is so deep
	 * that no address below it would be looked up by it. */
	place.path = path;
	place.keep = count(path, '/') - 1;
	if (hl_str_ends(path, HL_STR("/")) && place.keep <= FOLDER_MOST) {
		add(out, popular, place);
	}
	for (size_t i = 0; i < exprs->n_paths; i++) {
		struct hl_str folder = exprs->paths[i];

		if (folder.n < path.n && hl_str_ends(folder, HL_STR("/"))) {
			place.path = folder;
			place.keep = count(folder, '/') - 1;
			add(out, popular, place);
		}
	}
}

static void add_domains(struct hl_publish_places *out,
	const struct hl_popular *popular, const struct hl_url_exprs *exprs)
{
	struct hl_str host = exprs->hosts[0];
	struct hl_str own = hl_popular_registrable(popular, host);
	bool is_domain = hl_url_host_kind_of(host) == HL_URL_HOST_DOMAIN;

	for (size_t i = 0; i < exprs->n_hosts; i++) {
		if (i && (!own.n || exprs->hosts[i].n < own.n)) {
			break;
		}
		add(out, popular,
			(struct hl_publish_place){.scope = HL_LIST_DOMAIN,
				.keep = is_domain
						? count(exprs->hosts[i], '.') +
							  1
						: 0,
				.host = exprs->hosts[i],
				.path = HL_STR("/")});
	}
}

int hl_publish_places(const struct hl_popular *popular, struct hl_str address,
	struct hl_publish_places *out, struct hl_err *err)
{
	struct hl_url_exprs exprs;
	struct hl_url_parts parts;
	int r = hl_url_expressions(address, &exprs, err);

	out->n = 0;
	if (!r) {
		r = hl_url_split(address, &parts, err);
	}
	if (r) {
		return r;
	}
	add(out, popular,
		(struct hl_publish_place){.scope = HL_LIST_PAGE,
			.host = exprs.hosts[0],
			.path = exprs.paths[0]});
	add(out, popular,
		(struct hl_publish_place){.scope = HL_LIST_ANY_QUERY,
			.host = exprs.hosts[0],
			.path = parts.path});
	add_folders(out, popular, &exprs, parts.path);
	add_domains(out, popular, &exprs);
	return 0;
}

const struct hl_publish_place *hl_publish_place_find(
	const struct hl_publish_places *places, enum hl_list_scope scope,
	int keep)
{
	for (size_t i = 0; i < places->n; i++) {
		if (places->at[i].scope == scope &&
			places->at[i].keep == keep) {
			return &places->at[i];
		}
	}
	return NULL;
}
