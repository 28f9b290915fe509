/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_INTAKE_FIXTURE_H
#define HL_TESTS_INTAKE_FIXTURE_H

#include "intake/status.h"
#include "intake/submit.h"

/* A store with keys in a folder of its own, opened in this process or served
 * by a process that can be killed. */
#define N_LINKS 8
struct fixture {
	char dir[64], path[96];
	struct hl_seal_pub queue_pub, identity_pub;
	struct hl_seal_secret queue, identity;
	struct hl_intake *intake;
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_intake_at at;
	int ends[N_LINKS][2];
	pid_t server; /* 0: opened here */
};

int fixture_set_up(void **state);      /* opened here */
int fixture_set_up_bare(void **state); /* the same, without keys */
int fixture_set_up_served(void **state);
int fixture_tear_down(void **state);

/* Closes the store, runs SQL on the file as somebody else would, and opens
 * it again; a server stays killed. */
void fixture_sql(struct fixture *f, const char *sql);
/* First column of the first row as a number. */
int64_t fixture_number(struct fixture *f, const char *sql);
/* First column of the first row as bytes, added to out. */
void fixture_blob(struct fixture *f, const char *sql, struct hl_buf *out);
/* Begins epoch 2 of queue and identity, with new keys. */
void fixture_new_epoch(struct fixture *f);

void fixture_kill_server(struct fixture *f);
void fixture_start_server(struct fixture *f);

/* Fills every answer with words that name `n`. */
void fixture_report(struct hl_arena *arena, int n, struct hl_report *report);

/* Opens report `id`'s part as staff would. */
void fixture_open(struct fixture *f, int64_t id, enum hl_intake_part part,
	struct hl_report *out);

/* A file of the store holds the words somewhere. */
bool fixture_files_have(const struct fixture *f, struct hl_str words);

#endif
