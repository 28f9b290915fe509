/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/budget.h"

#include <string.h>

enum { MINUTE_S = 60, HOUR_MINUTES = 60, DAY_S = 86400 };

static uint32_t *slot(struct hl_lists_budget *b, int64_t minute)
{
	return &b->minutes[minute % HL_LISTS_MINUTES];
}

static void move_on(struct hl_lists_budget *b, int64_t minute)
{
	int64_t day = minute / (DAY_S / MINUTE_S);

	if (minute - b->minute >= HL_LISTS_MINUTES) {
		memset(b->minutes, 0, sizeof(b->minutes));
		b->recent = 0;
		b->minute = minute;
	}
	while (b->minute < minute) {
		b->minute++;
		b->recent -= *slot(b, b->minute);
		*slot(b, b->minute) = 0;
	}
	if (day > b->day) {
		b->day = day;
		b->used = 0;
	}
}

static void take(struct hl_lists_budget *b, uint64_t n)
{
	uint32_t *at = slot(b, b->minute);
	uint64_t room = UINT32_MAX - *at;

	n = n < room ? n : room;
	*at += (uint32_t)n;
	b->recent += n;
	b->used += n;
}

/* Until so many minutes have left the hour that n fit. */
static uint32_t wait_of_hour(
	struct hl_lists_budget *b, uint64_t most, uint64_t n, int64_t now_s)
{
	uint64_t recent = b->recent;

	for (int64_t i = 1; i <= HL_LISTS_MINUTES; i++) {
		recent -= *slot(b, b->minute + i);
		if (recent + n <= most || i == HL_LISTS_MINUTES) {
			int64_t at = (b->minute + i) * MINUTE_S;

			return at > now_s ? (uint32_t)(at - now_s) : 1;
		}
	}
	return HOUR_MINUTES * MINUTE_S;
}

uint32_t hl_lists_budget_take(
	struct hl_lists_budget *b, uint64_t budget, uint64_t n, int64_t now_s)
{
	uint64_t most = (budget + 3) / 4;

	move_on(b, now_s / MINUTE_S);
	if (n > budget || b->used > budget - n) {
		return (uint32_t)(DAY_S - now_s % DAY_S);
	}
	if (n > most || b->recent > most - n) {
		return wait_of_hour(b, most, n, now_s);
	}
	take(b, n);
	return 0;
}

void hl_lists_budget_load(
	struct hl_lists_budget *b, int64_t hour, uint64_t asked, int64_t now_s)
{
	int64_t last = hour * HOUR_MINUTES + HOUR_MINUTES - 1;
	int64_t now = now_s / MINUTE_S;

	move_on(b, last < now ? last : now);
	take(b, asked);
}
