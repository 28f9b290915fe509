/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

void folder_make(char path[PATH_BYTES])
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(
		path, PATH_BYTES, "%s/hl-match-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(path));
}

void folder_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] != '.') {
			(void)unlinkat(dirfd(dir), e->d_name, 0);
		}
	}
	closedir(dir);
}

void folder_remove(const char *path)
{
	folder_empty(path);
	assert_int_equal(rmdir(path), 0);
}

uint64_t draw(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

uint32_t below(uint64_t *seed, uint32_t n)
{
	return (uint32_t)(draw(seed) % n);
}

void draw_hash(uint64_t *seed, uint8_t hash[32])
{
	for (int i = 0; i < 32; i += 8) {
		uint64_t v = draw(seed);

		memcpy(hash + i, &v, 8);
	}
}

void flip(uint64_t *seed, uint8_t hash[32], unsigned n)
{
	uint8_t done[32] = {0};

	while (n > 0) {
		unsigned bit = below(seed, 256);

		if (!(done[bit / 8] >> bit % 8 & 1)) {
			done[bit / 8] |= (uint8_t)(1 << bit % 8);
			hash[bit / 8] ^= (uint8_t)(1 << bit % 8);
			n--;
		}
	}
}

struct hl_match_index *index_open(const char *path, uint32_t flags)
{
	const struct hl_match_index_options options = {
		.size_of = sizeof(options), .flags = flags};
	struct hl_match_index *index = NULL;
	struct hl_match_error err = {0};
	int rc = hl_match_index_open(path, &options, &index, &err);

	if (rc) {
		fail_msg("open: %d %s (%d)", rc, err.text, err.sys_errno);
	}
	return index;
}

void good(int rc, const struct hl_match_error *err)
{
	if (rc < 0) {
		fail_msg("%d %s (%d)", rc, err->text, err->sys_errno);
	}
}

void list_add(struct hl_match_index *index, uint32_t id, uint32_t flags)
{
	struct hl_match_list list = {
		.size_of = sizeof(list), .id = id, .flags = flags};
	struct hl_match_error err = {0};

	(void)snprintf(list.name, sizeof(list.name), "list %u", id);
	good(hl_match_list_put(index, &list, &err), &err);
}

struct hl_match_entry entry_of(
	uint32_t list, uint64_t id, const uint8_t hash[32])
{
	struct hl_match_entry entry = {
		.list = list, .id = id, .kind = HL_MATCH_PDQ};

	memcpy(entry.hash, hash, 32);
	return entry;
}

void entry_add(struct hl_match_index *index, const struct hl_match_entry *entry)
{
	struct hl_match_error err = {0};

	good(hl_match_index_put(index, entry, &err), &err);
}

void commit_now(struct hl_match_index *index, uint64_t position, uint32_t flags)
{
	struct hl_match_error err = {0};

	good(hl_match_index_commit(index, position, flags, &err), &err);
}

void maintain_all(struct hl_match_index *index)
{
	struct hl_match_error err = {0};
	int rc;

	while ((rc = hl_match_index_maintain(index, &err)) == HL_MATCH_MORE) {
	}
	good(rc, &err);
}
