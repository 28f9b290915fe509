/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SITE_APPEAL_H
#define HL_SITE_APPEAL_H

#include "site/views.h"

/* Inside the room: what anybody fills in who believes that an address is
 * blocked wrongly, and what becomes of it. */

struct hl_site_appeal {
	struct hl_site_page page;
	struct hl_str once; /* a secret of this form: sent twice is one */
	/* What was typed, and what is wrong with it. */
	struct hl_str entry, entry_error;
	struct hl_str address, address_error;
	struct hl_str words, words_error;
	struct hl_str contact, contact_error;
};

struct hl_site_appealed {
	struct hl_site_page page;
	struct hl_str receipt, status_url;
};

struct hl_site_appeal_result {
	struct hl_site_page page;
	struct hl_str received, decided; /* days; absent: not yet */
	struct hl_str status, colour, explanation;
};

#endif
