/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, making and closing an index, and what is read from it in passing. */
#include "match/change.h"
#include "match_rows/bytes.h"
#include "match_rows/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_folder(struct hl_match_index *index, const char *folder,
	struct hl_match_error *err)
{
	bool create = index->flags & HL_MATCH_OPEN_CREATE;

	if (create && mkdir(folder, 0700) && errno != EEXIST) {
		return hl_match_fault_io(err, folder, "make folder");
	}
	return hl_match_folder_open(folder, &index->folder, err);
}

static int lock_folder(struct hl_match_index *index, struct hl_match_error *err)
{
	index->lock_file = openat(
		index->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (index->lock_file < 0) {
		return hl_match_fault_io(err, "lock", "open");
	}
	if (flock(index->lock_file, LOCK_EX | LOCK_NB)) {
		return errno == EWOULDBLOCK
			       ? hl_match_fault(err, HL_MATCH_E_BUSY,
					 "somebody else writes to it")
			       : hl_match_fault_io(err, "lock", "lock");
	}
	return 0;
}

/* A crash while an index is made leaves a log of a head only. */
static bool is_remains(const struct hl_match_index *index, const char *name)
{
	struct stat st;
	uint32_t number;

	if (hl_match_file_number(name, "seg", &number)) {
		return true;
	}
	return hl_match_file_number(name, "log", &number) &&
	       !fstatat(index->folder, name, &st, AT_SYMLINK_NOFOLLOW) &&
	       st.st_size > HL_MATCH_LOG_HEAD;
}

/* An index whose manifest was lost is not made anew over what is left. */
static int refuse_remains(
	const struct hl_match_index *index, struct hl_match_error *err)
{
	DIR *dir = hl_match_folder_names(index->folder);
	const struct dirent *entry;
	int rc = 0;

	if (!dir) {
		return hl_match_fault_io(err, "folder", "read");
	}
	while (!rc && (entry = readdir(dir)) != NULL) {
		if (is_remains(index, entry->d_name)) {
			rc = hl_match_fault(err, HL_MATCH_E_CORRUPT,
				"manifest: not there, and %s is; bring it back "
				"from a copy, or move the folder away",
				entry->d_name);
		}
	}
	closedir(dir);
	return rc;
}

/* Without a SYNCED record: until the manifest is there, this log must look like
 * the remains of a crash, which it may be. */
static int make_log(struct hl_match_log *log, struct hl_match_error *err)
{
	struct hl_match_syncing syncing;
	int rc = hl_match_log_create(log, 1, err);

	rc = rc ? rc : hl_match_log_sync_start(log, &syncing, err);
	rc = rc ? rc : hl_match_log_sync_wait(&syncing, err);
	hl_match_log_close(log);
	return rc;
}

/* The files of an index without anything in it. */
static int make_new(struct hl_match_index *index, struct hl_match_error *err)
{
	struct hl_match_manifest m = {.generation = 1,
		.log_number = 1,
		.next_number = 1,
		.log_offset = HL_MATCH_LOG_HEAD};
	struct hl_match_log log = {.folder = index->folder};
	int rc = 0;

	if (hl_match_random(m.identity, sizeof(m.identity)) ||
		!hl_match_shuffle_draw(m.order)) {
		return hl_match_fault_io(err, "index", "random bytes");
	}
	memcpy(log.identity, m.identity, sizeof(log.identity));
	m.catalog = hl_match_catalog_new();
	m.counts = calloc(1, sizeof(*m.counts));
	m.segment = calloc(1, sizeof(*m.segment));
	if (!m.catalog || !m.counts || !m.segment) {
		rc = hl_match_fault_memory(err);
	}
	if (!rc) {
		rc = make_log(&log, err);
	}
	/* Before there is a manifest: later nobody asks for it again. */
	if (!rc) {
		rc = hl_match_folder_sync_name(index->folder, err);
	}
	if (!rc) {
		rc = hl_match_manifest_write(index->folder, &m, err);
	}
	hl_match_manifest_fini(&m);
	return rc;
}

static int adopt_manifest(struct hl_match_index *index,
	struct hl_match_manifest *m, struct hl_match_error *err)
{
	memcpy(index->identity, m->identity, sizeof(index->identity));
	if (!hl_match_shuffle_init(&index->shuffle, m->order)) {
		return hl_match_fault_at(err, "manifest", 80, "order of bits");
	}
	return hl_match_load(index, m, err);
}

/* While we read, a writer may exchange the manifest and delete files. */
static int load_all(struct hl_match_index *index, struct hl_match_manifest *m,
	struct hl_match_error *err)
{
	for (int tries = 0;; tries++) {
		uint64_t now = 0;
		int rc = hl_match_manifest_read(index->folder, m, err);

		if (rc) {
			return rc;
		}
		rc = adopt_manifest(index, m, err);
		if (rc >= 0 || tries == 20 ||
			hl_match_manifest_generation(index->folder, &now) ||
			now == m->generation) {
			return rc;
		}
		hl_match_view_free(index->draft);
		index->draft = NULL;
		hl_match_manifest_fini(m);
	}
}

/* The number of the last file of the log; how many come after the place. */
static int last_log(const struct hl_match_index *index, uint32_t *last,
	uint32_t *n_after, struct hl_match_error *err)
{
	DIR *dir = hl_match_folder_names(index->folder);
	const struct dirent *entry;
	uint32_t number;

	*last = index->place_number;
	*n_after = 0;
	if (!dir) {
		return hl_match_fault_io(err, "folder", "read");
	}
	while ((entry = readdir(dir)) != NULL) {
		if (hl_match_file_number(entry->d_name, "log", &number) &&
			number > index->place_number) {
			++*n_after;
			*last = number > *last ? number : *last;
		}
	}
	closedir(dir);
	return 0;
}

/*
 * What was not committed may have gone on in later files. The last goes first,
 * and its name for good before the next: what a SYNCED in a later file speaks
 * of is never gone before it. For the same reason a file that is missing
 * between others was not deleted here.
 */
static int drop_later(struct hl_match_index *index, struct hl_match_error *err)
{
	char name[HL_MATCH_NAME_BYTES];
	uint32_t last, n;
	int rc = last_log(index, &last, &n, err);

	if (!rc && last - index->place_number != n) {
		return hl_match_fault(err, HL_MATCH_E_CORRUPT,
			"log: files are missing between %u and %u; bring them "
			"back from a copy, or move the later ones away",
			index->place_number, last);
	}
	for (; !rc && last > index->place_number; last--) {
		hl_match_log_name(name, last);
		rc = unlinkat(index->folder, name, 0)
			     ? hl_match_fault_io(err, name, "remove")
			     : hl_match_folder_sync(index->folder, err);
	}
	return rc;
}

static int start_writing(struct hl_match_index *index,
	const struct hl_match_manifest *m, struct hl_match_error *err)
{
	int rc;

	index->log.folder = index->folder;
	memcpy(index->log.identity, index->identity, 16);
	hl_match_sweep(index, m, false);
	rc = drop_later(index, err);
	if (rc) {
		return rc;
	}
	rc = hl_match_log_resume(&index->log, m->log_number,
		index->place_number, index->place_offset, err);
	index->commit_number = index->place_number;
	index->commit_offset = index->place_offset;
	index->place_number = 0;
	return rc;
}

static int open_all(struct hl_match_index *index, const char *folder,
	struct hl_match_error *err)
{
	bool writes = index->flags & HL_MATCH_OPEN_WRITE;
	struct hl_match_manifest m = {0};
	int rc = open_folder(index, folder, err);

	if (!rc && writes) {
		rc = lock_folder(index, err);
	}
	if (!rc) {
		rc = load_all(index, &m, err);
	}
	if (rc == HL_MATCH_NOTFOUND && index->folder >= 0 &&
		index->flags & HL_MATCH_OPEN_CREATE) {
		rc = refuse_remains(index, err);
		rc = rc ? rc : make_new(index, err);
		rc = rc ? rc : load_all(index, &m, err);
	}
	if (!rc && writes) {
		rc = start_writing(index, &m, err);
	}
	hl_match_manifest_fini(&m);
	if (!rc) {
		index->quiet = false;
		hl_match_view_publish(index);
		index->quiet = writes && index->flags & HL_MATCH_OPEN_BULK;
	}
	return rc;
}

static int options_check(
	const struct hl_match_index_options *set, struct hl_match_error *err)
{
	const uint32_t all = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE |
			     HL_MATCH_OPEN_BULK | HL_MATCH_OPEN_NO_POPULATE |
			     HL_MATCH_OPEN_VERIFY;
	const uint32_t needing = HL_MATCH_OPEN_CREATE | HL_MATCH_OPEN_BULK;

	if (set->flags & ~all ||
		(set->flags & needing && !(set->flags & HL_MATCH_OPEN_WRITE))) {
		return hl_match_fault(err, HL_MATCH_E_ARG, "wrong flags");
	}
	if (!hl_match_kernels_of(set->kernel)) {
		return hl_match_fault(err, HL_MATCH_E_ARG,
			"this processor has no such kernel");
	}
	return 0;
}

int hl_match_index_open(const char *folder,
	const struct hl_match_index_options *options,
	struct hl_match_index **out, struct hl_match_error *err)
{
	struct hl_match_index_options set = {0};
	struct hl_match_error why = {0};
	struct hl_match_index *index;
	int rc;

	if (!folder || !out) {
		return hl_match_fault(err, HL_MATCH_E_ARG, "no folder");
	}
	if (options) {
		memcpy(&set, options,
			options->size_of < sizeof(set) ? options->size_of
						       : sizeof(set));
	}
	rc = options_check(&set, err);
	if (rc) {
		return rc;
	}
	index = calloc(1, sizeof(*index));
	if (!index) {
		return hl_match_fault_memory(err);
	}
	index->flags = set.flags;
	index->folder = index->lock_file = -1;
	index->kernels = hl_match_kernels_of(set.kernel);
	hl_match_slots_masks(index->masks);
	pthread_mutex_init(&index->lock, NULL);
	pthread_mutex_init(&index->maintaining, NULL);
	pthread_mutex_init(&index->readers_lock, NULL);
	rc = hl_match_told(err, &why, open_all(index, folder, &why));
	if (rc) {
		hl_match_index_close(index);
		return rc;
	}
	*out = index;
	return 0;
}

void hl_match_index_close(struct hl_match_index *index)
{
	if (!index) {
		return;
	}
	if (index->draft != atomic_load(&index->view)) {
		hl_match_view_free(index->draft);
	}
	hl_match_view_free(atomic_load(&index->view));
	while (index->retired) {
		struct hl_match_view *next = index->retired->next;

		hl_match_view_free(index->retired);
		index->retired = next;
	}
	hl_match_bulk_free(index->bulk);
	hl_match_log_close(&index->log);
	hl_match_frozen_fini(&index->checkpoint);
	free(index->counts);
	if (index->lock_file >= 0) {
		close(index->lock_file);
	}
	if (index->folder >= 0) {
		close(index->folder);
	}
	pthread_mutex_destroy(&index->lock);
	pthread_mutex_destroy(&index->maintaining);
	pthread_mutex_destroy(&index->readers_lock);
	free(index);
}

uint64_t hl_match_index_position(const struct hl_match_index *index)
{
	return atomic_load(&index->shown);
}
