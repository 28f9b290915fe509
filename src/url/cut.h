/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URL_CUT_H
#define HL_URL_CUT_H

#include "url/url.h"

/* What an address was cut by, since it is over HL_URL_MAX. */
enum hl_url_cut {
	HL_URL_CUT_NOT,   /* it is whole, but perhaps for its fragment */
	HL_URL_CUT_QUERY, /* its query is missing */
	/* So is the end of its path: what is left is a folder that it is in,
	 * which is the root when it cannot be told. */
	HL_URL_CUT_PATH,
};

/*
 * As hl_url_canon(), but an address that is too long is cut until it has a
 * canonical form, and one with a port that cannot be loses the port: who bends
 * an address still asks the same host. HL_E_LIMIT is left for hosts that are
 * too long. Allocates nothing but through *out.
 */
int hl_url_canon_cut(struct hl_str input, struct hl_buf *out,
	enum hl_url_cut *cut, struct hl_err *err);

#endif
