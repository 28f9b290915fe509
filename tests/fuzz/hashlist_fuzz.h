/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_HASHLIST_FUZZ_H
#define TESTS_FUZZ_HASHLIST_FUZZ_H

#include "exchange/hashlist.h"
#include "hashlist_mix.h"

#include <assert.h>
#include <stdlib.h>

/*
 * A file gives the same records in one piece and in small ones; reading that
 * was stopped behind any record goes on to the same totals; and each record
 * written as CSV is read back as one record of as many hashes.
 */
struct hashlist_run {
	uint64_t digest; /* of all that was given */
	uint64_t n_records;
	int end;
	struct hl_hashlist_totals totals;
};

static inline struct hl_hashlist_reader *hashlist_reader(
	enum hl_hashlist_format format)
{
	struct hl_hashlist_options options = {
		.format = format, .record_max = 16 << 10};
	struct hl_hashlist_reader *r;

	assert(hl_hashlist_reader_new(&options, &r, NULL) == 0);
	return r;
}

/* Feeds pieces of step bytes, each in a block of its own. */
static inline int hashlist_next(struct hl_hashlist_reader *r,
	struct hl_hashlist_record *record, struct hl_str *file, size_t step,
	char **piece)
{
	int rc;

	while ((rc = hl_hashlist_reader_next(r, record, NULL)) ==
		HL_HASHLIST_MORE) {
		size_t n = step < file->n ? step : file->n;

		free(*piece);
		*piece = malloc(n + 1);
		assert(*piece);
		memcpy(*piece, file->n ? file->p : "", n);
		hl_hashlist_reader_feed(r, hl_str_mem(*piece, n));
		*file = hl_str_sub(*file, n, file->n);
	}
	return rc;
}

static inline void hashlist_as_csv(const struct hl_hashlist_record *record)
{
	struct hl_hashlist_options options = {.format = HL_HASHLIST_CSV};
	struct hl_hashlist_writer *w;
	struct hl_hashlist_reader *r = hashlist_reader(HL_HASHLIST_CSV);
	struct hl_hashlist_record back;
	HL_BUF_AUTO text = HL_BUF_INIT((size_t)64 << 20);
	char *piece = NULL;

	assert(hl_hashlist_writer_new(&options, &text, &w, NULL) == 0);
	hl_hashlist_writer_put(w, record);
	hl_hashlist_writer_end(w);
	hl_hashlist_writer_free(w);
	struct hl_str file = hl_buf_str(&text);
	if (text.n < 8 << 10) { /* else a row may be over the limit */
		assert(hashlist_next(r, &back, &file, text.n, &piece) == 0);
		assert(hl_str_eq(back.id, record->id));
		assert(back.n_hashes == record->n_hashes);
		assert(back.n_others == record->n_others);
		assert(back.deleted == record->deleted);
		assert(back.set == record->set);
		assert(hashlist_next(r, &back, &file, 1, &piece) ==
			HL_HASHLIST_END);
	}
	free(piece);
	hl_hashlist_reader_free(r);
}

static inline struct hashlist_run hashlist_read(enum hl_hashlist_format format,
	struct hl_str file, size_t step, struct hl_buf *stop, uint64_t stop_at)
{
	struct hl_hashlist_reader *r = hashlist_reader(format);
	struct hl_hashlist_record record;
	struct hashlist_run run = {.digest = 1};
	uint64_t offset;
	char *piece = NULL;

	while ((run.end = hashlist_next(r, &record, &file, step, &piece)) ==
		0) {
		hashlist_mix_record(&run.digest, &record);
		if (++run.n_records == stop_at) {
			assert(hl_hashlist_reader_checkpoint(
				       r, stop, &offset, NULL) == 0);
			hashlist_as_csv(&record);
		}
	}
	run.totals = *hl_hashlist_reader_totals(r);
	hl_hashlist_reader_free(r);
	free(piece);
	return run;
}

static inline void hashlist_go_on(enum hl_hashlist_format format,
	struct hl_str file, struct hl_str state,
	const struct hashlist_run *whole)
{
	struct hl_hashlist_reader *r = hashlist_reader(format);
	struct hl_hashlist_record record;
	uint64_t offset;
	char *piece = NULL;
	int rc;

	assert(hl_hashlist_reader_resume(r, state, &offset, NULL) == 0);
	assert(offset <= file.n);
	file = hl_str_sub(file, offset, file.n);
	while ((rc = hashlist_next(r, &record, &file, 4096, &piece)) == 0) {
	}
	assert(rc == whole->end);
	assert(memcmp(hl_hashlist_reader_totals(r), &whole->totals,
		       sizeof(whole->totals)) == 0);
	hl_hashlist_reader_free(r);
	free(piece);
}

static inline void hashlist_fuzz(
	enum hl_hashlist_format format, struct hl_str file)
{
	HL_BUF_AUTO state = HL_BUF_INIT(16 << 10), again = state;
	uint64_t stop_at = 1 + (file.n ? (uint8_t)file.p[file.n - 1] % 3 : 0);
	struct hashlist_run one =
		hashlist_read(format, file, file.n + 1, &state, stop_at);
	struct hashlist_run many =
		hashlist_read(format, file, 1 + file.n % 7, &again, stop_at);

	hl_hashlist_guess(file);
	assert(one.digest == many.digest && one.end == many.end);
	assert(memcmp(&one.totals, &many.totals, sizeof(one.totals)) == 0);
	if (state.n) {
		hashlist_go_on(format, file, hl_buf_str(&state), &one);
	}
	struct hl_hashlist_reader *r = hashlist_reader(format);
	hl_hashlist_reader_resume(r, file, &stop_at, NULL);
	hl_hashlist_reader_free(r);
}

#endif
