/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_SERVICE_H
#define HL_LISTS_SERVICE_H

#include "lists/bundle.h"
#include "web/server.h"

/*
 * What consumers ask: docs/protocol/urllist.md, clause 7; handlers for a
 * hl_web_server. What is asked is counted and not kept; nothing of a request
 * is logged.
 */
#define HL_LISTS_BODY_MAX 65536u

struct hl_lists_app {
	struct hl_lists_shelf *shelf;
	struct hl_lists_uses *uses;
	const char *folder;
	const struct hl_lists_keys *keys;
	struct hl_store *store; /* of the counters, under its lock */
	pthread_mutex_t store_lock;
	struct hl_lists_proofs proofs; /* of audits */
};
/* The members before store_lock are the caller's. */
void hl_lists_app_init(struct hl_lists_app *app);
void hl_lists_app_fini(struct hl_lists_app *app);

/* For hl_web_config; the app is a struct hl_lists_app. */
hl_web_handler hl_lists_handle, hl_lists_error;

/* The answer to a confirmation that is good: the evaluated elements.
 * HL_E_INVALID: an element is none. */
struct hl_lists_question {
	uint64_t epoch;
	uint32_t n;
	struct hl_str elements;
};
/* NULL, or what is wrong with the body. */
const char *hl_lists_question_read(
	struct hl_str body, struct hl_lists_question *out);

#endif
