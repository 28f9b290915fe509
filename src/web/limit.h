/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_LIMIT_H
#define HL_WEB_LIMIT_H

#include "base/err.h"
#include "base/str.h"

/*
 * Limits on how often somebody may do something, in memory only. Network
 * addresses come in as a hash under a random key that is thrown away every
 * few minutes: nothing here can be turned back into an address or compared
 * with one later. Never the only defence: everybody who comes through Tor or
 * one large network shares an address. Thread-safe.
 */

/* Hashes what stands for a person, under a key that lives ten minutes. */
struct hl_web_salt;
int hl_web_salt_new(struct hl_web_salt **out, struct hl_err *err);
void hl_web_salt_free(struct hl_web_salt *s);
/* Never 0. */
uint64_t hl_web_salt_hash(
	struct hl_web_salt *s, struct hl_str who, int64_t now_us);

struct hl_web_limit_config {
	size_t n_slots;    /* who are remembered at a time; a power of two */
	uint32_t burst;    /* so many at once; 0 switches the limit off */
	int64_t refill_us; /* one more after each such time */
};

struct hl_web_limiter;
int hl_web_limiter_new(const struct hl_web_limit_config *config,
	struct hl_web_limiter **out, struct hl_err *err);
void hl_web_limiter_free(struct hl_web_limiter *l);
/* Takes one; false when there is none left. Key 0, somebody unknown, always
 * may: when all of them come through one proxy, a limit would only stop
 * everybody. */
bool hl_web_limiter_take(
	struct hl_web_limiter *l, uint64_t key, int64_t now_us);

#endif
