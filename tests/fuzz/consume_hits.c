/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/hits.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A datagram of anything at the follower's socket: what it counts is what the
 * frames say that keep to their form, by a second reading. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FRAME = 64, FRAMES = 50, COUNT_MAX = 65536, KEEP = 100 };

static struct {
	char folder[32];
	struct hl_tally *tally;
	int fd[2];
} s = {.folder = "/tmp/fuzz-hits-XXXXXX"};

static void clear(void)
{
	hl_tally_free(s.tally);
	assert(rmdir(s.folder) == 0);
}

static void begin(void)
{
	struct hl_tally_config config = {.consumer = 1, .n_entries = 64};

	if (s.tally) {
		return;
	}
	assert(mkdtemp(s.folder));
	config.folder = s.folder;
	assert(!hl_tally_new(&config, 0, &s.tally, NULL));
	assert(!socketpair(AF_UNIX, SOCK_DGRAM, 0, s.fd));
	assert(atexit(clear) == 0);
}

struct sums {
	uint64_t hits, failed;
	bool stale;
};

/* Large counts that are still good would only take long. */
static void add(uint8_t *frame, struct sums *to)
{
	uint32_t count;

	memcpy(&count, frame + 4, sizeof(count));
	if (count <= COUNT_MAX) {
		count %= KEEP;
		memcpy(frame + 4, &count, sizeof(count));
	}
	to->stale |= frame[0] == 3;
	if (frame[1] <= 48 && count <= COUNT_MAX) {
		to->hits += frame[0] == 1 ? count : 0;
		to->failed += frame[0] == 2 ? count : 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t frames[FRAME * FRAMES];
	struct hl_tally_now before, after;
	struct sums sums = {0};

	begin();
	size = size < sizeof(frames) ? size : sizeof(frames);
	memcpy(frames, data, size);
	for (size_t i = 0; i < size / FRAME; i++) {
		add(frames + FRAME * i, &sums);
	}
	hl_tally_now(s.tally, &before);
	assert(send(s.fd[0], frames, size, 0) == (ssize_t)size);
	assert(hl_consume_hits_take(s.fd[1], s.tally) == sums.stale);
	hl_tally_now(s.tally, &after);
	assert(after.hits - before.hits == sums.hits);
	assert(after.failed - before.failed == sums.failed);
	assert(after.n_entries <= 64);
	assert(!hl_consume_hits_take(s.fd[1], s.tally));
	return 0;
}
