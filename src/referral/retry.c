/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/retry.h"

const struct hl_referral_backoff hl_referral_backoff_default = {
	.first_us = HL_US_PER_MIN,
	.cap_us = 4 * HL_US_PER_HOUR,
	.give_up_us = 5 * HL_US_PER_DAY,
};

static int64_t doubled(const struct hl_referral_backoff *b, unsigned n_failed)
{
	int64_t wait = b->first_us;

	for (unsigned i = 1; i < n_failed && wait < b->cap_us; i++) {
		wait *= 2;
	}
	return wait < b->cap_us ? wait : b->cap_us;
}

int hl_referral_retry_next(const struct hl_referral_backoff *b,
	unsigned n_failed, int64_t first_us, int64_t now_us, uint32_t dice,
	int64_t *next_us)
{
	int64_t end_us = first_us + b->give_up_us;
	int64_t wait = doubled(b, n_failed);

	if (now_us >= end_us) {
		return HL_NOTFOUND;
	}
	wait += wait / 5000 * ((int64_t)(dice % 2001) - 1000);
	*next_us = wait < end_us - now_us ? now_us + wait : end_us;
	return 0;
}
