/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_CATALOGUE_H
#define HL_WEB_CATALOGUE_H

#include "base/err.h"
#include "base/str.h"

/*
 * A translation as msgfmt(1) compiles it (.mo, both byte orders). Read once,
 * then constant: any number of threads may look up in it. libintl ties the
 * language to the locales installed on the host and to the environment; here
 * it belongs to a request, hence a reader of our own.
 */
struct hl_web_catalogue;

/* Copies mo. HL_E_INVALID when it is no catalogue, its plural rule is wrong
 * or it is not UTF-8. */
int hl_web_catalogue_new(
	struct hl_str mo, struct hl_web_catalogue **out, struct hl_err *err);
/* NULL is allowed. */
void hl_web_catalogue_free(struct hl_web_catalogue *c);

/* The translation of msgid for n things, NUL-terminated, borrowed from the
 * catalogue; the absent view when there is none. */
struct hl_str hl_web_catalogue_find(
	const struct hl_web_catalogue *c, struct hl_str msgid, int64_t n);

#endif
