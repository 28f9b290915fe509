/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_STORE_H
#define HL_STORE_STORE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * The store's contract. A transaction is one batch of named statements
 * (tx.h, and sql.h made from sql/): it happens as a whole or not at all, and
 * when hl_tx_run() says 0 it is on the disk. There are no open transactions
 * between calls; a change that depends on what was read says so in a guard
 * ("... WHERE version = $2", expect: one) and gets HL_CONFLICT when somebody
 * was faster.
 *
 * A handle is either the engine itself (hl_store_open) or a link to the store
 * process (hl_store_link). One thread at a time.
 */
struct hl_store;

/* Who asks; each statement lists the roles that may run it. */
enum hl_store_role {
	HL_STORE_PUBLIC = 1,
	HL_STORE_STAFF = 2,
	HL_STORE_WORKER = 4,
	HL_STORE_ADMIN = 8,  /* the command line on the host itself */
	HL_STORE_MATCH = 16, /* follows the registry, checks keys */
	HL_STORE_LISTS =
		32, /* publishes lists of addresses, answers for them */
};

/* key_epoch.kind and key_share.kind */
enum hl_key_kind {
	HL_KEY_QUEUE = 1,    /* X25519, reports and cases */
	HL_KEY_IDENTITY = 2, /* X25519, who the reporter is */
	HL_KEY_URL_HASH = 3, /* symmetric, finds canonical URLs again */
	HL_KEY_WORKER = 4,   /* X25519, its secret is in a file */
};

/*
 * Opens the SQLite file, makes it if there is none and brings its schema up
 * to date. HL_CONFLICT: another process has it open. Faults: a schema newer
 * than this program, a migration whose checksum differs, a full disk.
 */
int hl_store_open(const char *path, enum hl_store_role role,
	struct hl_store **out, struct hl_err *err);

/*
 * Opens a file that cannot be written, as on read-only media, for reading
 * alone; its schema stays as it is, and statements that do not fit it fail.
 * HL_CONFLICT: it can be written, and is to be opened as above.
 * HL_E_UNAVAILABLE: its log would have to be taken in first.
 */
int hl_store_open_still(const char *path, enum hl_store_role role,
	struct hl_store **out, struct hl_err *err);

/*
 * For a process that is shut in next: from here on the store opens, makes
 * and removes no file, and what it has made is on the disk by its name. Its
 * log stays when it is closed, empty. A link is left as it is.
 */
int hl_store_settle(struct hl_store *store, struct hl_err *err);

/* Speaks to the store process through a SOCK_SEQPACKET socket, which stays
 * the caller's. A request that the store lost by crashing is sent again. */
int hl_store_link(int fd, struct hl_store **out, struct hl_err *err);

/* Connects to the administrator's socket of a running store.
 * HL_NOTFOUND: none is listening there. */
int hl_store_connect(
	const char *socket_path, struct hl_store **out, struct hl_err *err);

/* NULL is allowed. */
void hl_store_close(struct hl_store *store);

/* A store process: serves links until *stop is not 0. */
struct hl_store_peer {
	int fd;
	enum hl_store_role role;
};
struct hl_store_server {
	struct hl_store *store; /* from hl_store_open() */
	const struct hl_store_peer *peers;
	size_t n_peers;
	int listen_fd;   /* administrator's socket, listening, or -1 */
	uid_t admin_uid; /* besides root, who may connect there */
	const volatile int *stop;
};
int hl_store_serve(const struct hl_store_server *server, struct hl_err *err);

/* Makes and binds the administrator's listening socket, mode 0600. */
int hl_store_listen(const char *socket_path, int *fd, struct hl_err *err);

#endif
