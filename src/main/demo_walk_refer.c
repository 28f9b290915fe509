/* SPDX-License-Identifier: Apache-2.0 */
/* The second half of the story: those who can act are told, it is removed,
 * and the numbers say so. */
#include "main/demo_walk.h"

#include <glob.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/common.h"
#include "main/demo_mail.h"

#define MAIL_MAX (1u << 20)
#define MAIL_TRIES 100 /* a fifth of a second each */

static const char police_name[] = "Example Police, cybercrime unit";
static const char provider_name[] = "Example Hosting";

/* The reference that begins with `before` nearest to the recipient of that
 * name, who is listed as "Police: Name": in front of it or behind it. */
static int ref_near(const struct hl_main_browser *b, const char *name,
	const char *before, bool behind, char out[HL_REF_MAX])
{
	struct hl_str html = hl_main_browser_html(b), want = hl_str_c(before);
	char listed[128];

	snprintf(listed, sizeof(listed), ": %s", name);
	size_t at = hl_str_find(html, hl_str_c(listed));

	out[0] = '\0';
	if (at == html.n) {
		return hl_walk_odd(b, "a page that names %s", name);
	}
	if (behind) {
		at += hl_str_find(hl_str_sub(html, at, html.n), want);
	} else {
		while (at > 0 &&
			!hl_str_starts(hl_str_sub(html, at, html.n), want)) {
			at--;
		}
	}
	struct hl_str ref = hl_str_sub(html, at + want.n, HL_REF_MAX - 1);
	ref.n = hl_str_find_char(ref, '"');
	snprintf(out, HL_REF_MAX, "%.*s", HL_STR_ARG(ref));
	return ref.n > 2 ? 0 : hl_walk_odd(b, "a reference at %s", name);
}

static int type_in_host(struct hl_walk *w, struct hl_main_browser *rita)
{
	const struct hl_main_field host[] = {{"country", "NL"},
		{"network", provider_name}, {"asn", "64497"}};
	char action[64];

	snprintf(action, sizeof(action), "/case/%s/host", w->cases[0]);
	if (hl_walk_open(rita, action) ||
		hl_walk_send(rita, action, host, HL_ARRAY_LEN(host))) {
		return -1;
	}
	hl_walk_tell("Nothing is looked up in a demonstration, so she types in "
		     "where it is hosted: NL, %s.",
		provider_name);
	return 0;
}

int hl_walk_plan(struct hl_walk *w)
{
	struct hl_main_browser *rita = w->staff[HL_DEMO_RITA];
	char refs[2][HL_REF_MAX], action[64];

	hl_walk_step(w,
		"Rita, the referral officer, plans who has to be told "
		"about %s.",
		w->cases[0]);
	snprintf(action, sizeof(action), "/case/%s/refer", w->cases[0]);
	if (hl_walk_login(w, HL_DEMO_RITA) || type_in_host(w, rita) ||
		hl_walk_open(rita, action) ||
		ref_near(rita, police_name, "value=\"", false, refs[0]) ||
		ref_near(rita, provider_name, "value=\"", false, refs[1])) {
		return -1;
	}
	const struct hl_main_field both[] = {
		{"recipients", refs[0]}, {"recipients", refs[1]}};
	if (hl_walk_send(rita, action, both, HL_ARRAY_LEN(both)) ||
		hl_walk_open(rita, action) ||
		ref_near(rita, police_name, "/referral/", true, w->police) ||
		ref_near(rita, provider_name, "/referral/", true, w->notice)) {
		return -1;
	}
	hl_walk_tell("%s to %s", w->police, police_name);
	hl_walk_tell("%s to %s", w->notice, provider_name);
	return 0;
}

static int approve(struct hl_walk *w, const char *ref)
{
	struct hl_main_browser *rita = w->staff[HL_DEMO_RITA];
	char page[64], document[64], action[64];

	snprintf(page, sizeof(page), "/referral/%s", ref);
	snprintf(document, sizeof(document), "/referral/%s/document", ref);
	snprintf(action, sizeof(action), "/referral/%s/approve", ref);
	return hl_walk_open(rita, document) || hl_walk_open(rita, page) ||
			       hl_walk_send(rita, action, NULL, 0) ||
			       hl_walk_open(rita, page)
		       ? -1
		       : 0;
}

/* The newest mail of a referral, as it lies in the folder; HL_NOTFOUND. */
static int find_mail(struct hl_walk *w, const char *ref,
	struct hl_main_demo_mail *mail, bool *xarf)
{
	char folder[HL_CLI_PATH_MAX], pattern[HL_CLI_PATH_MAX];
	int r = hl_cli_path(w->dir, w->settings->mail_folder, folder, NULL);
	bool found = false;
	glob_t files = {0};

	r = r ? r : hl_cli_path(folder, "new/*", pattern, NULL);
	if (r || glob(pattern, 0, NULL, &files) != 0) {
		return HL_NOTFOUND;
	}
	for (size_t i = 0; i < files.gl_pathc && !found; i++) {
		HL_BUF_AUTO text = HL_BUF_SECRET(MAIL_MAX);

		if (hl_file_read(files.gl_pathv[i], &text, NULL) ||
			hl_main_demo_mail_read(hl_buf_str(&text), mail)) {
			continue;
		}
		found = strcmp(mail->ref, ref) == 0;
		*xarf = hl_str_find(hl_buf_str(&text), HL_STR("xarf.json")) <
			text.n;
	}
	globfree(&files);
	return found ? 0 : HL_NOTFOUND;
}

static int wait_mail(struct hl_walk *w, const char *ref,
	struct hl_main_demo_mail *mail, bool *xarf)
{
	const struct timespec pause = {.tv_nsec = 200 * 1000 * 1000};

	for (int i = 0; i < MAIL_TRIES; i++) {
		if (find_mail(w, ref, mail, xarf) == 0) {
			return 0;
		}
		nanosleep(&pause, NULL);
	}
	return hl_walk_odd(NULL,
		"the mail of %s in the folder %s within 20 s. What came: "
		"nothing",
		ref, w->settings->mail_folder);
}

int hl_walk_police(struct hl_walk *w)
{
	struct hl_main_demo_mail mail;
	bool xarf;

	hl_walk_step(w, "Rita reads and approves both. The police come first.");
	if (approve(w, w->police) || approve(w, w->notice) ||
		hl_walk_says(w->staff[HL_DEMO_RITA],
			hl_vocab_label(&hl_vocab_referral_state,
				HL_REFERRAL_LEA_HOLD))) {
		return -1;
	}
	if (wait_mail(w, w->police, &mail, &xarf)) {
		return -1;
	}
	hl_walk_tell("Mail to %s, with a signed bundle%s.", mail.to,
		mail.test ? ", marked as a test" : "");
	if (find_mail(w, w->notice, &mail, &xarf) != HL_NOTFOUND) {
		return hl_walk_odd(NULL,
			"that %s waits for the police. What came: it was sent",
			w->notice);
	}
	hl_walk_tell("%s waits until the police have cleared it, or their "
		     "time is over.",
		w->notice);
	static const enum hl_public_status is[] = {HL_STATUS_TO_POLICE,
		HL_STATUS_NOT_ILLEGAL, HL_STATUS_UNREACHABLE};
	return hl_walk_status(w, is);
}

int hl_walk_provider(struct hl_walk *w)
{
	struct hl_main_browser *rita = w->staff[HL_DEMO_RITA];
	struct hl_main_demo_mail mail;
	char page[64], action[64];
	bool xarf = false;

	hl_walk_step(w, "The police telephone: go ahead. Rita releases the "
			"hold.");
	snprintf(page, sizeof(page), "/referral/%s", w->notice);
	snprintf(action, sizeof(action), "/referral/%s/release", w->notice);
	if (hl_walk_open(rita, page) || hl_walk_send(rita, action, NULL, 0) ||
		wait_mail(w, w->notice, &mail, &xarf)) {
		return -1;
	}
	if (!xarf || !mail.link[0]) {
		return hl_walk_odd(NULL,
			"a mail with a XARF document and an answer link. What "
			"came: %s%s",
			xarf ? "" : "no XARF document ",
			mail.link[0] ? "" : "no link");
	}
	hl_walk_tell("Mail to %s, with a XARF document and a link to answer.",
		mail.to);
	snprintf(w->answer, sizeof(w->answer), "%s", mail.link);
	static const enum hl_public_status is[] = {HL_STATUS_TO_PROVIDER,
		HL_STATUS_NOT_ILLEGAL, HL_STATUS_UNREACHABLE};
	return hl_walk_status(w, is);
}

int hl_walk_removed(struct hl_walk *w)
{
	struct hl_main_browser *rita = w->staff[HL_DEMO_RITA];
	const struct hl_main_field removed = {"answer", "removed"};
	char page[64], action[64];

	hl_walk_step(w, "The provider opens the link and answers with one "
			"click: removed.");
	if (hl_walk_open(w->provider, w->answer) ||
		hl_walk_says(w->provider, w->notice) ||
		hl_walk_send(w->provider, "", &removed, 1) ||
		hl_walk_says(w->provider, "Your answer")) {
		return -1;
	}
	hl_walk_tell("%s", w->answer);
	hl_walk_step(w, "A provider's word is not enough: Rita makes sure and "
			"confirms it.");
	snprintf(page, sizeof(page), "/referral/%s", w->notice);
	snprintf(action, sizeof(action), "/referral/%s/removed", w->notice);
	if (hl_walk_open(rita, page) ||
		hl_walk_says(rita,
			hl_vocab_label(&hl_vocab_answer, HL_ANSWER_REMOVED)) ||
		hl_walk_send(rita, action, NULL, 0)) {
		return -1;
	}
	static const enum hl_public_status is[] = {HL_STATUS_REMOVED,
		HL_STATUS_NOT_ILLEGAL, HL_STATUS_UNREACHABLE};
	return hl_walk_status(w, is);
}

int hl_walk_count(struct hl_walk *w, json_t **out)
{
	struct hl_main_browser *sofie = w->staff[HL_DEMO_SOFIE];
	struct hl_err err = {0};

	if (hl_walk_open(sofie, "/statistics.json")) {
		return -1;
	}
	return hl_json_parse(hl_main_browser_html(sofie), MAIL_MAX, out, &err)
		       ? hl_walk_odd(sofie, "statistics as JSON (%s)", err.msg)
		       : 0;
}

/* What this story must have changed, and by how much: at least, where the
 * hotline works on meanwhile. It sends what waited in the outbox: a mailbox
 * of the invented history is full and tried again at a time of the dice. */
static const struct {
	const char *section, *name, *measure;
	int by;
	bool or_more;
} changes[] = {
	{"reports", "n", NULL, 1, false},
	{"triage", "accepted", "n", 1, false},
	{"triage", "duplicate", "n", 0, false},
	{"place", "website", "n", 1, false},
	{"channel", "form", "n", 1, false},
	{"outcome", "illegal_baseline", "n", 1, false},
	{"outcome", "illegal_national", "n", 0, false},
	{"outcome", "not_illegal", "n", 1, false},
	{"outcome", "already_gone", "n", 1, false},
	{"country", "NL", "n", 1, false},
	{"referral", "police", "sent", 1, true},
	{"referral", "police", "answered", 0, false},
	{"referral", "provider", "sent", 1, true},
	{"referral", "provider", "answered", 1, false},
	{"referral", "partner", "sent", 0, true},
	{"answer", "removed", "n", 1, false},
	{"removal", "from_notice", "n", 1, false},
};

static int64_t number(const json_t *all, size_t i)
{
	const json_t *at = json_object_get(all, changes[i].section);

	at = json_object_get(at, changes[i].name);
	if (changes[i].measure) {
		at = json_object_get(at, changes[i].measure);
	}
	return json_integer_value(at);
}

static bool is_by(size_t i, int64_t up)
{
	return changes[i].or_more ? up >= changes[i].by : up == changes[i].by;
}

int hl_walk_numbers(struct hl_walk *w)
{
	HL_JSON_AUTO *now = NULL;

	hl_walk_step(w, "Sofie, the supervisor, looks at the statistics.");
	if (hl_walk_count(w, &now)) {
		return -1;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(changes); i++) {
		int64_t before = number(w->stats, i), after = number(now, i);
		const char *measure =
			changes[i].measure ? changes[i].measure : "";

		if (!is_by(i, after - before)) {
			return hl_walk_odd(NULL,
				"that %s %s %s went up by %d. What came: %lld, "
				"then %lld",
				changes[i].section, changes[i].name, measure,
				changes[i].by, (long long)before,
				(long long)after);
		}
		if (changes[i].by) {
			hl_walk_tell("%s, %s %s: %lld, was %lld",
				changes[i].section, changes[i].name, measure,
				(long long)after, (long long)before);
		}
	}
	return 0;
}
