/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/err.h"

static _Atomic int64_t latest_us;
static _Atomic int64_t pretended_us;

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * HL_US_PER_S + ts.tv_nsec / 1000;
}

int64_t hl_time_now_us(void)
{
	int64_t pretended = atomic_load(&pretended_us);
	int64_t seen = atomic_load(&latest_us);
	int64_t now = clock_us(CLOCK_REALTIME);

	if (pretended) {
		return pretended;
	}
	while (now > seen) {
		if (atomic_compare_exchange_weak(&latest_us, &seen, now)) {
			return now;
		}
	}
	return seen;
}

int64_t hl_time_wall_us(void)
{
	int64_t pretended = atomic_load(&pretended_us);

	return pretended ? pretended : clock_us(CLOCK_REALTIME);
}

int64_t hl_time_mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

void hl_time_pretend(int64_t at_us)
{
	atomic_store(&pretended_us, at_us);
}

static bool split(int64_t at_us, struct tm *tm, int64_t *us)
{
	int64_t s = at_us / HL_US_PER_S;

	*us = at_us % HL_US_PER_S;
	if (*us < 0) {
		*us += HL_US_PER_S;
		s--;
	}
	time_t t = (time_t)s;
	return gmtime_r(&t, tm) && tm->tm_year >= -1900 && tm->tm_year <= 8099;
}

/* The date and the time of day, without fraction and zone. Not strftime:
 * its %Y does not fill up years before 1000 with zeros. */
static size_t put_iso(char out[HL_TIME_ISO_MAX], const struct tm *tm)
{
	int n = snprintf(out, HL_TIME_ISO_MAX, "%04d-%02d-%02dT%02d:%02d:%02d",
		tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday, tm->tm_hour,
		tm->tm_min, tm->tm_sec);

	return (size_t)n;
}

struct hl_str hl_time_iso(int64_t at_us, char out[HL_TIME_ISO_MAX])
{
	struct tm tm;
	int64_t us;

	if (!split(at_us, &tm, &us)) {
		return HL_STR("-");
	}
	size_t n = put_iso(out, &tm);
	n += (size_t)snprintf(out + n, HL_TIME_ISO_MAX - n, ".%06dZ", (int)us);
	return (struct hl_str){out, n};
}

struct hl_str hl_time_iso_s(int64_t at_us, char out[HL_TIME_ISO_MAX])
{
	struct tm tm;
	int64_t us;

	if (!split(at_us, &tm, &us)) {
		return HL_STR("-");
	}
	size_t n = put_iso(out, &tm);
	out[n++] = 'Z';
	out[n] = '\0';
	return (struct hl_str){out, n};
}

struct hl_str hl_time_human(int64_t at_us, char out[HL_TIME_ISO_MAX])
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm;
	int64_t us;

	if (!split(at_us, &tm, &us)) {
		return HL_STR("-");
	}
	int n = snprintf(out, HL_TIME_ISO_MAX, "%d %s %04d, %02d:%02d UTC",
		tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
		tm.tm_min);
	return (struct hl_str){out, (size_t)n};
}

static bool digits(const char *p, size_t n, int *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9') {
			return false;
		}
		*out = *out * 10 + (p[i] - '0');
	}
	return true;
}

static bool parse_fraction(struct hl_str s, int64_t *us)
{
	int64_t unit = HL_US_PER_S / 10;

	*us = 0;
	if (s.n < 2 || s.p[0] != '.') {
		return s.n == 0;
	}
	for (size_t i = 1; i < s.n; i++, unit /= 10) {
		if (s.p[i] < '0' || s.p[i] > '9') {
			return false;
		}
		*us += (s.p[i] - '0') * unit;
	}
	return true;
}

int hl_time_parse_iso(struct hl_str s, int64_t *at_us)
{
	struct tm tm = {0}, back;
	int64_t us;

	if (s.n < 20 || s.n > 30 || s.p[4] != '-' || s.p[7] != '-' ||
		s.p[10] != 'T' || s.p[13] != ':' || s.p[16] != ':' ||
		s.p[s.n - 1] != 'Z' || !digits(s.p, 4, &tm.tm_year) ||
		!digits(s.p + 5, 2, &tm.tm_mon) ||
		!digits(s.p + 8, 2, &tm.tm_mday) ||
		!digits(s.p + 11, 2, &tm.tm_hour) ||
		!digits(s.p + 14, 2, &tm.tm_min) ||
		!digits(s.p + 17, 2, &tm.tm_sec) ||
		!parse_fraction(hl_str_sub(s, 19, s.n - 20), &us)) {
		return HL_E_INVALID;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	back = tm;
	time_t t = timegm(&back);
	if (back.tm_mon != tm.tm_mon || back.tm_mday != tm.tm_mday ||
		back.tm_hour != tm.tm_hour || back.tm_min != tm.tm_min ||
		back.tm_sec != tm.tm_sec) {
		return HL_E_INVALID;
	}
	*at_us = (int64_t)t * HL_US_PER_S + us;
	return 0;
}

void hl_time_span(struct hl_buf *out, int64_t span_us)
{
	if (span_us <= -HL_US_PER_S) {
		hl_buf_put_c(out, '-');
		span_us = span_us == INT64_MIN ? INT64_MAX : -span_us;
	}
	long d = (long)(span_us / HL_US_PER_DAY);
	long h = (long)(span_us / HL_US_PER_HOUR % 24);
	long m = (long)(span_us / HL_US_PER_MIN % 60);
	long s = (long)(span_us / HL_US_PER_S % 60);
	if (d) {
		hl_buf_printf(out, h ? "%ld d %ld h" : "%ld d", d, h);
	} else if (h) {
		hl_buf_printf(out, m ? "%ld h %ld min" : "%ld h", h, m);
	} else if (m) {
		hl_buf_printf(out, "%ld min", m);
	} else if (s) {
		hl_buf_printf(out, "%ld s", s);
	} else {
		hl_buf_printf(out, "under 1 s");
	}
}
