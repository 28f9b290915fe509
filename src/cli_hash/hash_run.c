/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread finds files and prints, in one order; as many as there are
 * workers, and one more that reads ahead, hash. Between them lies a ring:
 *
 *   printed < head … done or being hashed … next … waiting … tail
 *
 * so that a slow file holds up printing, and only when the ring is full the
 * others.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "cli_hash/hash.h"

#define RING 512u
#define LINES_MAX ((size_t)1 << 30)

struct entry {
	char *path; /* owned */
	bool found; /* in a folder, not named */
	bool is_done;
	int fault; /* of memory */
	struct hl_media_result result;
};

struct engine {
	const struct hl_cli_hash *how;
	struct hl_media_pool *pool;
	struct hl_cli_hash_tally *tally;
	struct hl_buf lines; /* of one file, to be written */
	bool progress;
	int64_t told_us; /* when progress was last told */
	int64_t began_us;

	pthread_mutex_t lock;
	pthread_cond_t to_do;
	pthread_cond_t done;
	struct entry ring[RING];
	uint64_t head, next, tail;
	bool ended; /* no more will come */
};

/* ---- Hashing ---------------------------------------------------------- */

static void hash_entry(struct engine *g, struct entry *e)
{
	bool is_stdin = !e->found && strcmp(e->path, "-") == 0;
	HL_FD_AUTO opened =
		is_stdin ? -1 : hl_cli_hash_open(e->path, &e->result);

	if (!is_stdin && opened < 0) {
		return;
	}
	e->fault = hl_media_hash_fd(g->pool, is_stdin ? STDIN_FILENO : opened,
		&g->how->options, &e->result, NULL);
}

static void *work(void *arg)
{
	struct engine *g = arg;

	pthread_mutex_lock(&g->lock);
	for (;;) {
		while (g->next == g->tail && !g->ended) {
			pthread_cond_wait(&g->to_do, &g->lock);
		}
		if (g->next == g->tail) {
			break;
		}
		struct entry *e = &g->ring[g->next++ % RING];

		pthread_mutex_unlock(&g->lock);
		hash_entry(g, e);
		pthread_mutex_lock(&g->lock);
		e->is_done = true;
		pthread_cond_signal(&g->done);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

/* ---- Printing --------------------------------------------------------- */

static void tell_progress(struct engine *g, bool last)
{
	const struct hl_cli_hash_tally *t = g->tally;
	int64_t now = hl_time_mono_us();
	double seconds = (double)(now - g->began_us) / 1e6;

	if (!g->progress || (!last && now - g->told_us < HL_US_PER_S / 5)) {
		return;
	}
	g->told_us = now;
	fprintf(stderr, "\r\033[K%llu files, %llu hashed, %.0f a second%s",
		(unsigned long long)t->n_files, (unsigned long long)t->n_hashed,
		seconds > 0 ? (double)t->n_files / seconds : 0,
		last ? "\n" : "");
}

/* A file of another kind in a folder is no failure. */
static bool is_failure(const struct entry *e)
{
	return e->result.status != HL_MEDIA_HASHED &&
	       !(e->found && e->result.status == HL_MEDIA_NO_PICTURE);
}

static void count(struct engine *g, const struct entry *e)
{
	g->tally->n_files++;
	g->tally->n_hashed += e->result.status == HL_MEDIA_HASHED;
	g->tally->n_failed += is_failure(e);
	g->tally->n_unavailable += e->result.status == HL_MEDIA_UNAVAILABLE;
}

static void complain(struct engine *g, const struct entry *e)
{
	HL_BUF_AUTO path = HL_BUF_INIT(LINES_MAX);

	if (is_failure(e) && !g->how->json) {
		hl_cli_hash_put_path(&path, hl_str_c(e->path));
		fprintf(stderr, "%shotline hash: %.*s: %s\n",
			g->progress ? "\r\033[K" : "", HL_STR_ARG(path),
			e->result.text);
	}
}

static int print(struct engine *g, struct entry *e, struct hl_err *err)
{
	if (e->fault) {
		return HL_FAIL(err, e->fault, "%s", hl_err_name(e->fault));
	}
	count(g, e);
	hl_buf_reset(&g->lines);
	hl_cli_hash_put(&g->lines, g->how, hl_str_c(e->path), &e->result);
	if (g->lines.fault) {
		return HL_FAIL(err, g->lines.fault, "no memory for a line");
	}
	struct hl_str lines = hl_buf_str(&g->lines);
	if (fwrite(lines.p, 1, lines.n, stdout) != lines.n) {
		return HL_FAIL_SYS(err, "write");
	}
	complain(g, e);
	tell_progress(g, false);
	return 0;
}

/* Prints what is done in order; waits until no more than `most` are left. */
static int drain(struct engine *g, uint64_t most, struct hl_err *err)
{
	int r = 0;

	pthread_mutex_lock(&g->lock);
	while (!r && g->head < g->tail) {
		struct entry *e = &g->ring[g->head % RING];

		if (!e->is_done && g->tail - g->head <= most) {
			break;
		}
		while (!e->is_done) {
			pthread_cond_wait(&g->done, &g->lock);
		}
		pthread_mutex_unlock(&g->lock);
		r = print(g, e, err);
		hl_media_result_fini(&e->result);
		free(e->path);
		e->path = NULL;
		pthread_mutex_lock(&g->lock);
		g->head++;
	}
	pthread_mutex_unlock(&g->lock);
	return r;
}

/* ---- Finding ---------------------------------------------------------- */

static int add(
	struct engine *g, const char *path, bool found, struct hl_err *err)
{
	char *copy = strdup(path);
	int r = copy ? drain(g, RING - 1, err)
		     : HL_FAIL(err, HL_E_NOMEM, "no memory for a path");

	if (r) {
		free(copy);
		return r;
	}
	pthread_mutex_lock(&g->lock);
	g->ring[g->tail++ % RING] =
		(struct entry){.path = copy, .found = found};
	pthread_cond_signal(&g->to_do);
	pthread_mutex_unlock(&g->lock);
	return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int visit(struct engine *g, const FTSENT *e, struct hl_err *err)
{
	switch (e->fts_info) {
	case FTS_F:
		return add(g, e->fts_path, e->fts_level > 0, err);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		/* Opening it fails too, and that is told in its place. */
		return add(g, e->fts_path, false, err);
	default:
		return 0;
	}
}

static int walk(struct engine *g, const char *path, struct hl_err *err)
{
	char *copy = strdup(path);
	char *roots[] = {copy, NULL};
	FTS *fts = copy ? fts_open(roots,
				  FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR,
				  by_name)
			: NULL;
	int r = fts ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for a folder");

	while (!r) {
		const FTSENT *e = fts_read(fts);

		if (!e) {
			break;
		}
		r = visit(g, e, err);
	}
	if (fts) {
		fts_close(fts);
	}
	free(copy);
	return r;
}

static int find(struct engine *g, const char *path, struct hl_err *err)
{
	struct stat st;

	if (g->how->recursive && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		return walk(g, path, err);
	}
	return add(g, path, false, err);
}

static int find_listed(struct engine *g, struct hl_err *err)
{
	const char *name = g->how->files_from;
	bool is_stdin = strcmp(name, "-") == 0;
	FILE *list = is_stdin ? stdin : fopen(name, "re");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int r = 0;

	if (!list) {
		return HL_FAIL_SYS(err, "open the list of files");
	}
	while (!r && (n = getline(&line, &cap, list)) >= 0) {
		if (n > 0 && line[n - 1] == '\n') {
			line[n - 1] = '\0';
		}
		if (*line) {
			r = find(g, line, err);
		}
	}
	free(line);
	if (!is_stdin) {
		fclose(list);
	}
	return r;
}

static int find_all(struct engine *g, char *const *paths, struct hl_err *err)
{
	int r = 0;

	for (; !r && *paths; paths++) {
		r = find(g, *paths, err);
	}
	if (!r && g->how->files_from) {
		r = find_listed(g, err);
	}
	return r ? r : drain(g, 0, err);
}

/* ---- All of it -------------------------------------------------------- */

static size_t start(struct engine *g, pthread_t *threads, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (pthread_create(&threads[i], NULL, work, g)) {
			return i;
		}
	}
	return n;
}

/* After a fault what waits is let go of; what is under way is waited for. */
static void stop(struct engine *g, const pthread_t *threads, size_t n)
{
	pthread_mutex_lock(&g->lock);
	g->ended = true;
	while (g->tail > g->next) {
		free(g->ring[--g->tail % RING].path);
	}
	pthread_cond_broadcast(&g->to_do);
	pthread_mutex_unlock(&g->lock);
	for (size_t i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
	}
	for (; g->head < g->tail; g->head++) {
		struct entry *e = &g->ring[g->head % RING];

		hl_media_result_fini(&e->result);
		free(e->path);
	}
}

static struct engine *make(const struct hl_cli_hash *how,
	struct hl_media_pool *pool, struct hl_cli_hash_tally *tally)
{
	struct engine *g = calloc(1, sizeof(*g));

	if (g) {
		g->how = how;
		g->pool = pool;
		g->tally = tally;
		g->lines = HL_BUF_INIT(LINES_MAX);
		/* Lines on the same terminal are progress enough. */
		g->progress = !how->quiet && isatty(STDERR_FILENO) &&
			      !isatty(STDOUT_FILENO);
		g->began_us = hl_time_mono_us();
		pthread_mutex_init(&g->lock, NULL);
		pthread_cond_init(&g->to_do, NULL);
		pthread_cond_init(&g->done, NULL);
	}
	return g;
}

static void unmake(struct engine *g)
{
	pthread_cond_destroy(&g->done);
	pthread_cond_destroy(&g->to_do);
	pthread_mutex_destroy(&g->lock);
	hl_buf_fini(&g->lines);
	free(g);
}

int hl_cli_hash_run(const struct hl_cli_hash *how, struct hl_media_pool *pool,
	char *const *paths, struct hl_cli_hash_tally *tally, struct hl_err *err)
{
	size_t n = hl_media_pool_workers(pool) + 1;
	pthread_t *threads = calloc(n, sizeof(*threads));
	struct engine *g = make(how, pool, tally);
	int r = 0;

	*tally = (struct hl_cli_hash_tally){0};
	if (!threads || !g) {
		r = HL_FAIL(err, HL_E_NOMEM, "no memory to begin with");
	} else {
		n = start(g, threads, n);
		r = n ? find_all(g, paths, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no thread can be made");
		stop(g, threads, n);
		tell_progress(g, true);
	}
	if (g) {
		unmake(g);
	}
	free(threads);
	return r;
}
