/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_INNER_H
#define HL_URLS_INNER_H

/*
 * An open list. Readers take the view: they announce it, and nobody frees
 * what is announced. `changing` is held by what changes the list, for long;
 * `lock` guards what is told of it, for a moment.
 */
#include "base/buf.h"
#include "urls/cache.h"
#include "urls/fault.h"
#include "urls_file/make.h"
#include "urls_file/manifest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

/* The hotline answers for an epoch so long after its day. */
enum { HL_URLS_EPOCH_S = 86400, HL_URLS_EPOCH_GRACE_S = 7200 };

/* A list file in memory. */
struct hl_urls_view {
	struct hl_urls_view *next; /* of those that wait to be freed */
	struct hl_urls_file file;
	void *map;
	size_t n_map;
	struct stat at; /* of the file, as it was mapped */
	uint64_t mark;  /* of the keys that answers were made with */
};

/* What is known of the hotline: what the file "state" has. */
struct hl_urls_known {
	uint64_t serial; /* of the state; ascends with each change */
	uint64_t list;   /* names the list file; 0: there is none */
	uint64_t consumer;
	struct hl_buf root_text;     /* the newest */
	struct hl_buf manifest_text; /* of the list; empty: none */
	struct hl_buf under_text;    /* the root that was made under */
	struct hl_urls_root root, under;
	struct hl_urls_manifest manifest;
	uint8_t digest[HL_URLS_DIGEST]; /* of the manifest */
};

static inline bool hl_urls_known_root(const struct hl_urls_known *known)
{
	return known->root.version != 0;
}

static inline bool hl_urls_known_manifest(const struct hl_urls_known *known)
{
	return known->manifest.version != 0;
}

struct hl_urls_list {
	int folder;
	int lock_file;
	uint32_t flags;
	struct hl_urls_cache *cache;
	pthread_mutex_t changing; /* taken before lock */
	pthread_mutex_t lock;
	_Atomic(struct hl_urls_view *) view;
	struct hl_urls_view *retired;
	struct hl_urls_reader *readers;
	struct hl_urls_known known;
	struct stat state; /* of the file, as it was read */
	bool is_damaged;   /* the list file; for who keeps the folder */
	uint32_t identity; /* ascends when hotline or consumer changes */
	_Atomic int alarm; /* 0, or what was refused last */
	uint64_t n_bad_before;
	uint64_t counted[7]; /* of readers that are gone */
	/* What was looked at and is not taken yet. */
	struct hl_buf pending_text;
	struct hl_urls_manifest pending;
	uint8_t pending_digest[HL_URLS_DIGEST];
	bool wants_whole;
};

enum hl_urls_count {
	HL_URLS_N_CHECKED,
	HL_URLS_N_LISTED,
	HL_URLS_N_UNSURE,
	HL_URLS_N_UNREADABLE,
	HL_URLS_N_CONFIRMED,
	HL_URLS_N_FAILED,
	HL_URLS_N_CACHE_HITS,
	HL_URLS_N_COUNTS
};

/* A host that was asked for in the confirmation that is under way. */
struct hl_urls_asked {
	uint64_t host;
	enum { HL_URLS_ASKED, HL_URLS_ANSWERED, HL_URLS_DERIVED } state;
	uint8_t blind[HL_URLS_ELEMENT]; /* then N */
	uint8_t element[HL_URLS_ELEMENT];
	int64_t until;
	struct hl_urls_keys keys;
};
enum { HL_URLS_ASKED_MAX = 5 * HL_URLS_CONFIRM_MAX };

struct hl_urls_reader {
	struct hl_urls_list *list;
	struct hl_urls_reader *next;
	_Atomic(struct hl_urls_view *) announced;
	_Atomic uint64_t count[HL_URLS_N_COUNTS];
	_Atomic uint64_t n_bad; /* rows that do not open */
	size_t n_asked;
	struct hl_urls_asked *asked;
	struct hl_urls_item item[HL_URLS_ITEMS_MAX];
	char text[HL_URLS_ADDRESS_MAX + 1];
	char typed[HL_URLS_ADDRESS_MAX + 1];
};

static inline struct hl_urls_view *hl_urls_reader_take(
	struct hl_urls_reader *reader)
{
	struct hl_urls_view *view;

	do {
		view = atomic_load(&reader->list->view);
		atomic_store(&reader->announced, view);
	} while (atomic_load(&reader->list->view) != view);
	return view;
}

static inline void hl_urls_reader_release(struct hl_urls_reader *reader)
{
	atomic_store_explicit(&reader->announced, NULL, memory_order_release);
}

/* Only this reader's thread adds. */
void hl_urls_reader_add(
	struct hl_urls_reader *reader, enum hl_urls_count what, uint64_t n);
/* The clock, if now is 0. */
int64_t hl_urls_now(int64_t now);
/* When what was made with an epoch's keys is forgotten at the latest. */
int64_t hl_urls_epoch_end(uint64_t epoch);

/* --- view.c --- */
void hl_urls_view_free(struct hl_urls_view *view);
/* Readers answer by it from now on; NULL: by none. The one before waits for
 * them; gives it back instead with `keep`. Under `changing`. */
struct hl_urls_view *hl_urls_view_swap(
	struct hl_urls_list *list, struct hl_urls_view *view);
void hl_urls_view_retire(struct hl_urls_list *list, struct hl_urls_view *view);
/* Frees views that nobody reads. */
void hl_urls_view_reclaim(struct hl_urls_list *list);

#endif
