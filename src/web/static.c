/* SPDX-License-Identifier: Apache-2.0 */
#include "web/static.h"

const char *hl_web_static_path(const char *name)
{
	for (const struct hl_web_static *s = hl_web_statics; s->name; s++) {
		if (!strcmp(s->name, name)) {
			return s->path;
		}
	}
	return "/";
}

const struct hl_web_static *hl_web_static_find(struct hl_str path)
{
	for (const struct hl_web_static *s = hl_web_statics; s->name; s++) {
		if (hl_str_eq(hl_str_c(s->path), path)) {
			return s;
		}
	}
	return NULL;
}

int hl_web_static_serve(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_web_static *file = hl_web_static_find(req->path);

	if (!file) {
		return HL_NOTFOUND;
	}
	hl_web_respond(resp, 200, file->type);
	resp->cacheable = true;
	hl_web_header_add(resp, "Cache-Control",
		HL_STR("public, max-age=31536000, immutable"));
	hl_web_header_add(resp, "ETag", hl_str_c(file->etag));
	hl_web_header_add(resp, "Vary", HL_STR("Accept-Encoding"));
	if (hl_str_eq(hl_web_request_header(req, "If-None-Match"),
		    hl_str_c(file->etag))) {
		resp->status = 304;
		resp->type = HL_STR_NONE;
		return 0;
	}
	resp->file = file;
	return 0;
}
