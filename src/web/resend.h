/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_RESEND_H
#define HL_WEB_RESEND_H

#include "web/http.h"
#include "web/widgets.h"

/*
 * What somebody has just sent and we could not take, for the page that says
 * so: a form that sends it again, and the longer words to read and copy.
 * Nothing of it is kept here.
 *
 * The fields are given back only when the browser says that they came from
 * a page of ours (Sec-Fetch-Site), since a form of ours may get a fresh
 * token with them; words only when it does not say the contrary. Never a
 * form with a password or a code in it. csrf: the token that shall hold now;
 * absent: the one that was sent. False: there is nothing to give back.
 */
bool hl_web_resend(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_str csrf, struct hl_w_resend *out);

#endif
