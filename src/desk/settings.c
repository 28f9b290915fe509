/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/inner.h"

#include "domain/settings_keys.h"
#include "web/templates.h"

int hl_desk_settings_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_settings *settings = hl_desk_of(ctx)->settings;
	struct hl_desk_setting *rows =
		hl_arena_array(ctx->arena, hl_settings_n_keys, sizeof(*rows));
	struct hl_desk_settings v = {.rows = rows};

	for (size_t i = 0; rows && i < hl_settings_n_keys; i++) {
		HL_BUF_AUTO value = HL_BUF_INIT(16384);
		struct hl_str key = hl_str_c(hl_settings_keys[i].name);

		if (hl_settings_get(settings, key, &value) == 0) {
			rows[v.n_rows++] = (struct hl_desk_setting){key,
				hl_arena_dup(ctx->arena, hl_buf_str(&value))};
		}
	}
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Settings")), "/settings");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_settings(&resp->body, &v);
	return 0;
}
