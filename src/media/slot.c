/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slots are taken under one lock, for a moment; the zygote is asked under
 * another, one question at a time. A zygote that was started again on the
 * same socket has answers to none of the old questions, so an answer counts
 * by its number only.
 */
#include "media/slot.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"
#include "media/wire.h"
#include "media/zygote.h"

#define ANSWER_MS 5000

struct hl_media_slot *hl_media_slot_take(struct hl_media_pool *pool)
{
	struct hl_media_slot *found = NULL;

	pthread_mutex_lock(&pool->lock);
	while (!found) {
		for (uint32_t i = 0; i < pool->n_slots && !found; i++) {
			if (!pool->slots[i].busy) {
				found = &pool->slots[i];
			}
		}
		if (!found) {
			pthread_cond_wait(&pool->freed, &pool->lock);
		}
	}
	found->busy = true;
	pthread_mutex_unlock(&pool->lock);
	return found;
}

void hl_media_slot_give(struct hl_media_pool *pool, struct hl_media_slot *slot)
{
	pthread_mutex_lock(&pool->lock);
	slot->busy = false;
	pthread_cond_signal(&pool->freed);
	pthread_mutex_unlock(&pool->lock);
}

static int send_question(struct hl_media_pool *pool,
	struct hl_media_question *q, int fd, struct hl_err *err)
{
	if (hl_media_give(pool->control, q, sizeof(*q), fd)) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"the zygote of the decoders does not listen: %s",
			strerrordesc_np(errno));
	}
	return 0;
}

static int read_told(struct hl_media_pool *pool, uint32_t no,
	struct hl_media_told *told, struct hl_err *err)
{
	int64_t until = hl_time_mono_us() + ANSWER_MS * 1000;

	for (;;) {
		struct pollfd p = {pool->control, POLLIN, 0};
		int64_t left = until - hl_time_mono_us();
		ssize_t n = -1;

		if (left > 0 && poll(&p, 1, (int)(left / 1000) + 1) > 0) {
			n = recv(pool->control, told, sizeof(*told),
				MSG_DONTWAIT);
		}
		if (n == sizeof(*told) && told->no == no) {
			return 0;
		}
		if (n == 0 || left <= 0) {
			return HL_FAIL(err, HL_E_UNAVAILABLE,
				"the zygote of the decoders does not answer");
		}
	}
}

/* With control_lock held. */
static int ask_locked(struct hl_media_pool *pool, struct hl_media_question q,
	int fd, struct hl_media_told *told, struct hl_err *err)
{
	int r;

	q.magic = HL_MEDIA_QUESTION_MAGIC;
	q.no = ++pool->question_no;
	r = send_question(pool, &q, fd, err);
	if (!r) {
		r = read_told(pool, q.no, told, err);
	}
	return r;
}

static int ask(struct hl_media_pool *pool, struct hl_media_question q, int fd,
	struct hl_media_told *told, struct hl_err *err)
{
	const struct hl_media_question clear = {.ask = HL_MEDIA_CLEAR};
	int r = 0;

	pthread_mutex_lock(&pool->control_lock);
	if (!pool->cleared) {
		r = ask_locked(pool, clear, -1, told, err);
		pool->cleared = !r;
	}
	if (!r) {
		r = ask_locked(pool, q, fd, told, err);
	}
	pthread_mutex_unlock(&pool->control_lock);
	return r;
}

static int spawn(struct hl_media_pool *pool, struct hl_media_slot *slot,
	struct hl_err *err)
{
	const struct hl_media_question q = {
		.ask = HL_MEDIA_SPAWN, .slot = slot->no};
	struct hl_media_told told;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "socketpair: %s",
			strerrordesc_np(errno));
	}
	int r = ask(pool, q, ends[1], &told, err);

	close(ends[1]);
	if (!r && told.sys_errno) {
		r = HL_FAIL(err, HL_E_UNAVAILABLE, "fork a decoder: %s",
			strerrordesc_np(told.sys_errno));
	}
	if (r) {
		close(ends[0]);
		return r;
	}
	slot->fd = ends[0];
	slot->n_files = 0;
	slot->worked_us = 0;
	return 0;
}

/* One that says something before it was asked is not to be trusted. */
static bool is_usable(
	const struct hl_media_pool *pool, const struct hl_media_slot *slot)
{
	struct pollfd p = {slot->fd, POLLIN, 0};

	return slot->fd >= 0 && slot->n_files < pool->files_per_worker &&
	       slot->worked_us < pool->limits.seconds_max * HL_US_PER_S &&
	       poll(&p, 1, 0) == 0;
}

int hl_media_slot_fill(struct hl_media_pool *pool, struct hl_media_slot *slot,
	struct hl_err *err)
{
	struct hl_media_end ignored;

	if (is_usable(pool, slot)) {
		return 0;
	}
	hl_media_slot_empty(pool, slot, &ignored);
	return spawn(pool, slot, err);
}

void hl_media_slot_empty(struct hl_media_pool *pool, struct hl_media_slot *slot,
	struct hl_media_end *end)
{
	const struct hl_media_question q = {
		.ask = HL_MEDIA_REAP, .slot = slot->no};
	struct hl_media_told told;

	*end = (struct hl_media_end){0};
	if (slot->fd < 0) {
		return;
	}
	close(slot->fd);
	slot->fd = -1;
	if (ask(pool, q, -1, &told, NULL) == 0 && told.sys_errno == 0) {
		end->known = true;
		end->wait_status = told.wait_status;
		end->peak_bytes = told.peak_bytes;
	}
}
