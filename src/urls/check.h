/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_CHECK_H
#define HL_URLS_CHECK_H

/* One address against one view. */
#include "url/cut.h"
#include "urls/inner.h"

/* What is asked: the canonical address is in the reader's text. */
struct hl_urls_ask {
	struct hl_url_exprs e;
	enum hl_url_cut cut; /* of one that is too long */
	bool host_only;
	bool any; /* whatever is listed there */
	int64_t now;
};

/* Makes it canonical and cuts it. 0; HL_URLS_NOTFOUND: no web address;
 * HL_URLS_E_NOMEM: a host that is not plain ASCII needs memory. */
int hl_urls_ask_read(struct hl_urls_reader *reader,
	const struct hl_urls_address *address, struct hl_urls_ask *out);
/* The text is wiped. */
void hl_urls_ask_end(struct hl_urls_reader *reader);

/* What is known of a host. */
enum hl_urls_host_state {
	HL_URLS_HOST_CLEAR,  /* not on the list */
	HL_URLS_HOST_ROW,    /* has this row */
	HL_URLS_HOST_UNKNOWN /* must be confirmed */
};
struct hl_urls_host {
	struct hl_str name;
	uint64_t digest; /* where it passed the prefilter */
	struct hl_urls_keys keys;
	uint32_t row;
	int64_t until; /* when what is known of it is forgotten */
};
enum hl_urls_host_state hl_urls_host_look(struct hl_urls_reader *reader,
	struct hl_urls_view *view, int64_t now, struct hl_urls_host *host);

/* The whole decision; *n_unknown hosts must be confirmed. */
void hl_urls_decide(struct hl_urls_reader *reader, struct hl_urls_view *view,
	const struct hl_urls_ask *ask, struct hl_urls_decision *out,
	size_t *n_unknown);
/* Copies as much as the caller has room for, and counts. */
void hl_urls_tell(struct hl_urls_reader *reader,
	const struct hl_urls_decision *what, struct hl_urls_decision *out);

#endif
