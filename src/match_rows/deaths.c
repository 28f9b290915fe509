/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bit a row says whether there is anything to ask; then the table of dates
 * is asked, an open-addressed one that is replaced when it grows, and then
 * the few spans. Tables that were replaced stay until the end, since a reader
 * may be in one; together they are smaller than the last.
 */
#include "match_rows/deaths.h"

#include <stdlib.h>
#include <string.h>

struct date {
	_Atomic uint64_t when;
	_Atomic uint32_t row; /* row + 1; 0: free */
};

struct hl_match_dates {
	struct hl_match_dates *before;
	size_t n;
	size_t n_places; /* a power of two */
	struct date place[];
};

struct hl_match_span {
	struct hl_match_span *next;
	uint32_t from, to;
	_Atomic uint64_t when;
};

void hl_match_deaths_init(struct hl_match_deaths *deaths, uint64_t n_rows)
{
	memset(deaths, 0, sizeof(*deaths));
	deaths->n_rows = n_rows;
}

void hl_match_deaths_load(struct hl_match_deaths *deaths, uint64_t *old)
{
	deaths->old = old;
	deaths->n_old = 0;
	for (uint64_t i = 0; i < (deaths->n_rows + 63) / 64; i++) {
		deaths->n_old += (uint64_t)__builtin_popcountll(old[i]);
	}
}

void hl_match_deaths_fini(struct hl_match_deaths *deaths)
{
	struct hl_match_dates *dates = atomic_load(&deaths->dates);
	struct hl_match_span *span = atomic_load(&deaths->spans);
	union {
		const uint64_t *old;
		void *p;
	} old = {.old = deaths->old};

	while (dates) {
		struct hl_match_dates *before = dates->before;

		free(dates);
		dates = before;
	}
	while (span) {
		struct hl_match_span *next = span->next;

		free(span);
		span = next;
	}
	free(atomic_load(&deaths->bits));
	free(old.p);
	memset(deaths, 0, sizeof(*deaths));
}

static struct date *place_of(struct hl_match_dates *dates, uint32_t row)
{
	size_t mask = dates->n_places - 1;
	size_t at = (row * UINT64_C(0x9E3779B97F4A7C15) >> 20) & mask;

	for (;;) {
		uint32_t there = atomic_load_explicit(
			&dates->place[at].row, memory_order_acquire);

		if (there == 0 || there == row + 1) {
			return &dates->place[at];
		}
		at = (at + 1) & mask;
	}
}

static void date_put(
	struct hl_match_dates *dates, uint32_t row, uint64_t change)
{
	struct date *place = place_of(dates, row);

	atomic_store_explicit(&place->when, change, memory_order_release);
	if (!atomic_load_explicit(&place->row, memory_order_relaxed)) {
		dates->n++;
		atomic_store_explicit(
			&place->row, row + 1, memory_order_release);
	}
}

static bool grow(struct hl_match_deaths *deaths, size_t n)
{
	struct hl_match_dates *old = atomic_load(&deaths->dates), *made;
	size_t wanted = (old ? old->n : 0) + n, places = 64;

	while (places < 2 * wanted) {
		places *= 2;
	}
	if (old && places <= old->n_places) {
		return true;
	}
	made = calloc(1, sizeof(*made) + places * sizeof(made->place[0]));
	if (!made) {
		return false;
	}
	made->n_places = places;
	made->before = old;
	for (size_t i = 0; old && i < old->n_places; i++) {
		uint32_t row = atomic_load(&old->place[i].row);

		if (row) {
			date_put(made, row - 1,
				atomic_load(&old->place[i].when));
		}
	}
	atomic_store_explicit(&deaths->dates, made, memory_order_release);
	return true;
}

static bool bits_ready(struct hl_match_deaths *deaths)
{
	_Atomic uint64_t *bits = atomic_load(&deaths->bits);

	if (!bits) {
		bits = calloc((deaths->n_rows + 63) / 64 + 1, sizeof(*bits));
		atomic_store_explicit(
			&deaths->bits, bits, memory_order_release);
	}
	return bits != NULL;
}

bool hl_match_deaths_reserve(struct hl_match_deaths *deaths, size_t n)
{
	return n == 0 || (bits_ready(deaths) && grow(deaths, n));
}

static void bit_set(struct hl_match_deaths *deaths, uint32_t row)
{
	_Atomic uint64_t *bits = atomic_load(&deaths->bits);

	atomic_fetch_or_explicit(
		&bits[row / 64], UINT64_C(1) << row % 64, memory_order_release);
}

void hl_match_deaths_kill(
	struct hl_match_deaths *deaths, uint32_t row, uint64_t change)
{
	date_put(atomic_load(&deaths->dates), row, change);
	bit_set(deaths, row);
	deaths->n_new++;
}

struct hl_match_span *hl_match_deaths_span_new(
	uint32_t from, uint32_t to, uint64_t change)
{
	struct hl_match_span *span = malloc(sizeof(*span));

	if (span) {
		span->next = NULL;
		span->from = from;
		span->to = to;
		atomic_init(&span->when, change);
	}
	return span;
}

void hl_match_deaths_span(
	struct hl_match_deaths *deaths, struct hl_match_span *span)
{
	uint32_t from = span->from, to = span->to;

	for (uint32_t row = from; row < to; row++) {
		deaths->n_new +=
			hl_match_deaths_when(deaths, row) == HL_MATCH_NEVER;
	}
	span->next = atomic_load(&deaths->spans);
	atomic_store_explicit(&deaths->spans, span, memory_order_release);
	for (uint32_t row = from; row < to; row++) {
		if (!deaths->old || !(deaths->old[row / 64] >> row % 64 & 1)) {
			bit_set(deaths, row);
		}
	}
}

static uint64_t span_when(const struct hl_match_deaths *deaths, uint32_t row)
{
	const struct hl_match_span *span =
		atomic_load_explicit(&deaths->spans, memory_order_acquire);
	uint64_t when = HL_MATCH_NEVER;

	for (; span; span = span->next) {
		if (row >= span->from && row < span->to) {
			uint64_t this = atomic_load_explicit(
				&span->when, memory_order_acquire);

			when = this < when ? this : when;
		}
	}
	return when;
}

static uint64_t date_when(const struct hl_match_deaths *deaths, uint32_t row)
{
	struct hl_match_dates *dates =
		atomic_load_explicit(&deaths->dates, memory_order_acquire);
	struct date *place = dates ? place_of(dates, row) : NULL;

	if (!place ||
		!atomic_load_explicit(&place->row, memory_order_acquire)) {
		return HL_MATCH_NEVER;
	}
	return atomic_load_explicit(&place->when, memory_order_acquire);
}

uint64_t hl_match_deaths_when(
	const struct hl_match_deaths *deaths, uint32_t row)
{
	_Atomic uint64_t *bits =
		atomic_load_explicit(&deaths->bits, memory_order_acquire);
	uint64_t bit = UINT64_C(1) << row % 64, a, b;

	if (deaths->old && deaths->old[row / 64] & bit) {
		return 0;
	}
	if (!bits ||
		!(atomic_load_explicit(&bits[row / 64], memory_order_acquire) &
			bit)) {
		return HL_MATCH_NEVER;
	}
	a = date_when(deaths, row);
	b = span_when(deaths, row);
	return a < b ? a : b;
}

void hl_match_deaths_after(const struct hl_match_deaths *deaths,
	uint64_t change, void (*each)(void *arg, uint32_t row, uint64_t when),
	void *arg)
{
	_Atomic uint64_t *bits = atomic_load(&deaths->bits);

	if (!bits) {
		return;
	}
	for (uint64_t i = 0; i < (deaths->n_rows + 63) / 64; i++) {
		uint64_t word = atomic_load(&bits[i]);

		for (; word; word &= word - 1) {
			uint32_t row = (uint32_t)(i * 64) +
				       (uint32_t)__builtin_ctzll(word);
			uint64_t when = hl_match_deaths_when(deaths, row);

			if (when > change && when != HL_MATCH_NEVER) {
				each(arg, row, when);
			}
		}
	}
}

uint64_t hl_match_deaths_write(
	const struct hl_match_deaths *deaths, uint64_t change, uint64_t *out)
{
	_Atomic uint64_t *bits = atomic_load(&deaths->bits);
	uint64_t n = 0;

	for (uint64_t i = 0; i < (deaths->n_rows + 63) / 64; i++) {
		uint64_t word = bits ? atomic_load(&bits[i]) : 0;
		uint64_t dead = deaths->old ? deaths->old[i] : 0;

		for (; word; word &= word - 1) {
			uint32_t row = (uint32_t)(i * 64) +
				       (uint32_t)__builtin_ctzll(word);

			if (hl_match_deaths_by(deaths, row, change)) {
				dead |= UINT64_C(1) << row % 64;
			}
		}
		if (out) {
			out[i] = dead;
		}
		n += (uint64_t)__builtin_popcountll(dead);
	}
	return n;
}

void hl_match_deaths_undo(struct hl_match_deaths *deaths, uint64_t change)
{
	struct hl_match_dates *dates = atomic_load(&deaths->dates);

	for (size_t i = 0; dates && i < dates->n_places; i++) {
		struct date *place = &dates->place[i];

		if (atomic_load(&place->row) &&
			atomic_load(&place->when) == change) {
			atomic_store(&place->when, HL_MATCH_NEVER);
			deaths->n_new--;
		}
	}
}

size_t hl_match_deaths_bytes(const struct hl_match_deaths *deaths)
{
	const struct hl_match_dates *dates = atomic_load(&deaths->dates);
	size_t words = (size_t)(deaths->n_rows + 63) / 64 * sizeof(uint64_t);
	size_t n = (deaths->old ? words : 0) +
		   (atomic_load(&deaths->bits) ? words : 0);

	for (; dates; dates = dates->before) {
		n += sizeof(*dates) + dates->n_places * sizeof(struct date);
	}
	return n;
}
