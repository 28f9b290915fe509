/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_ROWS_DEATHS_H
#define HL_MATCH_ROWS_DEATHS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which rows of one kind of a segment are dead, and since which change. One
 * writer, any number of readers that never wait. `old` came from a file and
 * is dead for everybody; later ones are dead for who began after them.
 */
struct hl_match_deaths {
	uint64_t n_rows;
	const uint64_t *old; /* NULL: none */
	_Atomic(_Atomic uint64_t *) bits;
	_Atomic(struct hl_match_dates *) dates; /* row -> change */
	_Atomic(struct hl_match_span *) spans;  /* whole runs at once */
	uint64_t n_old;
	uint64_t n_new;
};

/* A change that never comes. */
#define HL_MATCH_NEVER UINT64_MAX

void hl_match_deaths_init(struct hl_match_deaths *deaths, uint64_t n_rows);
/* Takes over old, a bit a row. */
void hl_match_deaths_load(struct hl_match_deaths *deaths, uint64_t *old);
void hl_match_deaths_fini(struct hl_match_deaths *deaths);

/* Makes room for n more, so that killing them cannot fail. false: no memory. */
bool hl_match_deaths_reserve(struct hl_match_deaths *deaths, size_t n);
/* The row must be alive. */
void hl_match_deaths_kill(
	struct hl_match_deaths *deaths, uint32_t row, uint64_t change);
/* Rows from..to-1, some of which may be dead; the second half of what follows
 * _span_new(). */
void hl_match_deaths_span(
	struct hl_match_deaths *deaths, struct hl_match_span *span);
struct hl_match_span *hl_match_deaths_span_new(
	uint32_t from, uint32_t to, uint64_t change);

/* When it died, 0 for long ago, HL_MATCH_NEVER for alive. */
uint64_t hl_match_deaths_when(
	const struct hl_match_deaths *deaths, uint32_t row);
static inline bool hl_match_deaths_by(
	const struct hl_match_deaths *deaths, uint32_t row, uint64_t change)
{
	return hl_match_deaths_when(deaths, row) <= change;
}
/* Calls back for each row that died after `change`, in no order. */
void hl_match_deaths_after(const struct hl_match_deaths *deaths,
	uint64_t change, void (*each)(void *arg, uint32_t row, uint64_t when),
	void *arg);
/* A bit for each row that died by `change`, unless bits is NULL; returns how
 * many. */
uint64_t hl_match_deaths_write(
	const struct hl_match_deaths *deaths, uint64_t change, uint64_t *bits);
/* What died at `change` never did. */
void hl_match_deaths_undo(struct hl_match_deaths *deaths, uint64_t change);
size_t hl_match_deaths_bytes(const struct hl_match_deaths *deaths);

#endif
