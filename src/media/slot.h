/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_SLOT_H
#define HL_MEDIA_SLOT_H

#include <pthread.h>
#include <sys/types.h>

#include "media/pool.h"

/* A pool's workers and how they are had and lost. Inside the room only. */

struct hl_media_slot {
	uint32_t no;
	int fd; /* the parent's end; -1: there is no worker */
	bool busy;
	uint32_t n_files;  /* that it was given */
	int64_t worked_us; /* by the clock, on all of them */
};

struct hl_media_pool {
	struct hl_media_limits limits; /* every one is set */
	uint32_t files_per_worker;
	pid_t zygote; /* ours to wait for; 0: somebody else's */

	pthread_mutex_t lock; /* for which slots are busy */
	pthread_cond_t freed;
	struct hl_media_slot *slots;
	uint32_t n_slots;

	pthread_mutex_t control_lock; /* for the rest */
	int control;
	uint32_t question_no;
	bool cleared; /* the zygote knows that we are new */
};

/* One that is not busy; waits for it. Its last worker may still be there. */
struct hl_media_slot *hl_media_slot_take(struct hl_media_pool *pool);
void hl_media_slot_give(struct hl_media_pool *pool, struct hl_media_slot *slot);

/* A worker in it: the one it has, or a fresh one. HL_E_UNAVAILABLE. */
int hl_media_slot_fill(struct hl_media_pool *pool, struct hl_media_slot *slot,
	struct hl_err *err);

struct hl_media_end {
	bool known; /* false: the zygote does not know or answer */
	int wait_status;
	uint64_t peak_bytes;
};
/* Ends the worker, and says how it had ended before that, if it had. */
void hl_media_slot_empty(struct hl_media_pool *pool, struct hl_media_slot *slot,
	struct hl_media_end *end);

#endif
