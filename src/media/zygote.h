/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_ZYGOTE_H
#define HL_MEDIA_ZYGOTE_H

#include <stdint.h>

/*
 * What a pool says to its zygote, one question and one answer at a time.
 * Both trust each other. Inside the room only.
 */

#define HL_MEDIA_SLOTS_MAX 256u

enum hl_media_ask {
	HL_MEDIA_SPAWN = 1, /* with the worker's end of a socket pair */
	HL_MEDIA_REAP,      /* kill it, if it lives, and say how it ended */
	HL_MEDIA_CLEAR,     /* kill all: another pool begins */
};

struct hl_media_question {
	uint32_t magic;
	uint32_t ask;
	uint32_t slot;
	uint32_t no; /* given back, so that an old answer is known */
};
#define HL_MEDIA_QUESTION_MAGIC 0x514d4c48u /* "HLMQ" */

struct hl_media_told {
	uint32_t no;
	int32_t sys_errno;   /* 0: done */
	int32_t wait_status; /* of HL_MEDIA_REAP; as waitpid(2) has it */
	int32_t pad;
	uint64_t peak_bytes; /* the most memory that it had */
};

#endif
