/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "urls_file/bytes.h"
#include "urls_oprf/oprf.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MUST(x)                                                         \
	do {                                                            \
		if (!(x)) {                                             \
			fprintf(stderr, "world: %s:%d: %s\n", __FILE__, \
				__LINE__, #x);                          \
			abort();                                        \
		}                                                       \
	} while (0)

enum { LIST_MAX = 64 << 20, ONLINE = 7 };

struct world *world_new(uint32_t tier)
{
	struct world *w = calloc(1, sizeof(*w));
	const char *tmp = getenv("TMPDIR");

	MUST(w && sodium_init() >= 0);
	w->host = calloc(WORLD_HOSTS, sizeof(*w->host));
	MUST(w->host);
	(void)snprintf(w->folder, sizeof(w->folder), "%s/hl-urls-XXXXXX",
		tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	MUST(mkdtemp(w->folder));
	w->now = WORLD_NOW;
	w->seconds = 600;
	for (uint8_t i = 0; i < WORLD_KEYS; i++) {
		uint8_t seed[32];

		memset(seed, 0x20 + i, sizeof(seed));
		crypto_sign_seed_keypair(w->key[i], w->secret[i], seed);
	}
	w->root = (struct hl_urls_root){.version = 1,
		.made = WORLD_NOW - 86400,
		.expires = WORLD_NOW + 365 * 86400,
		.threshold = 2,
		.n_root = 3,
		.n_online = 1};
	memset(w->root.hotline, 0xa1, sizeof(w->root.hotline));
	memcpy(w->root.root, w->key, 3 * sizeof(w->key[0]));
	memcpy(w->root.online, w->key[ONLINE], sizeof(w->key[0]));
	w->signers[0] = 1u << ONLINE;
	w->root_text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	w->manifest_text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	w->list = HL_BUF_INIT(LIST_MAX);
	w->before = HL_BUF_INIT(LIST_MAX);
	w->delta = HL_BUF_INIT(LIST_MAX);
	world_sign_root(w, 3);
	w->head = (struct hl_urls_head){
		.consumer = 77, .tier = tier, .canon = 1, .bits = 14};
	memcpy(w->head.hotline, w->root.hotline, sizeof(w->head.hotline));
	world_epoch(w, (uint64_t)WORLD_NOW / 86400);
	return w;
}

static void empty_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.') {
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
		}
	}
	if (dir) {
		closedir(dir);
	}
	(void)rmdir(folder);
}

void world_free(struct world *w)
{
	empty_folder(w->folder);
	hl_buf_fini(&w->root_text);
	hl_buf_fini(&w->manifest_text);
	hl_buf_fini(&w->list);
	hl_buf_fini(&w->before);
	hl_buf_fini(&w->delta);
	free(w->host);
	free(w);
}

void world_epoch(struct world *w, uint64_t epoch)
{
	struct hl_oprf_element pub;
	struct hl_oprf_scalar k;

	w->head.epoch = epoch;
	randombytes_buf(w->head.prefilter, sizeof(w->head.prefilter));
	if (w->head.tier == 0) {
		randombytes_buf(w->head.k0, sizeof(w->head.k0));
	}
	MUST(hl_oprf_key_new(&k, &pub) == 0);
	memcpy(w->k, k.b, sizeof(w->k));
	for (size_t i = 0; i < w->n_hosts; i++) {
		w->host[i].is_changed = true;
		w->host[i].units = 0;
	}
}

void world_tier(struct world *w, uint32_t tier)
{
	w->head.tier = tier;
	memset(w->head.k0, tier == 0 ? 7 : 0, sizeof(w->head.k0));
	for (size_t i = 0; i < w->n_hosts; i++) {
		w->host[i].is_changed = true;
		w->host[i].units = 0;
	}
}

static struct world_host *host_of(struct world *w, const char *name)
{
	size_t i = 0;

	while (i < w->n_hosts && strcmp(w->host[i].name, name) != 0) {
		i++;
	}
	MUST(i < WORLD_HOSTS);
	if (i == w->n_hosts) {
		memset(&w->host[i], 0, sizeof(w->host[i]));
		(void)snprintf(
			w->host[i].name, sizeof(w->host[i].name), "%s", name);
		w->n_hosts++;
	}
	return &w->host[i];
}

static void need_keys(struct world *w, struct world_host *host)
{
	struct hl_str name = hl_str_c(host->name);

	if (host->units) {
		return;
	}
	if (w->head.tier == 0) {
		hl_urls_keys_tier0(w->head.k0, name, &host->keys);
	} else {
		MUST(hl_urls_keys_make(w->k, name, NULL, &host->keys));
	}
}

/* item->path is the path's digest only when the row is sealed: until then it
 * is a pointer to the path, which must be a literal. */
void world_put_until(struct world *w, const char *host, const char *path,
	const struct hl_urls_item *item)
{
	struct world_host *h;

	world_remove(w, item->entry);
	h = host_of(w, host);
	MUST(h->n < WORLD_ITEMS);
	h->item[h->n] = *item;
	h->item[h->n].path = (uint64_t)(uintptr_t)path;
	h->n++;
	h->is_changed = true;
}

void world_put(struct world *w, const char *host, const char *path,
	uint32_t scope, uint64_t entry)
{
	struct hl_urls_item item = {
		.scope = scope, .minute = WORLD_UNTIL, .entry = entry};

	world_put_until(w, host, path, &item);
}

void world_remove(struct world *w, uint64_t entry)
{
	for (size_t i = 0; i < w->n_hosts; i++) {
		struct world_host *h = &w->host[i];

		for (size_t k = 0; k < h->n; k++) {
			if (h->item[k].entry == entry) {
				h->item[k] = h->item[--h->n];
				h->is_changed = true;
				return;
			}
		}
	}
}

static void seal(struct world *w, struct world_host *h)
{
	struct hl_urls_item item[WORLD_ITEMS];
	uint8_t sealed[HL_URLS_SEALED_MAX];

	need_keys(w, h);
	memcpy(item, h->item, sizeof(item));
	for (size_t i = 0; i < h->n; i++) {
		item[i].path = hl_urls_path(h->keys.path,
			hl_str_c((const char *)(uintptr_t)item[i].path));
	}
	MUST(hl_urls_row_seal(&h->keys, w->head.version, item, h->n, sealed,
		     &h->units, NULL) == 0);
	MUST(HL_URLS_UNIT * h->units <= sizeof(h->sealed));
	memcpy(h->sealed, sealed, HL_URLS_UNIT * (size_t)h->units);
	h->is_changed = false;
}

static size_t rows_of(struct world *w, struct hl_urls_row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_hosts; i++) {
		struct world_host *h = &w->host[i];

		if (!h->n) {
			continue;
		}
		if (h->is_changed) {
			seal(w, h);
		}
		rows[n].v = hl_urls_prefilter(
			w->head.prefilter, w->head.bits, hl_str_c(h->name));
		memcpy(rows[n].tag, h->keys.tag, sizeof(rows[n].tag));
		rows[n].units = h->units;
		rows[n].sealed = h->sealed;
		n++;
	}
	return n;
}

static void make_delta(struct world *w)
{
	const struct hl_urls_sink sink = {&w->delta, hl_urls_sink_buf};
	struct hl_urls_made made;
	struct hl_urls_file from, to;

	w->manifest.n_deltas = 0;
	w->delta.n = 0;
	if (!w->before.n || hl_urls_file_open(&from, w->before.p, w->before.n,
				    NULL, NULL)) {
		return;
	}
	MUST(hl_urls_file_open(&to, w->list.p, w->list.n, NULL, NULL) == 0);
	if (hl_urls_delta_make(&from, &to, &sink, &made, NULL) == 0) {
		w->manifest.n_deltas = 1;
		w->manifest.delta[0].from = from.head.version;
		w->manifest.delta[0].bytes = made.bytes;
		memcpy(w->manifest.delta[0].digest, made.digest,
			sizeof(made.digest));
	}
	hl_urls_file_fini(&from);
	hl_urls_file_fini(&to);
}

void world_sign(struct world *w)
{
	struct hl_urls_text text;
	struct hl_urls_manifest same;

	w->manifest_text.n = 0;
	hl_urls_manifest_put(&w->manifest, &w->manifest_text);
	for (int i = 0; i < WORLD_KEYS; i++) {
		if (w->signers[0] >> i & 1) {
			MUST(hl_urls_text_sign(&w->manifest_text, w->secret[i],
				     NULL) == 0);
		}
	}
	if (hl_urls_manifest_read(
		    hl_buf_str(&w->manifest_text), &same, &text, NULL) == 0) {
		hl_urls_text_digest(&text, w->digest);
	}
}

void world_sign_root(struct world *w, unsigned signers)
{
	w->root_text.n = 0;
	hl_urls_root_put(&w->root, &w->root_text);
	for (int i = 0; i < WORLD_KEYS; i++) {
		if (signers >> i & 1) {
			MUST(hl_urls_text_sign(
				     &w->root_text, w->secret[i], NULL) == 0);
		}
	}
}

void world_publish(struct world *w)
{
	const struct hl_urls_sink sink = {&w->list, hl_urls_sink_buf};
	struct hl_urls_row *rows = calloc(w->n_hosts + 1, sizeof(*rows));
	struct hl_urls_manifest *m = &w->manifest;
	struct hl_buf before = w->before;
	struct hl_urls_made made;
	size_t n;

	MUST(rows);
	w->head.version++;
	w->before = w->list;
	w->list = before;
	w->list.n = 0;
	n = rows_of(w, rows);
	MUST(hl_urls_list_make(&w->head, rows, n, &sink, &made, NULL) == 0);
	free(rows);
	memcpy(m->hotline, w->head.hotline, sizeof(m->hotline));
	m->consumer = w->head.consumer;
	m->root = w->root.version;
	m->version = w->head.version;
	m->made = w->now;
	m->expires = w->now + 86400;
	m->wait_s = 300;
	m->canon = w->head.canon;
	m->tier = w->head.tier;
	m->epoch = w->head.epoch;
	m->rows = (uint32_t)n;
	memcpy(m->previous, w->digest, sizeof(m->previous));
	m->list_bytes = made.bytes;
	memcpy(m->list_root, made.root, sizeof(m->list_root));
	make_delta(w);
	world_sign(w);
}

struct hl_urls_list *world_open(struct world *w, uint32_t flags)
{
	struct hl_urls_options options = {
		.size_of = sizeof(options), .flags = flags};
	struct hl_urls_list *list = NULL;
	struct hl_urls_error err = {0};
	int rc = hl_urls_open(w->folder, &options, &list, &err);

	if (rc) {
		fprintf(stderr, "open: %s\n", err.text);
	}
	MUST(rc == 0);
	return list;
}

struct hl_urls_list *world_keep(struct world *w, uint32_t flags)
{
	struct hl_urls_list *list = world_open(w, HL_URLS_OPEN_KEEP | flags);

	MUST(hl_urls_begin(list, w->head.consumer, w->root_text.p,
		     w->root_text.n, w->now, NULL) == 0);
	if (w->manifest.version) {
		MUST(world_follow(w, list) == 0);
	}
	return list;
}

int world_look(struct world *w, struct hl_urls_list *list,
	struct hl_urls_wanted *wanted)
{
	memset(wanted, 0, sizeof(*wanted));
	wanted->size_of = sizeof(*wanted);
	return hl_urls_look(list, w->manifest_text.p, w->manifest_text.n,
		w->now, wanted, NULL);
}

int world_take(struct world *w, struct hl_urls_list *list,
	const struct hl_urls_wanted *wanted)
{
	const struct hl_buf *bytes = wanted->is_delta ? &w->delta : &w->list;

	return hl_urls_take(list, bytes->p, bytes->n, w->now, NULL);
}

int world_follow(struct world *w, struct hl_urls_list *list)
{
	struct hl_urls_wanted wanted;
	int rc = world_look(w, list, &wanted);

	return rc ? rc : world_take(w, list, &wanted);
}

struct hl_urls_stats world_stats(struct world *w, struct hl_urls_list *list)
{
	struct hl_urls_stats stats = {.size_of = sizeof(stats)};

	MUST(hl_urls_stats(list, w->now, &stats) == 0);
	return stats;
}

/* --- confirming --- */

static void spoil(const struct world *w, uint8_t *answer, size_t *n)
{
	static const uint8_t identity[32];

	switch (w->break_answer) {
	case 1:
		answer[0] = 2;
		break;
	case 2:
		answer[2]++;
		break;
	case 3:
		answer[8]++;
		break;
	case 4:
		*n -= 1;
		break;
	case 5:
		memset(answer + 16, 0xff, 32);
		break;
	case 6:
		memcpy(answer + 16, identity, 32);
		break;
	case 7:
		*n = 0;
		break;
	case 8:
		answer[1] = 1;
		break;
	default:
		break;
	}
}

static int confirm(void *arg, const void *request, size_t n, void *answer,
	size_t n_max, size_t *n_answer)
{
	struct world *w = arg;
	const uint8_t *in = request;
	uint8_t *out = answer;
	struct hl_oprf_scalar k;

	w->n_requests++;
	if (w->status) {
		return w->status;
	}
	MUST(n >= 48 && n <= n_max && (n - 16) % 32 == 0 && in[0] == 1 &&
		in[1] == 0 && hl_urls_get16(in + 2) == (n - 16) / 32 &&
		hl_urls_get32(in + 4) == 0);
	if (hl_urls_get64(in + 8) != w->head.epoch) {
		return 409;
	}
	w->n_elements += (unsigned)((n - 16) / 32);
	memcpy(k.b, w->k, sizeof(k.b));
	memcpy(out, in, 16);
	hl_urls_put32(out + 4, w->seconds);
	MUST(hl_oprf_evaluate_all(&k, in + 16, n - 16, out + 16, NULL) == 0);
	*n_answer = n;
	spoil(w, out, n_answer);
	return 0;
}

struct hl_urls_transport world_transport(struct world *w)
{
	return (struct hl_urls_transport){w, confirm};
}

struct hl_urls_decision world_ask(
	struct world *w, struct hl_urls_reader *reader, const char *address)
{
	struct hl_urls_transport transport = world_transport(w);
	struct hl_urls_address one = {address, strlen(address), 0};
	struct hl_urls_decision out = world_check(w, reader, address);

	if (out.verdict == HL_URLS_UNSURE) {
		(void)hl_urls_confirm(
			reader, &transport, &one, 1, w->now, &out, NULL);
	}
	return out;
}

struct hl_urls_decision world_check(
	struct world *w, struct hl_urls_reader *reader, const char *address)
{
	struct hl_urls_decision out = {.size_of = sizeof(out)};

	MUST(hl_urls_check(reader, address, strlen(address), w->now, &out) ==
		0);
	return out;
}
