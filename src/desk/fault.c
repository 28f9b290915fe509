/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is shown instead of a page. Nothing typed is lost: what was sent is on
 * the page that says why it was not taken, in the browser and nowhere else.
 */
#include "desk/inner.h"

#include "web/resend.h"
#include "web/templates.h"

/* Others of 400 and above as 400, all else as 0. `again`: instead of `lead`
 * when what was sent is on the page with a button; `read`: when it is there
 * to be read. */
static const struct error {
	int status;
	const char *title, *lead, *again, *read;
} errors[] = {
	{400, HL_TR("This form was not complete"),
		HL_TR("Some of it did not arrive, or not in the form that a "
		      "browser sends. Go back, load the page again and try "
		      "once more."),
		NULL, NULL},
	{403, HL_TR("This form is no longer valid"),
		HL_TR("It did not come from a page of this session. Go back, "
		      "load the page again and send it once more."),
		HL_TR("It is from before you signed in, so nothing has been "
		      "saved yet. What you wrote is still here: press the "
		      "button to send it now."),
		HL_TR("It is from before you signed in, so nothing has been "
		      "saved. What you wrote is below: copy it, open the page "
		      "anew and paste it there.")},
	{404, HL_TR("Not found, or not yours"),
		HL_TR("There is nothing here that you may see. If you typed "
		      "a reference, check it; if a colleague sent you the "
		      "link, ask them who holds the case."),
		NULL,
		HL_TR("There is nothing here that you may see or change now; "
		      "perhaps the case went to somebody else. Nothing was "
		      "saved. What you wrote is below, so that you can copy "
		      "it.")},
	{405, HL_TR("This cannot be done here"),
		HL_TR("The page was called in a way that it does not know. "
		      "Go back and try again."),
		NULL, NULL},
	{409, HL_TR("Somebody was faster"),
		HL_TR("This has been changed since you opened the page, so "
		      "nothing of yours was saved. Go back, load the page "
		      "again and look what is new."),
		NULL,
		HL_TR("This has been changed since you opened the page, so "
		      "nothing of yours was saved. What you wrote is below: "
		      "copy it, open the page anew and look what is new.")},
	{413, HL_TR("This is too much at once"),
		HL_TR("What you sent is longer than we can take. Go back and "
		      "shorten it."),
		NULL, NULL},
	{503, HL_TR("The workbench is busy"),
		HL_TR("Nothing was saved. Please try again in a moment: go "
		      "back and press the button again."),
		HL_TR("Nothing was saved yet, and nothing is lost. Please try "
		      "again in a moment: press the button below."),
		HL_TR("Nothing was saved. What you wrote is below. Please try "
		      "again in a moment: go back and press the button "
		      "again.")},
	{0, HL_TR("Sorry, something went wrong here"),
		HL_TR("Nothing was changed. If it happens again, tell the "
		      "administrator the time; the log says more."),
		HL_TR("Nothing was changed, and what you sent is still here. "
		      "Press the button to try again. If it happens again, "
		      "tell the administrator the time; the log says more."),
		HL_TR("Nothing was changed. What you wrote is below. If it "
		      "happens again, tell the administrator the time; the "
		      "log says more.")},
};

static const struct error *error_of(int status)
{
	size_t i = 0;

	while (errors[i].status && errors[i].status != status) {
		i++;
	}
	return errors[i].status || status < 400 || status >= 500 ? &errors[i]
								 : &errors[0];
}

/* The token of now for a form of before; else the one that was sent. */
static struct hl_str token_for(const struct hl_web_ctx *ctx)
{
	const struct hl_desk_session *s = hl_desk_session_of(ctx);

	return s && ctx->status == 403 ? s->csrf : HL_STR_NONE;
}

static const char *give_back(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, const struct error *e,
	struct hl_w_resend *out)
{
	if ((!e->again && !e->read) ||
		!hl_web_resend(ctx, req, token_for(ctx), out)) {
		return e->lead;
	}
	out->button = HL_STR_NONE;
	if (e->again && out->action.n) {
		out->button = hl_web_tr(HL_TR("Send it now"));
		return e->again;
	}
	return out->n_words ? e->read : e->lead;
}

int hl_desk_error(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct error *e = error_of(ctx->status);
	struct hl_desk_message m = {.link = HL_STR("/"),
		.link_text = hl_web_tr(HL_TR("Go to the start"))};

	hl_desk_page_init(ctx, req, &m.page, hl_web_tr(e->title), NULL);
	m.lead = hl_web_tr(give_back(ctx, req, e, &m.resend));
	return hl_desk_say(ctx, resp, ctx->status, &m);
}

int hl_desk_sign_in_first(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	const char *first)
{
	struct hl_desk_message m = {.link = hl_str_c(first), .new_tab = true};

	if (!hl_web_resend(ctx, req, HL_STR_NONE, &m.resend)) {
		return hl_web_see_other(resp, hl_str_c(first));
	}
	ctx->session = NULL; /* not yet anybody's page */
	hl_desk_page_init(ctx, req, &m.page,
		hl_web_tr(HL_TR("You are not signed in any more")), NULL);
	m.link_text = hl_web_tr(HL_TR("Sign in, in a new tab"));
	m.resend.button = hl_web_tr(HL_TR("Send it now"));
	m.lead = hl_web_tr(
		m.resend.action.n
			? HL_TR("Nothing has been saved yet, and nothing is "
				"lost: what you wrote is on this page. Leave "
				"it open, sign in in a new tab, then come "
				"back here and press the button.")
			: HL_TR("Nothing has been saved. What you wrote is "
				"below: copy it before you leave this page, "
				"sign in in a new tab and paste it there."));
	return hl_desk_say(ctx, resp, 403, &m);
}
