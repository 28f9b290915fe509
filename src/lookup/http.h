/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_HTTP_H
#define HL_LOOKUP_HTTP_H

#include "lookup/feed.h"

/*
 * The feed of another hotline over HTTP, for replicas. Plain http to this
 * host only: the key would be readable on its way.
 */
struct hl_lookup_http_config {
	const char *url;     /* "https://api.example.org", path allowed */
	struct hl_str key;   /* "hl_…", copied into memory that is wiped */
	const char *ca_file; /* NULL: the system's */
};

/* HL_E_INVALID: the URL is none that may be followed. */
int hl_lookup_http_check(
	const struct hl_lookup_http_config *config, struct hl_err *err);

struct hl_lookup_http;
/* HL_E_INVALID: the URL or the key is none. */
int hl_lookup_http_new(const struct hl_lookup_http_config *config,
	struct hl_lookup_http **out, struct hl_err *err);
void hl_lookup_http_free(struct hl_lookup_http *h);
/* Borrowed; lives as long as h. One thread at a time. */
const struct hl_lookup_source *hl_lookup_http_source(
	const struct hl_lookup_http *h);

/* Files that it reads while it runs, beside ca_file; ends with NULL. */
const char *const *hl_lookup_http_paths(void);

#endif
