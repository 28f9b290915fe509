/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_hash/hashlist_state.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/rand.h"
#include "base/time.h"
#include "cli/common.h"

enum { VERSION = 1, STATE_MAX = 64 << 10, N_COUNTS = 10 };

_Static_assert(sizeof(struct hl_apply_counts) == N_COUNTS * sizeof(uint64_t),
	"counts are saved one by one");

uint64_t hl_cli_hashlist_position_new(void)
{
	uint64_t position;

	hl_rand_bytes(&position, sizeof(position));
	return position | HL_CLI_HASHLIST_POSITION;
}

int hl_cli_hashlist_state_init(struct hl_cli_hashlist_state *state,
	const struct hl_cli_hashlist_file *file, struct hl_err *err)
{
	struct stat st;

	if (fstat(file->fd, &st) < 0) {
		return HL_FAIL_SYS(err, "look at %s", file->path);
	}
	state->size = (uint64_t)st.st_size;
	state->mtime_us =
		st.st_mtim.tv_sec * HL_US_PER_S + st.st_mtim.tv_nsec / 1000;
	state->format = file->options.format;
	state->kind = file->options.kind;
	state->last = state->next = HL_BUF_INIT(STATE_MAX);
	return 0;
}

void hl_cli_hashlist_state_fini(struct hl_cli_hashlist_state *state)
{
	hl_buf_fini(&state->last);
	hl_buf_fini(&state->next);
}

static int path_of(const struct hl_cli_hashlist_state *state,
	char path[HL_CLI_PATH_MAX], struct hl_err *err)
{
	int n = snprintf(path, HL_CLI_PATH_MAX, "%s/import-%u.json",
		state->folder, state->list);

	return n < HL_CLI_PATH_MAX
		       ? 0
		       : HL_FAIL(err, HL_E_LIMIT, "a path is too long");
}

/* "import-1.json.4711.tmp" */
static bool is_leftover(struct hl_str name)
{
	return hl_str_starts(name, HL_STR("import-")) &&
	       hl_str_ends(name, HL_STR(".tmp")) &&
	       hl_str_find(name, HL_STR(".json.")) < name.n;
}

void hl_cli_hashlist_state_clean(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (is_leftover(hl_str_c(e->d_name))) {
			unlinkat(dirfd(dir), e->d_name, 0);
		}
	}
	if (dir) {
		closedir(dir);
	}
}

static void put_head(
	struct hl_buf *out, const struct hl_cli_hashlist_state *state)
{
	hl_buf_put_c(out, '{');
	hl_json_put_member_i64(out, "version", VERSION);
	hl_json_put_member_i64(out, "size", (int64_t)state->size);
	hl_json_put_member_i64(out, "mtime_us", state->mtime_us);
	hl_json_put_member(out, "format",
		hl_str_c(hl_hashlist_format_name(state->format)));
	hl_json_put_member_i64(out, "kind", state->kind);
	hl_json_put_member_bool(out, "replace", state->replace);
}

static void put_counts(struct hl_buf *out, const struct hl_apply_counts *counts)
{
	const uint64_t *n = (const uint64_t *)(const void *)counts;

	hl_json_put_name(out, "counts");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < N_COUNTS; i++) {
		hl_buf_printf(
			out, "%s%llu", i ? "," : "", (unsigned long long)n[i]);
	}
	hl_buf_put_c(out, ']');
}

int hl_cli_hashlist_state_save(struct hl_cli_hashlist_state *state,
	uint64_t position, const struct hl_hashlist_reader *reader,
	const struct hl_apply_counts *counts, uint64_t report_bytes,
	struct hl_err *err)
{
	struct hl_buf before = state->last, all = HL_BUF_INIT(STATE_MAX * 3);
	char path[HL_CLI_PATH_MAX];
	uint64_t offset;
	int rc = path_of(state, path, err);

	state->last = state->next;
	state->next = before;
	hl_buf_reset(&state->next);
	hl_buf_printf(&state->next, "{\"position\":%llu",
		(unsigned long long)(position & ~HL_CLI_HASHLIST_POSITION));
	put_counts(&state->next, counts);
	hl_json_put_member_i64(
		&state->next, "report_bytes", (int64_t)report_bytes);
	hl_json_put_name(&state->next, "reader");
	if (rc == 0) {
		rc = hl_hashlist_reader_checkpoint(
			reader, &state->next, &offset, err);
	}
	hl_buf_put_c(&state->next, '}');
	put_head(&all, state);
	hl_json_put_name(&all, "states");
	hl_buf_put_c(&all, '[');
	hl_buf_put(&all, hl_buf_str(&state->last));
	hl_buf_put(&all, state->last.n ? HL_STR(",") : HL_STR(""));
	hl_buf_put(&all, hl_buf_str(&state->next));
	hl_buf_put(&all, HL_STR("]}\n"));
	if (rc == 0 && (all.fault || state->next.fault)) {
		rc = HL_FAIL(
			err, HL_E_LIMIT, "the import's state is too large");
	}
	if (rc == 0) {
		rc = hl_file_write(path, hl_buf_str(&all), 0600, err);
	}
	hl_buf_fini(&all);
	return rc;
}

static bool load_counts(const json_t *list, struct hl_apply_counts *counts)
{
	uint64_t *n = (uint64_t *)(void *)counts;

	if (json_array_size(list) != N_COUNTS) {
		return false;
	}
	for (size_t i = 0; i < N_COUNTS; i++) {
		n[i] = (uint64_t)json_integer_value(json_array_get(list, i));
	}
	return true;
}

static bool same_import(
	const struct hl_cli_hashlist_state *state, const json_t *json)
{
	return hl_json_int(json, "version", 0) == VERSION &&
	       hl_json_int(json, "size", -1) == (int64_t)state->size &&
	       hl_json_int(json, "mtime_us", -1) == state->mtime_us &&
	       hl_json_int(json, "kind", -1) == (int64_t)state->kind &&
	       json_is_true(json_object_get(json, "replace")) ==
		       state->replace &&
	       hl_str_eq(hl_json_str(json, "format"),
		       hl_str_c(hl_hashlist_format_name(state->format)));
}

static int take(struct hl_cli_hashlist_state *state, const json_t *one,
	struct hl_buf *reader, struct hl_apply_counts *counts,
	uint64_t *report_bytes)
{
	const json_t *of = json_object_get(one, "reader");
	char *text = of ? json_dumps(of, JSON_COMPACT) : NULL;
	char *all = json_dumps(one, JSON_COMPACT);
	bool good = text && all &&
		    load_counts(json_object_get(one, "counts"), counts);

	if (good) {
		hl_buf_put(reader, hl_str_c(text));
		hl_buf_put(&state->next, hl_str_c(all));
		*report_bytes = (uint64_t)hl_json_int(one, "report_bytes", 0);
	}
	free(text);
	free(all);
	return good ? 0 : HL_NOTFOUND;
}

int hl_cli_hashlist_state_load(struct hl_cli_hashlist_state *state,
	uint64_t position, struct hl_buf *reader,
	struct hl_apply_counts *counts, uint64_t *report_bytes,
	struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(STATE_MAX * 3);
	HL_JSON_AUTO *json = NULL;
	char path[HL_CLI_PATH_MAX];
	const json_t *one;
	size_t i;
	int rc = path_of(state, path, err);

	if (rc == 0) {
		rc = hl_file_read(path, &text, err);
	}
	if (rc == 0) {
		rc = hl_json_parse(hl_buf_str(&text), text.max, &json, err);
	}
	if (rc) {
		return rc;
	}
	if (!same_import(state, json)) {
		return HL_FAIL(err, HL_E_INVALID,
			"the file has changed since, or is imported in another "
			"way: import it without --resume");
	}
	json_array_foreach(json_object_get(json, "states"), i, one)
	{
		int64_t at = hl_json_int(one, "position", -1);

		if (((uint64_t)at | HL_CLI_HASHLIST_POSITION) == position) {
			return take(state, one, reader, counts, report_bytes);
		}
	}
	return HL_NOTFOUND;
}

void hl_cli_hashlist_state_drop(const struct hl_cli_hashlist_state *state)
{
	char path[HL_CLI_PATH_MAX];

	if (path_of(state, path, NULL) == 0) {
		unlink(path);
	}
}

int hl_cli_hashlist_state_over(const char *folder, struct hl_match_index *index,
	uint32_t list, struct hl_err *err)
{
	const struct hl_cli_hashlist_state state = {
		.folder = folder, .list = list};
	struct hl_match_error why = {.code = 0};
	int rc = hl_match_index_commit(
		index, hl_cli_hashlist_position_new(), HL_MATCH_DURABLE, &why);

	if (rc < 0) {
		return hl_apply_fail(err, rc, &why);
	}
	hl_cli_hashlist_state_drop(&state);
	return 0;
}
