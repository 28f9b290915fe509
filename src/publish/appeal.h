/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_APPEAL_H
#define HL_PUBLISH_APPEAL_H

#include "casefile/label.h"
#include "publish/entry.h"

/* Somebody says that an entry blocks what it should not. Written by the
 * public page (statement list_appeal_add), decided here by somebody who
 * neither proposed nor approved the entry. */

/* The JSON that is sealed with HL_LABEL_LIST_APPEAL(). */
#define HL_PUBLISH_APPEAL_BYTES 16384

struct hl_publish_appeal {
	int64_t id, version, received_at_us, decided_at_us;
	enum hl_list_appeal_state state;
	enum hl_list_appeal_why reason;
	int64_t entry_id; /* 0: none was named, or found */
	enum hl_list_state entry_state;
	int64_t decided_by;
	struct hl_str decided_name;
	/* opened, on its page only; absent without the key */
	struct hl_str address, words, contact;
	bool broken;
	/* entries in force that block the address which it tells */
	const int64_t *blocking;
	size_t n_blocking;
	/* of one that was opened, also for each of those */
	bool may_decide;
	enum hl_publish_why why;
};
/* Open ones first, oldest first; then the newest decided. HL_DENIED. */
int hl_publish_appeals(const struct hl_who *who, size_t n_most,
	const struct hl_publish_appeal **out, size_t *n, struct hl_err *err);
/* Leaves APPEAL_READ in the audit log. HL_NOTFOUND. */
int hl_publish_appeal(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t id,
	struct hl_publish_appeal *out, struct hl_err *err);

struct hl_publish_ruling {
	int64_t id, version;
	enum hl_list_appeal_state state; /* upheld or rejected */
	enum hl_list_appeal_why reason;
	int64_t entry_id; /* that it is about; 0: as the appeal has it */
};
/* By somebody who can read it and stands behind neither the entry that it
 * named nor any that blocks its address. Upheld: the entry ends in the same
 * batch. HL_E_INVALID: a reason that does not fit; HL_PUBLISH_NO_PLACE: upheld
 * without an entry, rejected without one while some block the address, or an
 * entry that has nothing to do with it; HL_PUBLISH_BLOCKS: rejected as not
 * listed while some do, or the entry that it is about is in force. */
int hl_publish_appeal_decide(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_ruling *ruling, enum hl_publish_why *why,
	struct hl_err *err);

#endif
