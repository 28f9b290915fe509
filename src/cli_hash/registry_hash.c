/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hotline registry hash: files that the police or a provider handed over are
 * hashed in the sandbox, and their hashes put onto a case's item, all in one
 * batch. A file that cannot be read leaves everything as it was; so do too
 * many hashes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli_hash/hash.h"
#include "cli_hash/registry.h"
#include "domain/event.h"
#include "domain/state.h"
#include "store/sql.h"

struct job {
	const struct hl_cli_registry_hash *how;
	struct hl_media_pool *pool;
	struct hl_store *store;
	struct hl_arena *arena;
	const char *ref;
	int64_t item_id;
	struct hl_hash_set all, fresh; /* fresh: those to be written */
	struct hl_buf files;           /* of the answer, JSON or text */
	bool failed;                   /* a decoder did not get through */
};

static int find_case(struct job *j, struct hl_err *err)
{
	struct hl_in_case_row in;
	struct hl_row_case_row *c;
	size_t n;

	if (hl_ref_parse(HL_REF_CASE, hl_str_c(j->ref), &in.id)) {
		HL_FAIL(err, HL_NOTFOUND, "\"%s\" is no case's reference",
			j->ref);
		return HL_NOTFOUND;
	}
	int r = hl_get_case_row(j->store, j->arena, &in, &c, &n, err);
	if (r) {
		return r;
	}
	if (!n) {
		HL_FAIL(err, HL_NOTFOUND, "there is no case %s", j->ref);
		return HL_NOTFOUND;
	}
	if (c->state == HL_CASE_ERASED) {
		return HL_FAIL(err, HL_E_INVALID, "%s has been erased", j->ref);
	}
	j->item_id = c->item_id;
	return 0;
}

static void put_hashes(struct job *j, const struct hl_hash_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct hl_hash *hash = &set->at[i];
		HL_BUF_AUTO digits = HL_BUF_INIT(128);
		const char *kind =
			hl_vocab_name(&hl_vocab_hash_kind, (int)hash->kind);

		hl_hash_put(&digits, hash);
		if (!j->how->json) {
			hl_buf_printf(&j->files, "%-6s %.*s", kind,
				HL_STR_ARG(hl_buf_str(&digits)));
			if (hash->kind == HL_HASH_PDQ) {
				hl_buf_printf(&j->files, " %d", hash->quality);
			}
			hl_buf_put_c(&j->files, '\n');
			continue;
		}
		hl_json_put_sep(&j->files);
		hl_buf_put_c(&j->files, '{');
		hl_json_put_member(&j->files, "kind", hl_str_c(kind));
		hl_json_put_member(&j->files, "value", hl_buf_str(&digits));
		if (hash->kind == HL_HASH_PDQ) {
			hl_json_put_member_i64(
				&j->files, "quality", hash->quality);
		}
		hl_buf_put_c(&j->files, '}');
	}
}

/* The path is for whoever typed it, here and nowhere else. */
static void put_file(struct job *j, const char *path,
	const struct hl_media_result *result, const struct hl_hash_set *set)
{
	HL_BUF_AUTO shown = HL_BUF_INIT((size_t)1 << 20);

	if (j->how->json) {
		hl_json_put_sep(&j->files);
		hl_buf_put_c(&j->files, '{');
		hl_json_put_member(&j->files, "path", hl_str_c(path));
		hl_json_put_member(&j->files, "status",
			hl_str_c(hl_media_status_name(result->status)));
		hl_json_put_member(&j->files, "text", hl_str_c(result->text));
		hl_json_put_name(&j->files, "hashes");
		hl_buf_put_c(&j->files, '[');
		put_hashes(j, set);
		hl_buf_put(&j->files, HL_STR("]}"));
		return;
	}
	put_hashes(j, set);
	hl_cli_hash_put_path(&shown, hl_str_c(path));
	if (result->status != HL_MEDIA_HASHED) {
		fprintf(stderr, "hotline registry: %.*s: %s%s\n",
			HL_STR_ARG(hl_buf_str(&shown)), result->text,
			set->n ? "; digests only" : "");
	} else if (result->flags & HL_MEDIA_FLAWED) {
		fprintf(stderr,
			"hotline registry: %.*s: damaged; digests only\n",
			HL_STR_ARG(hl_buf_str(&shown)));
	}
}

/* What is no picture has been hashed as far as it can be. */
static bool is_good(const struct hl_media_result *result)
{
	return result->digests &&
	       (result->status == HL_MEDIA_HASHED ||
		       result->status == HL_MEDIA_NO_PICTURE);
}

static int take(struct job *j, const char *path,
	const struct hl_media_result *result, struct hl_err *err)
{
	struct hl_hash_set set = {0};

	if (result->status == HL_MEDIA_UNAVAILABLE) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "%s", result->text);
	}
	if (result->status == HL_MEDIA_UNREADABLE) {
		return HL_FAIL(err, HL_E_IO, "%s: %s", path, result->text);
	}
	int r = hl_cli_registry_hashes_of(result, &set);
	struct hl_hash_set *all = &j->all;
	for (size_t i = 0; i < set.n && !r; i++) {
		size_t k = 0;

		while (k < all->n && !hl_hash_same(&all->at[k], &set.at[i])) {
			k++;
		}
		if (k == HL_CLI_REGISTRY_ITEM_MOST) {
			r = HL_E_LIMIT;
		} else if (k == all->n) {
			all->at[all->n++] = set.at[i];
		}
	}
	if (r) {
		return HL_FAIL(err, r, "an item has %d hashes at most",
			HL_CLI_REGISTRY_ITEM_MOST);
	}
	put_file(j, path, result, &set);
	j->failed |= !is_good(result) || !set.n;
	return 0;
}

static int hash_file(struct job *j, const char *path, struct hl_err *err)
{
	const struct hl_media_options options = {.flags = HL_MEDIA_DIGESTS};
	bool is_stdin = strcmp(path, "-") == 0;
	struct hl_media_result result = {0};
	HL_FD_AUTO opened = is_stdin ? -1 : hl_cli_hash_open(path, &result);

	if (!is_stdin && opened < 0 && errno == ENOENT) {
		HL_FAIL(err, HL_NOTFOUND, "there is no file %s", path);
		return HL_NOTFOUND;
	}
	if (!is_stdin && opened < 0 && result.status == HL_MEDIA_REFUSED) {
		return HL_FAIL(err, HL_E_INVALID, "%s: %s", path, result.text);
	}
	if (!is_stdin && opened < 0) {
		return HL_FAIL_SYS(err, "%s", path);
	}
	int r = hl_media_hash_fd(j->pool, is_stdin ? STDIN_FILENO : opened,
		&options, &result, err);
	if (!r) {
		r = take(j, path, &result, err);
	}
	hl_media_result_fini(&result);
	return r;
}

/* Those that the item lacks, or has from somebody whose word is less. */
static int sift(struct job *j, struct hl_err *err)
{
	for (size_t i = 0; i < j->all.n; i++) {
		const struct hl_hash *hash = &j->all.at[i];
		struct hl_in_item_hash_there in = {
			j->item_id, hash->kind, hl_hash_str(hash)};
		struct hl_row_item_hash_there *there;
		size_t n;
		int r = hl_get_item_hash_there(
			j->store, j->arena, &in, &there, &n, err);

		if (r) {
			return r;
		}
		if (!n || !there->vouched || there->quality < hash->quality) {
			j->fresh.at[j->fresh.n++] = *hash;
		}
	}
	return 0;
}

/* Whether they have room beside those that are there; told before writing,
 * and guarded when it is done. */
static int check_room(struct job *j, struct hl_err *err)
{
	struct hl_in_item_hash_count in = {j->item_id};
	struct hl_row_item_hash_count *count;
	size_t n, n_new = j->fresh.n;
	int r = hl_get_item_hash_count(
		j->store, j->arena, &in, &count, &n, err);

	for (size_t i = 0; i < j->fresh.n && !r; i++) {
		const struct hl_hash *hash = &j->fresh.at[i];
		struct hl_in_item_hash_there there = {
			j->item_id, hash->kind, hl_hash_str(hash)};
		struct hl_row_item_hash_there *row;
		size_t n_there;

		r = hl_get_item_hash_there(
			j->store, j->arena, &there, &row, &n_there, err);
		n_new -= !r && n_there;
	}
	if (!r && n && count->n + (int64_t)n_new > HL_CLI_REGISTRY_ITEM_MOST) {
		r = HL_FAIL(err, HL_E_LIMIT,
			"%s has %lld hashes, and an item has %d at most",
			j->ref, (long long)count->n, HL_CLI_REGISTRY_ITEM_MOST);
	}
	return r;
}

static int write_all(struct job *j, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(j->store, j->arena);
	int64_t now_us = hl_time_now_us();

	for (size_t i = 0; i < j->fresh.n; i++) {
		const struct hl_hash *hash = &j->fresh.at[i];

		hl_tx_item_hash_from_file(
			tx, &(struct hl_in_item_hash_from_file){j->item_id,
				    hash->kind, hl_hash_str(hash),
				    hash->quality, now_us});
	}
	hl_tx_item_hash_room(tx, &(struct hl_in_item_hash_room){j->item_id,
					 HL_CLI_REGISTRY_ITEM_MOST});
	hl_tx_event(
		tx, &(struct hl_store_event){.kind = HL_EVENT_ITEM_HASH_ADDED,
			    .object_kind = HL_OBJECT_ITEM,
			    .object_id = j->item_id,
			    .a = (int64_t)j->fresh.n,
			    .b = HL_HASH_FILE});
	int r = hl_tx_run(tx, err);
	return r == HL_CONFLICT ? HL_FAIL(err, HL_E_INVALID,
					  "%s has changed meanwhile; nothing "
					  "was written",
					  j->ref)
				: r;
}

static int answer(struct job *j, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT((size_t)8 << 20);
	size_t n_there = j->all.n - j->fresh.n;

	if (j->how->json) {
		hl_buf_put_c(&out, '{');
		hl_json_put_member(&out, "case", hl_str_c(j->ref));
		hl_json_put_member_bool(&out, "dry_run", j->how->dry_run);
		hl_json_put_member_i64(&out, "added", (int64_t)j->fresh.n);
		hl_json_put_member_i64(&out, "there", (int64_t)n_there);
		hl_json_put_name(&out, "files");
		hl_buf_put_c(&out, '[');
		hl_buf_put(&out, hl_buf_str(&j->files));
		hl_buf_put(&out, HL_STR("]}\n"));
	} else {
		hl_buf_put(&out, hl_buf_str(&j->files));
		hl_buf_printf(&out, "%s: %zu %s, %zu there already\n", j->ref,
			j->fresh.n,
			j->how->dry_run ? "would be added" : "added", n_there);
	}
	if (j->files.fault || out.fault ||
		fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout)) {
		return HL_FAIL(err, HL_E_IO, "the answer could not be printed");
	}
	return 0;
}

static int run(struct job *j, int n_files, char **files, struct hl_err *err)
{
	int r = find_case(j, err);

	for (int i = 0; i < n_files && !r; i++) {
		r = hash_file(j, files[i], err);
	}
	r = r ? r : sift(j, err);
	r = r ? r : check_room(j, err);
	if (!r && j->fresh.n && !j->how->dry_run) {
		r = write_all(j, err);
	}
	return r ? r : answer(j, err);
}

int hl_cli_registry_hash(
	const struct hl_cli_registry_hash *how, int n, char **words)
{
	struct job j = {.how = how,
		.ref = words[0],
		.files = HL_BUF_INIT((size_t)4 << 20)};
	const struct hl_media_setup setup = {
		.n_workers = 1, .user = hl_cli_hash_user()};
	struct hl_err err = {0};

	signal(SIGPIPE, SIG_IGN);
	/* first, so that decoders inherit no link to the store */
	int r = hl_media_pool_new(&setup, &j.pool, &err);
	if (!r) {
		r = hl_cli_store(&j.store, &err);
	}
	if (!r) {
		j.arena = hl_arena_new((size_t)16 << 20, false);
		r = j.arena ? run(&j, n - 1, words + 1, &err)
			    : HL_FAIL(&err, HL_E_NOMEM, "no memory");
	}
	hl_arena_free(j.arena);
	hl_store_close(j.store);
	hl_media_pool_free(j.pool);
	hl_buf_fini(&j.files);
	if (r) {
		return hl_cli_fail("registry", r, &err);
	}
	return j.failed ? HL_CLI_FAILED : HL_CLI_OK;
}
