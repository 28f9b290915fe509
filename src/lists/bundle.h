/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_BUNDLE_H
#define HL_LISTS_BUNDLE_H

#include <pthread.h>

#include "lists/publisher.h"

/*
 * Makes what an auditor asks for: docs/protocol/urllist.md, clause 8, of a
 * version whose list, rows and manifest are kept.
 */
struct hl_lists_prover {
	const char *folder;
	const struct hl_lists_keys *keys;
	struct hl_store *store;
	pthread_mutex_t *store_lock; /* NULL: nobody else uses the store */
	const _Atomic bool *stop;    /* may be NULL: given up when it is set */
};
/* Into out, signed. HL_NOTFOUND: no such version is kept, or there is no proof
 * of its kind (tier 0). HL_E_CORRUPT: what is kept does not fit together.
 * HL_E_UNAVAILABLE: told to stop. */
int hl_lists_bundle_make(const struct hl_lists_prover *p, uint64_t consumer,
	uint64_t version, struct hl_buf *out, struct hl_err *err);
/* The same into the file of the folder, if it is not there. */
int hl_lists_bundle_keep(const struct hl_lists_prover *p, uint64_t consumer,
	uint64_t version, struct hl_err *err);

/*
 * A thread of its own that makes bundles one after another, so that those who
 * answer are not held up. Zero is one that has nothing to do.
 */
enum { HL_LISTS_PROOFS_MAX = 16 };
struct hl_lists_proofs {
	pthread_mutex_t lock;
	pthread_t thread;
	bool joinable, running;
	_Atomic bool stop;
	struct hl_lists_prover prover;
	struct {
		uint64_t consumer, version;
	} wanted[HL_LISTS_PROOFS_MAX];
	size_t n;
};
void hl_lists_proofs_init(struct hl_lists_proofs *all);
/* Ends the thread: waits for a row's work, not for a bundle's. */
void hl_lists_proofs_fini(struct hl_lists_proofs *all);
/* It will be made; asked again, nothing changes. False: too many wait. */
bool hl_lists_proofs_want(struct hl_lists_proofs *all,
	const struct hl_lists_prover *prover, uint64_t consumer,
	uint64_t version);

#endif
