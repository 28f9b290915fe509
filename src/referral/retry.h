/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_RETRY_H
#define HL_REFERRAL_RETRY_H

#include "base/err.h"
#include "base/time.h"

/* When to try again what did not work for a passing reason. Pure. */
struct hl_referral_backoff {
	int64_t first_us;   /* wait after the first failure */
	int64_t cap_us;     /* doubled by each further one, up to this */
	int64_t give_up_us; /* after the first try */
};

/* A minute, doubling to four hours, for five days. */
extern const struct hl_referral_backoff hl_referral_backoff_default;

/*
 * The time of the next try in *next_us, after n_failed tries (at least 1)
 * of which the first was at first_us. dice is any random number: it spreads
 * the wait by up to a fifth either way, so that what failed together does
 * not come back together. HL_NOTFOUND: the time is over, give up. The last
 * try falls on the end of the time.
 */
int hl_referral_retry_next(const struct hl_referral_backoff *b,
	unsigned n_failed, int64_t first_us, int64_t now_us, uint32_t dice,
	int64_t *next_us);

#endif
