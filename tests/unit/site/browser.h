/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_SITE_BROWSER_H
#define HL_TESTS_SITE_BROWSER_H

#include "../intake/fixture.h"
#include "site/site.h"

/* A visitor without a network: keeps the cookie, follows nothing, sends the
 * token that the last page had. */
struct browser {
	struct fixture *f;
	struct hl_settings *settings;
	struct hl_site_app site;
	struct hl_site_thread thread;
	struct hl_arena *arena;
	char cookie[64]; /* "": none */
	char csrf[64];   /* of the last page that had one */
	uint64_t peer;
	const char *fetch_site; /* Sec-Fetch-Site, NULL: not sent */
	const char *key;        /* Idempotency-Key */
	const char *bearer;     /* Authorization */
	const char *speaks;     /* Accept-Language */

	/* the last answer */
	int status;
	char location[256];
	struct hl_buf body;
	struct hl_buf headers; /* "name: value\n" */
};

int browser_set_up(void **state);
int browser_set_up_bare(void **state); /* no keys in the store */
int browser_tear_down(void **state);

void browser_get(struct browser *b, const char *target);
/* form: "a=b&c=d" without the token, which is added when there is one. */
void browser_post(struct browser *b, const char *target, const char *form);
void browser_send(struct browser *b, const char *target, const char *type,
	struct hl_str body);

bool browser_sees(const struct browser *b, const char *text);
/* Fails naming `row` unless the last answer has the status and the text. */
void browser_must(
	const struct browser *b, const char *row, int status, const char *text);
void browser_must_go(const struct browser *b, const char *location);

/* Answers every question up to "check your answers". */
void browser_fill(struct browser *b);
/* Presses "send" on the page "check your answers" that was seen last. */
void browser_press_send(struct browser *b);
/* The receipt on the page. */
void browser_receipt(const struct browser *b, char out[27]);

#endif
