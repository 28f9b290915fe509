/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_JUDGE_H
#define HL_CONSUME_JUDGE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * What the programs that ask (squid, ICAP, HTTP) see of a list: somebody who
 * judges addresses, somebody who counts hits. Both are called from any thread;
 * neither may log or keep an address.
 */

enum hl_consume_what {
	HL_CONSUME_CLEAR,
	HL_CONSUME_LISTED,
	HL_CONSUME_UNSURE,     /* ask confirm(); never its answer */
	HL_CONSUME_UNREADABLE, /* no web address; treated as clear */
	HL_CONSUME_N_WHATS,
};
/* "clear", "listed", "unsure", "unreadable". Static. */
const char *hl_consume_what_name(enum hl_consume_what what);

/* How much of a site an entry covers. */
enum hl_consume_reason {
	HL_CONSUME_PAGE = 1,
	HL_CONSUME_DIRECTORY,
	HL_CONSUME_DOMAIN,
};
/* "page", "directory", "domain"; "" for another number. Static. */
const char *hl_consume_reason_name(enum hl_consume_reason reason);

struct hl_consume_decision {
	enum hl_consume_what what;
	enum hl_consume_reason reason; /* when listed */
	uint64_t entry;                /* when listed; shown as text */
	bool is_ref;     /* the entry is a reference, "E-7K3Q-X9M2-C" */
	uint32_t keep_s; /* how long it may be kept; 0: not at all */
	bool open;       /* clear only because nobody could be asked */
	/* Set by who asks, before: of the address only the host is known, as
	 * with a CONNECT, so that only entries for whole domains count. */
	bool host_only;
	/* Set by who asks, before: is anything at the address's host listed,
	 * whatever the path? Never a reason to block. */
	bool any;
};

#define HL_CONSUME_ENTRY_TEXT 24
/* The entry as people see it; gives a view of out. */
struct hl_str hl_consume_entry_text(const struct hl_consume_decision *decision,
	char out[HL_CONSUME_ENTRY_TEXT]);

/* What a program asks. */
struct hl_consume_question {
	struct hl_str url;
	struct hl_str client; /* who asks it; absent if not told */
	bool host_only;
	bool any; /* whether anything at the host may be listed */
};

struct hl_consume_judge {
	void *arg;
	/* Never blocks, never allocates; about a microsecond. A fault is
	 * taken as clear. */
	int (*check)(
		void *arg, struct hl_str url, struct hl_consume_decision *out);
	/* For what check() was unsure of: may take some seconds, and is
	 * called by a bounded number of threads. A fault is taken as clear,
	 * counted and logged; err carries no address. */
	int (*confirm)(void *arg, struct hl_str url,
		struct hl_consume_decision *out, struct hl_err *err);
	/* HL_E_UNAVAILABLE: there is no list, so that all is let through; err
	 * says why, and what to do. NULL: there always is one. */
	int (*ready)(void *arg, struct hl_err *err);
};

/* Counts hits. client is the asking person's network address, as the program
 * tells it, or absent: for a salted sketch of how many there were, and for
 * nothing else. hit may be NULL. */
struct hl_consume_count {
	void *arg;
	void (*hit)(void *arg, const struct hl_consume_decision *decision,
		struct hl_str client);
	/* Something was let through since nobody could be asked. May be
	 * NULL. */
	void (*let_through)(void *arg);
};

#endif
