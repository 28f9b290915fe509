/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_STOP_H
#define HL_CONSUME_STOP_H

#include "consume/judge.h"

/*
 * The stop page that is built in: says that the address is blocked, who does
 * it, why, with which number to object and where to find help; in English,
 * German, French and Spanish. No script, nothing loaded from elsewhere,
 * nobody is counted by it.
 */
struct hl_consume_stop_words {
	const char *who;     /* blocks: the consumer's name; NULL: not said */
	const char *hotline; /* whose list it is; NULL: not said */
	const char *appeal;  /* an address for objections; NULL: not said */
	const char *support; /* an address for help; NULL: not said */
};
/* appeal and support must be http: or https:. HL_E_INVALID names the one
 * that is none. */
int hl_consume_stop_check(
	const struct hl_consume_stop_words *words, struct hl_err *err);

/* arg is a const struct hl_consume_stop_words *. */
int hl_consume_stop_page(void *arg, const struct hl_consume_decision *decision,
	struct hl_str languages, struct hl_buf *out, const char **tag);

#endif
