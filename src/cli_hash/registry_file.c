/* SPDX-License-Identifier: Apache-2.0 */
/* Files of hash lists to records of the registry, and back. */
#include "cli_hash/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "store/sql.h"

#define CHUNK ((size_t)1 << 20)
#define GUESSED 4096 /* bytes that tell the format */
#define RECORDS 500
#define VALUES 20000 /* of so many records at once */
#define SHOWN_MOST 20
#define EXPORT_AT_ONCE 200

struct reading {
	struct hl_cli_registry *c;
	struct hl_registry_loading *loading;
	struct hl_hashlist_reader *reader;
	struct hl_arena *arena; /* of the records that wait */
	struct hl_registry_record *records;
	size_t n_records, n_values;
	int fd;
	char *chunk;
};

static void say_bad(void *arg, const struct hl_hashlist_report *bad)
{
	struct hl_cli_registry *c = arg;

	c->n_bad += bad->whole;
	if (c->n_shown == SHOWN_MOST) {
		fputs("hotline registry: more of this is not shown\n", stderr);
	} else if (c->n_shown < SHOWN_MOST) {
		fprintf(stderr, "%s:%llu: %s%s\n", c->path,
			(unsigned long long)bad->line, bad->what,
			bad->whole ? "" : " (left out, the rest is read)");
	}
	c->n_shown++;
}

static int flush(struct reading *r, struct hl_err *err)
{
	int rc =
		hl_registry_load_put(r->loading, r->records, r->n_records, err);

	hl_arena_reset(r->arena);
	r->n_records = 0;
	r->n_values = 0;
	r->records = hl_arena_array(r->arena, RECORDS, sizeof(*r->records));
	return rc || r->records
		       ? rc
		       : HL_FAIL(err, HL_E_NOMEM, "no memory for records");
}

static int copy_values(struct reading *r, const struct hl_hashlist_record *from,
	struct hl_registry_record *out, struct hl_err *err)
{
	struct hl_hash *values =
		hl_arena_array(r->arena, from->n_hashes, sizeof(*values));
	int *parts = hl_arena_array(r->arena, from->n_hashes, sizeof(*parts));
	size_t n = 0;

	if (!values || !parts) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for hashes");
	}
	for (size_t i = 0; i < from->n_hashes; i++) {
		const struct hl_hashlist_hash *h = &from->hashes[i];
		enum hl_hash_kind kind = (enum hl_hash_kind)h->kind;

		if (hl_hash_from(kind,
			    hl_str_mem(h->bytes, hl_hash_bytes(kind)),
			    h->quality, &values[n]) == 0) {
			parts[n++] = (int)h->part;
		}
	}
	out->values = values;
	out->parts = parts;
	out->n_values = n;
	return 0;
}

/* What all who spoke call harmless has no place on a list of the other
 * kind: it is taken off, should it be there. */
static bool is_gone(
	const struct reading *r, const struct hl_hashlist_record *from)
{
	return from->deleted ||
	       (!r->c->negative && (from->set & HL_HASHLIST_HARMLESS));
}

static int take(struct reading *r, const struct hl_hashlist_record *from,
	struct hl_err *err)
{
	struct hl_registry_record *out = &r->records[r->n_records];

	if (from->n_hashes > HL_REGISTRY_VALUES_MAX) {
		say_bad(r->c,
			&(struct hl_hashlist_report){from->line, from->offset,
				true, "an entry of over 4,096 hashes"});
		return 0;
	}
	*out = (struct hl_registry_record){
		.foreign_id = hl_arena_dup(r->arena, from->id),
		.label = from->label.n ? hl_arena_dup(r->arena, from->label)
				       : hl_str_c(r->c->label),
		.series = hl_arena_dup(r->arena, from->series),
		.gone = is_gone(r, from),
		.incomplete = from->incomplete};
	int rc = copy_values(r, from, out, err);
	if (rc) {
		return rc;
	}
	r->n_records++;
	r->n_values += from->n_hashes;
	return r->n_records == RECORDS || r->n_values > VALUES ? flush(r, err)
							       : 0;
}

static int feed(struct reading *r, struct hl_err *err)
{
	ssize_t n = hl_file_read_fd(r->fd, r->chunk, 1, CHUNK);

	if (n < 0) {
		return HL_FAIL_SYS(err, "%s", r->c->path);
	}
	hl_hashlist_reader_feed(r->reader, hl_str_mem(r->chunk, (size_t)n));
	return 0;
}

/* The first bytes tell the format, and are then read as the rest is. */
static int begin(struct reading *r, struct hl_err *err)
{
	struct hl_hashlist_options options = r->c->options;
	ssize_t n = 0;

	if (!options.format) {
		n = hl_file_read_fd(r->fd, r->chunk, GUESSED, CHUNK);
		options.format = hl_hashlist_guess(
			hl_str_mem(r->chunk, n > 0 ? (size_t)n : 0));
	}
	if (n < 0) {
		return HL_FAIL_SYS(err, "%s", r->c->path);
	}
	if (!options.format) {
		return HL_FAIL(err, HL_E_INVALID,
			"%s: its format cannot be told; say --format",
			r->c->path);
	}
	options.report = say_bad;
	options.arg = r->c;
	int rc = hl_hashlist_reader_new(&options, &r->reader, err);
	if (!rc && n > 0) {
		hl_hashlist_reader_feed(
			r->reader, hl_str_mem(r->chunk, (size_t)n));
	}
	return rc;
}

static int read_all(struct reading *r, struct hl_err *err)
{
	struct hl_hashlist_record record;
	int rc = begin(r, err);

	while (!rc) {
		rc = hl_hashlist_reader_next(r->reader, &record, err);
		if (rc == HL_HASHLIST_MORE) {
			rc = feed(r, err);
		} else if (rc == 0) {
			rc = take(r, &record, err);
		}
	}
	if (r->reader) {
		r->c->n_weak += hl_hashlist_reader_totals(r->reader)->n_weak;
		r->c->n_torn +=
			hl_hashlist_reader_totals(r->reader)->n_incomplete;
	}
	if (rc == HL_HASHLIST_END) {
		return flush(r, err);
	}
	/* what was read before the fault stands */
	int last = flush(r, NULL);
	return rc ? rc : last;
}

int hl_cli_registry_read(struct hl_cli_registry *c,
	struct hl_registry_loading *loading, const char *path,
	struct hl_err *err)
{
	struct reading r = {.c = c, .loading = loading};
	int rc;

	c->path = path;
	r.fd = strcmp(path, "-") == 0 ? STDIN_FILENO
				      : open(path, O_RDONLY | O_CLOEXEC);
	if (r.fd < 0 && errno == ENOENT) {
		HL_FAIL(err, HL_NOTFOUND, "there is no file %s", path);
		return HL_NOTFOUND;
	}
	if (r.fd < 0) {
		return HL_FAIL_SYS(err, "%s", path);
	}
	r.chunk = malloc(CHUNK);
	r.arena = hl_arena_new((size_t)128 << 20, false);
	r.records =
		r.arena ? hl_arena_array(r.arena, RECORDS, sizeof(*r.records))
			: NULL;
	rc = r.chunk && r.records ? read_all(&r, err)
				  : HL_FAIL(err, HL_E_NOMEM, "no memory");
	hl_hashlist_reader_free(r.reader);
	hl_arena_free(r.arena);
	free(r.chunk);
	if (r.fd != STDIN_FILENO) {
		close(r.fd);
	}
	return rc;
}

static int write_entry(struct hl_cli_registry *c,
	const struct hl_row_hash_export *row, struct hl_hashlist_writer *writer,
	struct hl_err *err)
{
	struct hl_in_hash_values in = {row->id};
	struct hl_row_hash_values *values;
	struct hl_hashlist_hash *hashes;
	char ref[HL_REF_MAX];
	size_t n;
	int r = hl_get_hash_values(c->store, c->arena, &in, &values, &n, err);

	if (r) {
		return r;
	}
	hashes = hl_arena_array(c->arena, n, sizeof(*hashes));
	if (!hashes) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for hashes");
	}
	for (size_t i = 0; i < n; i++) {
		hashes[i] = (struct hl_hashlist_hash){
			.kind = (uint16_t)values[i].kind,
			.quality = (int16_t)values[i].quality,
			.part = (uint32_t)values[i].part,
			.at_ms = -1};
		memcpy(hashes[i].bytes, values[i].value.p,
			values[i].value.n < 32 ? values[i].value.n : 32);
	}
	hl_hashlist_writer_put(
		writer, &(struct hl_hashlist_record){
				.id = hl_ref_print(HL_REF_HASH, row->id, ref),
				.label = row->label_text.n
						 ? row->label_text
						 : hl_str_c(hl_vocab_name(
							   &hl_vocab_outcome,
							   (int)row->outcome)),
				.series = row->series,
				.hashes = hashes,
				.n_hashes = n});
	return 0;
}

static int print(struct hl_buf *out, struct hl_err *err)
{
	if (out->fault || fwrite(out->p, 1, out->n, stdout) != out->n) {
		return HL_FAIL(err, out->fault ? out->fault : HL_E_IO,
			"the list could not be printed");
	}
	hl_buf_reset(out);
	return 0;
}

static int write_all(struct hl_cli_registry *c, struct hl_buf *out,
	struct hl_hashlist_writer *writer, int64_t *n_out, struct hl_err *err)
{
	struct hl_in_hash_export in = {c->list_id, 0, EXPORT_AT_ONCE};
	struct hl_row_hash_export *rows;
	size_t n;
	int r;

	do {
		hl_arena_reset(c->arena);
		r = hl_get_hash_export(c->store, c->arena, &in, &rows, &n, err);
		for (size_t i = 0; i < n && !r; i++) {
			in.after = rows[i].id;
			r = write_entry(c, &rows[i], writer, err);
		}
		*n_out += r ? 0 : (int64_t)n;
		if (!r) {
			r = print(out, err);
		}
	} while (!r && n == EXPORT_AT_ONCE);
	return r;
}

static int is_ours(struct hl_cli_registry *c, struct hl_err *err)
{
	struct hl_row_hash_lists *rows;
	size_t n;
	int r = hl_get_hash_lists(c->store, c->arena, &rows, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		if (rows[i].id == c->list_id &&
			rows[i].kind != HL_HASH_LIST_OWN) {
			r = HL_FAIL(err, HL_E_INVALID,
				"only lists of ours are given out");
		}
	}
	return r;
}

int hl_cli_registry_write(
	struct hl_cli_registry *c, int64_t *n, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT((size_t)64 << 20);
	struct hl_hashlist_options options = c->options;
	struct hl_hashlist_writer *writer = NULL;
	int r = is_ours(c, err);

	options.format = options.format ? options.format : HL_HASHLIST_CSV;
	if (!r) {
		r = hl_hashlist_writer_new(&options, &out, &writer, err);
	}
	if (r) {
		return r;
	}
	r = write_all(c, &out, writer, n, err);
	if (!r) {
		hl_hashlist_writer_end(writer);
		r = print(&out, err);
	}
	if (!r && hl_hashlist_writer_lost(writer)) {
		fprintf(stderr,
			"hotline registry: %llu hashes have no place in this "
			"format\n",
			(unsigned long long)hl_hashlist_writer_lost(writer));
	}
	hl_hashlist_writer_free(writer);
	return r;
}
