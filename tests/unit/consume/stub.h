/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_CONSUME_STUB_H
#define HL_TESTS_CONSUME_STUB_H

/*
 * A stub of the hotline's HTTP: the hotline in memory of tests/unit/urls, told
 * over a socket of this host. It is no more than these tests need; the real
 * process is tested against the consumer from end to end.
 */
#include <pthread.h>

#include "../urls/world.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define STUB_TOKEN "hl_stub_token_of_tests"
enum { STUB_CONNECTIONS = 256, STUB_ROOTS = 8 };

struct stub {
	struct world *w; /* under the lock, as all that follows */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int listen_fd;
	char url[64];
	struct hl_buf roots[STUB_ROOTS]; /* by version */
	/* What goes wrong. */
	int status;         /* of everything but roots; 0: as it should be */
	int status_confirm; /* of confirmations only */
	int status_tell;    /* of counters only */
	const char *body;   /* of it, NULL: {} */
	unsigned retry_s;
	bool spoil_list, spoil_delta, is_shut; /* confirmations wait */
	/* What was asked. */
	unsigned n_manifests, n_unchanged, n_lists, n_deltas;
	unsigned n_confirms, n_waiting, n_told, n_accepted;
	struct hl_buf told; /* the last counters */
	/* The server. */
	bool ending;
	pthread_t accepting;
	pthread_t threads[STUB_CONNECTIONS];
	int fds[STUB_CONNECTIONS];
	size_t n_threads;
};

/* With a world of tier 1 and root 1; the clock stands at WORLD_NOW. */
struct stub *stub_new(void);
void stub_free(struct stub *s);
/* The world's root, signed by these, as the next that may be asked for. */
void stub_root(struct stub *s);
/* Nobody listens any more, then somebody does again at the same port. */
void stub_stop(struct stub *s);
void stub_start(struct stub *s);

#endif
