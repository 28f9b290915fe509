/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the files of an index are whole: the segments block by block with
 * their removal files, then the log, by opening the index. When segments are
 * damaged and the rest is wanted, it may not open any more, and the records of
 * the log are read alone.
 *
 * A writer may exchange files meanwhile, so that what is damaged is told only
 * when it is known that the manifest that was read by was the one that counts.
 */
#include "match/change.h"
#include "match_rows/fault.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct walk {
	int (*progress)(void *arg, uint64_t done, uint64_t total);
	void (*damaged)(void *arg, const struct hl_match_error *place);
	void *arg;
	uint64_t done, total;
	struct hl_match_error *found; /* a file each */
	size_t n_found, room;
};

static int told(struct walk *w, uint64_t more, struct hl_match_error *err)
{
	w->done += more;
	if (w->progress && w->progress(w->arg, w->done, w->total)) {
		return hl_match_fault(err, HL_MATCH_E_STATE, "stopped");
	}
	return 0;
}

/* Damage is noted if all of it is wanted: 0, and it goes on. */
static int noted(struct walk *w, int rc, struct hl_match_error *err)
{
	if (rc != HL_MATCH_E_CORRUPT || !w->damaged) {
		return rc;
	}
	if (w->n_found == w->room) {
		size_t room = 2 * w->room + 8;
		struct hl_match_error *more =
			realloc(w->found, room * sizeof(*more));

		if (!more) {
			return hl_match_fault_memory(err);
		}
		w->found = more;
		w->room = room;
	}
	w->found[w->n_found++] = *err;
	return 0;
}

static int try_segment(const struct hl_match_opening *how,
	const struct hl_match_listed *listed, struct hl_match_error *err)
{
	struct hl_match_segment *segment = NULL;
	int rc = hl_match_listed_open(how, listed, NULL, &segment, err);

	hl_match_segment_unref(segment);
	return rc;
}

/* The text begins with the file's name. */
static bool same_file(
	const struct hl_match_error *a, const struct hl_match_error *b)
{
	return strncmp(a->text, b->text, strcspn(a->text, ":") + 1) == 0;
}

/* The removal file is read behind the blocks only if they are good, so that a
 * damaged segment is opened once more, whatever is in them. */
static int verify_segment(struct walk *w, const struct hl_match_opening *how,
	const struct hl_match_listed *listed, struct hl_match_error *err)
{
	const struct hl_match_opening plain = {
		.folder = how->folder, .identity = how->identity};
	struct hl_match_error other = {0};
	int rc = try_segment(how, listed, err), behind;

	if (rc != HL_MATCH_E_CORRUPT || !w->damaged) {
		return rc;
	}
	behind = try_segment(&plain, listed, &other);
	rc = noted(w, rc, err);
	if (!rc && (behind != HL_MATCH_E_CORRUPT || !same_file(err, &other))) {
		*err = other;
		rc = noted(w, behind, err);
	}
	return rc;
}

static int verify_once(int folder, struct walk *w, uint64_t *generation,
	struct hl_match_error *err)
{
	struct hl_match_manifest m;
	const struct hl_match_opening how = {
		.folder = folder, .identity = m.identity, .verify = true};
	int rc = hl_match_manifest_read(folder, &m, err);

	w->n_found = 0;
	if (rc) {
		return rc;
	}
	*generation = m.generation;
	w->done = w->total = 0;
	for (size_t i = 0; i < m.n_segments; i++) {
		w->total += m.segment[i].bytes;
	}
	rc = told(w, 0, err);
	for (size_t i = 0; i < m.n_segments && !rc; i++) {
		rc = verify_segment(w, &how, &m.segment[i], err);
		rc = rc ? rc : told(w, m.segment[i].bytes, err);
	}
	if (!rc && w->n_found) {
		rc = noted(w, hl_match_log_read(folder, &m, err), err);
	}
	hl_match_manifest_fini(&m);
	return rc;
}

/* The log is read by opening the index. */
static int verify_log(const char *folder, struct hl_match_error *err)
{
	const struct hl_match_index_options options = {
		.size_of = sizeof(options), .flags = HL_MATCH_OPEN_NO_POPULATE};
	struct hl_match_index *index = NULL;
	int rc = hl_match_index_open(folder, &options, &index, err);

	hl_match_index_close(index);
	return rc;
}

static int verify(
	const char *folder, int fd, struct walk *w, struct hl_match_error *err)
{
	uint64_t was = 0, is = 0;
	int rc = 0;

	/* A writer may exchange files while they are read. */
	for (int tries = 0; tries < 20; tries++) {
		rc = verify_once(fd, w, &was, err);
		if ((rc != HL_MATCH_E_CORRUPT && !w->n_found) ||
			hl_match_manifest_generation(fd, &is) || is == was) {
			break;
		}
	}
	if (!rc && !w->n_found) {
		rc = verify_log(folder, err);
	}
	return noted(w, rc, err);
}

static int walk(const char *folder, struct walk *w, struct hl_match_error *err)
{
	struct hl_match_error why = {0};
	int fd, rc = HL_MATCH_E_ARG;

	if (!folder) {
		return hl_match_fault(err, rc, "no folder");
	}
	rc = hl_match_folder_open(folder, &fd, err);
	if (rc) {
		return rc;
	}
	rc = verify(folder, fd, w, &why);
	close(fd);
	for (size_t i = 0; i < w->n_found; i++) {
		w->damaged(w->arg, &w->found[i]);
	}
	if (!rc && w->n_found) {
		why = w->found[0];
		rc = HL_MATCH_E_CORRUPT;
	}
	free(w->found);
	return hl_match_told(err, &why, rc);
}

int hl_match_index_verify(const char *folder,
	int (*progress)(void *arg, uint64_t done, uint64_t total), void *arg,
	struct hl_match_error *err)
{
	struct walk w = {.progress = progress, .arg = arg};

	return walk(folder, &w, err);
}

int hl_match_index_verify_all(const char *folder,
	int (*progress)(void *arg, uint64_t done, uint64_t total),
	void (*damaged)(void *arg, const struct hl_match_error *place),
	void *arg, struct hl_match_error *err)
{
	struct walk w = {.progress = progress, .damaged = damaged, .arg = arg};

	if (!damaged) {
		return hl_match_fault(err, HL_MATCH_E_ARG, "nobody to tell");
	}
	return walk(folder, &w, err);
}
