/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_STATUS_H
#define HL_DOMAIN_STATUS_H

#include "domain/state.h"
#include "domain/words.h"

/*
 * What the reporter of an address is told. It follows from the case, the
 * item and who has been told, and from nothing else; item.public_status is
 * written wherever one of these changes.
 */
struct hl_public_status_input {
	enum hl_case_state state;
	bool touched; /* the reporter was told more than "received" before */
	enum hl_outcome outcome;     /* of the case, 0 before it */
	enum hl_close_reason reason; /* 0 while the case is open */
	enum hl_item_state item;
	uint32_t passed_to; /* mask of 1 << enum hl_recipient */
};

/*
 * In this order: passed on and gone now is "removed"; passed on is the
 * recipient closest to the content (provider, partner hotline, police);
 * a closed case says why; one that nobody touched is "received"; all
 * others are "being assessed", also when given back or opened again.
 */
enum hl_public_status hl_public_status_of(
	const struct hl_public_status_input *in);

/*
 * Whether a person may close the case (its state before that) with
 * in->reason. What two people agreed is illegal is undone by an assessment
 * only, never by closing; without an assessment nobody closes as "not
 * illegal"; and "removed", "passed on" and "no recipient acts" need somebody
 * who was told, "gone before anybody was told" nobody.
 */
bool hl_close_reason_fits(const struct hl_public_status_input *in);

#endif
