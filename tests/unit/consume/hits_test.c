/* SPDX-License-Identifier: Apache-2.0 */
/* Hits come from several senders to one tally, and are lost by nobody's
 * absence up to the bound. */
#include "consume/hits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"

struct town {
	char folder[64], path[96], tally_folder[96];
	struct hl_tally *tally;
	struct sockaddr_un name;
	int fd;
};

static void begin(struct town *t)
{
	*t = (struct town){.folder = "/tmp/hl-hits-XXXXXX", .fd = -1};
	assert_non_null(mkdtemp(t->folder));
	(void)snprintf(t->path, sizeof(t->path), "%s/hits", t->folder);
	(void)snprintf(t->tally_folder, sizeof(t->tally_folder), "%s/tally",
		t->folder);
	assert_int_equal(0, mkdir(t->tally_folder, 0700));
	const struct hl_tally_config c = {
		.consumer = 5, .folder = t->tally_folder};
	assert_int_equal(
		0, hl_tally_new(&c, hl_time_wall_us(), &t->tally, NULL));
}

static void listen_now(struct town *t)
{
	hl_file_closep(&t->fd);
	assert_int_equal(
		0, hl_consume_hits_listen(t->path, &t->name, &t->fd, NULL));
	assert_int_equal(0, hl_consume_hits_bind(t->fd, &t->name, NULL));
}

/* Folders of two levels at most. */
static void remove_all(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[512];

	while (dir && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0) {
			continue;
		}
		(void)snprintf(
			path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (unlink(path)) {
			remove_all(path);
		}
	}
	if (dir) {
		closedir(dir);
	}
	(void)rmdir(folder);
}

static void end(struct town *t)
{
	hl_file_closep(&t->fd);
	hl_tally_free(t->tally);
	remove_all(t->folder);
}

static struct hl_tally_now now_of(struct town *t)
{
	struct hl_tally_now now;

	hl_tally_now(t->tally, &now);
	return now;
}

static void hit(struct hl_consume_hits *h, uint64_t entry, const char *client)
{
	const struct hl_consume_decision d = {
		.what = HL_CONSUME_LISTED, .entry = entry};
	const struct hl_consume_count *c = hl_consume_hits_count(h);

	c->hit(c->arg, &d, hl_str_c(client));
}

static void arrive(void **state)
{
	struct hl_consume_hits *a = NULL, *b = NULL;
	struct town t;

	(void)state;
	begin(&t);
	listen_now(&t);
	assert_int_equal(0, hl_consume_hits_new(t.path, &a, NULL));
	assert_int_equal(0, hl_consume_hits_new(t.path, &b, NULL));
	for (int i = 0; i < 120; i++) {
		hit(a, 1, "192.0.2.1");
	}
	hit(b, 2, NULL);
	hit(b, 3, "a client that is longer than any network address ever was");
	hl_consume_hits_count(b)->let_through(b);
	hl_consume_hits_flush(a);
	hl_consume_hits_flush(b);
	assert_int_equal(0, hl_consume_hits_waiting(a));
	assert_false(hl_consume_hits_take(t.fd, t.tally));
	assert_int_equal(122, now_of(&t).hits);
	assert_int_equal(1, now_of(&t).failed);
	assert_int_equal(3, now_of(&t).n_entries);

	hl_consume_hits_stale(a);
	hl_consume_hits_flush(a);
	assert_true(hl_consume_hits_take(t.fd, t.tally));
	hl_consume_hits_flush(a);
	assert_false(hl_consume_hits_take(t.fd, t.tally));
	hl_consume_hits_free(a);
	hl_consume_hits_free(b);
	end(&t);
}

static void nobody_listens(void **state)
{
	struct hl_consume_hits *h = NULL;
	struct town t;

	(void)state;
	begin(&t);
	assert_int_equal(0, hl_consume_hits_new(t.path, &h, NULL));
	for (int i = 0; i < 10000; i++) {
		hit(h, 1 + (uint64_t)i % 7, "192.0.2.1");
	}
	hl_consume_hits_flush(h);
	assert_int_equal(10000, hl_consume_hits_waiting(h));
	/* a follower comes, goes, and another comes; the socket's own bound
	 * makes this a matter of several turns */
	listen_now(&t);
	listen_now(&t);
	for (int i = 0; i < 1000 && hl_consume_hits_waiting(h); i++) {
		hl_consume_hits_flush(h);
		hl_consume_hits_take(t.fd, t.tally);
	}
	assert_int_equal(0, hl_consume_hits_waiting(h));
	assert_int_equal(10000, now_of(&t).hits);
	/* the last are sent when the sender ends */
	hit(h, 1, NULL);
	hl_consume_hits_free(h);
	hl_consume_hits_take(t.fd, t.tally);
	assert_int_equal(10001, now_of(&t).hits);
	hl_consume_hits_free(NULL);
	end(&t);
}

/* What is sent until the follower ends counts, what comes after waits for the
 * next one. */
static void follower_ends(void **state)
{
	struct hl_consume_hits *h = NULL;
	struct town t;

	(void)state;
	begin(&t);
	listen_now(&t);
	assert_int_equal(0, hl_consume_hits_new(t.path, &h, NULL));
	hit(h, 1, NULL);
	hl_consume_hits_flush(h);
	hl_consume_hits_end(t.fd, t.tally);
	assert_int_equal(1, now_of(&t).hits);
	hit(h, 1, NULL);
	hl_consume_hits_flush(h);
	assert_int_equal(1, hl_consume_hits_waiting(h));
	listen_now(&t);
	hl_consume_hits_flush(h);
	hl_consume_hits_take(t.fd, t.tally);
	assert_int_equal(2, now_of(&t).hits);
	hl_consume_hits_free(h);
	end(&t);
}

struct taker {
	struct town *town;
	_Atomic bool over;
};

static void *take_all(void *arg)
{
	struct taker *k = arg;

	while (!atomic_load(&k->over)) {
		hl_consume_hits_take(k->town->fd, k->town->tally);
	}
	hl_consume_hits_take(k->town->fd, k->town->tally);
	return NULL;
}

/* More than the socket holds at once: all of it arrives. */
static void sender_ends_with_many(void **state)
{
	struct hl_consume_hits *h = NULL;
	struct town t;
	struct taker k = {.town = &t};
	pthread_t thread;

	(void)state;
	begin(&t);
	listen_now(&t);
	assert_int_equal(0, hl_consume_hits_new(t.path, &h, NULL));
	for (int i = 0; i < 4000; i++) {
		hit(h, 1, NULL);
	}
	assert_int_equal(0, pthread_create(&thread, NULL, take_all, &k));
	hl_consume_hits_free(h);
	atomic_store(&k.over, true);
	pthread_join(thread, NULL);
	assert_int_equal(4000, now_of(&t).hits);
	end(&t);
}

/* Nobody listens: how much is lost is said. */
static void sender_ends_alone(void **state)
{
	struct hl_consume_hits *h = NULL;
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);
	char said[1024] = "";
	struct town t;

	(void)state;
	begin(&t);
	assert_int_equal(0, hl_consume_hits_new(t.path, &h, NULL));
	for (int i = 0; i < 4100; i++) {
		hit(h, 1, "192.0.2.1");
	}
	hl_consume_hits_count(h)->let_through(h);
	dup2(fileno(file), STDERR_FILENO);
	hl_consume_hits_free(h);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(file);
	assert_true(fread(said, 1, sizeof(said) - 1, file) > 0);
	fclose(file);
	assert_non_null(strstr(said, "4100 blocked requests"));
	assert_non_null(strstr(said, " 1 let through"));
	assert_null(strstr(said, "192.0.2.1"));
	end(&t);
}

static void nonsense(void **state)
{
	struct town t;
	uint8_t bytes[4000];
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	begin(&t);
	listen_now(&t);
	for (int fill = 0; fill < 256; fill += 5) {
		memset(bytes, fill, sizeof(bytes));
		for (size_t n = 0; n <= sizeof(bytes); n += 500) {
			assert_int_equal(n, sendto(fd, bytes, n, 0,
						    (struct sockaddr *)&t.name,
						    sizeof(t.name)));
			hl_consume_hits_take(t.fd, t.tally);
		}
	}
	/* a frame that says it stands for more than it may */
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 1;
	memset(bytes + 4, 0xff, 4);
	assert_int_equal(
		64, sendto(fd, bytes, 64, 0, (struct sockaddr *)&t.name,
			    sizeof(t.name)));
	hl_consume_hits_take(t.fd, t.tally);
	assert_int_equal(0, now_of(&t).hits);
	assert_int_equal(0, now_of(&t).failed);
	close(fd);
	end(&t);
}

static void long_path(void **state)
{
	char path[300];
	struct hl_consume_hits *h = NULL;
	struct sockaddr_un name;
	int fd = -1;

	(void)state;
	memset(path, 'x', sizeof(path));
	path[299] = '\0';
	assert_int_equal(HL_E_LIMIT, hl_consume_hits_new(path, &h, NULL));
	assert_null(h);
	assert_int_equal(
		HL_E_LIMIT, hl_consume_hits_listen(path, &name, &fd, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrive),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(follower_ends),
		cmocka_unit_test(sender_ends_with_many),
		cmocka_unit_test(sender_ends_alone),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
