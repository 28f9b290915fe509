/* SPDX-License-Identifier: Apache-2.0 */
/* A list is taken, kept in step, and not taken when anything is wrong with
 * it; counters arrive once. Against a stub of the hotline's HTTP. */
#include "consume/follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "town.h"

static void steps(void **state)
{
	struct town t;

	(void)state;
	town_begin(&t, false);
	assert_int_equal(HL_CONSUME_EMPTY, town_alarm(&t));
	assert_int_equal(0, town_round(&t));
	assert_int_equal(1, town_version(&t));
	assert_int_equal(1, t.s->n_lists);
	assert_in_range(t.pause_s, 300, 330);
	assert_int_equal(HL_CONSUME_FINE, town_alarm(&t));

	/* nothing new: one question, no answer's body */
	assert_int_equal(0, town_round(&t));
	assert_int_equal(1, t.s->n_unchanged);
	assert_in_range(t.pause_s, 300, 330);

	world_put(t.s->w, "another.example", "/", HL_URLS_SCOPE_DOMAIN, 8);
	world_publish(t.s->w);
	assert_int_equal(0, town_round(&t));
	assert_int_equal(2, town_version(&t));
	assert_int_equal(1, t.s->n_deltas);
	assert_int_equal(1, t.s->n_lists);

	/* a new day: other keys, the whole list */
	world_epoch(t.s->w, t.s->w->head.epoch + 1);
	world_publish(t.s->w);
	assert_int_equal(0, town_round(&t));
	assert_int_equal(3, town_version(&t));
	assert_int_equal(2, t.s->n_lists);
	town_end(&t);
}

/* As hotlines say it: what is taken off is open within a minute. */
static void asks_within_a_minute(void **state)
{
	struct town t;

	(void)state;
	town_begin(&t, false);
	t.s->w->manifest.wait_s = 45;
	world_sign(t.s->w);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(0, town_round(&t));
		assert_in_range(t.pause_s, 45, 49);
	}
	town_end(&t);
}

static void delta_that_does_not_fit(void **state)
{
	struct town t;

	(void)state;
	town_begin(&t, false);
	assert_int_equal(0, town_round(&t));
	world_put(t.s->w, "another.example", "/", HL_URLS_SCOPE_DOMAIN, 8);
	world_publish(t.s->w);
	t.s->spoil_delta = true;
	assert_int_equal(0, town_round(&t));
	assert_int_equal(2, town_version(&t));
	assert_int_equal(1, t.s->n_deltas);
	assert_int_equal(2, t.s->n_lists);
	assert_int_equal(HL_CONSUME_FINE, town_alarm(&t));
	town_end(&t);
}

static void new_root(struct town *t, unsigned signers)
{
	struct world *w = t->s->w;

	w->root.version++;
	memcpy(w->root.online, w->key[8], sizeof(w->key[8]));
	world_sign_root(w, signers);
	stub_root(t->s);
	w->signers[0] = 1u << 8;
}

static void roots(void **state)
{
	struct town t;

	(void)state;
	town_begin(&t, false);
	assert_int_equal(0, town_round(&t));
	new_root(&t, 3);
	world_publish(t.s->w);
	assert_int_equal(0, town_round(&t));
	assert_int_equal(2, world_stats(t.s->w, t.list).root);
	assert_int_equal(2, town_version(&t));

	/* the next has one signature of two: no list under it is taken */
	t.s->w->signers[0] = 1u << 8;
	new_root(&t, 1);
	world_publish(t.s->w);
	assert_true(town_round(&t) < 0);
	assert_int_equal(HL_CONSUME_FORGED, town_alarm(&t));
	assert_int_equal(2, world_stats(t.s->w, t.list).root);
	assert_int_equal(2, town_version(&t));
	town_end(&t);
}

/* ---- What goes wrong -------------------------------------------------- */

#define GONE                                                                \
	"{\"type\":\"urn:openhotline:lists:gone\",\"title\":\"Not Found\"," \
	"\"status\":404}\n"

static void token(struct town *t)
{
	t->s->status = 401;
}
static void revoked(struct town *t)
{
	t->s->status = 403;
}
static void busy(struct town *t)
{
	t->s->status = 503;
	t->s->retry_s = 900;
}
static void redirected(struct town *t)
{
	t->s->status = 302;
}
static void no_list(struct town *t)
{
	t->s->status = 404;
	t->s->body = GONE;
}
static void something_else(struct town *t)
{
	t->s->status = 404;
}
static void mixed_up(struct town *t)
{
	world_publish(t->s->w);
	t->s->w->manifest.consumer++;
	world_sign(t->s->w);
}
static void unreachable(struct town *t)
{
	stub_stop(t->s);
}
static void forged(struct town *t)
{
	t->s->w->signers[0] = 1u << 9;
	world_publish(t->s->w);
}
static void spoilt(struct town *t)
{
	world_epoch(t->s->w, t->s->w->head.epoch + 1);
	world_publish(t->s->w);
	t->s->spoil_list = true;
}
static void rolled_back(struct town *t)
{
	t->s->w->manifest.version = 1;
	t->s->w->manifest.n_deltas = 0;
	memset(t->s->w->manifest.previous, 0, HL_URLS_DIGEST);
	t->s->w->manifest.made -= 60;
	t->s->w->manifest.expires -= 60;
	world_sign(t->s->w);
}
static void forward(struct town *t)
{
	t->s->w->head.version = (uint64_t)t->s->w->now + 2000000;
	world_publish(t->s->w);
}
static void expired(struct town *t)
{
	world_publish(t->s->w);
	t->s->w->manifest.made -= 90000;
	t->s->w->manifest.expires = WORLD_NOW - 3600;
	world_sign(t->s->w);
}
static void ahead(struct town *t)
{
	t->s->w->now += 3600;
	world_publish(t->s->w);
}
static void canon(struct town *t)
{
	t->s->w->head.canon = 2;
	world_publish(t->s->w);
}
static void malformed(struct town *t)
{
	world_publish(t->s->w);
	t->s->w->manifest_text.p[3] = '\n';
	t->s->w->digest[0] ^= 1;
}
static void huge(struct town *t)
{
	world_publish(t->s->w);
	t->s->w->manifest_text.max = 80000;
	while (t->s->w->manifest_text.n < 70000) {
		hl_buf_put(&t->s->w->manifest_text, HL_STR("x 1\n"));
	}
}
static void frozen(struct town *t)
{
	hl_time_pretend((WORLD_NOW + 86401) * HL_US_PER_S);
	(void)t;
}
static void root_expired(struct town *t)
{
	/* the list's manifest is young, its root is not */
	hl_time_pretend((WORLD_NOW + 366 * 86400) * HL_US_PER_S);
	t->s->w->now = WORLD_NOW + 366 * 86400;
	world_publish(t->s->w);
}

static const struct {
	const char *name;
	void (*go_wrong)(struct town *t);
	enum hl_consume_alarm alarm;
	uint32_t least, most; /* pause */
} wrongs[] = {
	{"token", token, HL_CONSUME_TOKEN, 5, 7},
	{"revoked", revoked, HL_CONSUME_REVOKED, 5, 7},
	{"busy", busy, HL_CONSUME_UNREACHABLE, 900, 1125},
	{"redirected", redirected, HL_CONSUME_UNREACHABLE, 5, 7},
	{"no list", no_list, HL_CONSUME_NO_LIST, 300, 330},
	{"something else", something_else, HL_CONSUME_UNREACHABLE, 5, 7},
	{"mixed up", mixed_up, HL_CONSUME_OTHER, 5, 7},
	{"unreachable", unreachable, HL_CONSUME_UNREACHABLE, 5, 7},
	{"forged", forged, HL_CONSUME_FORGED, 5, 7},
	{"spoilt", spoilt, HL_CONSUME_FORGED, 5, 7},
	{"rolled back", rolled_back, HL_CONSUME_ROLLBACK, 5, 7},
	{"forward", forward, HL_CONSUME_FORWARD, 5, 7},
	{"expired", expired, HL_CONSUME_FROZEN, 5, 7},
	{"ahead", ahead, HL_CONSUME_CLOCK, 5, 7},
	{"canon", canon, HL_CONSUME_CANON, 5, 7},
	{"malformed", malformed, HL_CONSUME_FORM, 5, 7},
	{"huge", huge, HL_CONSUME_FORM, 5, 7},
	{"frozen", frozen, HL_CONSUME_FROZEN, 5, 7},
	{"root expired", root_expired, HL_CONSUME_ROOT, 5, 7},
};

static void wrong(size_t i)
{
	HL_BUF_AUTO status = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
	struct hl_consume_standing s;
	struct town t;

	town_begin(&t, false);
	assert_int_equal(0, town_round(&t));
	world_publish(t.s->w);
	assert_int_equal(0, town_round(&t));
	wrongs[i].go_wrong(&t);
	if (town_round(&t) >= 0 || town_alarm(&t) != wrongs[i].alarm) {
		fail_msg("%s: %s: %s", wrongs[i].name,
			hl_consume_alarm_name(town_alarm(&t)), t.err.msg);
	}
	if (town_version(&t) != 2 || t.pause_s < wrongs[i].least ||
		t.pause_s > wrongs[i].most) {
		fail_msg("%s: version %llu, pause %u", wrongs[i].name,
			(unsigned long long)town_version(&t), t.pause_s);
	}
	/* no address in what is logged */
	assert_null(strstr(t.err.msg, "blocked.example"));
	/* and it is in the file */
	assert_int_equal(0, hl_file_read(t.status, &status, NULL));
	assert_int_equal(
		0, hl_consume_standing_parse(hl_buf_str(&status), &s, NULL));
	assert_int_equal(wrongs[i].alarm, s.alarm);
	assert_int_equal(2, s.version);
	assert_int_equal(1, s.faults);
	/* later and later */
	assert_true(town_round(&t) < 0);
	if (wrongs[i].least == 5) {
		assert_in_range(t.pause_s, 10, 13);
	}
	if (wrongs[i].go_wrong == unreachable) {
		stub_start(t.s);
	}
	town_end(&t);
}

static void all_wrongs(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(wrongs); i++) {
		wrong(i);
	}
}

static void recovers(void **state)
{
	struct town t;

	(void)state;
	town_begin(&t, false);
	t.s->status = 503;
	for (int i = 0; i < 12; i++) {
		assert_true(town_round(&t) < 0);
	}
	assert_in_range(t.pause_s, 300, 375);
	t.s->status = 0;
	assert_int_equal(0, town_round(&t));
	assert_int_equal(1, town_version(&t));
	assert_int_equal(HL_CONSUME_FINE, town_alarm(&t));
	t.s->status = 503;
	assert_true(town_round(&t) < 0);
	assert_in_range(t.pause_s, 5, 7);
	town_end(&t);
}

static enum hl_consume_grade told_of(
	struct town *t, int64_t later_s, const char *words)
{
	HL_BUF_AUTO out = HL_BUF_INIT(HL_CONSUME_STANDING_MAX * 2);
	struct hl_consume_standing s;

	hl_consume_follow_standing(t->follow, &s);
	s.at = WORLD_NOW + later_s;
	enum hl_consume_grade grade = hl_consume_standing_print(&s, s.at, &out);
	hl_buf_put_c(&out, '\0');
	if (!strstr(out.p, words)) {
		fail_msg("%s", out.p);
	}
	return grade;
}

/* The hotline answers: no network is to be looked for. */
static void no_list_yet(void **state)
{
	struct town t;

	(void)state;
	town_begin(&t, false);
	no_list(&t);
	for (int i = 0; i < 5; i++) { /* no later and later: it comes soon */
		assert_true(town_round(&t) < 0);
		assert_in_range(t.pause_s, 30, 60);
	}
	assert_int_equal(HL_CONSUME_WARNING,
		told_of(&t, 0, "LIST WARNING - no list: the hotline answers"));
	assert_int_equal(HL_CONSUME_WARNING,
		told_of(&t, 7201, "tier 2 takes its zone by DNS"));
	t.s->status = 0;
	assert_int_equal(0, town_round(&t));
	assert_int_equal(HL_CONSUME_FINE, town_alarm(&t));
	/* and if there was one, somebody should ask why */
	no_list(&t);
	assert_true(town_round(&t) < 0);
	assert_int_equal(
		HL_CONSUME_WARNING, told_of(&t, 7200, "stays in force"));
	assert_int_equal(
		HL_CONSUME_CRITICAL, told_of(&t, 7201, "call the hotline"));
	town_end(&t);
}

/* ---- Counters --------------------------------------------------------- */

static enum hl_consume_grade grade_at(
	struct town *t, int64_t later_s, bool says_in_force)
{
	HL_BUF_AUTO out = HL_BUF_INIT(HL_CONSUME_STANDING_MAX * 2);
	struct hl_consume_standing s;

	hl_consume_follow_standing(t->follow, &s);
	assert_int_equal(HL_CONSUME_UNREACHABLE, s.alarm);
	s.at = WORLD_NOW + later_s;
	enum hl_consume_grade grade = hl_consume_standing_print(&s, s.at, &out);
	hl_buf_put_c(&out, '\0');
	assert_int_equal(says_in_force, strstr(out.p, "in force") != NULL);
	assert_int_equal(
		!says_in_force, strstr(out.p, "nothing is blocked") != NULL);
	return grade;
}

/* A restart is no reason for an alarm, nor a fresh folder. */
static void silence_is_counted_on(void **state)
{
	struct town t;

	(void)state;
	town_begin(&t, false);
	stub_stop(t.s);
	assert_true(hl_consume_follow_round(t.follow, &t.pause_s, &t.err) < 0);
	assert_int_equal(HL_CONSUME_WARNING, grade_at(&t, 7200, false));
	assert_int_equal(HL_CONSUME_CRITICAL, grade_at(&t, 7201, false));

	stub_start(t.s);
	assert_int_equal(
		0, hl_consume_follow_round(t.follow, &t.pause_s, &t.err));
	stub_stop(t.s);
	hl_time_pretend((WORLD_NOW + 3600) * HL_US_PER_S);
	town_start_again(&t);
	assert_true(hl_consume_follow_round(t.follow, &t.pause_s, &t.err) < 0);
	assert_int_equal(HL_CONSUME_WARNING, grade_at(&t, 7200, true));
	assert_int_equal(HL_CONSUME_CRITICAL, grade_at(&t, 7201, true));

	/* a clock that was set back */
	hl_time_pretend((WORLD_NOW - 60) * HL_US_PER_S);
	town_start_again(&t);
	assert_true(hl_consume_follow_round(t.follow, &t.pause_s, &t.err) < 0);
	assert_int_equal(HL_CONSUME_WARNING, grade_at(&t, 7140, true));
	hl_time_pretend(0);
	stub_start(t.s);
	town_end(&t);
}

static void count_hour(struct town *t, int hour, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		hl_tally_add(t->tally, 7, HL_STR_NONE);
	}
	assert_int_equal(0,
		hl_tally_tick(t->tally,
			(WORLD_NOW + 3600 * (hour + 1)) * HL_US_PER_S, NULL));
}

static size_t waiting(struct town *t)
{
	struct hl_tally_now now;

	hl_tally_now(t->tally, &now);
	return now.n_waiting;
}

static void counters(void **state)
{
	struct town t;

	(void)state;
	town_begin(&t, true);
	assert_int_equal(0, town_round(&t));
	assert_int_equal(0, t.s->n_told);

	count_hour(&t, 0, 3);
	assert_int_equal(0, town_round(&t));
	assert_int_equal(1, t.s->n_told);
	assert_non_null(strstr(t.s->told.p, "\nhits 3\n"));
	assert_int_equal(0, waiting(&t));
	assert_int_equal(0, town_round(&t));
	assert_int_equal(1, t.s->n_told);

	/* not taken: they wait, in their order, and arrive once */
	t.s->status_tell = 503;
	count_hour(&t, 1, 4);
	count_hour(&t, 2, 5);
	assert_int_equal(0, town_round(&t));
	assert_int_equal(2, t.s->n_told);
	assert_int_equal(2, waiting(&t));
	assert_non_null(strstr(t.s->told.p, "\nhits 4\n"));
	t.s->status_tell = 0;
	assert_int_equal(0, town_round(&t));
	assert_int_equal(4, t.s->n_told);
	assert_non_null(strstr(t.s->told.p, "\nhits 5\n"));
	assert_int_equal(0, waiting(&t));

	/* the hotline has another record of this hour: it is dropped */
	t.s->status_tell = 409;
	count_hour(&t, 3, 1);
	assert_int_equal(0, town_round(&t));
	assert_int_equal(0, waiting(&t));
	assert_int_equal(HL_CONSUME_FINE, town_alarm(&t));

	/* refused: it waits, and somebody is told */
	t.s->status_tell = 400;
	count_hour(&t, 4, 1);
	assert_int_equal(0, town_round(&t));
	assert_int_equal(1, waiting(&t));
	assert_int_equal(HL_CONSUME_COUNTERS, town_alarm(&t));
	t.s->status_tell = 0;
	assert_int_equal(0, town_round(&t));
	assert_int_equal(0, waiting(&t));
	assert_int_equal(HL_CONSUME_FINE, town_alarm(&t));

	/* cut off for so long that the hotline would refuse it for ever */
	unsigned n_told = t.s->n_told;
	t.s->status_tell = 503;
	count_hour(&t, 5, 1);
	count_hour(&t, 28, 0);
	count_hour(&t, 29, 2);
	assert_int_equal(0, town_round(&t));
	assert_int_equal(3, waiting(&t));
	hl_time_pretend((WORLD_NOW + 90 * 86400 + 10 * 3600) * HL_US_PER_S);
	t.s->status_tell = 0;
	(void)town_round(&t);
	assert_int_equal(0, waiting(&t));
	assert_int_equal(n_told + 2, t.s->n_told);
	assert_non_null(strstr(t.s->told.p, "\nhits 2\n"));
	town_end(&t);
}

/* ---- The loop --------------------------------------------------------- */

struct looping {
	struct town t;
	struct hl_consume_follow_loop loop;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ready;
	unsigned n_over;
};

static void say_ready(void *arg)
{
	struct looping *l = arg;

	pthread_mutex_lock(&l->lock);
	l->ready = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

/* After the second round. */
static bool is_over(void *arg)
{
	struct looping *l = arg;

	return ++l->n_over == 2;
}

static void *loop(void *arg)
{
	struct looping *l = arg;

	hl_consume_follow_run(l->t.follow, &l->loop);
	return NULL;
}

static void loops(void **state)
{
	struct looping l = {.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER};
	uint64_t one = 1;
	pthread_t thread;

	(void)state;
	town_begin(&l.t, false);
	l.loop = (struct hl_consume_follow_loop){eventfd(0, 0),
		{eventfd(0, EFD_NONBLOCK), -1}, say_ready, NULL, &l};
	assert_int_equal(0, pthread_create(&thread, NULL, loop, &l));
	pthread_mutex_lock(&l.lock);
	while (!l.ready) {
		pthread_cond_wait(&l.changed, &l.lock);
	}
	pthread_mutex_unlock(&l.lock);

	/* woken: asks again, though not at once */
	assert_int_equal(8, write(l.loop.wake_fds[0], &one, 8));
	unsigned n = 0;
	while (n < 2) {
		usleep(20000);
		pthread_mutex_lock(&l.t.s->lock);
		n = l.t.s->n_manifests;
		pthread_mutex_unlock(&l.t.s->lock);
	}
	assert_int_equal(8, write(l.loop.stop_fd, &one, 8));
	pthread_join(thread, NULL);
	assert_int_equal(1, town_version(&l.t));
	close(l.loop.stop_fd);
	close(l.loop.wake_fds[0]);
	town_end(&l.t);
}

/* What it was set up with has changed: it ends by itself. */
static void ends(void **state)
{
	struct looping l = {.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER};
	uint64_t one = 1;

	(void)state;
	town_begin(&l.t, false);
	l.loop = (struct hl_consume_follow_loop){.stop_fd = eventfd(0, 0),
		.wake_fds = {eventfd(0, EFD_NONBLOCK), -1},
		.is_over = is_over,
		.arg = &l};
	l.n_over = 1;
	assert_int_equal(8, write(l.loop.wake_fds[0], &one, 8));
	(void)loop(&l);
	assert_int_equal(2, l.n_over);
	assert_int_equal(1, town_version(&l.t));
	close(l.loop.stop_fd);
	close(l.loop.wake_fds[0]);
	town_end(&l.t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps),
		cmocka_unit_test(asks_within_a_minute),
		cmocka_unit_test(delta_that_does_not_fit),
		cmocka_unit_test(roots),
		cmocka_unit_test(all_wrongs),
		cmocka_unit_test(recovers),
		cmocka_unit_test(no_list_yet),
		cmocka_unit_test(silence_is_counted_on),
		cmocka_unit_test(counters),
		cmocka_unit_test(loops),
		cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
