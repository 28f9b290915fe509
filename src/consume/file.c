/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/file.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "consume/file_table.h"
#include "url/cut.h"

#define LOOK_EVERY_MS 1000

struct hl_consume_file {
	struct hl_consume_judge judge;
	char *path;
	pthread_rwlock_t lock; /* of table */
	struct hl_consume_table *table;
	pthread_mutex_t reading; /* of seen, and of who reads */
	struct stat seen;
	bool failing; /* and it was said */
	pthread_t watcher;
	bool watched;
	int stop_fd, hup_fd;
};

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int load(struct hl_consume_file *f, struct hl_err *err)
{
	HL_BUF_AUTO lines = HL_BUF_INIT(HL_CONSUME_FILE_MAX);
	struct hl_consume_table *table = NULL, *old;
	int r = hl_file_read(f->path, &lines, err);

	if (r == HL_NOTFOUND) {
		HL_FAIL(err, r, "there is no file %s", f->path);
	}
	if (!r) {
		r = hl_consume_table_new(hl_buf_str(&lines), &table, err);
	}
	if (r) {
		return r;
	}
	pthread_rwlock_wrlock(&f->lock);
	old = f->table;
	f->table = table;
	pthread_rwlock_unlock(&f->lock);
	hl_consume_table_free(old);
	return 0;
}

int hl_consume_file_reread(
	struct hl_consume_file *f, bool in_any_case, struct hl_err *err)
{
	struct stat now = {0};
	int r = 0;

	pthread_mutex_lock(&f->reading);
	bool there = stat(f->path, &now) == 0;
	if (in_any_case || !there || !is_same(&now, &f->seen)) {
		r = load(f, err);
		/* looked at before it was read: a change since then is seen
		 * the next time */
		f->seen = now;
	}
	pthread_mutex_unlock(&f->reading);
	return r;
}

/* -- answering -- */

static void decide(const struct hl_consume_row *row, bool confirmed,
	struct hl_consume_decision *out)
{
	*out = (struct hl_consume_decision){.keep_s = HL_CONSUME_FILE_KEEP_S};
	if (row && row->confirm_ms && !confirmed) {
		out->what = HL_CONSUME_UNSURE;
	} else if (row) {
		out->what = HL_CONSUME_LISTED;
		out->reason = row->reason;
		out->entry = row->entry;
	}
}

/* On the stack, with a maximum that never makes it grow. */
static int look_up(struct hl_consume_file *f, struct hl_str url, bool confirmed,
	struct hl_consume_decision *out)
{
	char room[HL_URL_MAX + 2];
	struct hl_buf canon = {
		.p = room, .cap = sizeof(room), .max = sizeof(room) - 1};
	struct hl_url_exprs exprs;
	enum hl_url_cut cut; /* leaves fewer expressions, and each is right */
	const struct hl_consume_decision asked = *out;
	int ms = 0;

	if (hl_url_canon_cut(url, &canon, &cut, NULL) ||
		hl_url_expressions(hl_buf_str(&canon), &exprs, NULL)) {
		*out = (struct hl_consume_decision){
			.what = HL_CONSUME_UNREADABLE};
		return 0;
	}
	pthread_rwlock_rdlock(&f->lock);
	const struct hl_consume_row *row =
		hl_consume_table_find(f->table, &exprs, &asked);
	decide(row, confirmed, out);
	ms = row ? row->confirm_ms : 0;
	pthread_rwlock_unlock(&f->lock);
	return ms;
}

static int check(void *arg, struct hl_str url, struct hl_consume_decision *out)
{
	look_up(arg, url, false, out);
	return 0;
}

static int confirm(void *arg, struct hl_str url,
	struct hl_consume_decision *out, struct hl_err *err)
{
	int ms = look_up(arg, url, true, out);

	if (ms < 0) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"the file says that this one cannot be confirmed");
	}
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
	return 0;
}

/* -- rereading -- */

static void look_again(struct hl_consume_file *f, bool in_any_case)
{
	struct hl_err err = {0};
	int r = hl_consume_file_reread(f, in_any_case, &err);

	if (r && !f->failing) {
		hl_log(HL_LOG_WARN, "consume.file",
			"the list stays as it was: %s", err.msg);
	}
	f->failing = r != 0;
}

static void *watch(void *arg)
{
	struct hl_consume_file *f = arg;
	struct pollfd fds[2] = {{.fd = f->stop_fd, .events = POLLIN},
		{.fd = f->hup_fd, .events = POLLIN}};

	while (!fds[0].revents) {
		char info[128 * 4];

		fds[1].revents = 0;
		if (poll(fds, 2, LOOK_EVERY_MS) < 0 && errno != EINTR) {
			break;
		}
		bool told = fds[1].revents & POLLIN &&
			    read(f->hup_fd, info, sizeof(info)) > 0;
		if (!fds[0].revents) {
			look_again(f, told);
		}
	}
	return NULL;
}

int hl_consume_file_watch(
	struct hl_consume_file *f, int hup_fd, struct hl_err *err)
{
	sigset_t all, old;

	f->hup_fd = hup_fd;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	f->watched = pthread_create(&f->watcher, NULL, watch, f) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return f->watched ? 0
			  : HL_FAIL(err, HL_E_NOMEM, "no thread to watch by");
}

int hl_consume_file_new(
	const char *path, struct hl_consume_file **out, struct hl_err *err)
{
	struct hl_consume_file *f = calloc(1, sizeof(*f));
	pthread_rwlockattr_t attr;

	*out = NULL;
	if (!f || !(f->path = strdup(path))) {
		free(f);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
	}
	f->judge = (struct hl_consume_judge){
		.arg = f, .check = check, .confirm = confirm};
	/* else those who ask could keep a new list out for ever */
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(
		&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&f->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	pthread_mutex_init(&f->reading, NULL);
	f->stop_fd = eventfd(0, EFD_CLOEXEC);
	int r = f->stop_fd < 0 ? HL_FAIL_SYS(err, "eventfd")
			       : hl_consume_file_reread(f, true, err);
	if (r) {
		hl_consume_file_free(f);
		return r;
	}
	*out = f;
	return 0;
}

void hl_consume_file_free(struct hl_consume_file *f)
{
	if (!f) {
		return;
	}
	if (f->watched) {
		eventfd_write(f->stop_fd, 1);
		pthread_join(f->watcher, NULL);
	}
	hl_file_closep(&f->stop_fd);
	hl_consume_table_free(f->table);
	pthread_mutex_destroy(&f->reading);
	pthread_rwlock_destroy(&f->lock);
	free(f->path);
	free(f);
}

const struct hl_consume_judge *hl_consume_file_judge(
	const struct hl_consume_file *f)
{
	return &f->judge;
}

size_t hl_consume_file_count(struct hl_consume_file *f)
{
	pthread_rwlock_rdlock(&f->lock);
	size_t n = f->table->n_lines;
	pthread_rwlock_unlock(&f->lock);
	return n;
}
