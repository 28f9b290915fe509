/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_fuzz.h"
#include "hotline/urls.h"
#include "urls_file/manifest.h"

#include <fcntl.h>
#include <unistd.h>

/*
 * What somebody in the place of the hotline may say to a consumer: the first
 * byte chooses what its bytes are. 0: the answer to a confirmation, in a list
 * of tier 1; else a manifest, list or delta, edited, then signed and digested
 * as if the hotline had made it so. Whatever comes, the library says a code of
 * its own, and answers afterwards.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1795338000)

static struct sound {
	char folder[64];
	uint8_t key[3][32], secret[3][64];
	struct hl_buf root, list, next, delta;
	struct hl_urls_manifest manifest[2];
} s = {.folder = "/dev/shm/hl-fuzz-XXXXXX"};

struct answer {
	const uint8_t *p;
	size_t n;
};

static void clear(void)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/state", s.folder);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/lock", s.folder);
	(void)unlink(path);
	(void)rmdir(s.folder);
	hl_buf_fini(&s.root);
	hl_buf_fini(&s.list);
	hl_buf_fini(&s.next);
	hl_buf_fini(&s.delta);
}

static void make_root(void)
{
	struct hl_urls_root root = {.version = 1,
		.made = NOW - 60,
		.expires = NOW + 86400,
		.threshold = 1,
		.n_root = 2,
		.n_online = 1};

	for (uint8_t i = 0; i < 3; i++) {
		uint8_t seed[32];

		memset(seed, i + 1, sizeof(seed));
		crypto_sign_seed_keypair(s.key[i], s.secret[i], seed);
	}
	memset(root.hotline, 1, sizeof(root.hotline));
	memcpy(root.root, s.key, 2 * sizeof(s.key[0]));
	memcpy(root.online, s.key[2], sizeof(s.key[0]));
	hl_urls_root_put(&root, &s.root);
	assert(!hl_urls_text_sign(&s.root, s.secret[0], NULL));
}

/* What the manifest behind the first one must say of it. */
static void first_digest(uint8_t out[HL_URLS_DIGEST])
{
	HL_BUF_AUTO text = HL_BUF_INIT(2 * HL_URLS_TEXT_MAX);
	struct hl_urls_manifest same;
	struct hl_urls_text t;

	hl_urls_manifest_put(&s.manifest[0], &text);
	assert(!hl_urls_text_sign(&text, s.secret[2], NULL));
	assert(!hl_urls_manifest_read(hl_buf_str(&text), &same, &t, NULL));
	hl_urls_text_digest(&t, out);
}

static void describe(struct hl_urls_manifest *m, const void *p, size_t n)
{
	struct hl_urls_file file;

	memset(m, 0, sizeof(*m));
	memset(m->hotline, 1, sizeof(m->hotline));
	m->consumer = 7;
	m->root = m->canon = 1;
	m->made = NOW;
	m->expires = NOW + 3600;
	m->wait_s = 300;
	if (!hl_urls_file_open(&file, p, n, NULL, NULL)) {
		m->version = file.head.version;
		m->epoch = file.head.epoch;
		m->tier = file.head.tier;
		m->rows = file.head.n;
		memcpy(m->list_root, file.root, sizeof(m->list_root));
		hl_urls_file_fini(&file);
	}
	m->list_bytes = n;
	if (m->version == 4) {
		first_digest(m->previous);
	}
}

static void make_sound(void)
{
	if (s.root.n) {
		return;
	}
	assert(sodium_init() >= 0 && mkdtemp(s.folder));
	s.root = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	s.list = HL_BUF_INIT(FUZZ_LIST_MAX);
	s.next = HL_BUF_INIT(FUZZ_LIST_MAX);
	s.delta = HL_BUF_INIT(FUZZ_LIST_MAX);
	make_root();
	fuzz_list(3, 0, &s.list);
	fuzz_list(4, 9, &s.next);
	fuzz_delta(&s.list, &s.next, &s.delta);
	describe(&s.manifest[0], s.list.p, s.list.n);
	describe(&s.manifest[1], s.next.p, s.next.n);
	assert(atexit(clear) == 0);
}

static int confirm(void *arg, const void *request, size_t n, void *answer,
	size_t n_max, size_t *n_answer)
{
	const struct answer *a = arg;

	assert(n >= 48 && n <= n_max);
	*n_answer = a->n < n_max ? a->n : n_max;
	if (*n_answer) {
		memcpy(answer, a->p, *n_answer);
	}
	return 0;
}

static void ask(struct hl_urls_list *list, struct answer *answer)
{
	struct hl_urls_transport transport = {answer, confirm};
	struct hl_urls_reader *reader = NULL;

	assert(!hl_urls_reader_new(list, &reader, NULL));
	for (unsigned i = 0; i < FUZZ_ROWS; i += 7) {
		struct hl_urls_decision d = {.size_of = sizeof(d)};
		char host[64];
		struct hl_urls_address one = {host, 0, i % 2};

		one.n = (size_t)snprintf(
			host, sizeof(host), "n%u.example.org", i);
		assert(!hl_urls_check(reader, host, one.n, NOW, &d));
		(void)hl_urls_confirm(
			reader, &transport, &one, 1, NOW, &d, NULL);
		assert(d.verdict == HL_URLS_CLEAR ||
			d.verdict == HL_URLS_LISTED);
	}
	hl_urls_reader_free(reader);
}

static int follow(struct hl_urls_list *list, struct hl_urls_manifest *m,
	const uint8_t *p, size_t n)
{
	HL_BUF_AUTO text = HL_BUF_INIT(2 * HL_URLS_TEXT_MAX);
	struct hl_urls_wanted wanted = {.size_of = sizeof(wanted)};
	int rc;

	hl_urls_manifest_put(m, &text);
	assert(!hl_urls_text_sign(&text, s.secret[2], NULL));
	rc = hl_urls_look(list, text.p, text.n, NOW, &wanted, NULL);
	return rc ? rc : hl_urls_take(list, p, n, NOW, NULL);
}

static void take_edited(struct hl_urls_list *list, bool is_delta,
	const uint8_t *data, size_t size)
{
	const struct hl_buf *from = is_delta ? &s.delta : &s.next;
	struct hl_urls_manifest m = s.manifest[1];
	uint8_t *bytes = malloc(from->n);
	size_t n;

	assert(bytes);
	memcpy(bytes, from->p, from->n);
	n = fuzz_edit(data, size, bytes, from->n);
	bytes = realloc(bytes, n);
	assert(bytes);
	if (is_delta) {
		m.n_deltas = 1;
		m.delta[0].from = 3;
		m.delta[0].bytes = n;
		crypto_hash_sha256(m.delta[0].digest, bytes, n);
	} else {
		fuzz_mend(bytes, n);
		describe(&m, bytes, n);
	}
	(void)follow(list, &m, bytes, n);
	free(bytes);
}

/* The signed part is edited, then signed. */
static void look_at_edited(
	struct hl_urls_list *list, const uint8_t *data, size_t size)
{
	HL_BUF_AUTO text = HL_BUF_INIT(2 * HL_URLS_TEXT_MAX);
	struct hl_urls_wanted wanted = {.size_of = sizeof(wanted)};

	hl_urls_manifest_put(&s.manifest[1], &text);
	text.n = fuzz_edit(data, size, (uint8_t *)text.p, text.n);
	if (hl_urls_text_sign(&text, s.secret[2], NULL) == 0 &&
		hl_urls_look(list, text.p, text.n, NOW, &wanted, NULL) == 0) {
		(void)hl_urls_take(list, s.next.p, s.next.n, NOW, NULL);
	}
}

/* The same list, as if it were of tier 1: everything passes unsure. */
static void to_tier1(struct hl_urls_list *list)
{
	struct hl_urls_manifest m;
	uint8_t *bytes = malloc(s.next.n);

	assert(bytes);
	memcpy(bytes, s.next.p, s.next.n);
	bytes[12] = 1;
	fuzz_mend(bytes, s.next.n);
	describe(&m, bytes, s.next.n);
	assert(follow(list, &m, bytes, s.next.n) == 0);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_urls_options options = {.size_of = sizeof(options),
		.flags = HL_URLS_OPEN_KEEP,
		.cache_hosts = 16};
	struct answer answer = {data, size};
	struct hl_urls_list *list = NULL;
	uint8_t what = size ? data[0] % 4 : 0;

	make_sound();
	assert(!hl_urls_open(s.folder, &options, &list, NULL));
	assert(!hl_urls_begin(list, 7, s.root.p, s.root.n, NOW, NULL));
	if (size) {
		answer.p++;
		answer.n--;
	}
	assert(!follow(
		list, &s.manifest[0], (const uint8_t *)s.list.p, s.list.n));
	if (what == 0) {
		to_tier1(list);
	} else if (what == 1) {
		look_at_edited(list, answer.p, answer.n);
	} else {
		take_edited(list, what == 2, answer.p, answer.n);
	}
	ask(list, &answer);
	assert(!hl_urls_begin(list, 7, s.root.p, s.root.n, NOW, NULL));
	hl_urls_close(list);
	return 0;
}
