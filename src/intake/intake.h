/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_INTAKE_INTAKE_H
#define HL_INTAKE_INTAKE_H

#include "base/arena.h"
#include "base/err.h"
#include "domain/report.h"
#include "seal/key.h"
#include "store/store.h"

/*
 * Taking in reports: docs/intake.md. One object a process, shared by its
 * threads; it holds public keys and nothing else.
 */
struct hl_intake;

struct hl_intake_config {
	int64_t draft_ttl_us; /* how long an open form lives untouched */
	bool is_test;         /* a rehearsal: every report is marked */
};
/* Owned by the caller. Reads nothing yet. */
int hl_intake_new(const struct hl_intake_config *config, struct hl_intake **out,
	struct hl_err *err);
/* NULL is allowed. */
void hl_intake_free(struct hl_intake *intake);
int64_t hl_intake_draft_ttl_us(const struct hl_intake *intake);

/* What every function below is given: the thread's own store and arena,
 * which should be a secret one. What they hand out lives in the arena. */
struct hl_intake_at {
	struct hl_intake *intake;
	struct hl_store *store;
	struct hl_arena *arena;
	int64_t sender; /* the program's key under which it comes, 0 none */
};

/* The keys to seal to now. */
struct hl_intake_keys {
	int64_t queue_epoch, identity_epoch, worker_epoch;
	struct hl_seal_pub queue, identity;
	struct hl_seal_pub worker; /* of worker_epoch; 0: there is none */
};
/* Out of memory once they were read; again from the store if `fresh`.
 * HL_E_UNAVAILABLE while the installation has no queue or identity key. */
int hl_intake_keys(const struct hl_intake_at *at, bool fresh,
	struct hl_intake_keys *out, struct hl_err *err);

/* All answers of a report as JSON must fit this: what is sealed is padded
 * to 128 KiB and one batch carries it. */
#define HL_INTAKE_JSON_MAX ((size_t)126 * 1024)
/* Bytes that the report and its contact take as JSON. HL_E_LIMIT over the
 * maximum. */
int hl_intake_size_check(const struct hl_report *report, struct hl_err *err);

#endif
