/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_TIME_H
#define HL_BASE_TIME_H

#include "base/buf.h"

#define HL_US_PER_S INT64_C(1000000)
#define HL_US_PER_MIN (60 * HL_US_PER_S)
#define HL_US_PER_HOUR (60 * HL_US_PER_MIN)
#define HL_US_PER_DAY (24 * HL_US_PER_HOUR)

/*
 * Wall-clock time, UTC microseconds since 1970. Never goes back within one
 * process: when the system clock is set back it stands still until the
 * clock has caught up, so that no deadline and no order of events turns
 * round. Thread-safe.
 */
int64_t hl_time_now_us(void);

/* What the system clock says at this moment, set back or not: for comparing
 * with clocks elsewhere, as a person's code generator has. */
int64_t hl_time_wall_us(void);

/* Monotonic microseconds for measuring; no relation to the calendar. */
int64_t hl_time_mono_us(void);

/*
 * Makes hl_time_now_us() and hl_time_wall_us() answer at_us from now on, 0
 * for the real clock again; for tests and for making demonstration histories.
 * Process-wide.
 */
void hl_time_pretend(int64_t at_us);

#define HL_TIME_ISO_MAX 32
/* "2026-11-22T08:15:30.123456Z" (RFC 3339) into out; gives its view. A time
 * out of range (years 0..9999) gives "-". */
struct hl_str hl_time_iso(int64_t at_us, char out[HL_TIME_ISO_MAX]);
/* The same without the fraction, "2026-11-22T08:15:30Z". */
struct hl_str hl_time_iso_s(int64_t at_us, char out[HL_TIME_ISO_MAX]);
/* For people: "22 Nov 2026, 08:15 UTC". */
struct hl_str hl_time_human(int64_t at_us, char out[HL_TIME_ISO_MAX]);
/* "2026-11-22T08:15:30Z", fraction optional, Z only. HL_E_INVALID else. */
int hl_time_parse_iso(struct hl_str s, int64_t *at_us);
/* "3 min", "5 h 10 min", "2 d 4 h", "under 1 s" for a span. */
void hl_time_span(struct hl_buf *out, int64_t span_us);

#endif
