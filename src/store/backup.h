/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_BACKUP_H
#define HL_STORE_BACKUP_H

#include "store/store.h"

/*
 * A copy of the store as it is at one moment, made beside a store process
 * that goes on with its work, or of a file that no process has open. The
 * copy is one file without a log, checked, and on the disk.
 *
 * Whatever was committed when the call began is in it. Nothing of the store
 * is opened: sealed values are copied sealed.
 */
struct hl_store_backup {
	const char *from;         /* the SQLite file */
	const char *to;           /* the file to make */
	struct hl_store *running; /* link to the process that has it open, from
				     hl_store_connect(); NULL: none has */
	/* Told how many bytes of about how many are done; false breaks off.
	 * May be NULL. */
	bool (*progress)(void *arg, int64_t done, int64_t all);
	void *arg;
};

struct hl_store_copied {
	int64_t bytes;    /* of the copy */
	int64_t last_seq; /* its newest audit entry */
	int version;      /* of its schema */
};

/* Bytes that the copying needs on the disk at most, as things stand.
 * HL_NOTFOUND: there is no such store. */
int hl_store_backup_size(const char *from, int64_t *out, struct hl_err *err);

/*
 * HL_NOTFOUND: there is no such store. HL_CONFLICT: `to` is there already, a
 * process has the store open though `running` is NULL, or another backup is
 * running; err says which. HL_E_UNAVAILABLE: the store process ended
 * meanwhile; HL_E_TIMEOUT: broken off by progress. On any other than 0
 * nothing of the copy is left.
 */
int hl_store_backup(const struct hl_store_backup *given,
	struct hl_store_copied *out, struct hl_err *err);

#endif
