/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_LANGUAGE_H
#define HL_WEB_LANGUAGE_H

#include "web/catalogue.h"
#include "web/http.h"

/*
 * The languages that an installation shows its pages in, the first of them
 * being what is shown to those who ask for none of the others. A constant
 * table while the server runs.
 */
struct hl_web_language {
	const char *tag; /* BCP 47, "en", "pt-BR" */
	bool rtl;
	const struct hl_web_catalogue *catalogue; /* NULL: English */
};

struct hl_web_languages {
	const struct hl_web_language *rows;
	size_t n;
};

#define HL_WEB_LANGUAGE_COOKIE "lang"

/*
 * The language for a request: what the cookie "lang" says if it is one of
 * the table's, else the one that Accept-Language likes best (RFC 4647
 * clause 3.4, "lookup"), else the first. NULL gives English. Static or
 * borrowed from the table.
 */
const struct hl_web_language *hl_web_language_pick(
	const struct hl_web_languages *t, const struct hl_web_request *req);

#endif
