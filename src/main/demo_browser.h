/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_BROWSER_H
#define HL_MAIN_DEMO_BROWSER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/*
 * A browser as small as `hotline demo walk` needs it: cookies, redirects,
 * forms with what stands in them. No scripts, as the pages need none. One
 * thread at a time.
 */
struct hl_main_browser;

/* base: "http://127.0.0.1:8080". Owned by the caller. */
int hl_main_browser_new(
	const char *base, struct hl_main_browser **out, struct hl_err *err);
/* NULL is allowed. */
void hl_main_browser_free(struct hl_main_browser *b);
void hl_main_browser_freep(struct hl_main_browser **b);

/* Opens a path, or a whole URL. 0 whatever the status is; HL_E_UNAVAILABLE
 * when nobody answers. */
int hl_main_browser_open(
	struct hl_main_browser *b, const char *path, struct hl_err *err);

struct hl_main_field {
	const char *name, *value;
};
/*
 * Fills in and sends the first form of the page whose action begins with
 * `action`. What stands in it already is sent as well, but for fields of the
 * same name. HL_NOTFOUND: the page has no such form, or the form has no
 * field of that name.
 */
int hl_main_browser_send(struct hl_main_browser *b, const char *action,
	const struct hl_main_field *fields, size_t n, struct hl_err *err);

/* Of the page that is open; borrowed until the next one. */
int hl_main_browser_status(const struct hl_main_browser *b);
const char *hl_main_browser_url(const struct hl_main_browser *b);
struct hl_str hl_main_browser_html(const struct hl_main_browser *b);
/* Its words without tags, white space as single spaces. */
struct hl_str hl_main_browser_text(const struct hl_main_browser *b);
bool hl_main_browser_says(const struct hl_main_browser *b, const char *words);
/* What stands between two pieces of the HTML, the first such; absent if
 * there is none. */
struct hl_str hl_main_browser_between(
	const struct hl_main_browser *b, const char *before, const char *after);

#endif
