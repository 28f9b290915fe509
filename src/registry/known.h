/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_KNOWN_H
#define HL_REGISTRY_KNOWN_H

#include "registry/entry.h"

/* Looking up the hashes of an item, and what follows: docs/registry.md,
 * "What resolves without a view". Changes nothing. */

/*
 * The index of near hashes, if there is one: main hands it down. find() gives
 * at most n_max entries whose PDQ lies within their list's radius, nearest
 * first; it may be behind the store, so each is read there again. Without it
 * only equal PDQ is found; if it fails, nothing resolves, since a harmless
 * one might be nearer. find() may be called by many threads.
 */
struct hl_registry_hit {
	int64_t entry_id;
	int part, distance;
};
struct hl_registry_near {
	int (*find)(void *ctx, const uint8_t pdq[32],
		struct hl_registry_hit *hits, size_t n_max, size_t *n,
		struct hl_err *err);
	void *ctx;
};

/* What keeps a match from resolving; 0: nothing. */
enum hl_registry_short {
	HL_REGISTRY_RESOLVES = 0,
	HL_REGISTRY_NEGATIVE = 1,    /* on a list of harmless things */
	HL_REGISTRY_WEAK = 2,        /* MD5, SHA-1: can be forged */
	HL_REGISTRY_FAR = 3,         /* PDQ: not near enough */
	HL_REGISTRY_POOR = 4,        /* PDQ of low or unknown quality */
	HL_REGISTRY_UNVOUCHED = 5,   /* nobody known vouches for our hash */
	HL_REGISTRY_LIST_OFF = 6,    /* its list may not */
	HL_REGISTRY_ALL_OFF = 7,     /* no list may */
	HL_REGISTRY_DOUBTED = 8,     /* somebody deconfirmed it */
	HL_REGISTRY_ONE_PERSON = 9,  /* without two who approved */
	HL_REGISTRY_NO_OUTCOME = 10, /* its label means nothing illegal here */
	HL_REGISTRY_OTHER_LAW = 11,  /* judged under a law that is not ours */
	HL_REGISTRY_CLEARED = 12,    /* harmless at least as near */
	HL_REGISTRY_DIFFER = 13,     /* entries say different things */
	HL_REGISTRY_NO_INDEX = 14,   /* what is near could not be asked */
	HL_REGISTRY_CUT = 15,        /* there is more than was looked at */
};
/* Labels are whole sentences for the person. */
extern const struct hl_vocab hl_vocab_registry_short;

struct hl_registry_asked {
	struct hl_hash hash;
	bool vouched; /* by staff, or by a sender with a key */
};

struct hl_registry_match {
	struct hl_registry_entry entry;
	struct hl_hash hash; /* ours */
	int distance;
	int quality; /* of the entry's PDQ */
	enum hl_registry_short lacks;
};

struct hl_registry_known {
	const struct hl_registry_match *at; /* nearest first */
	size_t n;
	bool truncated; /* there is more, and so nothing resolves */
	bool no_index;  /* it failed: only equal hashes, and nothing resolves */
	/* of `at`, or NULL: nothing resolves */
	const struct hl_registry_match *by;
	/* the newest change (feed.h) before it was looked up: what resolves
	 * does so only while there is no newer one */
	int64_t as_of;
	struct hl_law_result law; /* of its facts, when it has some */
};

#define HL_REGISTRY_ASKED_MAX 64
#define HL_REGISTRY_MATCHES_MAX 50

struct hl_registry_look {
	struct hl_store *store;
	struct hl_arena *arena;
	const struct hl_registry_near *near; /* or NULL */
	const struct hl_law *const *laws;    /* that are in force here */
	size_t n_laws;
};
/* Of over HL_REGISTRY_ASKED_MAX hashes the rest is left out (truncated). */
int hl_registry_look_up(const struct hl_registry_look *look,
	const struct hl_registry_asked *asked, size_t n,
	struct hl_registry_known *out, struct hl_err *err);

#endif
