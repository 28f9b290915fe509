/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_POPULAR_H
#define HL_DOMAIN_POPULAR_H

#include "base/err.h"
#include "base/str.h"
#include "url/url.h"

/*
 * Hosts that so many people use that they are never listed as a whole by
 * accident: docs/publish.md, "Popular hosts". Those of data/popular-hosts.txt
 * are always there; an operator may add more. Immutable: threads may share.
 */
struct hl_popular;

#define HL_POPULAR_BYTES_MAX (4 * 1024 * 1024)

/*
 * more: the text of the operator's file, or absent. A domain a line; what is
 * behind # and empty lines say nothing. HL_E_INVALID: a line that is no
 * domain, and err says which; HL_E_LIMIT: too long. suffixes is borrowed as
 * long as *out lives, NULL for the library's own. *out is owned.
 */
int hl_popular_new(struct hl_str more, const struct hl_url_suffixes *suffixes,
	struct hl_popular **out, struct hl_err *err);
void hl_popular_free(struct hl_popular *p);
void hl_popular_freep(struct hl_popular **p);
#define HL_POPULAR_AUTO \
	__attribute__((cleanup(hl_popular_freep))) struct hl_popular

/*
 * Whether the host, in its canonical form, belongs to a popular service: its
 * registrable domain is named, or the host itself is, or anybody can have a
 * name below it (it is a public suffix).
 */
bool hl_popular_has(const struct hl_popular *p, struct hl_str host);
/* The registrable domain, as the same suffixes have it; absent if none. */
struct hl_str hl_popular_registrable(
	const struct hl_popular *p, struct hl_str host);
/* data/popular-hosts.txt. */
extern const char hl_popular_builtin[];
/* Names in all; for tests and doctor. */
size_t hl_popular_count(const struct hl_popular *p);

#endif
