/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { BLOCK = 4096, LARGE = 1 << 20, CALL_LEFT = 99 };

static struct disk *under; /* of this process; NULL: calls go through */

int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_renameat(int a, const char *from, int b, const char *to);
int __real_unlinkat(int folder, const char *name, int flags);
int __real_ftruncate64(int fd, off_t n);
int __real_openat64(int folder, const char *name, int flags, mode_t mode);
ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_unlinkat(int folder, const char *name, int flags);
int __wrap_ftruncate64(int fd, off_t n);
int __wrap_openat64(int folder, const char *name, int flags, mode_t mode);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);

/* For work that cannot go on; the child's status tells. */
static void must(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "# %s: %s\n", what, strerrordesc_np(errno));
		abort();
	}
}

static void path_of(
	const struct disk *disk, char what, ino_t inode, char out[PATH_BYTES])
{
	(void)snprintf(out, PATH_BYTES, "%.400s/disk/%c-%llu", disk->base, what,
		(unsigned long long)inode);
}

static char *read_path(const char *path, size_t *n)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t done = 0;
	char *p;

	*n = 0;
	if (fd < 0) {
		return NULL;
	}
	must(fstat(fd, &st) == 0, "stat");
	p = malloc((size_t)st.st_size + BLOCK);
	must(p != NULL, "memory");
	while (done < (size_t)st.st_size) {
		ssize_t got = read(fd, p + done, (size_t)st.st_size - done);

		must(got > 0, "read");
		done += (size_t)got;
	}
	close(fd);
	*n = done;
	return p;
}

static void write_path(const char *path, const char *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0, path);
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		must(put > 0, "write");
		p += put;
		n -= (size_t)put;
	}
	close(fd);
}

/* What is kept holds the inode, so that its number is not given again. */
static void keep_file(struct disk *disk, int fd, ino_t inode)
{
	char kept[PATH_BYTES], content[PATH_BYTES], here[64];
	size_t n;
	char *p;

	(void)snprintf(here, sizeof(here), "/proc/self/fd/%d", fd);
	path_of(disk, 'k', inode, kept);
	path_of(disk, 'c', inode, content);
	must(linkat(AT_FDCWD, here, AT_FDCWD, kept, AT_SYMLINK_FOLLOW) == 0 ||
			errno == EEXIST,
		"keep");
	p = read_path(kept, &n);
	must(p != NULL, "read what is kept");
	/* A new one: a folder made before has the old one. */
	(void)unlink(content);
	write_path(content, p, n);
	free(p);
}

static size_t names_now(const struct disk *disk, struct disk_name *out)
{
	DIR *dir = opendir(disk->index);
	struct dirent *e;
	size_t n = 0;

	while (dir && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] != '.') {
			must(n < DISK_NAMES, "names");
			(void)snprintf(out[n].name, sizeof(out[n].name),
				"%.31s", e->d_name);
			out[n++].inode = e->d_ino;
		}
	}
	if (dir) {
		closedir(dir);
	}
	return n;
}

static int synced(int fd)
{
	struct stat st, index;

	must(fstat(fd, &st) == 0, "stat");
	if (S_ISREG(st.st_mode)) {
		keep_file(under, fd, st.st_ino);
	} else if (st.st_ino == under->base_inode) {
		under->named = stat(under->index, &index) == 0;
	} else {
		under->n_names = names_now(under, under->name);
	}
	return 0;
}

static void a_call(void)
{
	if (under && ++under->calls == under->left) {
		_exit(CALL_LEFT);
	}
}

int __wrap_fsync(int fd)
{
	a_call();
	return under ? synced(fd) : __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
	a_call();
	return under ? synced(fd) : __real_fdatasync(fd);
}

int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	a_call();
	return __real_renameat(a, from, b, to);
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
	a_call();
	return __real_unlinkat(folder, name, flags);
}

int __wrap_ftruncate64(int fd, off_t n)
{
	a_call();
	return __real_ftruncate64(fd, n);
}

int __wrap_openat64(int folder, const char *name, int flags, mode_t mode)
{
	if (flags & O_CREAT) {
		a_call();
	}
	return __real_openat64(folder, name, flags, mode);
}

ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
	if (under && under->pwrites) {
		a_call();
	}
	return __real_pwrite64(fd, p, n, at);
}

struct disk *disk_new(void)
{
	struct disk *disk = mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char path[PATH_BYTES + 16];
	struct stat st;

	assert_true(disk != MAP_FAILED);
	folder_make(disk->base);
	(void)snprintf(path, sizeof(path), "%s/disk", disk->base);
	assert_int_equal(mkdir(path, 0700), 0);
	(void)snprintf(
		disk->index, sizeof(disk->index), "%s/index", disk->base);
	(void)snprintf(
		disk->after, sizeof(disk->after), "%s/after", disk->base);
	assert_int_equal(stat(disk->base, &st), 0);
	disk->base_inode = st.st_ino;
	return disk;
}

static void remove_if_there(const char *path)
{
	if (access(path, F_OK) == 0) {
		folder_remove(path);
	}
}

void disk_free(struct disk *disk)
{
	char path[PATH_BYTES + 16];

	(void)snprintf(path, sizeof(path), "%s/disk", disk->base);
	remove_if_there(path);
	remove_if_there(disk->index);
	remove_if_there(disk->after);
	folder_remove(disk->base);
	munmap(disk, sizeof(*disk));
}

bool disk_run(struct disk *disk, long left, void (*work)(struct disk *disk))
{
	pid_t pid;
	int status;

	disk->left = left;
	disk->calls = 0;
	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		under = disk;
		work(disk);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) ||
		(WEXITSTATUS(status) && WEXITSTATUS(status) != CALL_LEFT)) {
		fail_msg("call %ld: the writer ended with %x", left,
			(unsigned)status);
	}
	return WEXITSTATUS(status) == 0;
}

static const struct disk_name *find(
	const struct disk_name *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i].name, name) == 0) {
			return &names[i];
		}
	}
	return NULL;
}

/* The old content with the first block that differs as it is now. */
static void put_block(char **old, size_t *n_old, const char *now, size_t n)
{
	size_t at = 0, end;

	while (at < n && at < *n_old && (*old)[at] == now[at]) {
		at++;
	}
	if (at == n) {
		return; /* no more than cut */
	}
	at -= at % BLOCK;
	end = at + BLOCK < n ? at + BLOCK : n;
	if (end > *n_old) {
		*old = realloc(*old, end + BLOCK);
		must(*old != NULL, "memory");
		*n_old = end;
	}
	memcpy(*old + at, now + at, end - at);
	/* The rest of a block behind the end of the file is zero. */
	for (end = at + BLOCK; n < end && n < *n_old; n++) {
		(*old)[n] = 0;
	}
}

static void path_in(
	const char *folder, const char *name, char out[2 * PATH_BYTES])
{
	(void)snprintf(out, 2 * PATH_BYTES, "%.600s/%.31s", folder, name);
}

/* Small ones are copied, since a test may write to the folder that is made of
 * them if it has no manifest. */
static bool linked(const char *from, const char *to)
{
	struct stat st;

	return stat(from, &st) == 0 && st.st_size > LARGE &&
	       link(from, to) == 0;
}

static void bring(const struct disk *disk, const struct disk_name *name,
	enum disk_early early)
{
	char kept[PATH_BYTES], content[PATH_BYTES], to[2 * PATH_BYTES];
	size_t n = 0, n_now = 0;
	char *p, *now;

	path_of(disk, 'c', name->inode, content);
	path_of(disk, 'k', name->inode, kept);
	path_in(disk->after, name->name, to);
	if (early < EARLY_BLOCK && linked(content, to)) {
		return;
	}
	p = read_path(content, &n);
	if (early == EARLY_BLOCK && p) {
		now = read_path(kept, &n_now);
		must(now != NULL, "read what is kept");
		put_block(&p, &n, now, n_now);
		free(now);
	}
	write_path(to, p ? p : "", n);
	free(p);
}

static void bring_all(const struct disk *disk)
{
	struct disk_name now[DISK_NAMES];
	size_t n = names_now(disk, now);

	for (size_t i = 0; i < n; i++) {
		char from[2 * PATH_BYTES], to[2 * PATH_BYTES];

		path_in(disk->index, now[i].name, from);
		path_in(disk->after, now[i].name, to);
		if (!linked(from, to)) {
			size_t n_bytes;
			char *p = read_path(from, &n_bytes);

			must(p != NULL, "read");
			write_path(to, p, n_bytes);
			free(p);
		}
	}
}

void disk_settles(struct disk *disk)
{
	disk->n_names = names_now(disk, disk->name);
	disk->named = true;
	for (size_t i = 0; i < disk->n_names; i++) {
		char path[2 * PATH_BYTES];
		int fd;

		path_in(disk->index, disk->name[i].name, path);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		must(fd >= 0, path);
		keep_file(disk, fd, disk->name[i].inode);
		close(fd);
	}
}

bool disk_power_fails(struct disk *disk, enum disk_early early)
{
	struct disk_name now[DISK_NAMES], left[DISK_NAMES];
	size_t n_now = names_now(disk, now), n = 0;

	remove_if_there(disk->after);
	if (!disk->named && early != EARLY_ALL) {
		return false;
	}
	assert_int_equal(mkdir(disk->after, 0700), 0);
	if (early == EARLY_ALL) {
		bring_all(disk);
		return true;
	}
	if (early == EARLY_NAMES) {
		memcpy(left, now, sizeof(now));
		n = n_now;
	}
	for (size_t i = 0; i < disk->n_names && early != EARLY_NAMES; i++) {
		const struct disk_name *is =
			find(now, n_now, disk->name[i].name);

		if (early == EARLY_DELETIONS && !is) {
			continue;
		}
		left[n] = disk->name[i];
		if (early == EARLY_MANIFEST && is &&
			strcmp(is->name, "manifest") == 0) {
			left[n] = *is;
		}
		n++;
	}
	for (size_t i = 0; i < n; i++) {
		bring(disk, &left[i], early);
	}
	return true;
}
