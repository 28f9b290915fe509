/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_SWEEP_H
#define HL_CASEWORK_SWEEP_H

#include "domain/settings.h"
#include "store/store.h"

/*
 * What time brings about; for the worker, every few seconds. Each handles
 * at most n_most objects a call, a batch each, and counts them in *n_done;
 * n_done == n_most: there may be more. A fault in one object is logged and
 * does not keep the others.
 */

/* Gives back cases whose lease ran out (or lies further ahead than any
 * lease may: the clock was set back), and stops forgotten viewing clocks. */
int hl_casework_expire_leases(struct hl_store *store, struct hl_arena *arena,
	const struct hl_settings *settings, size_t n_most, size_t *n_done,
	struct hl_err *err);

/* Reports whose cases are all closed become FEEDBACK_READY; those that a
 * case was reopened of are LINKED again; those whose cases are all erased
 * are erased. */
int hl_casework_settle_reports(struct hl_store *store, struct hl_arena *arena,
	size_t n_most, size_t *n_done, struct hl_err *err);

/* Puts "hosted at home" right where a look-up has changed the country. */
int hl_casework_reprioritise(struct hl_store *store, struct hl_arena *arena,
	const struct hl_settings *settings, size_t n_most, size_t *n_done,
	struct hl_err *err);

#endif
