/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to see about known hashes; changes nothing. */
#include "main/demo_walk.h"

#include <stdio.h>

#include "main/demo_html.h"

#define ENTRIES_MAX 50

/* References of the entries on the page, in their order. */
static size_t read_entries(
	const struct hl_main_browser *b, char refs[ENTRIES_MAX][HL_REF_MAX])
{
	struct hl_str rest = hl_main_browser_html(b), tag;
	size_t n = 0;

	while (n < ENTRIES_MAX && hl_main_html_tag(&rest, &tag)) {
		struct hl_str href = hl_main_html_attr(tag, "href");

		if (hl_main_html_is(tag, "a") &&
			hl_str_starts(href, HL_STR("/hash/H-"))) {
			snprintf(refs[n++], HL_REF_MAX, "%.*s",
				HL_STR_ARG(hl_str_sub(href, 6, href.n)));
		}
	}
	return n;
}

/* Opens the page of an entry that resolved a case, and then that case. */
static int show_resolved(struct hl_walk *w, struct hl_main_browser *sofie)
{
	char refs[ENTRIES_MAX][HL_REF_MAX], path[128];
	size_t n = read_entries(sofie, refs);

	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/hash/%.31s", refs[i]);
		if (hl_walk_open(sofie, path)) {
			return -1;
		}
		struct hl_str ref =
			hl_main_browser_between(sofie, "href=\"/case/", "\"");
		if (!ref.n) {
			continue;
		}
		hl_walk_tell("Entry %s: %s/hash/%s", refs[i],
			w->settings->staff_url, refs[i]);
		snprintf(path, sizeof(path), "/case/%.*s", HL_STR_ARG(ref));
		if (hl_walk_open(sofie, path) ||
			hl_walk_says(sofie, "Known as")) {
			return -1;
		}
		hl_walk_tell("It resolved %s, and nobody had to look; the page "
			     "says why.",
			path + 6);
		return 0;
	}
	return hl_walk_odd(sofie, "an entry that resolved a case");
}

int hl_walk_known(struct hl_walk *w)
{
	struct hl_main_browser *sofie = w->staff[HL_DEMO_SOFIE];
	char path[128];

	hl_walk_step(w, "Sofie looks at the known hashes: what two people "
			"judged once need not be looked at again.");
	if (hl_walk_open(sofie, "/hashes") ||
		hl_walk_says(sofie, "Assessed here") ||
		hl_walk_says(sofie, "Known to be harmless") ||
		hl_walk_says(sofie, "Example partner’s list")) {
		return -1;
	}
	hl_walk_tell("Lists: %s/hashes", w->settings->staff_url);
	/* ours come first */
	struct hl_str list =
		hl_main_browser_between(sofie, "href=\"/hash-list/", "\"");
	snprintf(path, sizeof(path), "/hashes/entries?tab=in-use&list=%.*s",
		HL_STR_ARG(list));
	if (hl_walk_open(sofie, path) || show_resolved(w, sofie)) {
		return -1;
	}
	if (*w->settings->api_listen && *w->logins.api_key) {
		hl_walk_tell("A program with a key may ask, for instance "
			     "which lists there are:");
		hl_walk_tell("curl -H 'Authorization: Bearer %s' "
			     "http://%s/v1/ready",
			w->logins.api_key, w->settings->api_listen);
	}
	return 0;
}
