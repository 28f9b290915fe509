/* SPDX-License-Identifier: Apache-2.0 */
/* A judge made of a followed list: answers, gathering, the breaker. Against a
 * stub of the hotline's HTTP. */
#include "consume/keep.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/time.h"
#include "consume/pool.h"
#include "stub.h"

struct town {
	struct stub *s;
	struct hl_urls_list *follower;
	struct hl_consume_keep *keep;
	const struct hl_consume_judge *judge;
};

static void begin(struct town *t, unsigned connections, unsigned open_ms)
{
	*t = (struct town){.s = stub_new()};
	struct world *w = t->s->w;

	world_put(w, "domain.example", "/", HL_URLS_SCOPE_DOMAIN, 7);
	world_put(w, "page.example", "/a?b=1", HL_URLS_SCOPE_PAGE, 8);
	world_put(w, "path.example", "/a", HL_URLS_SCOPE_PATH, 9);
	world_put(w, "folder.example", "/x/y/", HL_URLS_SCOPE_FOLDER, 10);
	world_publish(w);
	t->follower = world_keep(w, 0);
	const struct hl_consume_keep_config config = {.folder = w->folder,
		.remote = {.url = t->s->url,
			.token = HL_STR(STUB_TOKEN),
			.stop_fd = -1},
		.n_connections = connections,
		.open_ms = open_ms};
	struct hl_err err = {0};

	if (hl_consume_keep_new(&config, &t->keep, &err)) {
		fail_msg("%s", err.msg);
	}
	t->judge = hl_consume_keep_judge(t->keep);
}

static void end(struct town *t)
{
	hl_consume_keep_free(t->keep);
	hl_urls_close(t->follower);
	stub_free(t->s);
}

static int ask(struct town *t, const char *url, bool host_only,
	struct hl_consume_decision *d)
{
	*d = (struct hl_consume_decision){.host_only = host_only};
	int r = t->judge->check(t->judge->arg, hl_str_c(url), d);

	if (!r && d->what == HL_CONSUME_UNSURE) {
		d->host_only = host_only;
		r = t->judge->confirm(t->judge->arg, hl_str_c(url), d, NULL);
	}
	return r;
}

/* A host or an address of it; its path does not count. */
static void any_at_hosts(struct town *t)
{
	static const struct {
		const char *url;
		enum hl_consume_what what;
	} rows[] = {
		{"http://page.example/other", HL_CONSUME_LISTED},
		{"page.example:443", HL_CONSUME_LISTED},
		{"http://path.example/", HL_CONSUME_LISTED},
		{"http://folder.example/", HL_CONSUME_LISTED},
		{"http://www.domain.example/", HL_CONSUME_LISTED},
		{"http://www.page.example/", HL_CONSUME_CLEAR},
		{"http://clear.example/", HL_CONSUME_CLEAR},
		{"", HL_CONSUME_UNREADABLE},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str url = hl_str_c(rows[i].url);
		struct hl_consume_decision d = {.any = true};
		int r = t->judge->check(t->judge->arg, url, &d);

		if (!r && d.what == HL_CONSUME_UNSURE) {
			d = (struct hl_consume_decision){.any = true};
			r = t->judge->confirm(t->judge->arg, url, &d, NULL);
		}
		if (r || d.what != rows[i].what) {
			fail_msg("%s: %d, %s", rows[i].url, r,
				hl_consume_what_name(d.what));
		}
	}
}

/* A query that is too long opens nothing, in neither way of asking. */
static void any_length(struct town *t)
{
	char url[9100];

	for (int any = 0; any < 2; any++) {
		struct hl_consume_decision d = {.any = any};

		snprintf(url, sizeof(url), "http://domain.example/x?%09000d",
			any);
		assert_int_equal(
			0, t->judge->check(t->judge->arg, hl_str_c(url), &d));
		if (d.what == HL_CONSUME_UNSURE) {
			d = (struct hl_consume_decision){.any = any};
			assert_int_equal(0, t->judge->confirm(t->judge->arg,
						    hl_str_c(url), &d, NULL));
		}
		assert_int_equal(HL_CONSUME_LISTED, d.what);
	}
}

static void answers(void **state)
{
	static const struct {
		const char *url;
		bool host_only;
		enum hl_consume_what what;
		enum hl_consume_reason reason;
		uint64_t entry;
	} rows[] = {
		{"http://domain.example/any", false, HL_CONSUME_LISTED,
			HL_CONSUME_DOMAIN, 7},
		{"https://www.DOMAIN.example:444/", false, HL_CONSUME_LISTED,
			HL_CONSUME_DOMAIN, 7},
		{"www.domain.example:443", true, HL_CONSUME_LISTED,
			HL_CONSUME_DOMAIN, 7},
		{"https://www.domain.example:443/", true, HL_CONSUME_LISTED,
			HL_CONSUME_DOMAIN, 7},
		{"http://page.example/a?b=1", false, HL_CONSUME_LISTED,
			HL_CONSUME_PAGE, 8},
		{"http://page.example/a?b=2", false, HL_CONSUME_CLEAR, 0, 0},
		{"page.example", true, HL_CONSUME_CLEAR, 0, 0},
		{"http://path.example/a?q", false, HL_CONSUME_LISTED,
			HL_CONSUME_PAGE, 9},
		{"http://folder.example/x/y/z", false, HL_CONSUME_LISTED,
			HL_CONSUME_DIRECTORY, 10},
		{"http://folder.example/x/", false, HL_CONSUME_CLEAR, 0, 0},
		{"http://clear.example/", false, HL_CONSUME_CLEAR, 0, 0},
		{"", false, HL_CONSUME_UNREADABLE, 0, 0},
		{"", true, HL_CONSUME_UNREADABLE, 0, 0},
		{"mailto:x@example.org", false, HL_CONSUME_UNREADABLE, 0, 0},
	};
	struct town t;

	(void)state;
	begin(&t, 0, 0);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_consume_decision d;
		char text[HL_CONSUME_ENTRY_TEXT];
		int r = ask(&t, rows[i].url, rows[i].host_only, &d);

		if (r || d.what != rows[i].what || d.reason != rows[i].reason) {
			fail_msg("%s: %d, %s, %s", rows[i].url, r,
				hl_consume_what_name(d.what),
				hl_consume_reason_name(d.reason));
		}
		if (d.what == HL_CONSUME_LISTED) {
			assert_int_equal(rows[i].entry, d.entry);
			/* as people see it */
			hl_consume_entry_text(&d, text);
			assert_memory_equal("E-0000-000", text, 10);
		}
	}
	any_at_hosts(&t);
	any_length(&t);
	/* once for each host that passes the prefilter, then from memory */
	unsigned n = t.s->n_confirms;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_consume_decision d;

		assert_int_equal(
			0, ask(&t, rows[i].url, rows[i].host_only, &d));
		assert_int_equal(rows[i].what, d.what);
	}
	assert_int_equal(n, t.s->n_confirms);
	/* by one connection */
	assert_int_equal(1, t.s->n_accepted);
	end(&t);
}

static void keeps_in_step(void **state)
{
	struct hl_consume_decision d;
	struct town t;

	(void)state;
	begin(&t, 0, 0);
	assert_int_equal(HL_NOTFOUND, hl_consume_keep_refresh(t.keep, NULL));
	assert_int_equal(0, ask(&t, "http://later.example/", false, &d));
	assert_int_equal(HL_CONSUME_CLEAR, d.what);
	world_put(t.s->w, "later.example", "/", HL_URLS_SCOPE_DOMAIN, 11);
	world_remove(t.s->w, 7);
	world_publish(t.s->w);
	assert_int_equal(0, world_follow(t.s->w, t.follower));
	assert_int_equal(0, hl_consume_keep_refresh(t.keep, NULL));
	assert_int_equal(0, ask(&t, "http://later.example/", false, &d));
	assert_int_equal(HL_CONSUME_LISTED, d.what);
	assert_int_equal(0, ask(&t, "http://domain.example/", false, &d));
	assert_int_equal(HL_CONSUME_CLEAR, d.what);

	/* frozen for longer than any entry counts: it drifts to open */
	hl_time_pretend((WORLD_NOW + 72 * 3600 + 60) * HL_US_PER_S);
	assert_int_equal(0, ask(&t, "http://later.example/", false, &d));
	assert_int_equal(HL_CONSUME_CLEAR, d.what);
	end(&t);
}

/* ---- Gathering -------------------------------------------------------- */

enum { CROWD = 48 };

struct crowd {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t n_told, n_listed, n_open;
};

static void told(
	void *arg, uint64_t id, const struct hl_consume_decision *decision)
{
	struct crowd *c = arg;

	(void)id;
	pthread_mutex_lock(&c->lock);
	c->n_told++;
	c->n_listed += decision->what == HL_CONSUME_LISTED;
	c->n_open += decision->open;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

static void put_crowd(struct hl_consume_pool *pool, struct crowd *c)
{
	for (size_t i = 0; i < CROWD; i++) {
		char url[64];
		struct hl_consume_question q = {.client = HL_STR_NONE};

		(void)snprintf(
			url, sizeof(url), "http://n%zu.crowd.example/", i);
		q.url = hl_str_c(url);
		hl_consume_pool_put(pool, &q,
			(struct hl_consume_teller){told, c, i, false});
	}
}

static void wait_waiting(struct stub *s, unsigned n)
{
	pthread_mutex_lock(&s->lock);
	while (s->n_waiting < n) {
		pthread_cond_wait(&s->changed, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
}

static void add_crowd(struct town *t)
{
	static char names[CROWD][32];

	for (size_t i = 0; i < CROWD; i++) {
		(void)snprintf(
			names[i], sizeof(names[i]), "n%zu.crowd.example", i);
		world_put(
			t->s->w, names[i], "/", HL_URLS_SCOPE_DOMAIN, 100 + i);
	}
	world_publish(t->s->w);
	assert_int_equal(0, world_follow(t->s->w, t->follower));
	assert_int_equal(0, hl_consume_keep_refresh(t->keep, NULL));
}

static void gathers(void **state)
{
	struct crowd c = {.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER};
	struct hl_consume_keep_stats stats;
	struct hl_consume_pool *pool = NULL;
	struct town t;

	(void)state;
	begin(&t, 1, 0);
	add_crowd(&t);
	struct hl_consume consume = {.judge = t.judge};
	const struct hl_consume_pool_config config = {
		.consume = &consume, .n_threads = CROWD};
	assert_int_equal(0, hl_consume_pool_new(&config, &pool, NULL));
	pthread_mutex_lock(&t.s->lock);
	t.s->is_shut = true;
	pthread_mutex_unlock(&t.s->lock);
	put_crowd(pool, &c);
	wait_waiting(t.s, 1); /* the first is asked; the others gather */
	while (atomic_load(&consume.n_confirm) < CROWD) {
		usleep(1000);
	}
	/* whoever was counted is in the queue a moment later, or in the next
	 * request: few requests in any case */
	pthread_mutex_lock(&t.s->lock);
	t.s->is_shut = false;
	pthread_cond_broadcast(&t.s->changed);
	pthread_mutex_unlock(&t.s->lock);
	hl_consume_pool_drain(pool);
	assert_int_equal(CROWD, c.n_told);
	assert_int_equal(CROWD, c.n_listed);
	assert_int_equal(0, c.n_open);
	hl_consume_keep_stats(t.keep, &stats);
	assert_int_equal(CROWD, stats.gathered);
	assert_int_equal(t.s->n_confirms, stats.requests);
	assert_in_range(stats.requests, 2, CROWD / 2);
	assert_int_equal(1, t.s->n_accepted);
	hl_consume_pool_free(pool);
	end(&t);
}

/* ---- The breaker ------------------------------------------------------ */

static void breaker(void **state)
{
	struct hl_consume_keep_stats stats;
	struct hl_consume_decision d;
	struct town t;
	char url[64];

	(void)state;
	begin(&t, 0, 600000); /* never over by itself in this test */
	add_crowd(&t);
	assert_int_equal(0, ask(&t, "http://domain.example/", false, &d));
	stub_stop(t.s);
	for (size_t i = 0; i < CROWD; i++) {
		(void)snprintf(
			url, sizeof(url), "http://n%zu.crowd.example/", i);
		assert_int_equal(HL_E_UNAVAILABLE, ask(&t, url, false, &d));
	}
	/* one tried, the others did not */
	hl_consume_keep_stats(t.keep, &stats);
	assert_int_equal(2, stats.requests);
	assert_int_equal(1, stats.failed);
	assert_int_equal(CROWD - 1, stats.at_once);
	assert_true(stats.is_open);
	/* what was confirmed is blocked all the same */
	assert_int_equal(0, ask(&t, "http://domain.example/x", false, &d));
	assert_int_equal(HL_CONSUME_LISTED, d.what);
	stub_start(t.s);
	end(&t);
}

static void closes_again(void **state)
{
	struct hl_consume_keep_stats stats;
	struct hl_consume_decision d;
	struct town t;

	(void)state;
	begin(&t, 0, 1);
	add_crowd(&t);
	stub_stop(t.s);
	assert_true(ask(&t, "http://n1.crowd.example/", false, &d) < 0);
	stub_start(t.s);
	do { /* its time is a millisecond; the machine's may be longer */
		usleep(2000);
	} while (ask(&t, "http://n1.crowd.example/", false, &d));
	assert_int_equal(HL_CONSUME_LISTED, d.what);
	hl_consume_keep_stats(t.keep, &stats);
	assert_false(stats.is_open);
	end(&t);
}

static void refusals(void **state)
{
	static const int statuses[] = {400, 401, 403, 409, 429, 500, 503, 200};
	struct town t;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(statuses); i++) {
		struct hl_consume_keep_stats stats;
		struct hl_consume_decision d;

		begin(&t, 0, 600000);
		t.s->status_confirm = statuses[i];
		if (statuses[i] == 200) { /* an answer that is none */
			t.s->status_confirm = 0;
			t.s->w->break_answer = 4;
		}
		if (ask(&t, "http://domain.example/", false, &d) >= 0) {
			fail_msg("%d: answered", statuses[i]);
		}
		hl_consume_keep_stats(t.keep, &stats);
		assert_int_equal(1, stats.requests);
		end(&t);
	}
}

static void hanging(void **state)
{
	struct hl_consume_decision d;
	struct town t;

	(void)state;
	*(&t) = (struct town){0};
	begin(&t, 1, 600000);
	hl_consume_keep_free(t.keep);
	const struct hl_consume_keep_config config = {.folder = t.s->w->folder,
		.remote = {.url = t.s->url,
			.token = HL_STR(STUB_TOKEN),
			.answer_ms = 100,
			.stop_fd = -1},
		.open_ms = 600000};
	assert_int_equal(0, hl_consume_keep_new(&config, &t.keep, NULL));
	t.judge = hl_consume_keep_judge(t.keep);
	pthread_mutex_lock(&t.s->lock);
	t.s->is_shut = true;
	pthread_mutex_unlock(&t.s->lock);
	assert_int_equal(
		HL_E_UNAVAILABLE, ask(&t, "http://domain.example/", false, &d));
	end(&t);
}

static void without_a_list(void **state)
{
	struct hl_consume_decision d;
	struct hl_consume_keep *k = NULL;
	char folder[] = "/tmp/hl-keep-XXXXXX";
	struct hl_err err = {0};

	(void)state;
	assert_non_null(mkdtemp(folder));
	const struct hl_consume_keep_config config = {.folder = folder,
		.remote = {.url = "https://hotline.example",
			.token = HL_STR(STUB_TOKEN),
			.stop_fd = -1}};
	assert_int_equal(0, hl_consume_keep_new(&config, &k, &err));
	const struct hl_consume_judge *j = hl_consume_keep_judge(k);
	/* begun, and nothing was fetched: not clear */
	d = (struct hl_consume_decision){0};
	assert_int_equal(
		0, j->check(j->arg, HL_STR("http://example.org/"), &d));
	assert_int_equal(HL_CONSUME_UNSURE, d.what);
	assert_int_equal(HL_E_UNAVAILABLE,
		j->confirm(j->arg, HL_STR("http://example.org/"), &d, &err));
	assert_non_null(strstr(err.msg, "no list was fetched yet"));
	assert_int_equal(HL_E_UNAVAILABLE, j->ready(j->arg, &err));
	hl_consume_keep_free(k);
	hl_consume_keep_free(NULL);
	rmdir(folder);
	assert_true(hl_consume_keep_new(&config, &k, &err) < 0);
	assert_null(k);
}

/* Cut off while it is answered by: nothing is listed, and that is said. */
static void cut_off(void **state)
{
	struct hl_consume_decision d;
	struct hl_err err = {0};
	char pattern[256];
	struct town t;
	glob_t found;

	(void)state;
	begin(&t, 0, 0);
	assert_int_equal(0, ask(&t, "http://domain.example/", false, &d));
	assert_int_equal(HL_CONSUME_LISTED, d.what);
	(void)snprintf(pattern, sizeof(pattern), "%s/list-*", t.s->w->folder);
	assert_int_equal(0, glob(pattern, 0, NULL, &found));
	assert_int_equal(0, truncate(found.gl_pathv[0], 0));
	globfree(&found);
	assert_true(hl_consume_keep_refresh(t.keep, NULL) < 0);
	assert_int_equal(HL_E_UNAVAILABLE, t.judge->ready(t.judge->arg, &err));
	assert_non_null(strstr(err.msg, "the list is damaged"));
	assert_int_equal(
		HL_E_UNAVAILABLE, ask(&t, "http://domain.example/", false, &d));

	/* until the follower has mended it */
	assert_true(hl_urls_refresh(t.follower, NULL) < 0);
	assert_int_equal(0, world_follow(t.s->w, t.follower));
	assert_int_equal(0, hl_consume_keep_refresh(t.keep, NULL));
	assert_int_equal(0, t.judge->ready(t.judge->arg, &err));
	assert_int_equal(0, ask(&t, "http://domain.example/", false, &d));
	assert_int_equal(HL_CONSUME_LISTED, d.what);
	end(&t);
}

/* What a proxy's program is told of the folder, which may be in any state. */
struct finding {
	struct town *t;
	bool there;
	int n;
};

static int find(
	void *arg, struct hl_consume_keep_config *out, struct hl_err *err)
{
	struct finding *f = arg;

	f->n++;
	if (!f->there) {
		return f->n > 1 ? HL_NOTFOUND
				: HL_FAIL(err, HL_E_INVALID, "chmod the token");
	}
	out->folder = f->t->s->w->folder;
	out->remote = (struct hl_consume_remote_config){.url = f->t->s->url,
		.token = HL_STR(STUB_TOKEN),
		.stop_fd = -1};
	return 0;
}

static void is_open_because(struct town *t, const char *why)
{
	struct hl_consume_keep_stats stats;
	struct hl_consume_decision d;
	struct hl_err err = {0};

	for (int any = 0; any < 2; any++) {
		d = (struct hl_consume_decision){.any = any};
		assert_int_equal(
			0, t->judge->check(t->judge->arg,
				   HL_STR("http://domain.example/"), &d));
		assert_int_equal(HL_CONSUME_UNSURE, d.what);
		assert_int_equal(any, d.any);
		assert_int_equal(HL_E_UNAVAILABLE,
			t->judge->confirm(t->judge->arg,
				HL_STR("http://domain.example/"), &d, &err));
	}
	assert_int_equal(
		HL_E_UNAVAILABLE, t->judge->ready(t->judge->arg, &err));
	if (!strstr(err.msg, why)) {
		fail_msg("\"%s\" says nothing of \"%s\"", err.msg, why);
	}
	hl_consume_keep_stats(t->keep, &stats);
	assert_int_equal(0, stats.version);
}

/* Turns eight bytes of the list around; twice is as before. */
static void damage(const struct town *t)
{
	char pattern[300], bytes[8];
	glob_t found;

	(void)snprintf(pattern, sizeof(pattern), "%s/list-*", t->s->w->folder);
	assert_int_equal(0, glob(pattern, 0, NULL, &found));
	FILE *f = fopen(found.gl_pathv[found.gl_pathc - 1], "r+be");
	globfree(&found);
	assert_non_null(f);
	assert_int_equal(0, fseek(f, 16, SEEK_SET));
	assert_int_equal(8, fread(bytes, 1, 8, f));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (char)~bytes[i];
	}
	assert_int_equal(0, fseek(f, 16, SEEK_SET));
	assert_int_equal(8, fwrite(bytes, 1, 8, f));
	assert_int_equal(0, fclose(f));
}

static void serves_in_any_state(void **state)
{
	struct hl_consume_decision d;
	struct finding f = {.t = NULL};
	struct town t;

	(void)state;
	begin(&t, 0, 0);
	hl_consume_keep_free(t.keep);
	f.t = &t;
	const struct hl_consume_keep_config config = {.find = find, .arg = &f};
	assert_int_equal(0, hl_consume_keep_new(&config, &t.keep, NULL));
	t.judge = hl_consume_keep_judge(t.keep);
	is_open_because(&t, "chmod the token");
	assert_int_equal(HL_NOTFOUND, hl_consume_keep_refresh(t.keep, NULL));
	is_open_because(&t, "chmod the token");

	damage(&t);
	f.there = true;
	assert_int_equal(HL_NOTFOUND, hl_consume_keep_refresh(t.keep, NULL));
	is_open_because(&t, "damaged");

	damage(&t);
	assert_int_equal(0, hl_consume_keep_refresh(t.keep, NULL));
	assert_int_equal(0, ask(&t, "http://domain.example/", false, &d));
	assert_int_equal(HL_CONSUME_LISTED, d.what);
	assert_int_equal(0, t.judge->ready(t.judge->arg, NULL));
	assert_int_equal(HL_NOTFOUND, hl_consume_keep_refresh(t.keep, NULL));
	end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(keeps_in_step),
		cmocka_unit_test(gathers),
		cmocka_unit_test(breaker),
		cmocka_unit_test(closes_again),
		cmocka_unit_test(refusals),
		cmocka_unit_test(hanging),
		cmocka_unit_test(without_a_list),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(serves_in_any_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
