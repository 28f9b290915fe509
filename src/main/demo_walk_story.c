/* SPDX-License-Identifier: Apache-2.0 */
/* The first half of the story: a stranger reports, two analysts assess. */
#include "main/demo_walk.h"

#include <stdio.h>

#include "domain/facts.h"
#include "main/demo_html.h"

#define FACTS_MAX 16

int hl_walk_look_around(struct hl_walk *w)
{
	struct hl_main_browser *anna = w->staff[HL_DEMO_ANNA];

	hl_walk_step(w, "The hotline is open: the form for everybody, the "
			"workbench for staff.");
	if (hl_walk_open(w->reporter, "/") ||
		hl_walk_says(w->reporter, w->settings->service_name)) {
		return -1;
	}
	hl_walk_tell("Reporting form: %s", w->settings->public_url);
	hl_walk_tell("Workbench:      %s", w->settings->staff_url);
	if (hl_walk_login(w, HL_DEMO_SOFIE) || hl_walk_login(w, HL_DEMO_ANNA) ||
		hl_walk_open(anna, "/queue?danger=yes")) {
		return -1;
	}
	struct hl_str html = hl_main_browser_html(anna);
	snprintf(w->before, sizeof(w->before), "%.*s",
		HL_STR_ARG(hl_str_sub(
			html, hl_str_find(html, HL_STR("<tbody")), html.n)));
	return hl_walk_count(w, &w->stats);
}

/* Spelt as people paste them, and as they are understood. */
static void make_addresses(struct hl_walk *w)
{
	snprintf(w->typed[0], HL_WALK_TEXT,
		"hxxp://Gallery-%u[.]example[.]invalid:80/room/../room/12",
		w->tag);
	snprintf(w->read[0], HL_WALK_TEXT,
		"http://gallery-%u.example.invalid/room/12", w->tag);
	snprintf(w->typed[1], HL_WALK_TEXT,
		"NOTES-%u[.]Example[.]ORG/old/../list/2", w->tag);
	snprintf(w->read[1], HL_WALK_TEXT, "http://notes-%u.example.org/list/2",
		w->tag);
	snprintf(w->typed[2], HL_WALK_TEXT,
		"<HTTPS://OLD-%u.Example.NET:443/page7>", w->tag);
	snprintf(w->read[2], HL_WALK_TEXT, "https://old-%u.example.net/page7",
		w->tag);
}

/* One question a page; an empty answer leaves it out. */
static int answer(struct hl_walk *w, const char *name, const char *value)
{
	char action[64];

	snprintf(action, sizeof(action), "/report/%s", name);
	return hl_walk_send(w->reporter, action,
		&(struct hl_main_field){name, value}, *value ? 1 : 0);
}

static int fill_in(struct hl_walk *w)
{
	char pasted[HL_WALK_ADDRESSES * HL_WALK_TEXT];

	snprintf(pasted, sizeof(pasted), "%s\n%s\n%s", w->typed[0], w->typed[1],
		w->typed[2]);
	if (hl_walk_open(w->reporter, "/report/danger") ||
		answer(w, "danger", "yes") ||
		hl_walk_says(w->reporter, "112")) {
		return -1;
	}
	hl_walk_tell("\"Is a child in danger right now?\" Yes: so emergency "
		     "contacts come first.");
	if (hl_walk_open(w->reporter, "/report/place?new=1") ||
		answer(w, "place", "website") ||
		answer(w, "addresses", pasted) ||
		answer(w, "where", "a gallery, a list and an old page") ||
		answer(w, "seen", "today") || answer(w, "pay", "no") ||
		answer(w, "words", "") || answer(w, "contact", "")) {
		return -1;
	}
	for (int i = 0; i < HL_WALK_ADDRESSES; i++) {
		if (hl_walk_says(w->reporter, w->read[i])) {
			return -1;
		}
		hl_walk_tell("typed       %s", w->typed[i]);
		hl_walk_tell("understood  %s", w->read[i]);
	}
	return 0;
}

int hl_walk_report(struct hl_walk *w)
{
	hl_walk_step(w, "A stranger reports three addresses, oddly spelt, "
			"without a name and without JavaScript.");
	make_addresses(w);
	if (fill_in(w) || hl_walk_send(w->reporter, "/report/send", NULL, 0)) {
		return -1;
	}
	struct hl_str receipt = hl_main_browser_between(w->reporter,
		"\"hl-receipt\" translate=\"no\" dir=\"ltr\">", "</strong>");
	if (receipt.n < 20 || receipt.n >= sizeof(w->receipt)) {
		return hl_walk_odd(w->reporter, "a receipt");
	}
	snprintf(w->receipt, sizeof(w->receipt), "%.*s", HL_STR_ARG(receipt));
	hl_walk_tell("Receipt: %s. The report is on the disk, sealed; who "
		     "sealed it cannot open it.",
		w->receipt);
	return hl_walk_send(w->reporter, "/report/receipt",
		       &(struct hl_main_field){"saved", "yes"}, 1) ||
			       hl_walk_says(w->reporter, "Thank you")
		       ? -1
		       : 0;
}

int hl_walk_status(
	struct hl_walk *w, const enum hl_public_status is[HL_WALK_ADDRESSES])
{
	char want[128];

	if (hl_walk_open(w->reporter, "/status") ||
		hl_walk_send(w->reporter, "/status",
			&(struct hl_main_field){"receipt", w->receipt}, 1)) {
		return -1;
	}
	for (int i = 0; i < HL_WALK_ADDRESSES; i++) {
		snprintf(want, sizeof(want), "Address %d %s", i + 1,
			hl_vocab_label(&hl_vocab_public_status, (int)is[i]));
		if (hl_walk_says(w->reporter, want)) {
			return -1;
		}
		hl_walk_tell("The receipt says: %s", want);
	}
	return 0;
}

/* Whether a case is the one of an address, by its page. */
static int match(struct hl_walk *w, const char *ref)
{
	struct hl_main_browser *anna = w->staff[HL_DEMO_ANNA];
	char path[64], action[64];

	snprintf(path, sizeof(path), "/case/%s", ref);
	snprintf(action, sizeof(action), "/case/%s/take", ref);
	if (hl_walk_open(anna, path) || hl_walk_send(anna, action, NULL, 0) ||
		hl_walk_open(anna, path)) {
		return -1;
	}
	for (int i = 0; i < HL_WALK_ADDRESSES; i++) {
		struct hl_str html = hl_main_browser_html(anna);
		struct hl_str host = hl_str_c(w->read[i]);

		host = hl_str_sub(host, hl_str_find_char(host, '/') + 2, 12);
		if (hl_str_find(html, host) < html.n) {
			snprintf(w->cases[i], HL_REF_MAX, "%.15s", ref);
			hl_walk_tell("%s is the case of %s", ref, w->read[i]);
			return 0;
		}
	}
	return hl_walk_odd(anna, "one of the three addresses");
}

/* References of the queue's page that were not there before. */
static int take_new(struct hl_walk *w, int *n)
{
	struct hl_main_browser *anna = w->staff[HL_DEMO_ANNA];
	char found[HL_WALK_ADDRESSES][HL_REF_MAX];
	struct hl_str rest = hl_main_browser_html(anna), tag;

	*n = 0;
	while (*n < HL_WALK_ADDRESSES && hl_main_html_tag(&rest, &tag)) {
		struct hl_str href = hl_main_html_attr(tag, "href");
		struct hl_str ref = hl_str_sub(href, 6, HL_REF_MAX - 1);

		if (hl_main_html_is(tag, "a") &&
			hl_str_starts(href, HL_STR("/case/C-")) &&
			hl_str_find(hl_str_c(w->before), ref) ==
				strlen(w->before)) {
			snprintf(
				found[*n], HL_REF_MAX, "%.*s", HL_STR_ARG(ref));
			++*n;
		}
	}
	for (int i = 0; i < *n; i++) {
		if (match(w, found[i])) {
			return -1;
		}
	}
	return 0;
}

int hl_walk_triage(struct hl_walk *w)
{
	struct hl_main_browser *anna = w->staff[HL_DEMO_ANNA];
	int n;

	hl_walk_step(w, "Anna opens the queue: her key opens the report, and "
			"each new address becomes a case.");
	if (hl_walk_open(anna, "/queue?danger=yes") || take_new(w, &n)) {
		return -1;
	}
	if (n != HL_WALK_ADDRESSES) {
		return hl_walk_odd(anna, "three new cases in the queue");
	}
	hl_walk_tell("She takes all three; nobody else can work on them "
		     "meanwhile.");
	static const enum hl_public_status is[] = {
		HL_STATUS_ASSESSING, HL_STATUS_ASSESSING, HL_STATUS_ASSESSING};
	return hl_walk_status(w, is);
}

struct form {
	struct hl_main_field fields[FACTS_MAX];
	size_t n;
};

static void put(struct form *f, enum hl_fact fact, int value)
{
	f->fields[f->n++] =
		(struct hl_main_field){hl_vocab_name(&hl_vocab_fact, (int)fact),
			hl_vocab_name(hl_fact_vocab(fact), value)};
}

/* Facts, never a verdict. */
static struct form facts(enum hl_access access, enum hl_age age)
{
	bool child = age != HL_AGE_ADULT;
	struct form f = {.n = 0};

	put(&f, HL_FACT_ACCESS, (int)access);
	if (access == HL_ACCESS_SEEN) {
		put(&f, HL_FACT_MATERIAL, HL_MATERIAL_PHOTO);
		put(&f, HL_FACT_AGE, (int)age);
		put(&f, HL_FACT_ACT, child ? HL_ACT_INVOLVED : HL_ACT_NONE);
		put(&f, HL_FACT_POSING, HL_POSING_NONE);
		put(&f, HL_FACT_OFFENSIVE, HL_YNU_NO);
		put(&f, HL_FACT_COMMERCIAL, HL_YNU_NO);
		put(&f, HL_FACT_SITE, HL_SITE_IMAGE_HOST);
	}
	return f;
}

/* kind: "assess" or "verify". */
static int record(struct hl_main_browser *b, const char *ref, const char *kind,
	const struct form *given)
{
	struct form f = *given;
	const struct hl_main_field save = {"do", "save"};
	char action[64];

	snprintf(action, sizeof(action), "/case/%s/%s", ref, kind);
	f.fields[f.n++] = (struct hl_main_field){"do", "check"};
	return hl_walk_open(b, action) ||
			       hl_walk_send(b, action, f.fields, f.n) ||
			       hl_walk_says(b, "Check before you save") ||
			       hl_walk_send(b, action, &save, 1)
		       ? -1
		       : 0;
}

/* The clock that is kept on everybody who has to look at such things. */
static int look(struct hl_main_browser *b, const char *ref)
{
	char path[64], start[64], stop[64];

	snprintf(path, sizeof(path), "/case/%s", ref);
	snprintf(start, sizeof(start), "/case/%s/view/start", ref);
	snprintf(stop, sizeof(stop), "/case/%s/view/stop", ref);
	return hl_walk_open(b, path) || hl_walk_send(b, start, NULL, 0) ||
			       hl_walk_send(b, stop, NULL, 0)
		       ? -1
		       : 0;
}

static int first(struct hl_walk *w)
{
	struct hl_main_browser *anna = w->staff[HL_DEMO_ANNA];
	struct form illegal = facts(HL_ACCESS_SEEN, HL_AGE_PREPUBESCENT);
	struct form legal = facts(HL_ACCESS_SEEN, HL_AGE_ADULT);
	struct form gone = facts(HL_ACCESS_GONE, HL_AGE_UNANSWERED);

	if (look(anna, w->cases[0]) ||
		record(anna, w->cases[0], "assess", &illegal) ||
		record(anna, w->cases[1], "assess", &legal) ||
		record(anna, w->cases[2], "assess", &gone)) {
		return -1;
	}
	hl_walk_tell("%s: illegal by her facts; it waits for somebody else.",
		w->cases[0]);
	hl_walk_tell("%s: not illegal; closed.", w->cases[1]);
	hl_walk_tell("%s: gone already; closed.", w->cases[2]);
	return 0;
}

static int second(struct hl_walk *w)
{
	struct hl_main_browser *ben = w->staff[HL_DEMO_BEN];
	struct form illegal = facts(HL_ACCESS_SEEN, HL_AGE_PREPUBESCENT);
	char path[64], action[64];

	snprintf(path, sizeof(path), "/case/%s", w->cases[0]);
	snprintf(action, sizeof(action), "/case/%s/take", w->cases[0]);
	if (hl_walk_login(w, HL_DEMO_BEN) || hl_walk_open(ben, path) ||
		hl_walk_send(ben, action, NULL, 0) || hl_walk_open(ben, path)) {
		return -1;
	}
	if (hl_main_browser_says(ben,
		    hl_vocab_label(&hl_vocab_outcome, HL_OUTCOME_BASELINE))) {
		return hl_walk_odd(ben, "a page that hides what Anna found");
	}
	hl_walk_tell("Ben cannot see what Anna found.");
	if (look(ben, w->cases[0]) ||
		record(ben, w->cases[0], "verify", &illegal)) {
		return -1;
	}
	hl_walk_tell("Both came to the same outcome: %s is to be passed on.",
		w->cases[0]);
	return 0;
}

int hl_walk_assess(struct hl_walk *w)
{
	static const enum hl_public_status is[] = {HL_STATUS_ASSESSING,
		HL_STATUS_NOT_ILLEGAL, HL_STATUS_UNREACHABLE};

	hl_walk_step(w, "Anna records facts; the law profiles say what follows "
			"from them.");
	if (first(w)) {
		return -1;
	}
	hl_walk_step(w, "Ben assesses the first one again, blind.");
	return second(w) || hl_walk_status(w, is) ? -1 : 0;
}
