/* SPDX-License-Identifier: Apache-2.0 */
#include "urls/folder.h"

#include "base/file.h"
#include "urls_file/bytes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* State: magic, u64 serial, list, consumer, u32 bytes of three texts, u32 0,
 * the texts, SHA-256 of all before. */
enum { LEAD = 48, STATE_MAX = LEAD + 3 * HL_URLS_TEXT_MAX + HL_URLS_DIGEST };

static const char magic[] = "HLURLST1";

int hl_urls_folder_lock(struct hl_urls_list *list, struct hl_urls_error *err)
{
	list->lock_file = openat(
		list->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (list->lock_file < 0) {
		return hl_urls_fault_io(err, "lock", "open");
	}
	if (flock(list->lock_file, LOCK_EX | LOCK_NB)) {
		return errno == EWOULDBLOCK
			       ? hl_urls_fault(err, HL_URLS_E_BUSY,
					 "another process keeps this folder")
			       : hl_urls_fault_io(err, "lock", "lock");
	}
	return 0;
}

uint64_t hl_urls_folder_serial(const struct hl_urls_known *known)
{
	uint64_t now = (uint64_t)time(NULL);

	/* By the clock, so that a folder whose state was lost does not count
	 * from the beginning again while others follow it. */
	return known->serial >= now ? known->serial + 1 : now;
}

static int texts_read(struct hl_urls_known *out, struct hl_str bytes,
	struct hl_urls_error *err)
{
	const uint8_t *p = (const uint8_t *)bytes.p;
	struct hl_buf *text[] = {
		&out->root_text, &out->manifest_text, &out->under_text};
	uint8_t digest[HL_URLS_DIGEST];
	uint64_t at = LEAD;

	if (bytes.n < LEAD + HL_URLS_DIGEST ||
		memcmp(p, magic, sizeof(magic) - 1) != 0) {
		return hl_urls_fault(err, HL_URLS_E_CORRUPT,
			"state: is not one, or cut off; begin anew");
	}
	crypto_hash_sha256(digest, p, bytes.n - HL_URLS_DIGEST);
	if (memcmp(digest, p + bytes.n - HL_URLS_DIGEST, sizeof(digest)) != 0) {
		return hl_urls_fault(err, HL_URLS_E_CORRUPT,
			"state: its digest does not fit; begin anew");
	}
	out->serial = hl_urls_get64(p + 8);
	out->list = hl_urls_get64(p + 16);
	out->consumer = hl_urls_get64(p + 24);
	for (size_t i = 0; i < HL_ARRAY_LEN(text); i++) {
		uint32_t n = hl_urls_get32(p + 32 + 4 * i);

		if (n > bytes.n - HL_URLS_DIGEST - at) {
			return hl_urls_fault(err, HL_URLS_E_CORRUPT,
				"state: a text is cut off; begin anew");
		}
		hl_buf_put_mem(text[i], p + at, n);
		if (text[i]->fault == HL_E_NOMEM) {
			return hl_urls_fault_memory(err);
		}
		at += n;
	}
	return hl_urls_known_parse(out, err);
}

static int read_all(int fd, struct hl_buf *out, struct hl_urls_error *err)
{
	char *to = hl_buf_reserve(out, STATE_MAX);
	ssize_t n = to ? hl_file_read_fd(fd, to, STATE_MAX, STATE_MAX) : 0;

	if (!to) {
		return hl_urls_fault_memory(err);
	}
	if (n < 0) {
		return hl_urls_fault_io(err, "state", "read");
	}
	out->n = (size_t)n;
	return 0;
}

int hl_urls_folder_read(int folder, struct hl_urls_known *out, struct stat *st,
	struct hl_urls_error *err)
{
	HL_BUF_AUTO bytes = HL_BUF_INIT(STATE_MAX);
	HL_FD_AUTO fd = openat(folder, "state", O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0) {
		return errno == ENOENT ? HL_URLS_NOTFOUND
				       : hl_urls_fault_io(err, "state", "open");
	}
	if (fstat(fd, st)) {
		return hl_urls_fault_io(err, "state", "stat");
	}
	rc = read_all(fd, &bytes, err);
	return rc ? rc : texts_read(out, hl_buf_str(&bytes), err);
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool hl_urls_stat_differs(const struct stat *now, const struct stat *st)
{
	return now->st_ino != st->st_ino || now->st_dev != st->st_dev ||
	       now->st_size != st->st_size ||
	       !same_time(&now->st_mtim, &st->st_mtim) ||
	       !same_time(&now->st_ctim, &st->st_ctim);
}

bool hl_urls_folder_changed(int folder, const struct stat *st)
{
	struct stat now;

	if (fstatat(folder, "state", &now, AT_SYMLINK_NOFOLLOW)) {
		return st->st_ino != 0;
	}
	return hl_urls_stat_differs(&now, st);
}

static void put_state(const struct hl_urls_known *known, struct hl_buf *out)
{
	const struct hl_buf *text[] = {
		&known->root_text, &known->manifest_text, &known->under_text};
	uint8_t lead[LEAD] = {0}, digest[HL_URLS_DIGEST];

	memcpy(lead, magic, sizeof(magic) - 1);
	hl_urls_put64(lead + 8, known->serial);
	hl_urls_put64(lead + 16, known->list);
	hl_urls_put64(lead + 24, known->consumer);
	for (size_t i = 0; i < HL_ARRAY_LEN(text); i++) {
		hl_urls_put32(lead + 32 + 4 * i, (uint32_t)text[i]->n);
	}
	hl_buf_put_mem(out, lead, sizeof(lead));
	for (size_t i = 0; i < HL_ARRAY_LEN(text); i++) {
		hl_buf_put(out, hl_buf_str(text[i]));
	}
	crypto_hash_sha256(digest, (const uint8_t *)out->p, out->n);
	hl_buf_put_mem(out, digest, sizeof(digest));
}

static int put_new(int folder, struct hl_str bytes, struct hl_urls_error *err)
{
	struct hl_err why = {0};
	HL_FD_AUTO fd = openat(folder, "state.new",
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0) {
		return hl_urls_fault_io(err, "state.new", "create");
	}
	if (hl_file_write_fd(fd, bytes, &why)) {
		return hl_urls_fault_of(err, &why, "state.new");
	}
	if (fsync(fd)) {
		return hl_urls_fault_io(err, "state.new", "sync");
	}
	return renameat(folder, "state.new", folder, "state")
		       ? hl_urls_fault_io(err, "state.new", "rename")
		       : 0;
}

int hl_urls_folder_write(int folder, const struct hl_urls_known *known,
	bool *there, struct hl_urls_error *err)
{
	HL_BUF_AUTO bytes = HL_BUF_INIT(STATE_MAX);
	int rc;

	*there = false;
	if (!hl_buf_reserve(&bytes, STATE_MAX)) {
		return hl_urls_fault_memory(err);
	}
	put_state(known, &bytes);
	rc = put_new(folder, hl_buf_str(&bytes), err);
	if (rc) {
		(void)unlinkat(folder, "state.new", 0);
		return rc;
	}
	*there = true;
	return fsync(folder) ? hl_urls_fault_io(err, "folder", "sync") : 0;
}

int hl_urls_folder_commit(struct hl_urls_list *list,
	struct hl_urls_known *known, bool *there, struct hl_urls_error *err)
{
	int rc = hl_urls_folder_write(list->folder, known, there, err);
	struct stat st = {0};

	if (*there) {
		(void)fstatat(list->folder, "state", &st, AT_SYMLINK_NOFOLLOW);
		pthread_mutex_lock(&list->lock);
		hl_urls_known_fini(&list->known);
		list->known = *known;
		list->state = st;
		hl_urls_known_init(known);
		pthread_mutex_unlock(&list->lock);
	}
	return rc;
}

void hl_urls_folder_sweep(int folder, uint64_t list)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	char keep[HL_URLS_NAME];

	if (!dir) {
		if (fd >= 0) {
			close(fd);
		}
		return;
	}
	(void)snprintf(
		keep, sizeof(keep), "list-%016llx", (unsigned long long)list);
	while ((entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, "list-", 5) == 0 &&
			strcmp(entry->d_name, keep) != 0) {
			(void)unlinkat(folder, entry->d_name, 0);
		}
	}
	closedir(dir);
}
