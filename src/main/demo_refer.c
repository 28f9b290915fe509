/* SPDX-License-Identifier: Apache-2.0 */
/* Referrals of the invented history. Mail is really built, sealed, sent into
 * the folder and read there; answers come by the links in it. */
#include "main/demo_refer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/common.h"
#include "main/demo_mail.h"
#include "referral/answers.h"
#include "referral/draft.h"
#include "referral/outbox.h"
#include "referral/plan.h"
#include "seal/keyfile.h"

#define LETTERS_MAX 256
#define AT_ONCE 50
#define LIST_MAX 20

struct letter {
	char ref[16];
	char token[64];
};

struct hl_main_demo_post {
	struct hl_main_demo *demo;
	struct hl_seal_secret *worker;
	struct hl_seal_sign_key sign;
	char folder[HL_CLI_PATH_MAX];
	const struct hl_law *laws[2];
	struct hl_referral_desk desk;
	struct letter letters[LETTERS_MAX]; /* the newest last */
	size_t n_letters;
};

static const struct {
	enum hl_recipient kind;
	const char *name, *mail, *country;
	int asn;
	enum hl_contact_state end;
} recipients[] = {
	{HL_RECIPIENT_POLICE, "Example Police, cybercrime unit",
		"reports@police.invalid", "DK", 0, HL_CONTACT_APPROVED},
	{HL_RECIPIENT_PROVIDER, "Example Hosting", "abuse@hosting.invalid",
		"NL", 64497, HL_CONTACT_APPROVED},
	{HL_RECIPIENT_PROVIDER, "Example Cloud", "abuse@cloud.invalid", "US",
		64498, HL_CONTACT_APPROVED},
	{HL_RECIPIENT_PROVIDER, "Example Net", "abuse@net.invalid", "DK", 64496,
		HL_CONTACT_APPROVED},
	{HL_RECIPIENT_PARTNER, "Beispiel Beschwerdestelle",
		"partner@hotline.invalid", "DE", 0, HL_CONTACT_APPROVED},
	{HL_RECIPIENT_PROVIDER, "Example Shelf (does not exist any more)",
		"abuse@shelf.invalid", "SE", 64501, HL_CONTACT_APPROVED},
	{HL_RECIPIENT_PROVIDER, "Example Rack (mailbox is full)",
		"abuse@rack.invalid", "FI", 64502, HL_CONTACT_APPROVED},
	{HL_RECIPIENT_PROVIDER, "Example Transit", "noc@transit.invalid", "RO",
		64500, HL_CONTACT_PROPOSED},
	{HL_RECIPIENT_PROVIDER, "Somebody who is no provider",
		"me@example.invalid", "", 0, HL_CONTACT_REJECTED},
};

static int key_path(const struct hl_main_demo *demo, const char *name,
	char out[HL_CLI_PATH_MAX], struct hl_err *err)
{
	char dir[HL_CLI_PATH_MAX];
	int r = hl_cli_path(
		demo->dir, demo->made->settings->keys_dir, dir, err);

	return r ? r : hl_cli_path(dir, name, out, err);
}

static int load_keys(struct hl_main_demo_post *post, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	struct hl_seal_pub pub;
	int r = key_path(post->demo, "worker.key", path, err);

	post->worker = hl_seal_secret_new();
	if (!r && !post->worker) {
		r = HL_FAIL(err, HL_E_NOMEM, "no memory for a key");
	}
	r = r ? r : hl_seal_worker_load(path, &pub, post->worker, err);
	r = r ? r : key_path(post->demo, "sign.key", path, err);
	r = r ? r : hl_seal_sign_load(path, &post->sign, err);
	return r ? r
		 : hl_cli_path(post->demo->dir,
			   post->demo->made->settings->mail_folder,
			   post->folder, err);
}

int hl_main_demo_post_new(struct hl_main_demo *demo,
	struct hl_main_demo_post **out, struct hl_err *err)
{
	struct hl_main_demo_post *post = calloc(1, sizeof(*post));

	*out = post;
	if (!post) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory");
	}
	post->demo = demo;
	post->laws[0] = demo->laws[0];
	post->laws[1] = demo->laws[1];
	post->desk = (struct hl_referral_desk){.settings = demo->made->settings,
		.laws = post->laws,
		.n_laws = HL_ARRAY_LEN(post->laws),
		.bundle_key = &post->sign};
	return load_keys(post, err);
}

void hl_main_demo_post_free(struct hl_main_demo_post *post)
{
	if (post) {
		hl_seal_secret_free(post->worker);
		explicit_bzero(post, sizeof(*post));
		free(post);
	}
}

static struct hl_who officer(const struct hl_main_demo_post *post)
{
	return hl_main_demo_who(post->demo, HL_DEMO_RITA);
}

int hl_main_demo_recipients(struct hl_main_demo_post *post, struct hl_err *err)
{
	struct hl_who rita = officer(post);
	struct hl_who sofie = hl_main_demo_who(post->demo, HL_DEMO_SOFIE);
	int r = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(recipients) && !r; i++) {
		const struct hl_referral_recipient one = {
			.kind = recipients[i].kind,
			.name = hl_str_c(recipients[i].name),
			.mail = hl_str_c(recipients[i].mail),
			.country = hl_str_c(recipients[i].country),
			.asn = recipients[i].asn,
			.channel = HL_REFERRAL_BY_MAIL};
		int64_t id;

		r = hl_referral_recipient_add(&rita, &one, &id, err);
		if (!r && recipients[i].end != HL_CONTACT_PROPOSED) {
			r = hl_referral_recipient_decide(&sofie, id,
				recipients[i].end == HL_CONTACT_APPROVED, NULL,
				err);
		}
	}
	return r;
}

/* One provider has gone, one's mailbox is full; the others get their mail. */
static int send_mail(void *ctx, const struct hl_referral_envelope *envelope,
	struct hl_str message, struct hl_referral_sent *result,
	struct hl_err *err)
{
	struct hl_main_demo_post *post = ctx;
	const struct hl_referral_transport folder = {
		.via = HL_MAIL_FOLDER, .folder = post->folder};
	struct letter *l = &post->letters[post->n_letters];
	struct hl_main_demo_mail mail;

	if (hl_str_ends(envelope->to, HL_STR("@shelf.invalid"))) {
		*result = (struct hl_referral_sent){
			.status = HL_REFERRAL_MAIL_PERMANENT,
			.code = 550,
			.reply = "5.1.2 no such host"};
		return 0;
	}
	if (hl_str_ends(envelope->to, HL_STR("@rack.invalid"))) {
		*result = (struct hl_referral_sent){
			.status = HL_REFERRAL_MAIL_TRANSIENT,
			.code = 452,
			.reply = "4.2.2 mailbox is full"};
		return 0;
	}
	int r = hl_main_demo_mail_read(message, &mail);
	if (!r && post->n_letters < LETTERS_MAX) {
		struct hl_str link = hl_str_c(mail.link);
		size_t at = hl_str_find(link, HL_STR("/answer/"));

		snprintf(l->ref, sizeof(l->ref), "%s", mail.ref);
		snprintf(l->token, sizeof(l->token), "%.*s",
			HL_STR_ARG(hl_str_sub(link, at + 8, link.n)));
		post->n_letters++;
	}
	return r ? r
		 : hl_referral_mail_send(
			   &folder, envelope, message, result, err);
}

int hl_main_demo_deliver(struct hl_main_demo_post *post, struct hl_err *err)
{
	const struct hl_referral_outbox o = {.store = post->demo->made->store,
		.settings = post->demo->made->settings,
		.worker = post->worker,
		.ctx = post,
		.send = send_mail};
	struct hl_referral_round round;
	int n;
	int r = hl_referral_holds_run(&o, post->demo->arena, AT_ONCE, &n, err);

	return r ? r
		 : hl_referral_outbox_run(
			   &o, post->demo->arena, AT_ONCE, &round, err);
}

static int draft(struct hl_main_demo_post *post, int64_t case_id,
	int64_t recipient_id, bool approve, struct hl_err *err)
{
	struct hl_who rita = officer(post);
	const struct hl_referral_draft_input in = {case_id, recipient_id,
		HL_STR("Please answer by the link in this message.")};
	struct hl_referral_preview preview;
	int64_t id;
	int r = hl_referral_draft(&rita, &post->desk, &in, &id, NULL, err);

	if (!r && approve) {
		r = hl_referral_preview(
			&rita, &post->desk, id, &preview, NULL, err);
	}
	if (!r && approve) {
		r = hl_referral_approve(&rita, &post->desk, id, NULL, err);
	}
	return r;
}

int hl_main_demo_refer(struct hl_main_demo_post *post,
	const struct hl_main_demo_notice *notice, struct hl_err *err)
{
	struct hl_who rita = officer(post);
	struct hl_referral_plan *plan =
		hl_arena_alloc(post->demo->arena, sizeof(*plan));
	int r = plan ? hl_referral_plan(
			       &rita, &post->desk, notice->case_id, plan, err)
		     : HL_FAIL(err, HL_E_NOMEM, "no memory");

	for (size_t i = 0; !r && i < plan->n; i++) {
		const struct hl_referral_proposal *p = &plan->at[i];

		if (p->kind == notice->kind &&
			p->state == HL_REFERRAL_PLAN_READY) {
			r = draft(post, notice->case_id, p->recipient.id,
				!notice->draft_only, err);
		}
	}
	return r;
}

/* The referral of that kind in one of these states; HL_NOTFOUND. */
static int find(struct hl_main_demo_post *post,
	const struct hl_main_demo_notice *of, unsigned states, int64_t *id,
	struct hl_err *err)
{
	struct hl_who rita = officer(post);
	const struct hl_referral_row *rows;
	size_t n;
	const struct hl_referral_filter filter = {
		.case_id = of->case_id, .n_most = LIST_MAX};
	int r = hl_referral_list(&rita, &post->desk, &filter, &rows, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		if (rows[i].kind == of->kind && states >> rows[i].state & 1) {
			*id = rows[i].id;
			return 0;
		}
	}
	return r ? r : HL_NOTFOUND;
}

#define REACHED (1u << HL_REFERRAL_SENT | 1u << HL_REFERRAL_ACKED)

int hl_main_demo_answer(struct hl_main_demo_post *post,
	const struct hl_main_demo_notice *to, enum hl_answer answer,
	struct hl_err *err)
{
	struct hl_referral_answer given = {.answer = answer};
	enum hl_referral_repeat repeat;
	char ref[HL_REF_MAX];
	int64_t id;
	int r = find(post, to, REACHED, &id, err);

	if (r) {
		return r;
	}
	if (answer == HL_ANSWER_REFUSED) {
		given.reason = HL_REFUSAL_COURT_ORDER;
	} else if (answer == HL_ANSWER_MOVED) {
		given.new_address = HL_STR("http://elsewhere.invalid/f/71");
	} else if (answer == HL_ANSWER_NEED_MORE) {
		given.note = HL_STR("Which of the files is it?");
	}
	struct hl_str name = hl_ref_print(HL_REF_REFERRAL, id, ref);
	for (size_t i = post->n_letters; i-- > 0;) {
		const struct letter *l = &post->letters[i];

		if (hl_str_eq(name, hl_str_c(l->ref))) {
			return hl_referral_link_answer(post->demo->made->store,
				post->demo->arena, hl_str_c(l->token),
				HL_REFERRAL_VIA_PAGE, &given, &repeat, err);
		}
	}
	return HL_NOTFOUND;
}

static struct hl_main_demo_notice provider_of(int64_t case_id)
{
	return (struct hl_main_demo_notice){
		.case_id = case_id, .kind = HL_RECIPIENT_PROVIDER};
}

int hl_main_demo_confirm(
	struct hl_main_demo_post *post, int64_t case_id, struct hl_err *err)
{
	const struct hl_main_demo_notice of = provider_of(case_id);
	struct hl_who rita = officer(post);
	int64_t id;
	int r = find(post, &of, REACHED, &id, err);

	return r ? r
		 : hl_referral_confirm_removed(
			   &rita, &post->desk, id, NULL, err);
}

int hl_main_demo_bounce(
	struct hl_main_demo_post *post, int64_t case_id, struct hl_err *err)
{
	const struct hl_main_demo_notice of = provider_of(case_id);
	struct hl_who rita = officer(post);
	int64_t id;
	int r = find(post, &of, REACHED, &id, err);

	return r ? r : hl_referral_bounced(&rita, id, NULL, err);
}

int hl_main_demo_release(
	struct hl_main_demo_post *post, int64_t case_id, struct hl_err *err)
{
	const struct hl_main_demo_notice of = provider_of(case_id);
	struct hl_who rita = officer(post);
	int64_t id;
	int r = find(post, &of, 1u << HL_REFERRAL_LEA_HOLD, &id, err);

	return r ? r : hl_referral_release(&rita, &post->desk, id, NULL, err);
}

int hl_main_demo_remind(
	struct hl_main_demo_post *post, int64_t case_id, struct hl_err *err)
{
	const struct hl_main_demo_notice of = provider_of(case_id);
	struct hl_who rita = officer(post);
	int64_t id;
	int r = find(post, &of, 1u << HL_REFERRAL_SENT, &id, err);

	return r ? r : hl_referral_remind(&rita, &post->desk, id, NULL, err);
}
