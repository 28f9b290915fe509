/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_STATIC_H
#define HL_WEB_STATIC_H

#include "web/http.h"

/*
 * Style sheets and scripts that are part of the binary. The name in the
 * address carries a hash of the content, so that browsers keep the file for
 * a year and never see an old one.
 */
struct hl_web_static {
	const char *name; /* "public.css" */
	const char *path; /* "/static/public.0123456789ab.css" */
	const char *type; /* "text/css; charset=utf-8" */
	const char *etag; /* with its quotes */
	struct hl_str bytes;
	struct hl_str gzip;
};

/* Made by tools/embed.py; the last has no name. */
extern const struct hl_web_static hl_web_statics[];

/* The address of a file; a name that is not there is a bug and gives "/".
 * Static. */
const char *hl_web_static_path(const char *name);
/* By the path of a request; NULL when there is none. */
const struct hl_web_static *hl_web_static_find(struct hl_str path);
/* For the route "/static/:file". */
hl_web_handler hl_web_static_serve;

#endif
