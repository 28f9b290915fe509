/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_EDITION_H
#define HL_PUBLISH_EDITION_H

#include "publish/entry.h"

/* What went out, what was held back, and what people say to that. */

struct hl_publish_edition {
	int64_t id, at_us, n_entries, n_hosts, n_added, n_removed;
	unsigned held; /* bits of enum hl_list_breaker */
	enum hl_list_edition_state state;
	struct hl_str digest; /* 32 bytes: what a yes is to */
	int64_t decided_by, decided_at_us;
	struct hl_str decided_name;
	bool may_decide;
	enum hl_publish_why why;
};
/* The n_most newest, and all that wait; newest first. HL_DENIED. */
int hl_publish_editions(const struct hl_who *who, size_t n_most,
	const struct hl_publish_edition **out, size_t *n, struct hl_err *err);
/* A held one goes out after all. HL_PUBLISH_INVOLVED: who proposed or
 * approved one of the entries that are new in it. HL_PUBLISH_CHANGED: a
 * newer one waits or was decided on, or its digest is another. */
int hl_publish_release(const struct hl_who *who, int64_t id,
	struct hl_str digest, enum hl_publish_why *why, struct hl_err *err);
/* It does not; whoever has an entry that should go ends it. */
int hl_publish_edition_refuse(const struct hl_who *who, int64_t id,
	enum hl_publish_why *why, struct hl_err *err);

struct hl_publish_status {
	uint8_t hotline[16];
	bool ready;                            /* the publisher has a key */
	int64_t root_version, root_expires_us; /* it saw; 0: none */
	int64_t halted_by, halted_at_us, resume_by, resume_at_us;
	struct hl_str halted_name, resume_name;
	/* the roll-back that waits for a second supervisor; id 0: none */
	int64_t rollback_id, rollback_to, rollback_by, rollback_at_us;
	int64_t rollback_n; /* entries that it would end */
	struct hl_str rollback_name;
	bool may_halt, may_resume, may_roll_back;
	bool may_approve_rollback, may_drop_rollback;
};
int hl_publish_status(const struct hl_who *who, struct hl_publish_status *out,
	struct hl_err *err);

/* Nothing new is published; what is out goes on until it expires. By one. */
int hl_publish_halt(
	const struct hl_who *who, enum hl_publish_why *why, struct hl_err *err);
/* By two: the first call proposes (*waits), another supervisor's does it. */
int hl_publish_resume(const struct hl_who *who, bool *waits,
	enum hl_publish_why *why, struct hl_err *err);

/* Ends every entry in force that had not gone out with this edition. What was
 * taken off since stays off. Another supervisor approves; the proposer or
 * anybody who may drops it. */
int hl_publish_rollback_propose(const struct hl_who *who, int64_t edition_id,
	enum hl_publish_why *why, struct hl_err *err);
int hl_publish_rollback_approve(const struct hl_who *who, int64_t rollback_id,
	enum hl_publish_why *why, struct hl_err *err);
int hl_publish_rollback_drop(const struct hl_who *who, int64_t rollback_id,
	enum hl_publish_why *why, struct hl_err *err);

#endif
