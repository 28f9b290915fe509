/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vPDQ: how much of one video is in another, by the PDQ hashes of their
 * frames, and the line of text that a frame has in files of such hashes.
 */
#include "match_pdq/distance.h"
#include "hotline/match.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	QUALITY_MIN = 50,
	LINE_MAX_BYTES = 256, /* of which zeros would be most */
	SECONDS_WHOLE = 10,   /* digits before the point */
	SECONDS_POWER_MAX = 22
};

/* Frames of later than this are no frames: 317 years. */
static const double seconds_end = 1e10;

struct rule {
	int quality_min;
	unsigned radius;
};

static int rule_of(
	const struct hl_match_video_options *options, struct rule *rule)
{
	struct hl_match_video_options set = {.size_of = sizeof(set)};

	if (options) {
		size_t n = options->size_of;

		memcpy(&set, options, n < sizeof(set) ? n : sizeof(set));
	}
	if (set.quality_min < -1 || set.quality_min > 100 || set.radius < -1 ||
		set.radius > 256) {
		return HL_MATCH_E_ARG;
	}
	rule->quality_min = set.quality_min ? set.quality_min : QUALITY_MIN;
	rule->radius = set.radius > 0 ? (unsigned)set.radius
		       : set.radius   ? 0
				      : HL_MATCH_RADIUS_DEFAULT;
	return 0;
}

static inline __attribute__((always_inline)) bool has(
	const struct hl_match_frame *frames, size_t n,
	const struct hl_match_hash *hash, const struct rule *rule)
{
	for (size_t i = 0; i < n; i++) {
		if (frames[i].quality >= rule->quality_min &&
			hl_pdq_distance(frames[i].hash.bytes, hash->bytes) <=
				rule->radius) {
			return true;
		}
	}
	return false;
}

static bool has_anywhere(const struct hl_match_frame *frames, size_t n,
	const struct hl_match_hash *hash, const struct rule *rule)
{
	return has(frames, n, hash, rule);
}

#ifdef __x86_64__
/* Counting bits in one instruction, which not every x86-64 has. */
static __attribute__((target("popcnt"))) bool has_popcnt(
	const struct hl_match_frame *frames, size_t n,
	const struct hl_match_hash *hash, const struct rule *rule)
{
	return has(frames, n, hash, rule);
}
#endif

static bool find(const struct hl_match_frame *frames, size_t n,
	const struct hl_match_hash *hash, const struct rule *rule)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("popcnt")) {
		return has_popcnt(frames, n, hash, rule);
	}
#endif
	return has_anywhere(frames, n, hash, rule);
}

/* The share of a's frames that count which b has; how many count. */
static double share(const struct hl_match_frame *a, size_t n_a,
	const struct hl_match_frame *b, size_t n_b, const struct rule *rule)
{
	size_t n_count = 0, n_found = 0;

	for (size_t i = 0; i < n_a; i++) {
		if (a[i].quality >= rule->quality_min) {
			n_count++;
			n_found += find(b, n_b, &a[i].hash, rule);
		}
	}
	return n_count ? (double)n_found * 100.0 / (double)n_count : 0;
}

static uint32_t counted(
	const struct hl_match_frame *frames, size_t n, const struct rule *rule)
{
	uint32_t n_count = 0;

	for (size_t i = 0; i < n; i++) {
		n_count += frames[i].quality >= rule->quality_min;
	}
	return n_count;
}

int hl_match_video_compare(const struct hl_match_frame *query, size_t n_query,
	const struct hl_match_frame *compared, size_t n_compared,
	const struct hl_match_video_options *options,
	struct hl_match_video_result *out)
{
	struct rule rule;

	if ((n_query && !query) || (n_compared && !compared) || !out ||
		rule_of(options, &rule)) {
		return HL_MATCH_E_ARG;
	}
	if (n_query > UINT32_MAX || n_compared > UINT32_MAX) {
		return HL_MATCH_E_LIMIT;
	}
	out->n_query = counted(query, n_query, &rule);
	out->n_compared = counted(compared, n_compared, &rule);
	out->query_percent = share(query, n_query, compared, n_compared, &rule);
	out->compared_percent =
		share(compared, n_compared, query, n_query, &rule);
	return 0;
}

/* What is left of a line. */
struct text {
	const char *p, *end;
};

static bool is_digit(const struct text *t)
{
	return t->p < t->end && *t->p >= '0' && *t->p <= '9';
}

static bool take(struct text *t, char c)
{
	if (t->p == t->end || *t->p != c) {
		return false;
	}
	t->p++;
	return true;
}

/* Digits of a number up to `most`. */
static bool number(struct text *t, uint64_t most, uint64_t *out)
{
	if (!is_digit(t)) {
		return false;
	}
	for (*out = 0; is_digit(t); t->p++) {
		*out = *out * 10 + (uint64_t)(*t->p - '0');
		if (*out > most) {
			return false;
		}
	}
	return true;
}

/* Digits onto *m, which keeps the first that count; the others change the
 * power of ten only. */
static bool digits(struct text *t, uint64_t *m, int *power, bool fraction)
{
	/* 15 digits, of which a double holds every one. */
	static const uint64_t full = 100000000000000;

	if (!is_digit(t)) {
		return false;
	}
	for (; is_digit(t); t->p++) {
		if (*m < full) {
			*m = *m * 10 + (uint64_t)(*t->p - '0');
			*power -= fraction;
		} else {
			*power += !fraction;
		}
		if (*power > SECONDS_POWER_MAX) {
			return false;
		}
	}
	return true;
}

static bool exponent(struct text *t, int *power)
{
	bool negative = take(t, '-');
	uint64_t n;

	if (!negative) {
		take(t, '+');
	}
	if (!number(t, 99, &n)) {
		return false;
	}
	*power += negative ? -(int)n : (int)n;
	return true;
}

/*
 * Seconds as they are printed by now, 12.345, and as older files have them,
 * 1.23e+03. Not strtod(), which asks the locale what a point is.
 */
static bool seconds(struct text *t, double *out)
{
	uint64_t m = 0;
	int power = 0;

	if (!digits(t, &m, &power, false) ||
		(take(t, '.') && !digits(t, &m, &power, true)) ||
		((take(t, 'e') || take(t, 'E')) && !exponent(t, &power))) {
		return false;
	}
	*out = (double)m;
	for (; m && power > 0 && *out < seconds_end; power--) {
		*out *= 10;
	}
	if (m && power < 0) {
		double by = 1;

		for (; power < 0 && by < 1e22; power++) {
			by *= 10;
		}
		*out = power < 0 ? 0 : *out / by;
	}
	return *out < seconds_end;
}

int hl_match_frame_parse(const char *line, size_t n, struct hl_match_frame *out)
{
	struct hl_match_frame frame;
	uint64_t at, quality;
	struct text t;

	if (!line || !out || n > LINE_MAX_BYTES) {
		return HL_MATCH_E_ARG;
	}
	t = (struct text){line, line + n};
	memset(&frame, 0, sizeof(frame));
	if (!number(&t, UINT32_MAX, &at) || !take(&t, ',') ||
		!number(&t, 100, &quality) || !take(&t, ',') ||
		t.end - t.p < 64 || hl_match_hash_parse(t.p, 64, &frame.hash)) {
		return HL_MATCH_E_ARG;
	}
	t.p += 64;
	if (!take(&t, ',') || !seconds(&t, &frame.seconds) || t.p != t.end) {
		return HL_MATCH_E_ARG;
	}
	frame.number = (uint32_t)at;
	frame.quality = (int)quality;
	*out = frame;
	return 0;
}

int hl_match_frame_format(
	const struct hl_match_frame *frame, char *out, size_t n_out)
{
	char hash[65], time[32], line[128];
	int n, whole = 0;

	if (!frame || !out || frame->quality < 0 || frame->quality > 100 ||
		!(frame->seconds >= 0 && frame->seconds < seconds_end)) {
		return HL_MATCH_E_ARG;
	}
	hl_match_hash_format(&frame->hash, hash);
	/* The locale may have put something else than a point. */
	n = snprintf(time, sizeof(time), "%.3f", frame->seconds + 0.0);
	while (time[whole] >= '0' && time[whole] <= '9') {
		whole++;
	}
	if (whole > SECONDS_WHOLE) { /* it was rounded up to the end */
		return HL_MATCH_E_ARG;
	}
	n = snprintf(line, sizeof(line), "%u,%d,%s,%.*s.%s", frame->number,
		frame->quality, hash, whole, time, time + n - 3);
	if ((size_t)n >= n_out) {
		return HL_MATCH_E_LIMIT;
	}
	memcpy(out, line, (size_t)n + 1);
	return n;
}
