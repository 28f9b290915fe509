/* SPDX-License-Identifier: Apache-2.0 */
/* List files of the folder: written from front to back, then mapped. */
#include "base/file.h"
#include "urls/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void name_of(uint64_t list, char out[HL_URLS_NAME])
{
	(void)snprintf(
		out, HL_URLS_NAME, "list-%016llx", (unsigned long long)list);
}

int hl_urls_out_open(struct hl_urls_out *out, int folder, uint64_t list,
	struct hl_urls_error *err)
{
	out->folder = folder;
	out->at = 0;
	name_of(list, out->name);
	out->fd = openat(folder, out->name,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return out->fd < 0 ? hl_urls_fault_io(err, out->name, "create") : 0;
}

int hl_urls_out_put(void *arg, const void *p, size_t n, struct hl_err *err)
{
	struct hl_urls_out *out = arg;

	out->at += n;
	return hl_file_write_fd(out->fd, hl_str_mem(p, n), err);
}

int hl_urls_out_sync(struct hl_urls_out *out, struct hl_urls_error *err)
{
	return fsync(out->fd) ? hl_urls_fault_io(err, out->name, "sync") : 0;
}

void hl_urls_out_close(struct hl_urls_out *out)
{
	if (out->fd >= 0) {
		close(out->fd);
	}
	out->fd = -1;
}

void hl_urls_out_drop(struct hl_urls_out *out)
{
	if (out->fd >= 0) {
		hl_urls_out_close(out);
		(void)unlinkat(out->folder, out->name, 0);
	}
}

bool hl_urls_head_fits(const struct hl_urls_head *head,
	const struct hl_urls_manifest *manifest)
{
	return memcmp(head->hotline, manifest->hotline, HL_URLS_HOTLINE) == 0 &&
	       head->consumer == manifest->consumer &&
	       head->version == manifest->version &&
	       head->epoch == manifest->epoch && head->tier == manifest->tier &&
	       head->canon == manifest->canon && head->n == manifest->rows;
}

uint64_t hl_urls_mark_of(
	const struct hl_urls_head *head, const struct hl_urls_list *list)
{
	const uint64_t numbers[] = {
		head->consumer, head->epoch, head->tier, list->identity};
	crypto_generichash_state state;
	uint64_t mark;
	uint8_t digest[crypto_generichash_BYTES];

	crypto_generichash_init(&state, NULL, 0, sizeof(digest));
	crypto_generichash_update(
		&state, (const uint8_t *)numbers, sizeof(numbers));
	crypto_generichash_update(&state, head->hotline, sizeof(head->hotline));
	crypto_generichash_update(
		&state, head->prefilter, sizeof(head->prefilter));
	crypto_generichash_update(&state, head->k0, sizeof(head->k0));
	crypto_generichash_final(&state, digest, sizeof(digest));
	memcpy(&mark, digest, sizeof(mark));
	sodium_memzero(&state, sizeof(state));
	return mark;
}

static int map(int folder, const char *name, struct hl_urls_view *view,
	struct hl_urls_error *err)
{
	HL_FD_AUTO fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0) {
		return errno == ENOENT
			       ? hl_urls_fault(err, HL_URLS_E_CORRUPT,
					 "%s: is gone; take it anew", name)
			       : hl_urls_fault_io(err, name, "open");
	}
	if (fstat(fd, &st)) {
		return hl_urls_fault_io(err, name, "stat");
	}
	if (!S_ISREG(st.st_mode) || st.st_size < HL_URLS_HEAD) {
		return hl_urls_fault(err, HL_URLS_E_CORRUPT,
			"%s: is cut off; take it anew", name);
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		return hl_urls_fault_io(err, name, "map");
	}
	(void)madvise(p, (size_t)st.st_size, MADV_DONTDUMP);
	view->map = p;
	view->n_map = (size_t)st.st_size;
	view->at = st;
	return 0;
}

enum hl_urls_touched hl_urls_folder_touched(
	const struct hl_urls_list *list, const struct hl_urls_view *view)
{
	char name[HL_URLS_NAME];
	struct stat now;

	name_of(list->known.list, name);
	if (fstatat(list->folder, name, &now, 0) ||
		now.st_ino != view->at.st_ino ||
		now.st_dev != view->at.st_dev) {
		return HL_URLS_REPLACED;
	}
	if ((size_t)now.st_size < view->n_map) {
		return HL_URLS_CUT;
	}
	return hl_urls_stat_differs(&now, &view->at) ? HL_URLS_WRITTEN
						     : HL_URLS_UNTOUCHED;
}

static int take_up(struct hl_urls_view *view, const char *name,
	const struct hl_urls_manifest *manifest, struct hl_urls_error *err)
{
	struct hl_err why = {0};
	int rc = hl_urls_file_open(
		&view->file, view->map, view->n_map, manifest->list_root, &why);

	if (rc == HL_E_NOMEM) {
		return hl_urls_fault_memory(err);
	}
	if (rc) {
		return hl_urls_fault(err, HL_URLS_E_CORRUPT,
			"%s: damaged: %s; take it anew", name, why.msg);
	}
	if (!hl_urls_head_fits(&view->file.head, manifest)) {
		return hl_urls_fault(err, HL_URLS_E_CORRUPT,
			"%s: header and manifest differ; take it anew", name);
	}
	return 0;
}

int hl_urls_folder_map(const struct hl_urls_list *list, uint64_t name,
	const struct hl_urls_manifest *manifest, struct hl_urls_view **out,
	struct hl_urls_error *err)
{
	struct hl_urls_view *view = calloc(1, sizeof(*view));
	char text[HL_URLS_NAME];
	int rc;

	name_of(name, text);
	if (!view) {
		return hl_urls_fault_memory(err);
	}
	rc = map(list->folder, text, view, err);
	rc = rc ? rc : take_up(view, text, manifest, err);
	if (rc) {
		hl_urls_view_free(view);
		return rc;
	}
	view->mark = hl_urls_mark_of(&view->file.head, list);
	*out = view;
	return 0;
}
