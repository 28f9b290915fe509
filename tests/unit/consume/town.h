/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_CONSUME_TOWN_H
#define HL_TESTS_CONSUME_TOWN_H

/* A follower of the stub's list, with a folder and a status file. */
#include "consume/follow.h"
#include "stub.h"

struct town {
	struct stub *s;
	struct hl_urls_list *list;
	struct hl_consume_remote *remote;
	struct hl_tally *tally;
	struct hl_consume_follow *follow;
	char tally_folder[128], status[160];
	uint32_t pause_s;
	struct hl_err err;
};

/* The list is begun and nothing was fetched yet. */
void town_begin(struct town *t, bool counts);
void town_end(struct town *t);
/* Another follower of the same folder. */
void town_start_again(struct town *t);

/* Of hl_consume_follow_round(). */
int town_round(struct town *t);
uint64_t town_version(struct town *t);
enum hl_consume_alarm town_alarm(struct town *t);

#endif
