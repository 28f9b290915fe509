/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESK_WORLD_H
#define DESK_WORLD_H

#include "../casework/fixture.h"
#include "desk/desk.h"
#include "seal/token.h"

/* An installation with people who have signed in, and one object of each
 * kind at each station that matters for permission. */
#define HALF N_PEOPLE /* only the password was right so far */
#define N_VISITORS (N_PEOPLE + 1)

enum thing {
	HELD_ANNA,  /* taken by Anna */
	HELD_BENNY, /* taken by Benny */
	FREE,
	VERIFYING, /* assessed by Anna, taken by Vera */
	DIFFERING, /* Anna and Benny disagree */
	ACTING,    /* agreed to be illegal; has a draft */
	CLOSED,
	UNKNOWN,
	N_THINGS,
};

struct world {
	struct fixture *f;
	struct hl_desk_app app;
	struct hl_desk_thread thread;
	struct hl_seal_token tokens[N_VISITORS];
	struct hl_seal_sign_key sign;
	char cookies[N_VISITORS][128];
	char csrf[N_VISITORS][64];
	int64_t cases[N_THINGS], reports[N_THINGS];
	int64_t waiting; /* a report that a person has to decide */
	int64_t referral, recipient;
	int64_t hash_list, hash; /* proposed by Sofie */
	int64_t apikey;          /* made by Adam */
	const char *fetch_site;  /* Sec-Fetch-Site, NULL: not sent */
	/* the answer to the last request */
	int status;
	char location[256];
	char notice[512]; /* for the next page; a refusal begins with "!" */
	struct hl_buf headers; /* "name: value\n" */
	struct hl_buf body;
	struct hl_arena *arena;
	char kept[128]; /* the copy of the store's file */
};

int world_set_up(void **state);
int world_tear_down(void **state);
/* person -1: nobody. body NULL: a GET. */
void world_ask(struct world *w, int person, const char *path, const char *body);
/* The store as it was after setting up. */
void world_restore(struct world *w);

#endif
