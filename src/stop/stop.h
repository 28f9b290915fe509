/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STOP_STOP_H
#define HL_STOP_STOP_H

#include "base/buf.h"
#include "base/err.h"

/*
 * The page that somebody sees in place of an address of a block list:
 * docs/stop-page.md. Pure: no files, no clock, no state; any number of
 * threads may call everything here. The address that was asked for is not a
 * parameter, so that no form of the page can show it.
 */

/* What of a site is on the list. */
enum hl_stop_reason {
	HL_STOP_UNKNOWN, /* not told: the page says what holds of all */
	HL_STOP_PAGE,
	HL_STOP_FOLDER,
	HL_STOP_SITE,
};
/* "page", "folder" or "directory", "site" or "domain"; anything else, and none,
 * is HL_STOP_UNKNOWN. */
enum hl_stop_reason hl_stop_reason_of(struct hl_str name);
/* "" for HL_STOP_UNKNOWN. Static. */
const char *hl_stop_reason_name(enum hl_stop_reason reason);

/* What is shown, and where it leads: https:, http:, mailto: or tel:. Both
 * absent: left out. */
struct hl_stop_link {
	struct hl_str name, href;
};

/*
 * Of the one who shows the page; borrowed. Absent parts are left out, but the
 * hotline's name must be there.
 */
struct hl_stop_config {
	struct hl_str hotline; /* who publishes the list */
	struct hl_stop_link contact;
	struct hl_str consumer;     /* who blocks; absent: not known */
	struct hl_str consumer_uri; /* for Link: rel="blocked-by" */
	struct hl_str appeal;       /* http(s) address of the appeal page */
	struct hl_stop_link worry;  /* for those who worry about themselves */
	struct hl_stop_link young;  /* for children and young people */
};

#define HL_STOP_NAME_MAX 200 /* bytes */
#define HL_STOP_HREF_MAX 500

/* 0, or HL_E_INVALID with what to change: for when settings are read. */
int hl_stop_check(const struct hl_stop_config *config, struct hl_err *err);

/* Of one request. Headers are any bytes; absent: not sent. */
struct hl_stop_ask {
	int64_t entry; /* of the list, 0: not known */
	enum hl_stop_reason reason;
	struct hl_str accept, accept_language;
};

#define HL_STOP_STATUS 451
#define HL_STOP_BODY_MAX ((size_t)64 * 1024)
#define HL_STOP_HEADERS_MAX 10
struct hl_stop_header {
	const char *name;    /* static */
	struct hl_str value; /* static, or of the answer */
};

struct hl_stop_answer {
	struct hl_stop_header headers[HL_STOP_HEADERS_MAX];
	size_t n_headers;
	const char *language; /* "da"; static */
	struct hl_buf body, link;
};

/* Zero is empty. fini may be called twice. */
void hl_stop_answer_fini(struct hl_stop_answer *answer);
#define HL_STOP_ANSWER_AUTO \
	__attribute__((cleanup(hl_stop_answer_fini))) struct hl_stop_answer

/*
 * Fills *out, which is zero, or was filled before and keeps its memory: the
 * body as HTML, text or JSON, and every header but the length and the date;
 * the status is HL_STOP_STATUS. HL_E_INVALID as hl_stop_check(), HL_E_NOMEM.
 */
int hl_stop_answer(const struct hl_stop_config *config,
	const struct hl_stop_ask *ask, struct hl_stop_answer *out,
	struct hl_err *err);

/* The languages, English first; NULL behind the last. Static. */
const char *hl_stop_language_tag(size_t i);
/* Which of them an Accept-Language header asks for (RFC 4647 clause 3.4); 0
 * when it asks for none. At most 64 ranges are read. */
size_t hl_stop_language(struct hl_str accept_language);

#endif
