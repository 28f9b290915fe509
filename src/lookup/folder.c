/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

static const char *file_of(enum hl_lookup_which which)
{
	return which == HL_LOOKUP_CURRENT ? "current" : "next";
}

static int join(const char *folder, const char *name,
	char out[HL_LOOKUP_PATH_MAX], struct hl_err *err)
{
	int n = snprintf(out, HL_LOOKUP_PATH_MAX, "%s/%s", folder, name);

	return n < 0 || n >= HL_LOOKUP_PATH_MAX
		       ? HL_FAIL(err, HL_E_LIMIT, "a path is too long")
		       : 0;
}

static bool parse_name(struct hl_str text, struct hl_lookup_name *out)
{
	struct hl_str rest = hl_str_trim(text), form, registry, number;
	uint8_t bytes[16];
	int64_t n;

	if (!hl_str_next(&rest, ' ', &form) || !rest.p ||
		!hl_str_next(&rest, ' ', &registry) || !rest.p ||
		!hl_str_next(&rest, ' ', &number) || rest.p ||
		!hl_str_eq(form, HL_STR("1")) ||
		hl_text_parse_hex(registry, bytes, sizeof(bytes)) ||
		!hl_str_to_i64(number, &n) || n < 1) {
		return false;
	}
	memcpy(out->registry, registry.p, 32);
	out->registry[32] = '\0';
	out->number = (uint64_t)n;
	return true;
}

int hl_lookup_name_read(const char *folder, enum hl_lookup_which which,
	struct hl_lookup_name *out, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(256);
	char path[HL_LOOKUP_PATH_MAX];
	int r = join(folder, file_of(which), path, err);

	if (!r) {
		r = hl_file_read(path, &text, err);
	}
	if (!r && !parse_name(hl_buf_str(&text), out)) {
		/* derived from the registry: made anew rather than mended */
		hl_log(HL_LOG_WARN, "lookup.folder", "%s is not readable",
			path);
		return HL_NOTFOUND;
	}
	return r;
}

int hl_lookup_name_write(const char *folder, enum hl_lookup_which which,
	const struct hl_lookup_name *name, struct hl_err *err)
{
	char path[HL_LOOKUP_PATH_MAX], text[80];
	int r = join(folder, file_of(which), path, err);

	snprintf(text, sizeof(text), "1 %s %" PRIu64 "\n", name->registry,
		name->number);
	return r ? r : hl_file_write(path, hl_str_c(text), 0600, err);
}

int hl_lookup_name_promote(const char *folder, struct hl_err *err)
{
	char from[HL_LOOKUP_PATH_MAX], to[HL_LOOKUP_PATH_MAX];
	int r = join(folder, file_of(HL_LOOKUP_NEXT), from, err);

	if (!r) {
		r = join(folder, file_of(HL_LOOKUP_CURRENT), to, err);
	}
	if (!r && rename(from, to) < 0) {
		r = HL_FAIL_SYS(err, "rename %s", from);
	}
	return r ? r : hl_file_sync_dir(to, err);
}

static void dir_of(const struct hl_lookup_name *name, char out[64])
{
	snprintf(out, 64, "%s-%" PRIu64, name->registry, name->number);
}

int hl_lookup_name_path(const char *folder, const struct hl_lookup_name *name,
	char out[HL_LOOKUP_PATH_MAX], struct hl_err *err)
{
	char dir[64];

	dir_of(name, dir);
	return join(folder, dir, out, err);
}

/* An index has no folders in its folder. */
static void remove_index(int at, const char *name)
{
	int fd = openat(
		at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!dir) {
		hl_file_closep(&fd);
		return;
	}
	while ((e = readdir(dir))) {
		if (strcmp(e->d_name, ".") != 0 &&
			strcmp(e->d_name, "..") != 0) {
			unlinkat(fd, e->d_name, 0);
		}
	}
	closedir(dir);
	if (unlinkat(at, name, AT_REMOVEDIR) < 0) {
		hl_log(HL_LOG_WARN, "lookup.sweep", "cannot remove %s: %s",
			name, strerrordesc_np(errno));
	}
}

static bool is(const struct hl_lookup_name *name, const char *dir)
{
	char own[64];

	if (!name) {
		return false;
	}
	dir_of(name, own);
	return strcmp(own, dir) == 0;
}

static bool is_index(const char *dir)
{
	uint8_t bytes[16];

	return strlen(dir) > 33 && dir[32] == '-' &&
	       !hl_text_parse_hex(hl_str_mem(dir, 32), bytes, sizeof(bytes));
}

void hl_lookup_sweep(const char *folder, const struct hl_lookup_name *keep,
	const struct hl_lookup_name *keep_too)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (is_index(e->d_name) && !is(keep, e->d_name) &&
			!is(keep_too, e->d_name)) {
			remove_index(dirfd(dir), e->d_name);
		}
	}
	if (dir) {
		closedir(dir);
	}
}
