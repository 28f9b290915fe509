/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/build.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"

#define LIST_MAX ((size_t)4 << 30)
#define SEALED_MAX ((size_t)4 << 30)
enum { CANON = 1 };

/* One row on its way into the file. */
struct made {
	struct hl_urls_row row;
	const struct hl_lists_host *host;
	uint32_t leaf;
};

struct run {
	const struct hl_lists_job *job;
	struct hl_arena *arena; /* of sealed rows */
	struct hl_urls_head head;
	struct hl_lists_map old_map;
	struct hl_urls_file old;
	bool has_old;
	struct made *made;
	struct hl_urls_row *rows;
	size_t n_rows, n_kept;
};

int hl_lists_key(const struct hl_seal_key *seed, uint64_t consumer,
	uint64_t epoch, struct hl_oprf_scalar *out, struct hl_err *err)
{
	HL_SEAL_LIST_KEYS_AUTO keys;

	hl_seal_list_keys(seed, consumer, epoch, &keys);
	const struct hl_oprf_view view = {
		keys.oprf_seed, sizeof(keys.oprf_seed)};
	const struct hl_oprf_view info = {"openhotline lists", 17};
	int r = hl_oprf_key_derive(HL_OPRF_MODE_OPRF, view, info, out);
	return r ? HL_FAIL(err, HL_E_CRYPTO, "no key: %s", hl_oprf_code_name(r))
		 : 0;
}

int hl_lists_plant_new(const struct hl_seal_key *seed, uint64_t consumer,
	uint64_t epoch, int tier, struct hl_lists_plant **out,
	struct hl_err *err)
{
	struct hl_lists_plant *p = calloc(1, sizeof(*p));

	if (!p) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a consumer");
	}
	p->consumer = consumer;
	p->epoch = epoch;
	p->tier = tier;
	hl_seal_list_keys(seed, consumer, epoch, &p->keys);
	int r = hl_lists_key(seed, consumer, epoch, &p->k, err);
	if (r) {
		hl_lists_plant_free(p);
		return r;
	}
	*out = p;
	return 0;
}

/* Keys of rows are in them. */
static void wipe_hosts(struct hl_lists_host *hosts, size_t n)
{
	if (hosts) {
		sodium_memzero(hosts, n * sizeof(*hosts));
		free(hosts);
	}
}

void hl_lists_plant_free(struct hl_lists_plant *p)
{
	if (p) {
		wipe_hosts(p->hosts, p->n_hosts);
		sodium_memzero(p, sizeof(*p));
		free(p);
	}
}

/* By host, then as items stand in a row. */
static int by_host(const void *a, const void *b)
{
	const struct hl_lists_entry
		*x = *(const struct hl_lists_entry *const *)a,
		*y = *(const struct hl_lists_entry *const *)b;
	int d = memcmp(x->host_c, y->host_c, sizeof(x->host_c));

	if (d) {
		return d;
	}
	/* the widest first: they are what a full row keeps */
	d = (x->scope < y->scope) - (x->scope > y->scope);
	return d ? d : (x->id > y->id) - (x->id < y->id);
}

static int make_host(const struct hl_lists_plant *p,
	const struct hl_lists_entry *e, struct hl_lists_host *to,
	struct hl_err *err)
{
	memcpy(to->host_c, e->host_c, sizeof(to->host_c));
	if (p->tier == HL_LIST_TIER_OFFLINE) {
		hl_urls_keys_tier0(p->keys.k0, e->host, &to->keys);
		return 0;
	}
	return hl_urls_keys_make(p->k.b, e->host, to->n, &to->keys)
		       ? 0
		       : HL_FAIL(err, HL_E_CRYPTO, "no keys for a host");
}

/* The hosts of the entries, those known before taken over. */
static int make_hosts(const struct hl_lists_job *job, struct hl_err *err)
{
	struct hl_lists_plant *p = job->plant;
	struct hl_lists_host *to = calloc(job->n + 1, sizeof(*to));
	size_t n = 0, old = 0;
	int r = to ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for hosts");

	for (size_t i = 0; i < job->n && !r; i++) {
		const struct hl_lists_entry *e = job->entries[i];

		if (i && !memcmp(e->host_c, job->entries[i - 1]->host_c,
				 sizeof(e->host_c))) {
			continue;
		}
		while (old < p->n_hosts &&
			memcmp(p->hosts[old].host_c, e->host_c,
				sizeof(e->host_c)) < 0) {
			old++;
		}
		if (old < p->n_hosts && !memcmp(p->hosts[old].host_c, e->host_c,
						sizeof(e->host_c))) {
			to[n++] = p->hosts[old];
		} else {
			r = make_host(p, e, &to[n++], err);
		}
	}
	if (r) {
		wipe_hosts(to, n);
		return r;
	}
	wipe_hosts(p->hosts, p->n_hosts);
	p->hosts = to;
	p->n_hosts = n;
	return 0;
}

/* The version before, if rows may be taken over from it. */
static int open_old(struct run *run, struct hl_err *err)
{
	const struct hl_lists_job *job = run->job;
	const struct hl_urls_head *h = &run->old.head;
	char path[HL_LISTS_PATH];
	int r = job->before ? hl_lists_path(job->folder, HL_LISTS_LIST,
				      job->plant->consumer, job->before, 0,
				      path, err)
			    : HL_NOTFOUND;

	if (!r) {
		r = hl_lists_map(path, &run->old_map, err);
	}
	if (r) {
		return r == HL_NOTFOUND ? 0 : r;
	}
	if (hl_urls_file_open(
		    &run->old, run->old_map.p, run->old_map.n, NULL, NULL)) {
		hl_log(HL_LOG_WARN, "lists.file", "%s is damaged", path);
		return 0;
	}
	run->has_old = h->epoch == job->plant->epoch &&
		       h->tier == (uint32_t)job->plant->tier &&
		       h->consumer == job->plant->consumer;
	if (!run->has_old) {
		hl_urls_file_fini(&run->old);
	}
	return 0;
}

static void make_head(struct run *run)
{
	const struct hl_lists_job *job = run->job;
	const struct hl_lists_plant *p = job->plant;
	struct hl_urls_head *h = &run->head;

	memcpy(h->hotline, job->hotline, sizeof(h->hotline));
	h->consumer = p->consumer;
	h->version = job->version;
	h->epoch = p->epoch;
	memcpy(h->prefilter, p->keys.prefilter, sizeof(h->prefilter));
	h->tier = (uint32_t)p->tier;
	h->canon = CANON;
	/* stays as it is within an epoch */
	h->bits = run->has_old ? run->old.head.bits : hl_urls_bits(p->n_hosts);
	if (p->tier == HL_LIST_TIER_OFFLINE) {
		memcpy(h->k0, p->keys.k0, sizeof(h->k0));
	}
}

static int by_item(const void *a, const void *b)
{
	const struct hl_urls_item *x = a, *y = b;
	uint64_t p = (uint64_t)x->scope << 56 | x->entry,
		 q = (uint64_t)y->scope << 56 | y->entry;

	return (p > q) - (p < q);
}

static bool same_items(
	const struct hl_urls_item *a, const struct hl_urls_item *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a[i].scope != b[i].scope || a[i].minute != b[i].minute ||
			a[i].entry != b[i].entry || a[i].path != b[i].path) {
			return false;
		}
	}
	return true;
}

/* The sealed row of before, if it says the same. */
static bool take_over(struct run *run, struct made *m,
	const struct hl_urls_item *items, size_t n)
{
	struct hl_urls_item old[HL_URLS_ITEMS_MAX];
	uint32_t from, to, row, units;
	const uint8_t *sealed;
	size_t n_old = 0;

	if (!run->has_old ||
		!hl_urls_file_find(&run->old, m->row.v, &from, &to) ||
		!hl_urls_file_tagged(
			&run->old, from, to, m->host->keys.tag, &row) ||
		!hl_urls_file_sealed(&run->old, row, &sealed, &units) ||
		hl_urls_row_open(&m->host->keys, sealed, units, old, &n_old) ||
		n_old != n || !same_items(old, items, n)) {
		return false;
	}
	m->row.sealed = sealed;
	m->row.units = units;
	run->n_kept++;
	return true;
}

static int seal(struct run *run, struct made *m,
	const struct hl_urls_item *items, size_t n, struct hl_err *err)
{
	uint8_t sealed[HL_URLS_SEALED_MAX];
	int r = hl_urls_row_seal(&m->host->keys, run->job->version, items, n,
		sealed, &m->row.units, err);

	if (r) {
		return r;
	}
	m->row.sealed = (const uint8_t *)hl_arena_dup(run->arena,
		hl_str_mem(sealed, (size_t)m->row.units * HL_URLS_UNIT))
				.p;
	return m->row.sealed ? 0
			     : HL_FAIL(err, HL_E_NOMEM, "no memory for a row");
}

/* The entries of one host, n of them from e on. */
static int make_row(struct run *run, const struct hl_lists_entry **e, size_t n,
	struct hl_err *err)
{
	struct hl_urls_item items[HL_URLS_ITEMS_MAX];
	struct made *m = &run->made[run->n_rows];

	if (n > HL_URLS_ITEMS_MAX) {
		hl_log(HL_LOG_WARN, "lists.row",
			"a host has %zu entries, of which %d fit its row; the "
			"widest are taken",
			n, HL_URLS_ITEMS_MAX);
		n = HL_URLS_ITEMS_MAX;
	}
	m->host = &run->job->plant->hosts[run->n_rows];
	m->leaf = e[0]->leaf;
	m->row.v = hl_urls_prefilter(
		run->head.prefilter, run->head.bits, e[0]->host);
	memcpy(m->row.tag, m->host->keys.tag, sizeof(m->row.tag));
	for (size_t i = 0; i < n; i++) {
		items[i] = (struct hl_urls_item){.scope = e[i]->scope,
			.minute = e[i]->minute,
			.entry = (uint64_t)e[i]->id,
			.path = hl_urls_path(m->host->keys.path, e[i]->path)};
	}
	qsort(items, n, sizeof(*items), by_item);
	run->n_rows++;
	return take_over(run, m, items, n) ? 0 : seal(run, m, items, n, err);
}

static int make_rows(struct run *run, struct hl_err *err)
{
	const struct hl_lists_job *job = run->job;
	int r = 0;

	run->made = calloc(job->n + 1, sizeof(*run->made));
	run->rows = calloc(job->n + 1, sizeof(*run->rows));
	if (!run->made || !run->rows) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for rows");
	}
	for (size_t i = 0, n; i < job->n && !r; i += n) {
		for (n = 1;
			i + n < job->n &&
			!memcmp(job->entries[i + n]->host_c,
				job->entries[i]->host_c, HL_LISTS_HOST_BYTES);
			n++) {
			continue;
		}
		r = make_row(run, job->entries + i, n, err);
	}
	return r;
}

static int by_place(const void *a, const void *b)
{
	const struct made *x = a, *y = b;

	return x->row.v != y->row.v
		       ? (x->row.v > y->row.v) - (x->row.v < y->row.v)
		       : memcmp(x->row.tag, y->row.tag, sizeof(x->row.tag));
}

static int write_rows(struct run *run, struct hl_err *err)
{
	HL_BUF_AUTO b = HL_BUF_INIT(LIST_MAX);
	const struct hl_lists_job *job = run->job;
	char path[HL_LISTS_PATH];
	int r = hl_lists_path(job->folder, HL_LISTS_ROWS, job->plant->consumer,
		job->version, 0, path, err);

	for (size_t i = 0; i < run->n_rows && !r; i++) {
		struct hl_lists_proof_row row = {.leaf = run->made[i].leaf};

		memcpy(row.n, run->made[i].host->n, sizeof(row.n));
		hl_buf_put_mem(&b, &row, sizeof(row));
	}
	if (!r && b.fault) {
		r = HL_FAIL(err, b.fault, "no memory for a list");
	}
	return r ? r : hl_file_write(path, hl_buf_str(&b), 0600, err);
}

static int write_list(struct run *run, struct hl_buf *list,
	struct hl_lists_built *out, struct hl_err *err)
{
	const struct hl_lists_job *job = run->job;
	const struct hl_urls_sink sink = {list, hl_urls_sink_buf};
	struct hl_urls_made made;
	char path[HL_LISTS_PATH];

	qsort(run->made, run->n_rows, sizeof(*run->made), by_place);
	for (size_t i = 0; i < run->n_rows; i++) {
		run->rows[i] = run->made[i].row;
	}
	int r = hl_urls_list_make(
		&run->head, run->rows, run->n_rows, &sink, &made, err);
	if (!r) {
		r = hl_lists_path(job->folder, HL_LISTS_LIST,
			job->plant->consumer, job->version, 0, path, err);
	}
	if (!r) {
		r = hl_file_write(path, hl_buf_str(list), 0600, err);
	}
	if (!r && job->plant->tier != HL_LIST_TIER_OFFLINE) {
		r = write_rows(run, err);
	}
	if (!r) {
		out->changed = true;
		out->n_rows = (uint32_t)run->n_rows;
		out->bytes = made.bytes;
		memcpy(out->root, made.root, sizeof(out->root));
	}
	return r;
}

/* HL_NOTFOUND: no delta leads from there. */
static int write_delta(struct run *run, uint64_t from, struct hl_urls_file *to,
	struct hl_urls_delta_ref *ref, struct hl_err *err)
{
	HL_BUF_AUTO delta = HL_BUF_INIT(LIST_MAX);
	const struct hl_lists_job *job = run->job;
	const struct hl_urls_sink sink = {&delta, hl_urls_sink_buf};
	struct hl_lists_map map = {0};
	struct hl_urls_file old = {0};
	struct hl_urls_made made;
	char path[HL_LISTS_PATH];
	int r = hl_lists_path(job->folder, HL_LISTS_LIST, job->plant->consumer,
		from, 0, path, err);

	if (!r) {
		r = hl_lists_map(path, &map, err);
	}
	if (!r && hl_urls_file_open(&old, map.p, map.n, NULL, NULL)) {
		r = HL_NOTFOUND;
	}
	if (!r) {
		r = hl_urls_delta_make(&old, to, &sink, &made, NULL)
			    ? HL_NOTFOUND
			    : hl_lists_path(job->folder, HL_LISTS_DELTA,
				      job->plant->consumer, job->version, from,
				      path, err);
		if (!r) {
			r = hl_file_write(path, hl_buf_str(&delta), 0600, err);
		}
		hl_urls_file_fini(&old);
	}
	hl_lists_unmap(&map);
	if (!r) {
		*ref = (struct hl_urls_delta_ref){
			.from = from, .bytes = made.bytes};
		memcpy(ref->digest, made.digest, sizeof(ref->digest));
	}
	return r;
}

static int write_deltas(struct run *run, struct hl_str list,
	struct hl_lists_built *out, struct hl_err *err)
{
	const struct hl_lists_job *job = run->job;
	uint64_t from[HL_URLS_DELTAS_MAX];
	struct hl_urls_file to = {0};
	size_t n = hl_lists_there(
		job->folder, job->plant->consumer, job->version, from);
	int r = hl_urls_file_open(&to, list.p, list.n, NULL, err);

	if (r) {
		return r;
	}
	hl_urls_file_believe(&to);
	for (size_t i = 0; i < n && !r; i++) {
		r = write_delta(
			run, from[i], &to, &out->delta[out->n_deltas], err);
		out->n_deltas += !r;
		r = r == HL_NOTFOUND ? 0 : r;
	}
	hl_urls_file_fini(&to);
	return r;
}

static int build(
	struct run *run, struct hl_lists_built *out, struct hl_err *err)
{
	HL_BUF_AUTO list = HL_BUF_INIT(LIST_MAX);
	const struct hl_lists_job *job = run->job;
	int r = make_hosts(job, err);

	if (!r) {
		r = open_old(run, err);
	}
	if (!r) {
		make_head(run);
		r = make_rows(run, err);
	}
	out->n_kept = run->n_kept;
	if (r || (!job->anyway && run->has_old && run->n_kept == run->n_rows &&
			 run->old.head.n == run->n_rows)) {
		return r;
	}
	r = write_list(run, &list, out, err);
	return r ? r : write_deltas(run, hl_buf_str(&list), out, err);
}

int hl_lists_build(const struct hl_lists_job *job, struct hl_lists_built *out,
	struct hl_err *err)
{
	struct run run = {.job = job, .arena = hl_arena_new(SEALED_MAX, false)};
	int r;

	*out = (struct hl_lists_built){0};
	if (!run.arena) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to build");
	}
	qsort(job->entries, job->n, sizeof(*job->entries), by_host);
	r = build(&run, out, err);
	if (run.has_old) {
		hl_urls_file_fini(&run.old);
	}
	hl_lists_unmap(&run.old_map);
	hl_arena_free(run.arena);
	free(run.made);
	free(run.rows);
	return r;
}
