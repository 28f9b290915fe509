/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_PROBE_H
#define HL_REFERRAL_PROBE_H

#include "referral/send.h"

/*
 * Connects to the mail server of an SMTP transport as sending does, with TLS
 * and login, and says good-bye: nothing is mailed. from is an address whose
 * domain greets. HL_DENIED: it did not work, result's config, code and reply
 * say why. Faults as hl_referral_mail_send().
 */
int hl_referral_mail_probe(const struct hl_referral_transport *via,
	struct hl_str from, struct hl_referral_sent *result,
	struct hl_err *err);

#endif
