/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_SMTP_H
#define HL_REFERRAL_SMTP_H

#include "referral/send.h"

/* The SMTP part of hl_referral_mail_send(), which has checked the envelope
 * and whether the message may leave. Outcomes as there. */
int hl_referral_smtp_send(const struct hl_referral_transport *via,
	const struct hl_referral_envelope *envelope, struct hl_str message,
	struct hl_referral_sent *result, struct hl_err *err);

#endif
