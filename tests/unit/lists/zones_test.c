/* SPDX-License-Identifier: Apache-2.0 */
/* Zones of tier 2, from the store to what the server has. Who asks over the
 * network is tests/e2e/zones_test.py. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "town.h"

#define LATER(n) (NOW + (n)*HL_US_PER_MIN)
enum { DOMAIN = 4 };

struct sockets {
	int udp, tcp;
};

static int bound(int type, struct sockaddr_in *sa)
{
	socklen_t n = sizeof(*sa);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (bind(fd, (struct sockaddr *)sa, n) ||
		(type == SOCK_STREAM && listen(fd, 8)) ||
		getsockname(fd, (struct sockaddr *)sa, &n)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A port that is free for both. */
static struct sockets sockets(void)
{
	struct sockets s = {-1, -1};

	for (int i = 0; i < 100 && s.udp < 0; i++) {
		struct sockaddr_in sa = {.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

		s.tcp = bound(SOCK_STREAM, &sa);
		s.udp = bound(SOCK_DGRAM, &sa);
		if (s.udp < 0) {
			close(s.tcp);
		}
	}
	assert_true(s.udp >= 0);
	return s;
}

static int make_zones(
	struct town *t, struct sockets s, const char *under, struct hl_err *err)
{
	const struct hl_lists_zones_config config = {.listener = {s.udp, s.tcp},
		.under = under,
		.place = &t->keys.place,
		.stop_fd = -1};

	return hl_lists_zones_new(&config, &t->zones, err);
}

/* Ten whole domains and a canary for consumer 2, who has a zone. */
static struct sockets begin(struct town *t)
{
	struct sockets s = sockets();

	assert_int_equal(0, make_zones(t, s, "lists.example", NULL));
	town_consumer(t, 2, HL_LIST_TIER_CLEAR, HL_LIST_STAGE_REST);
	town_tsig(t, 2, "127.0.0.1:5300");
	town_entries(t, 1, 12);
	town_canary(t, 90, 2);
	town_canary(t, 91, 1);
	town_sql(t, "UPDATE list_entry SET scope = %d WHERE id <= 10", DOMAIN);
	town_look(t, NOW);
	return s;
}

static void end(struct town *t, struct sockets s)
{
	town_close(t);
	hl_lists_zones_free(t->zones);
	t->zones = NULL;
	town_open(t);
	close(s.udp);
	close(s.tcp);
}

static struct hl_rpz_zone_stats stats(struct town *t, int want)
{
	struct hl_rpz_zone_stats out = {0};

	assert_int_equal(want, hl_lists_zones_stats(t->zones, 2, &out));
	return out;
}

static int64_t version(struct town *t)
{
	return town_count(t,
		"SELECT coalesce(max(version), 0) FROM list_version WHERE "
		"consumer_id = 2");
}

static void whole_domains_and_own_canaries_by_stage(void **state)
{
	struct town *t = *state;

	t->stage_minutes = 30;
	struct sockets s = begin(t);
	assert_int_equal(1, stats(t, 0).n_names); /* its canary */
	assert_int_equal(NOW / HL_US_PER_S, stats(t, 0).serial);
	town_look(t, LATER(31));
	assert_int_equal(11, stats(t, 0).n_names);
	assert_int_equal(LATER(31) / HL_US_PER_S, stats(t, 0).serial);
	assert_int_equal(version(t), stats(t, 0).serial);
	end(t, s);
}

static void differences_over_restarts(void **state)
{
	struct town *t = *state;
	struct sockets s = begin(t);

	/* each change is another publisher; then another server, too */
	town_sql(t,
		"UPDATE list_entry SET state = 5, ended_by = 1, ended_why = 2, "
		"place_sealed = x'' WHERE id = 3");
	town_look(t, LATER(1));
	assert_int_equal(10, stats(t, 0).n_names);
	assert_int_equal(1, stats(t, 0).n_deltas);
	end(t, s);
	s = sockets();
	assert_int_equal(0, make_zones(t, s, "lists.example", NULL));
	town_entry(t, 20, 1, NOW);
	town_sql(t, "UPDATE list_entry SET scope = 4 WHERE id = 20");
	town_look(t, LATER(2));
	assert_int_equal(11, stats(t, 0).n_names);
	assert_int_equal(1, stats(t, 0).n_deltas);
	/* nothing new is no version, however often it starts */
	int64_t last = version(t);
	end(t, s);
	s = sockets();
	assert_int_equal(0, make_zones(t, s, "lists.example", NULL));
	town_close(t);
	town_open(t);
	town_look(t, LATER(3));
	assert_int_equal(last, version(t));
	assert_int_equal(last, stats(t, 0).serial);
	assert_int_equal(11, stats(t, 0).n_names);
	/* a clock that was set back */
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 1, ended_why "
		    "= 2, place_sealed = x'' WHERE id = 4");
	town_look(t, LATER(-60));
	assert_int_equal(last + 1, version(t));
	end(t, s);
}

/* Lists and zones of a consumer are on one scale, each above what was. */
static void another_tier_and_back(void **state)
{
	struct town *t = *state;
	struct hl_urls_manifest one, two;

	town_entries(t, 101, 103);
	town_look(t, LATER(-2));
	town_manifest(t, 1, &one);
	assert_int_equal(LATER(-2) / HL_US_PER_S, one.version);
	town_sql(t, "UPDATE list_consumer SET tier = 2 WHERE id = 1");
	town_tsig(t, 1, "");
	struct sockets s = begin(t);
	assert_int_equal(NOW / HL_US_PER_S,
		town_count(t, "SELECT max(version) FROM list_version WHERE "
			      "consumer_id = 1"));
	end(t, s);
	town_sql(t, "UPDATE list_consumer SET tier = 1 WHERE id = 1");
	town_look(t, LATER(1));
	town_manifest(t, 1, &two);
	assert_int_equal(LATER(1) / HL_US_PER_S, two.version);
	assert_int_equal(two.made, two.version);
	assert_true(town_lists(t, 1, "h103.example", NULL));
}

static void halted_and_held(void **state)
{
	struct town *t = *state;
	struct sockets s = begin(t);

	town_sql(t, "UPDATE list_head SET halted_by = 1");
	town_entry(t, 20, 1, NOW);
	town_sql(t, "UPDATE list_entry SET scope = 4 WHERE id = 20");
	town_look(t, LATER(1));
	assert_int_equal(11, stats(t, 0).n_names);
	assert_true(stats(t, 0).has_set);
	end(t, s);
}

static void nobody_vouches(void **state)
{
	struct town *t = *state;
	struct sockets s = begin(t);
	int64_t mono = hl_time_mono_us();

	hl_lists_zones_sweep(t->zones, mono + 50 * HL_US_PER_MIN);
	assert_true(stats(t, 0).has_set);
	hl_lists_zones_sweep(t->zones, mono + 61 * HL_US_PER_MIN);
	assert_false(stats(t, 0).has_set);
	town_look(t, LATER(1));
	assert_true(stats(t, 0).has_set);
	assert_int_equal(11, stats(t, 0).n_names);
	end(t, s);
}

static void withdrawn_and_given_another_key(void **state)
{
	struct town *t = *state;
	struct sockets s = begin(t);

	town_tsig(t, 2, "");
	town_look(t, LATER(1));
	assert_int_equal(11, stats(t, 0).n_names);
	town_sql(t, "UPDATE list_consumer SET tsig_sealed = x'00' WHERE id = "
		    "2");
	town_look(t, LATER(2));
	stats(t, HL_NOTFOUND);
	town_tsig(t, 2, "no address\n127.0.0.1:1");
	town_look(t, LATER(3));
	stats(t, 0);
	town_sql(t, "UPDATE list_consumer SET tier = 1 WHERE id = 2");
	town_look(t, LATER(4));
	stats(t, HL_NOTFOUND);
	struct hl_urls_manifest m;
	town_manifest(t, 2, &m);
	assert_int_equal(13, m.rows);
	town_sql(t, "UPDATE list_consumer SET tier = 2, state = 4 WHERE id = "
		    "2");
	town_look(t, LATER(5));
	stats(t, HL_NOTFOUND);
	end(t, s);
}

static void names_that_no_zone_can_be_under(void **state)
{
	static const char *const names[] = {
		"", ".", "a..b", "sp ace.example", ".example"};
	struct town *t = *state;
	struct sockets s = sockets();

	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		struct hl_err err = {0};

		if (make_zones(t, s, names[i], &err) != HL_E_INVALID ||
			!strstr(err.msg, "lists.rpz_zone")) {
			fail_msg("\"%s\": %s", names[i], err.msg);
		}
	}
	assert_null(t->zones);
	close(s.udp);
	close(s.tcp);
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, town_make, town_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(whole_domains_and_own_canaries_by_stage),
		STORY(differences_over_restarts),
		STORY(another_tier_and_back),
		STORY(halted_and_held),
		STORY(nobody_vouches),
		STORY(withdrawn_and_given_another_key),
		STORY(names_that_no_zone_can_be_under),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
