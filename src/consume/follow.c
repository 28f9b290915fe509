/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A round goes through clause 4 of docs/protocol/urllist.md and stops at the
 * first fault. Whatever it is, the list that is open answers on; a fault is
 * an alarm, which stays until a round has none. Counters have an alarm of
 * their own, which never hides one of the list.
 */
#include "consume/follow.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/time.h"
#include "consume/follow_inner.h"

#define WAIT_LEAST_S 30u
#define WAIT_MOST_S 86400u
#define BACKOFF_FIRST_S 5u
#define BACKOFF_MOST_S 300u
#define AGAIN_S 5          /* rounds are at least so far apart */
#define HEARTBEAT_MS 60000 /* of the status file */
#define ROOTS_MOST 64      /* in one round */
#define TEXT_MOST 65536u   /* clause 4 */
#define LIST_MOST ((uint64_t)4 << 30)

static int64_t now_s(void)
{
	return hl_time_wall_us() / HL_US_PER_S;
}

int hl_consume_follow_raise(struct hl_consume_follow *f,
	enum hl_consume_alarm alarm, int code, struct hl_err *err)
{
	f->raised = alarm;
	return code < 0 ? code
			: HL_FAIL(err, HL_E_UNAVAILABLE, "not as it should be");
}

/* What libhotline-urls refused. */
static int refused(struct hl_consume_follow *f, const struct hl_urls_error *why,
	const char *what, struct hl_err *err)
{
	f->raised = hl_consume_alarm_of(why->code);
	return HL_FAIL(err,
		f->raised == HL_CONSUME_FULL ? HL_E_FULL : HL_E_INVALID,
		"%s: %s: %s", what, hl_urls_code_name(why->code), why->text);
}

int hl_consume_follow_status(struct hl_consume_follow *f,
	const struct hl_consume_response *answer, const char *what,
	struct hl_err *err)
{
	f->retry_s = answer->retry_s;
	switch (answer->status) {
	case 401:
		f->raised = HL_CONSUME_TOKEN;
		break;
	case 403:
		f->raised = HL_CONSUME_REVOKED;
		break;
	default:
		f->raised = HL_CONSUME_UNREACHABLE;
		break;
	}
	return HL_FAIL(err, HL_E_UNAVAILABLE, "%s: the hotline answered %d",
		what, answer->status);
}

/* 0: the hotline answered, whatever it was. */
int hl_consume_follow_ask(struct hl_consume_follow *f,
	const struct hl_consume_request *q, struct hl_consume_response *out,
	struct hl_err *err)
{
	int r = hl_consume_remote_ask(f->config.remote, q, out, err);

	if (r) {
		f->raised = r == HL_E_LIMIT ? HL_CONSUME_FORM
					    : HL_CONSUME_UNREACHABLE;
	}
	return r;
}

/* ---- Roots ------------------------------------------------------------ */

static void stats_of(struct hl_consume_follow *f, struct hl_urls_stats *out)
{
	*out = (struct hl_urls_stats){.size_of = sizeof(*out)};
	hl_urls_stats(f->config.list, now_s(), out);
}

/* The root after the one that is here; HL_NOTFOUND: there is none. */
static int take_root(struct hl_consume_follow *f, struct hl_err *err)
{
	struct hl_consume_response answer;
	struct hl_urls_stats stats;
	struct hl_urls_error why = {0};
	char path[64];

	stats_of(f, &stats);
	snprintf(path, sizeof(path), "/v1/lists/root/%" PRIu64, stats.root + 1);
	int r = hl_consume_follow_ask(f,
		&(struct hl_consume_request){.path = path, .most = TEXT_MOST},
		&answer, err);
	if (r) {
		return r;
	}
	if (answer.status == 404) {
		return HL_NOTFOUND;
	}
	if (answer.status != 200) {
		return hl_consume_follow_status(f, &answer, "a root", err);
	}
	r = hl_urls_take_root(
		f->config.list, answer.body.p, answer.body.n, now_s(), &why);
	if (r == HL_URLS_OK) {
		hl_log(HL_LOG_INFO, "list.root", "root %" PRIu64 " is taken",
			stats.root + 1);
		return 0;
	}
	/* the one that is here again: a loop, if it were taken for a new one */
	return r > 0 ? HL_NOTFOUND : refused(f, &why, "a root", err);
}

static int take_roots(struct hl_consume_follow *f, struct hl_err *err)
{
	int r = 0;

	for (int i = 0; !r && i < ROOTS_MOST; i++) {
		r = take_root(f, err);
	}
	return r == HL_NOTFOUND ? 0 : r;
}

/* ---- The list --------------------------------------------------------- */

static int gone(struct hl_consume_follow *f, struct hl_err *err)
{
	f->raised = HL_CONSUME_UNREACHABLE;
	return HL_FAIL(err, HL_E_UNAVAILABLE,
		"the hotline has a newer list already; asking again");
}

static int fetch(struct hl_consume_follow *f, const struct hl_urls_wanted *w,
	struct hl_consume_response *out, struct hl_err *err)
{
	char path[128];

	if (w->bytes > LIST_MOST) {
		f->raised = HL_CONSUME_FORM;
		return HL_FAIL(err, HL_E_LIMIT, "the list is too large");
	}
	if (w->is_delta) {
		snprintf(path, sizeof(path),
			"/v1/lists/delta/%" PRIu64 "/%" PRIu64, w->from,
			w->version);
	} else {
		snprintf(path, sizeof(path), "/v1/lists/list/%" PRIu64,
			w->version);
	}
	int r = hl_consume_follow_ask(f,
		&(struct hl_consume_request){
			.path = path, .most = (size_t)w->bytes},
		out, err);
	if (r) {
		return r;
	}
	if (out->status == 404) {
		return gone(f, err);
	}
	return out->status == 200
		       ? 0
		       : hl_consume_follow_status(f, out, "a list", err);
}

static int take(struct hl_consume_follow *f, const struct hl_urls_wanted *w,
	struct hl_urls_error *why, struct hl_err *err)
{
	struct hl_consume_response answer;
	int r = fetch(f, w, &answer, err);

	if (r) {
		return r;
	}
	r = hl_urls_take(
		f->config.list, answer.body.p, answer.body.n, now_s(), why);
	return r < 0 ? refused(f, why, w->is_delta ? "a delta" : "a list", err)
		     : 0;
}

static int take_list(struct hl_consume_follow *f, struct hl_urls_wanted *w,
	struct hl_err *err)
{
	struct hl_urls_error why = {0};
	int r = take(f, w, &why, err);

	if (r && w->is_delta &&
		(why.code == HL_URLS_E_FORGED || why.code == HL_URLS_E_FORM ||
			why.code == HL_URLS_E_CORRUPT)) {
		hl_log_err(HL_LOG_WARN, "list.delta", err);
		f->raised = HL_CONSUME_FINE;
		if (hl_urls_whole(f->config.list, w) < 0) {
			return hl_consume_follow_raise(
				f, HL_CONSUME_DAMAGED, r, err);
		}
		r = take(f, w, &why, err);
	}
	if (!r) {
		hl_log(HL_LOG_INFO, "list.taken",
			"version %" PRIu64 " is in force", w->version);
	}
	return r;
}

/* ---- The manifest ----------------------------------------------------- */

/* Looks at f->manifest. HL_NOTFOUND: nothing is wanted. */
static int look(struct hl_consume_follow *f, struct hl_urls_wanted *w,
	struct hl_err *err)
{
	struct hl_urls_error why = {0};

	*w = (struct hl_urls_wanted){.size_of = sizeof(*w)};
	int r = hl_urls_look(
		f->config.list, f->manifest.p, f->manifest.n, now_s(), w, &why);
	if (r < 0) {
		return refused(f, &why, "a manifest", err);
	}
	if (w->wait) {
		f->wait_s = w->wait;
	}
	return r ? HL_NOTFOUND : 0;
}

static int look_with_roots(struct hl_consume_follow *f,
	struct hl_urls_wanted *w, struct hl_err *err)
{
	int r = look(f, w, err);

	if (r < 0 || !w->root_first) {
		return r;
	}
	r = take_roots(f, err);
	if (!r) {
		r = look(f, w, err);
	}
	if (!r && w->root_first) {
		f->raised = HL_CONSUME_FORGED;
		return HL_FAIL(err, HL_E_INVALID,
			"a manifest: it names a root that is not there");
	}
	return r;
}

/* 404 of the hotline itself, not of whatever else may answer there. */
static bool says_none(const struct hl_consume_response *answer)
{
	return answer->status == 404 &&
	       hl_str_find(
		       answer->body, HL_STR("\"urn:openhotline:lists:gone\"")) <
		       answer->body.n;
}

static int no_list(struct hl_consume_follow *f, struct hl_err *err)
{
	f->raised = HL_CONSUME_NO_LIST;
	return HL_FAIL(err, HL_E_UNAVAILABLE,
		"a manifest: the hotline has no list for this consumer");
}

static int take_manifest(struct hl_consume_follow *f, struct hl_err *err)
{
	char etag[HL_CONSUME_ETAG_MAX];
	struct hl_consume_response answer;
	struct hl_urls_wanted w;
	int r = hl_consume_follow_ask(f,
		&(struct hl_consume_request){.path = "/v1/lists/manifest",
			.etag = f->etag,
			.most = TEXT_MOST},
		&answer, err);

	if (r || answer.status == 304) {
		return r;
	}
	f->etag[0] = '\0';
	if (answer.status != 200) {
		return says_none(&answer) ? no_list(f, err)
					  : hl_consume_follow_status(f, &answer,
						    "a manifest", err);
	}
	memcpy(etag, answer.etag, sizeof(etag));
	hl_buf_reset(&f->manifest);
	hl_buf_put(&f->manifest, answer.body);
	if (f->manifest.fault) {
		return hl_consume_follow_raise(
			f, HL_CONSUME_FORM, f->manifest.fault, err);
	}
	r = look_with_roots(f, &w, err);
	if (!r) {
		r = take_list(f, &w, err);
	}
	if (r < 0) {
		return r;
	}
	memcpy(f->etag, etag, sizeof(etag));
	return 0;
}

/* ---- A round ---------------------------------------------------------- */

static int frozen(struct hl_consume_follow *f, struct hl_err *err)
{
	struct hl_urls_stats stats;

	stats_of(f, &stats);
	if (!stats.frozen) {
		return 0;
	}
	/* the whole manifest, should the 304 be what is wrong */
	f->etag[0] = '\0';
	f->raised = HL_CONSUME_FROZEN;
	return HL_FAIL(err, HL_E_INVALID, "the manifest has expired");
}

static uint32_t between(uint64_t n, uint32_t least, uint32_t most)
{
	return n < least ? least : n > most ? most : (uint32_t)n;
}

/* What the manifest says, though never so long that it would expire before
 * the next is there; a little later for some, so that not all ask at once. */
static uint32_t pause_good(struct hl_consume_follow *f)
{
	uint32_t wait = between(f->wait_s, WAIT_LEAST_S, WAIT_MOST_S);
	struct hl_urls_stats stats;
	int64_t left;

	stats_of(f, &stats);
	left = stats.expires - now_s();
	wait += hl_rand_below(wait / 10 + 1);
	return stats.expires && left / 2 < (int64_t)wait
		       ? between(left < 0 ? 0 : (uint64_t)left / 2,
				 WAIT_LEAST_S, wait)
		       : wait;
}

static uint32_t pause_bad(struct hl_consume_follow *f)
{
	uint64_t wait = BACKOFF_FIRST_S;

	for (uint64_t i = 1; i < f->standing.faults && wait < BACKOFF_MOST_S;
		i++) {
		wait *= 2;
	}
	if (wait < f->retry_s) {
		wait = f->retry_s;
	}
	wait = between(wait, BACKOFF_FIRST_S,
		f->retry_s > BACKOFF_MOST_S ? f->retry_s : BACKOFF_MOST_S);
	return (uint32_t)wait + hl_rand_below((uint32_t)wait / 4 + 1);
}

static void note_alarm(struct hl_consume_follow *f, enum hl_consume_alarm alarm)
{
	if (alarm != f->standing.alarm) {
		f->standing.alarm = alarm;
		f->standing.since = now_s();
		hl_log(alarm == HL_CONSUME_FINE ? HL_LOG_INFO : HL_LOG_ERROR,
			"list.alarm", "%s: %s", hl_consume_alarm_name(alarm),
			hl_consume_standing_text(&f->standing));
	}
}

/* A damaged folder blocks nothing: no alarm that is only a warning hides it,
 * nor an hour in which all else is well. */
static enum hl_consume_alarm worst(
	const struct hl_consume_follow *f, enum hl_consume_alarm alarm)
{
	return f->is_damaged && hl_consume_alarm_grade(alarm) <
					HL_CONSUME_CRITICAL
		       ? HL_CONSUME_DAMAGED
		       : alarm;
}

static void note(struct hl_consume_follow *f, int r)
{
	struct hl_consume_standing *s = &f->standing;
	enum hl_consume_alarm alarm = worst(f, r ? f->raised : f->counters);
	struct hl_urls_stats stats;

	stats_of(f, &stats);
	s->version = stats.version;

	s->faults = r ? s->faults + 1 : 0;
	if (!r) {
		s->asked = now_s();
	}
	note_alarm(f, alarm);
}

void hl_consume_follow_standing(
	struct hl_consume_follow *f, struct hl_consume_standing *out)
{
	struct hl_consume_standing *s = &f->standing;
	struct hl_urls_stats stats;
	struct hl_tally_now tally = {0};

	stats_of(f, &stats);
	if (f->config.tally) {
		hl_tally_now(f->config.tally, &tally);
	}
	s->at = now_s();
	s->version = stats.version;
	s->root = stats.root;
	s->epoch = stats.epoch;
	s->rows = stats.n_rows;
	s->made = stats.made;
	s->expires = stats.expires;
	s->waiting = tally.n_waiting;
	*out = *s;
}

static void write_status(struct hl_consume_follow *f)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
	struct hl_consume_standing s;
	struct hl_err err = {0};

	if (!f->config.status_file) {
		return;
	}
	hl_consume_follow_standing(f, &s);
	hl_consume_standing_put(&s, &text);
	if (hl_file_write(
		    f->config.status_file, hl_buf_str(&text), 0644, &err)) {
		hl_log_err(HL_LOG_ERROR, "list.status", &err);
	}
}

int hl_consume_follow_round(
	struct hl_consume_follow *f, uint32_t *pause_s, struct hl_err *err)
{
	f->raised = HL_CONSUME_FINE;
	f->retry_s = 0;
	if (hl_consume_follow_mend(f)) {
		note_alarm(f, HL_CONSUME_DAMAGED);
		write_status(f); /* what follows may take its time */
	}
	int r = take_roots(f, err);
	if (!r) {
		r = take_manifest(f, err);
	}
	if (!r) {
		r = hl_consume_follow_mended(f, err);
	}
	if (!r) {
		r = frozen(f, err);
	}
	/* a clock or a signature that is wrong keeps no counters back */
	if (f->raised != HL_CONSUME_UNREACHABLE &&
		f->raised != HL_CONSUME_TOKEN &&
		f->raised != HL_CONSUME_OTHER) {
		hl_consume_follow_tell(f);
	}
	if (r) {
		hl_log_err(HL_LOG_WARN, "list.follow", err);
	}
	note(f, r);
	/* the first list is made within a minute: nothing is out of order */
	*pause_s = r && f->raised != HL_CONSUME_NO_LIST ? pause_bad(f)
							: pause_good(f);
	f->standing.next = now_s() + *pause_s;
	write_status(f);
	return r;
}

/* What the follower before this one knew: when the hotline last answered, and
 * took counters. A clock that was set back would make it wait too long. */
static void remember(struct hl_consume_follow *f)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
	struct hl_consume_standing old;

	if (!f->config.status_file ||
		hl_file_read(f->config.status_file, &text, NULL) ||
		hl_consume_standing_parse(hl_buf_str(&text), &old, NULL)) {
		return;
	}
	f->standing.asked = old.asked <= now_s() ? old.asked : 0;
	f->standing.told = old.told <= now_s() ? old.told : 0;
}

int hl_consume_follow_new(const struct hl_consume_follow_config *config,
	struct hl_consume_follow **out, struct hl_err *err)
{
	struct hl_consume_follow *f = calloc(1, sizeof(*f));

	*out = NULL;
	if (!f) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to follow");
	}
	f->config = *config;
	f->manifest = HL_BUF_INIT(TEXT_MOST);
	f->standing.alarm = HL_CONSUME_EMPTY;
	f->standing.since = now_s();
	remember(f);
	*out = f;
	return 0;
}

void hl_consume_follow_free(struct hl_consume_follow *f)
{
	if (f) {
		hl_buf_fini(&f->manifest);
		free(f);
	}
}

/* ---- The loop --------------------------------------------------------- */

/* Waits; 0 when the pause is over, 1: woken, -1: stop. */
static int wait_for(const struct hl_consume_follow_loop *loop, int ms)
{
	struct pollfd fds[] = {{loop->stop_fd, POLLIN, 0},
		{loop->wake_fds[0], POLLIN, 0}, {loop->wake_fds[1], POLLIN, 0}};
	char room[256];

	if (poll(fds, HL_ARRAY_LEN(fds), ms) <= 0) {
		return 0;
	}
	if (fds[0].revents) {
		return -1;
	}
	for (size_t i = 1; i < HL_ARRAY_LEN(fds); i++) {
		if (fds[i].revents && read(fds[i].fd, room, sizeof(room)) < 0) {
			continue; /* somebody else was faster */
		}
	}
	return 1;
}

/* Once a minute. True: a round is due. */
static bool beat(struct hl_consume_follow *f)
{
	bool is_due = hl_consume_follow_mend(f);

	if (is_due) {
		note_alarm(f, HL_CONSUME_DAMAGED);
	} else if (!f->standing.faults) {
		hl_consume_follow_tell(f);
		note(f, 0);
	}
	write_status(f);
	return is_due;
}

/* Until the next round is due. False: stop. Counters go out meanwhile. */
static bool pause_for(struct hl_consume_follow *f,
	const struct hl_consume_follow_loop *loop, uint32_t pause_s)
{
	int64_t begun_us = hl_time_mono_us();
	int64_t end_us = begun_us + pause_s * HL_US_PER_S;
	int64_t soon_us = begun_us + AGAIN_S * HL_US_PER_S;
	int64_t now_us = begun_us;

	while (now_us < end_us) {
		int64_t ms = (end_us - now_us) / 1000 + 1;
		int woken = wait_for(
			loop, (int)(ms < HEARTBEAT_MS ? ms : HEARTBEAT_MS));

		if (woken < 0) {
			return false;
		}
		now_us = hl_time_mono_us();
		if (woken) {
			end_us = end_us < soon_us ? end_us : soon_us;
		} else if (now_us < end_us) {
			if (beat(f)) {
				end_us = end_us < soon_us ? end_us : soon_us;
			}
		}
	}
	return true;
}

void hl_consume_follow_run(
	struct hl_consume_follow *f, const struct hl_consume_follow_loop *loop)
{
	bool first = true;
	uint32_t pause_s;

	do {
		struct hl_err err = {0};

		hl_consume_follow_round(f, &pause_s, &err);
		if (first && loop->ready) {
			loop->ready(loop->arg);
		}
		first = false;
	} while (pause_for(f, loop, pause_s) &&
		 !(loop->is_over && loop->is_over(loop->arg)));
	write_status(f);
}
