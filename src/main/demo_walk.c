/* SPDX-License-Identifier: Apache-2.0 */
/* hotline demo walk: the way of it. The story is in demo_walk_story.c. */
#include "main/demo_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/rand.h"
#include "base/time.h"
#include "cli/common.h"

#define SHOWN 900 /* bytes of a page that was not as expected */

void hl_walk_step(struct hl_walk *w, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("\n%2d. ", ++w->step);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
	fflush(stdout);
}

void hl_walk_tell(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("    ", stdout);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
	fflush(stdout);
}

/* From the page's main heading on, if it has one. */
static struct hl_str shown(const struct hl_main_browser *b)
{
	struct hl_str text = hl_main_browser_text(b);
	struct hl_str main = hl_str_sub(text,
		hl_str_find(text, HL_STR("Skip to main content")), text.n);

	return hl_str_sub(main.n ? main : text, 0, SHOWN);
}

int hl_walk_odd(const struct hl_main_browser *b, const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, fmt);
	fputs("\nNot as expected. Expected: ", stderr);
	vfprintf(stderr, fmt, args);
	va_end(args);
	if (b) {
		fprintf(stderr, "\nWhat came: status %d at %s\n  %.*s\n",
			hl_main_browser_status(b), hl_main_browser_url(b),
			HL_STR_ARG(shown(b)));
	} else {
		fputc('\n', stderr);
	}
	return -1;
}

int hl_walk_open(struct hl_main_browser *b, const char *path)
{
	struct hl_err err = {0};

	if (hl_main_browser_open(b, path, &err)) {
		return hl_walk_odd(
			NULL, "a page at %s. What came: %s", path, err.msg);
	}
	return hl_main_browser_status(b) == 200
		       ? 0
		       : hl_walk_odd(b, "the page %s", path);
}

int hl_walk_send(struct hl_main_browser *b, const char *action,
	const struct hl_main_field *fields, size_t n)
{
	struct hl_err err = {0};

	if (hl_main_browser_send(b, action, fields, n, &err)) {
		return hl_walk_odd(
			b, "to send a form to %s (%s)", action, err.msg);
	}
	return hl_main_browser_status(b) == 200
		       ? 0
		       : hl_walk_odd(b, "that %s takes the form", action);
}

int hl_walk_says(const struct hl_main_browser *b, const char *words)
{
	return hl_main_browser_says(b, words)
		       ? 0
		       : hl_walk_odd(b, "a page that says \"%s\"", words);
}

/* Each code lets in once, and somebody may have used this half minute's: the
 * next one is taken a little early, as its clock may be ahead. */
static int enter_code(struct hl_walk *w, enum hl_main_demo_person person)
{
	const struct timespec pause = {.tv_sec = 2};
	struct hl_main_browser *b = w->staff[person];
	struct hl_err err = {0};
	int64_t used = 0;
	char digits[7];

	for (int tries = 0; tries < 40; tries++) {
		int64_t now = hl_seal_totp_step(hl_time_now_us());
		const struct hl_main_field code = {"code", digits};

		if (used > now) {
			nanosleep(&pause, NULL);
			continue;
		}
		used = used ? now + 1 : now;
		hl_seal_totp_code(&w->logins.at[person].totp, used, digits);
		if (hl_main_browser_send(b, "/login/code", &code, 1, &err)) {
			return hl_walk_odd(b, "to send a code (%s)", err.msg);
		}
		if (hl_main_browser_status(b) == 200) {
			return 0;
		}
	}
	return hl_walk_odd(b, "to be let in with a fresh code");
}

int hl_walk_login(struct hl_walk *w, enum hl_main_demo_person person)
{
	const struct hl_main_demo_login *login = &w->logins.at[person];
	struct hl_main_browser *b = w->staff[person];
	const struct hl_main_field fields[] = {
		{"login", login->login}, {"password", login->password}};

	if (hl_walk_open(b, "/")) {
		return -1;
	}
	if (!hl_main_browser_says(b, "Password")) {
		return 0; /* is in already */
	}
	if (hl_walk_send(b, "/login", fields, HL_ARRAY_LEN(fields))) {
		return -1;
	}
	if (hl_walk_says(b, "Enter your code") || enter_code(w, person)) {
		return -1;
	}
	hl_walk_tell("%s (%s) signs in with password and code.", login->name,
		login->what);
	return hl_walk_open(b, "/");
}

static int open_browsers(struct hl_walk *w, const char *public_url,
	const char *staff_url, struct hl_err *err)
{
	int r = hl_main_browser_new(public_url, &w->reporter, err);

	r = r ? r : hl_main_browser_new(public_url, &w->provider, err);
	for (int i = 0; i < HL_DEMO_PEOPLE && !r; i++) {
		r = hl_main_browser_new(staff_url, &w->staff[i], err);
	}
	return r;
}

static void close_all(struct hl_walk *w)
{
	hl_walk_school_close(w);
	hl_main_browser_free(w->reporter);
	hl_main_browser_free(w->provider);
	for (int i = 0; i < HL_DEMO_PEOPLE; i++) {
		hl_main_browser_free(w->staff[i]);
	}
	hl_settings_free(w->settings);
	hl_main_demo_logins_wipe(&w->logins);
	json_decref(w->stats);
}

static int (*const parts[])(struct hl_walk *w) = {
	hl_walk_look_around,
	hl_walk_report,
	hl_walk_triage,
	hl_walk_assess,
	hl_walk_block,
	hl_walk_plan,
	hl_walk_police,
	hl_walk_provider,
	hl_walk_removed,
	hl_walk_unblock,
	hl_walk_numbers,
	hl_walk_known,
};

int hl_main_demo_walk(const char *public_url, const char *staff_url)
{
	struct hl_walk w = {
		.dir = hl_cli_dir(), .tag = 1 + hl_rand_below(999999)};
	struct hl_err err = {0};
	int r = hl_seal_totp_init(&err);

	r = r ? r : hl_main_demo_logins_load(w.dir, &w.logins, &err);
	r = r ? r : hl_cli_settings(&w.settings, &err);
	r = r ? r
	      : open_browsers(&w,
			public_url ? public_url : w.settings->public_url,
			staff_url ? staff_url : w.settings->staff_url, &err);
	if (r) {
		close_all(&w);
		return hl_cli_fail("demo", r, &err);
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(parts) && !r; i++) {
		r = parts[i](&w);
	}
	close_all(&w);
	if (!r) {
		puts("\nThat was the whole story, as expected at every step.");
	}
	return r ? HL_CLI_FAILED : HL_CLI_OK;
}
