/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_POOL_H
#define HL_MEDIA_POOL_H

#include "base/err.h"
#include "media/media.h"

/*
 * Hashes of files that nobody trusts: docs/media.md. The bytes go to a
 * worker, a process without files, network or other processes, that decodes
 * and hashes them; what it answers is checked. A crash, a loop or memory
 * eaten costs the one file, and the worker is replaced.
 */
struct hl_media_pool;
struct hl_media_decoder;

struct hl_media_setup {
	uint32_t n_workers;            /* 0: one a core */
	uint32_t files_per_worker;     /* then a fresh one; 0: 64 */
	struct hl_media_limits limits; /* for all files */
	/* Leave out what takes long to load: HEIF, AVIF and videos are then
	 * unsupported. */
	bool quick_start;
	const char *user; /* to become when started as root; NULL: stay */
	/* Other than the product's, for tests; ends with NULL. */
	const struct hl_media_decoder *const *decoders;
};

/*
 * Makes the zygote, the process that forks workers, as a child of this one.
 * To be called before threads are made. setup may be NULL. *out is owned.
 */
int hl_media_pool_new(const struct hl_media_setup *setup,
	struct hl_media_pool **out, struct hl_err *err);

/*
 * The same where the zygote is somebody else's child: `control` is one end of
 * a SOCK_SEQPACKET pair, the other is the zygote's. Takes control over. The
 * zygote need not run yet, and may be started again on the same end.
 */
int hl_media_pool_attach(const struct hl_media_setup *setup, int control,
	struct hl_media_pool **out, struct hl_err *err);

/* The life of a zygote, after the fork: enters its sandbox, then forks
 * workers until the other end hangs up or *stop (may be NULL) is set by a
 * signal's handler. setup->limits and decoders are those that count. */
int hl_media_zygote_run(const struct hl_media_setup *setup, int control,
	const volatile int *stop, struct hl_err *err);

/* No call may be under way. NULL is allowed. */
void hl_media_pool_free(struct hl_media_pool *pool);

uint32_t hl_media_pool_workers(const struct hl_media_pool *pool);

/*
 * Hashes a file, from any thread; waits while all workers are busy. 0: *out
 * says what became of it, whatever was in it. A fault: memory of the caller
 * only. *out is set in either case, and to be ended by _fini.
 *
 * fd is read from its start if it can be, else to its end (a pipe), and stays
 * the caller's. options may be NULL.
 */
int hl_media_hash_fd(struct hl_media_pool *pool, int fd,
	const struct hl_media_options *options, struct hl_media_result *out,
	struct hl_err *err);
int hl_media_hash_bytes(struct hl_media_pool *pool, const void *bytes, size_t n,
	const struct hl_media_options *options, struct hl_media_result *out,
	struct hl_err *err);

#endif
