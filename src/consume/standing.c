/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/standing.h"

#include <inttypes.h>

#include "base/time.h"
#include "hotline/urls.h"

#define FIRST "openhotline list status 1"
#define STALE_S 180         /* three of the follower's minutes */
#define AHEAD_S 300         /* what clocks may differ by */
#define SILENT_S (2 * 3600) /* without an answer, before it is critical */

static const struct {
	const char *name;
	enum hl_consume_grade grade;
	const char *text;
} alarms[HL_CONSUME_N_ALARMS] = {
	[HL_CONSUME_FINE] = {"fine", HL_CONSUME_OK, "the list is in step"},
	[HL_CONSUME_EMPTY] = {"empty", HL_CONSUME_WARNING,
		"no list was taken yet and nothing is blocked: wait for the "
		"first, or see the log"},
	[HL_CONSUME_UNREACHABLE] = {"unreachable", HL_CONSUME_WARNING,
		"the hotline does not answer; the list stays in force until "
		"its entries run out: check network, names and certificates"},
	[HL_CONSUME_TOKEN] = {"token", HL_CONSUME_CRITICAL,
		"the hotline does not know the token: put the one it gave "
		"into the token file, which is read again at the next "
		"question; one that is new may take a minute"},
	[HL_CONSUME_REVOKED] = {"revoked", HL_CONSUME_CRITICAL,
		"the hotline has ended the agreement: call it"},
	[HL_CONSUME_FORGED] = {"forged", HL_CONSUME_CRITICAL,
		"what came is not signed by the hotline and was not taken: "
		"call the hotline by a way that you trust"},
	[HL_CONSUME_ROLLBACK] = {"rolled back", HL_CONSUME_CRITICAL,
		"what came is older than what is here and was not taken: "
		"call the hotline by a way that you trust"},
	[HL_CONSUME_FORWARD] = {"fast-forward", HL_CONSUME_CRITICAL,
		"the number of what came jumps too far and it was not taken: "
		"call the hotline by a way that you trust"},
	[HL_CONSUME_FROZEN] = {"frozen", HL_CONSUME_CRITICAL,
		"the list has expired and its entries run out one by one: "
		"find what keeps new ones from this machine, or call the "
		"hotline"},
	[HL_CONSUME_CLOCK] = {"clock", HL_CONSUME_CRITICAL,
		"what came was made in the future: set the clock of this "
		"machine right, or tell the hotline of its own"},
	[HL_CONSUME_ROOT] = {"expired root", HL_CONSUME_CRITICAL,
		"the hotline's root has expired and no new list is taken: "
		"call the hotline for a new root"},
	[HL_CONSUME_CANON] = {"canon", HL_CONSUME_CRITICAL,
		"the hotline's lists need a newer version of this program; "
		"the old list stays in force: update"},
	[HL_CONSUME_FORM] = {"form", HL_CONSUME_CRITICAL,
		"what came breaks the protocol and was not taken: check that "
		"nothing stands between, and tell the hotline"},
	[HL_CONSUME_FULL] = {"disk full", HL_CONSUME_CRITICAL,
		"no room for a new list, the old one stays in force: make "
		"room"},
	[HL_CONSUME_DAMAGED] = {"damaged", HL_CONSUME_CRITICAL,
		"the list's folder is damaged or cannot be written; the list "
		"is fetched anew by itself: if this stays, see the log, and "
		"set the folder up with hotline list begin --anew"},
	[HL_CONSUME_COUNTERS] = {"counters", HL_CONSUME_WARNING,
		"the hotline refused a record of counters: does it have this "
		"consumer's public key? hotline list begin prints it"},
	[HL_CONSUME_STOPPED] = {"stopped", HL_CONSUME_CRITICAL,
		"hotline list follow does not run, or cannot write: start it, "
		"and see its log"},
	[HL_CONSUME_OTHER] = {"mixed up", HL_CONSUME_CRITICAL,
		"the hotline signed what came, but for another consumer, and "
		"it was not taken: put this consumer's token into the token "
		"file, or if it is there call the hotline"},
	[HL_CONSUME_NO_LIST] = {"no list", HL_CONSUME_WARNING,
		"the hotline answers, and has no list for this consumer: wait "
		"if it was set up just now; tier 2 takes its zone by DNS and "
		"needs no follower; else call the hotline"},
};

const char *hl_consume_alarm_name(enum hl_consume_alarm alarm)
{
	return (unsigned)alarm < HL_CONSUME_N_ALARMS ? alarms[alarm].name : "";
}

const char *hl_consume_alarm_text(enum hl_consume_alarm alarm)
{
	return (unsigned)alarm < HL_CONSUME_N_ALARMS ? alarms[alarm].text : "";
}

enum hl_consume_grade hl_consume_alarm_grade(enum hl_consume_alarm alarm)
{
	return (unsigned)alarm < HL_CONSUME_N_ALARMS ? alarms[alarm].grade
						     : HL_CONSUME_UNKNOWN;
}

/* No list stays in force where there is none. */
static const char *text_of(
	const struct hl_consume_standing *s, enum hl_consume_alarm alarm)
{
	if (alarm == HL_CONSUME_UNREACHABLE && !s->version) {
		return "the hotline does not answer, no list was taken yet "
		       "and nothing is blocked: check network, names and "
		       "certificates";
	}
	if (alarm == HL_CONSUME_NO_LIST && s->version) {
		return "the hotline has no list for this consumer any more; "
		       "the one that is here stays in force until its "
		       "entries run out: call the hotline";
	}
	return hl_consume_alarm_text(alarm);
}

const char *hl_consume_standing_text(const struct hl_consume_standing *s)
{
	return text_of(s, s->alarm);
}

enum hl_consume_alarm hl_consume_alarm_of(int code)
{
	switch (code) {
	case HL_URLS_OK:
	case HL_URLS_NOTFOUND:
		return HL_CONSUME_FINE;
	case HL_URLS_E_FORGED:
		return HL_CONSUME_FORGED;
	case HL_URLS_E_ROLLBACK:
		return HL_CONSUME_ROLLBACK;
	case HL_URLS_E_FORWARD:
		return HL_CONSUME_FORWARD;
	case HL_URLS_E_FROZEN:
		return HL_CONSUME_FROZEN;
	case HL_URLS_E_CLOCK:
		return HL_CONSUME_CLOCK;
	case HL_URLS_E_ROOT:
		return HL_CONSUME_ROOT;
	case HL_URLS_E_CANON:
		return HL_CONSUME_CANON;
	case HL_URLS_E_FORM:
		return HL_CONSUME_FORM;
	case HL_URLS_E_OTHER:
		return HL_CONSUME_OTHER;
	case HL_URLS_E_FULL:
		return HL_CONSUME_FULL;
	case HL_URLS_E_TRANSPORT:
		return HL_CONSUME_UNREACHABLE;
	default:
		return HL_CONSUME_DAMAGED;
	}
}

/* ---- The file --------------------------------------------------------- */

enum field {
	AT,
	ALARM,
	SINCE,
	VERSION,
	ROOT,
	EPOCH,
	ROWS,
	MADE,
	EXPIRES,
	ASKED,
	NEXT,
	FAULTS,
	WAITING,
	TOLD,
	N_FIELDS
};
static const char *const names[N_FIELDS] = {"at", "alarm", "since", "version",
	"root", "epoch", "rows", "made", "expires", "asked", "next", "faults",
	"waiting", "told"};

static void numbers_of(
	const struct hl_consume_standing *s, int64_t out[N_FIELDS])
{
	const int64_t all[N_FIELDS] = {s->at, (int64_t)s->alarm, s->since,
		(int64_t)s->version, (int64_t)s->root, (int64_t)s->epoch,
		(int64_t)s->rows, s->made, s->expires, s->asked, s->next,
		(int64_t)s->faults, (int64_t)s->waiting, s->told};

	memcpy(out, all, sizeof(all));
}

void hl_consume_standing_put(
	const struct hl_consume_standing *s, struct hl_buf *out)
{
	int64_t all[N_FIELDS];

	numbers_of(s, all);
	hl_buf_put(out, HL_STR(FIRST "\n"));
	for (size_t i = 0; i < N_FIELDS; i++) {
		hl_buf_printf(out, "%s %" PRId64 "\n", names[i],
			all[i] < 0 ? 0 : all[i]);
	}
}

static bool take_line(struct hl_str line, const char *name, int64_t *out)
{
	size_t blank = hl_str_find_char(line, ' ');

	return hl_str_eq(hl_str_sub(line, 0, blank), hl_str_c(name)) &&
	       hl_str_to_i64(hl_str_sub(line, blank + 1, line.n), out) &&
	       *out >= 0;
}

int hl_consume_standing_parse(
	struct hl_str text, struct hl_consume_standing *out, struct hl_err *err)
{
	struct hl_str line;
	int64_t v[N_FIELDS] = {0};
	bool good = hl_str_ends(text, HL_STR("\n")) &&
		    hl_str_next(&text, '\n', &line) &&
		    hl_str_eq(line, HL_STR(FIRST));
	size_t i = 0;

	while (good && i < N_FIELDS) {
		good = hl_str_next(&text, '\n', &line) &&
		       take_line(line, names[i], &v[i]);
		i += good;
	}
	if (!good || text.n || v[ALARM] >= HL_CONSUME_N_ALARMS) {
		return HL_FAIL(err, HL_E_INVALID,
			"the follower's status breaks its form, line %zu",
			i + 1);
	}
	*out = (struct hl_consume_standing){.at = v[AT],
		.alarm = (enum hl_consume_alarm)v[ALARM],
		.since = v[SINCE],
		.version = (uint64_t)v[VERSION],
		.root = (uint64_t)v[ROOT],
		.epoch = (uint64_t)v[EPOCH],
		.rows = (uint64_t)v[ROWS],
		.made = v[MADE],
		.expires = v[EXPIRES],
		.asked = v[ASKED],
		.next = v[NEXT],
		.faults = (uint64_t)v[FAULTS],
		.waiting = (uint64_t)v[WAITING],
		.told = v[TOLD]};
	return 0;
}

/* ---- For people and monitoring ---------------------------------------- */

enum hl_consume_grade hl_consume_standing_grade(
	const struct hl_consume_standing *s, int64_t now,
	enum hl_consume_alarm *alarm)
{
	/* No time is negative: differences are numbers, sums may not be. */
	*alarm = s->alarm;
	if (now - s->at > STALE_S || s->at - now > AHEAD_S) {
		*alarm = HL_CONSUME_STOPPED;
	} else if (s->expires && now >= s->expires &&
		   alarms[s->alarm].grade != HL_CONSUME_CRITICAL) {
		*alarm = HL_CONSUME_FROZEN;
	}
	/* who never got an answer has waited since the alarm began */
	int64_t from = s->asked ? s->asked : s->since;
	bool may_last = *alarm != HL_CONSUME_UNREACHABLE &&
			(*alarm != HL_CONSUME_NO_LIST || !s->version);
	return !may_last && now - from > SILENT_S ? HL_CONSUME_CRITICAL
						  : alarms[*alarm].grade;
}

static void put_time(struct hl_buf *out, const char *name, int64_t at)
{
	char text[HL_TIME_ISO_MAX];
	struct hl_str when = HL_STR("-");

	if (at > 0 && at < INT64_MAX / HL_US_PER_S) {
		when = hl_time_iso_s(at * HL_US_PER_S, text);
	}
	hl_buf_printf(out, "%-10s %.*s\n", name, HL_STR_ARG(when));
}

enum hl_consume_grade hl_consume_standing_print(
	const struct hl_consume_standing *s, int64_t now, struct hl_buf *out)
{
	static const char *const grades[] = {
		"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	enum hl_consume_alarm alarm;
	enum hl_consume_grade grade = hl_consume_standing_grade(s, now, &alarm);

	hl_buf_printf(out,
		"LIST %s - %s: %s | version=%" PRIu64 " rows=%" PRIu64
		" age=%" PRId64 "s faults=%" PRIu64 " waiting=%" PRIu64 "\n",
		grades[grade], alarms[alarm].name, text_of(s, alarm),
		s->version, s->rows,
		s->made && now > s->made ? now - s->made : 0, s->faults,
		s->waiting);
	hl_buf_printf(out,
		"version    %" PRIu64 "\nrows       %" PRIu64
		"\nroot       %" PRIu64 "\nepoch      %" PRIu64 "\n",
		s->version, s->rows, s->root, s->epoch);
	put_time(out, "made", s->made);
	put_time(out, "expires", s->expires);
	put_time(out, "asked", s->asked);
	put_time(out, "next", s->next);
	put_time(out, "since", s->since);
	put_time(out, "told", s->told);
	put_time(out, "written", s->at);
	return grade;
}
