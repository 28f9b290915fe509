/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_FEED_H
#define HL_LOOKUP_FEED_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "hotline/match.h"

/*
 * The registry's changes in order, as docs/protocol/match.md tells: what the
 * index is made of, wherever they come from.
 */
#define HL_LOOKUP_CHANGES_MAX 5000u /* in one batch */
#define HL_LOOKUP_HASHES_MAX 4096u  /* of one entry */
#define HL_LOOKUP_ABOUT_MAX 3600u
#define HL_LOOKUP_NAME_MAX 63u
#define HL_LOOKUP_REGISTRY_TEXT 33 /* 32 hexadecimal digits and a NUL */
#define HL_LOOKUP_TAG_TEXT 33

enum hl_lookup_op {
	HL_LOOKUP_LIST = 1,
	HL_LOOKUP_LIST_GONE,
	HL_LOOKUP_ENTRY,
	HL_LOOKUP_GONE,
};

struct hl_lookup_hash {
	uint16_t kind; /* enum hl_match_kind */
	uint32_t part;
	uint8_t bytes[32];
};

/* How a list or an entry is now, whole. */
struct hl_lookup_change {
	uint64_t seq;
	enum hl_lookup_op op;
	uint32_t list;
	/* LIST */
	struct hl_str name, owner;
	uint64_t version;
	uint32_t radius; /* 0: equal only, up to HL_MATCH_RADIUS_MAX */
	bool negative;
	/* ENTRY and GONE */
	uint64_t entry;
	/* ENTRY */
	struct hl_str label, about; /* about: a JSON object, without spaces */
	const struct hl_lookup_hash *hashes;
	size_t n_hashes;
};

struct hl_lookup_key {
	int64_t id;
	uint8_t hash[32]; /* seal/token.h */
	unsigned scopes;  /* mask of enum hl_api_scope */
	int64_t rate;
	int64_t until_us; /* 0: no end */
};
/* All keys that are good; tag names this state of them. */
struct hl_lookup_keys {
	char tag[HL_LOOKUP_TAG_TEXT];
	const struct hl_lookup_key *list;
	size_t n;
};

/* Changes after `after`; last == after when there is none. */
struct hl_lookup_batch {
	char registry[HL_LOOKUP_REGISTRY_TEXT];
	uint64_t after, last, head, floor;
	const struct hl_lookup_change *changes;
	size_t n;
	const struct hl_lookup_keys *keys; /* NULL: as they were */
};

/* What is asked of a source. */
struct hl_lookup_ask {
	uint64_t after;
	size_t n_most;        /* changes */
	const char *keys_tag; /* of the keys that are known; "" for none */
	int wait_ms;          /* for a change, when there is none */
};

/* Where changes come from. */
struct hl_lookup_source {
	void *arg;
	/*
	 * Everything in the arena. HL_NOTFOUND: the source has forgotten what
	 * was after it. Faults: HL_E_UNAVAILABLE (nobody there, or not now),
	 * HL_E_INVALID (an answer that breaks its form), HL_E_NOMEM, …
	 */
	int (*read)(void *arg, const struct hl_lookup_ask *ask,
		struct hl_arena *arena, struct hl_lookup_batch *out,
		struct hl_err *err);
	/* Some keys were used on that day, since 1970; may be NULL. */
	void (*used)(void *arg, const int64_t *ids, size_t n, int64_t day);
};

/* Numbers in order and in range, ids, kinds and lengths as documented: what
 * holds for every source. HL_E_INVALID names the number of the change. */
int hl_lookup_batch_check(const struct hl_lookup_batch *b,
	const struct hl_lookup_ask *ask, struct hl_err *err);

/* Bytes of a hash of that kind; 0 for what is no kind. */
size_t hl_lookup_kind_bytes(int kind);
/* "pdq"; "" for what is no kind. Static. */
const char *hl_lookup_kind_name(int kind);
/* 0 for what is no kind. */
int hl_lookup_kind_parse(struct hl_str name);

/* The lines of an answer to GET /v1/feed. */
void hl_lookup_feed_put(struct hl_buf *out, const struct hl_lookup_batch *b);
/* The other way round; everything in the arena, but numbers not checked
 * against each other. HL_E_INVALID names the line, HL_E_NOMEM. */
int hl_lookup_feed_parse(struct hl_str text, struct hl_arena *arena,
	struct hl_lookup_batch *out, struct hl_err *err);

#endif
