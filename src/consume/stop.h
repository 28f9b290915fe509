/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_STOP_H
#define HL_CONSUME_STOP_H

#include "consume/judge.h"
#include "stop/stop.h"

/*
 * What the stop page (docs/stop-page.md) is asked by the programs here. Who
 * asks fills in the headers. A number of a text file, which is no reference
 * that a hotline knows, is not shown.
 */
struct hl_stop_ask hl_consume_stop_ask(
	const struct hl_consume_decision *decision);

/* As an address has it: "E-7K3Q-X9M2-C"; a scope in the words of either
 * room. What cannot be read is not known. */
struct hl_stop_ask hl_consume_stop_ask_text(
	struct hl_str entry, struct hl_str scope);

#endif
