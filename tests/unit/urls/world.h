/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_URLS_WORLD_H
#define HL_TESTS_URLS_WORLD_H

/* A hotline in memory with one consumer: keys, entries, lists, manifests, and
 * its answers. What goes wrong in it ends the program. */
#include "hotline/urls.h"
#include "urls_file/make.h"
#include "urls_file/manifest.h"

enum { WORLD_KEYS = 12, WORLD_HOSTS = 4096, WORLD_ITEMS = 8 };
#define WORLD_NOW INT64_C(1795338000) /* 2026-11-22 */
#define WORLD_UNTIL (WORLD_NOW / 60 + 72 * 60)

struct world_host {
	char name[64];
	struct hl_urls_item item[WORLD_ITEMS];
	size_t n;
	bool is_changed;
	uint32_t units;
	struct hl_urls_keys keys;
	uint8_t sealed[HL_URLS_UNIT * 17];
};

struct world {
	char folder[64];
	int64_t now;
	uint8_t key[WORLD_KEYS][HL_URLS_PUBLIC];
	uint8_t secret[WORLD_KEYS][HL_URLS_SECRET];
	unsigned signers[2]; /* keys that sign: manifests, roots */
	struct hl_urls_root root;
	struct hl_buf root_text;
	struct hl_urls_head head;
	uint8_t k[HL_URLS_ELEMENT];
	struct world_host *host;
	size_t n_hosts;
	struct hl_urls_manifest manifest;
	uint8_t digest[HL_URLS_DIGEST];
	struct hl_buf manifest_text, list, before, delta;
	/* The hotline's side of confirming. */
	uint32_t seconds;
	unsigned n_requests, n_elements;
	int status;       /* instead of an answer */
	int break_answer; /* 1, 2, …: in which way */
};

struct world *world_new(uint32_t tier);
void world_free(struct world *w);

/* An entry; the host is made if it is new. Replaces one of that number. */
void world_put(struct world *w, const char *host, const char *path,
	uint32_t scope, uint64_t entry);
void world_put_until(struct world *w, const char *host, const char *path,
	const struct hl_urls_item *item);
void world_remove(struct world *w, uint64_t entry);
/* New keys, and all is sealed anew. */
void world_epoch(struct world *w, uint64_t epoch);
/* The same keys, but for those of the other tier; all is sealed anew. */
void world_tier(struct world *w, uint32_t tier);
/* List, delta from the one before, and manifest of the next version. */
void world_publish(struct world *w);
/* The manifest again, from w->manifest as somebody changed it. */
void world_sign(struct world *w);
/* The root from w->root, signed by the keys whose bits are set. */
void world_sign_root(struct world *w, unsigned signers);

/* The folder as its keeper; begun and up to date. */
struct hl_urls_list *world_keep(struct world *w, uint32_t flags);
struct hl_urls_list *world_open(struct world *w, uint32_t flags);
/* Look and take what is published; the codes of look, then of take. */
int world_follow(struct world *w, struct hl_urls_list *list);
int world_look(struct world *w, struct hl_urls_list *list,
	struct hl_urls_wanted *wanted);
int world_take(struct world *w, struct hl_urls_list *list,
	const struct hl_urls_wanted *wanted);
struct hl_urls_stats world_stats(struct world *w, struct hl_urls_list *list);

struct hl_urls_transport world_transport(struct world *w);
/* One address, confirmed if need be. */
struct hl_urls_decision world_ask(
	struct world *w, struct hl_urls_reader *reader, const char *address);
/* Without asking. */
struct hl_urls_decision world_check(
	struct world *w, struct hl_urls_reader *reader, const char *address);

#endif
