/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thing at a time put wrong in an installation in which all is well:
 * doctor has to name that thing, and nothing in the sound one. Run by
 * tests/fixtures/geo.py and dns.py, whose data it uses.
 */
#include "installation.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sqlite3.h>

#include "accounts/apikey.h"
#include "base/file.h"
#include "base/json.h"
#include "base/time.h"
#include "seal/keyfile.h"
#include "seal/listkey.h"
#include "seal/sign.h"
#include "store/sql.h"

static void nothing(struct fixture *f)
{
	(void)f;
}

static void unnamed(struct fixture *f)
{
	set(f, "operator.name", "");
}

static void nobody_known(struct fixture *f)
{
	set(f, "public.peer_header", "");
}

static void no_limit(struct fixture *f)
{
	nobody_known(f);
	set(f, "report.rate_limit", "0");
}

static void open_desk(struct fixture *f)
{
	set(f, "staff.listen", "0.0.0.0:8081");
}

static void in_the_clear(struct fixture *f)
{
	set(f, "mail.production", "no");
	set(f, "public.url", "http://hotline.example.org");
}

static void clear_production(struct fixture *f)
{
	set(f, "public.url", "http://hotline.example.org");
}

static void url_of_this_host(struct fixture *f)
{
	set(f, "public.url", "http://127.0.0.1:8080");
}

static void url_of_nobody(struct fixture *f)
{
	set(f, "staff.url", "http://127.0.0.1:8082");
}

static void private_nets(struct fixture *f)
{
	set(f, "mail.production", "no");
	set(f, "egress.allow_private_for_tests", "127.0.0.0/8");
}

static void no_mail(struct fixture *f)
{
	set(f, "mail.production", "no");
	set(f, "mail.transport", "none");
}

static void test_mail(struct fixture *f)
{
	set(f, "mail.production", "no");
}

static void mail_folder(struct fixture *f)
{
	set(f, "mail.transport", "folder");
}

static void no_password(struct fixture *f)
{
	set(f, "mail.smtp.password_file", "password");
}

static void open_password(struct fixture *f)
{
	set(f, "mail.smtp.password_file", "password");
	write_file(f, "password", "invented\n");
	chmod(in_dir(f, "password"), 0640);
}

static void open_folder(struct fixture *f)
{
	chmod(f->dir, 0755);
}

static void open_key(struct fixture *f)
{
	chmod(in_dir(f, "keys/worker.key"), 0644);
}

static void no_sign_key(struct fixture *f)
{
	unlink(in_dir(f, "keys/sign.key"));
}

static void torn_key(struct fixture *f)
{
	write_file(f, "keys/worker.key", "OpenHotline secret key 1\n");
}

static void other_worker(struct fixture *f)
{
	struct hl_seal_pub pub;

	unlink(in_dir(f, "keys/worker.key"));
	assert_int_equal(0, hl_seal_worker_create(
				    in_dir(f, "keys/worker.key"), &pub, NULL));
}

static void other_pub(struct fixture *f)
{
	write_file(f, "keys/sign.pub", "openhotline-ed25519 AAAA\n");
}

static void no_law(struct fixture *f)
{
	set(f, "law.national", "xx");
}

static void a_year_later(struct fixture *f)
{
	hl_time_pretend(TODAY + 400 * HL_US_PER_DAY);
}

static void no_geo(struct fixture *f)
{
	set(f, "trace.geo.paths", "/nowhere/at/all");
}

static void no_store(struct fixture *f)
{
	close_store(f);
	unlink(in_dir(f, "hotline.db"));
}

static void no_database(struct fixture *f)
{
	close_store(f);
	write_file(f, "hotline.db", "these are words, no database at all\n");
}

static void old_schema(struct fixture *f)
{
	exec(f, "DELETE FROM schema_step");
}

static void new_schema(struct fixture *f)
{
	exec(f, "INSERT INTO schema_step VALUES (9999, 'x', 'y', 1)");
}

static void other_schema(struct fixture *f)
{
	exec(f, "UPDATE schema_step SET checksum = printf('%064d', 7)");
}

static void no_epoch(struct fixture *f)
{
	exec(f, "DELETE FROM key_epoch WHERE kind = 2");
}

static void no_grant(struct fixture *f)
{
	add_user(f, "nora", HL_ROLE_ANALYST, false);
}

/* As after a reset of whoever was the last to hold it. */
static void no_holder(struct fixture *f)
{
	exec(f, "DELETE FROM key_share");
}

static void no_identity(struct fixture *f)
{
	exec(f, "DELETE FROM key_share WHERE kind = 2");
}

static void one_judge(struct fixture *f)
{
	assert_int_equal(0, hl_accounts_change(&f->host, f->vera,
				    &(struct hl_accounts_standing){
					    HL_ROLE_VERIFIER, false, false},
				    NULL, NULL));
}

static void old_epoch(struct fixture *f)
{
	one_judge(f);
	exec(f, "DELETE FROM key_share WHERE kind = 1 AND epoch = 1");
}

static void one_for_both(struct fixture *f)
{
	exec(f, "UPDATE staff SET active = 0 WHERE login = 'anna';"
		"UPDATE staff SET roles = 3 WHERE login = 'vera'");
}

static void no_third(struct fixture *f)
{
	exec(f, "UPDATE staff SET active = 0 WHERE login = 'stine';"
		"UPDATE staff SET roles = 5 WHERE login = 'sofie';"
		"UPDATE staff SET active = 0 WHERE login = 'anna'");
}

static void one_supervisor(struct fixture *f)
{
	exec(f, "UPDATE staff SET active = 0 WHERE login = 'stine'");
}

static void no_supervisor(struct fixture *f)
{
	exec(f, "UPDATE staff SET active = 0 WHERE roles = 4");
}

static void given_up(struct fixture *f)
{
	exec(f, "PRAGMA foreign_keys=OFF;"
		"INSERT INTO outbox VALUES (1, 1, 1, 3, 9, 0, 0, 0, 0),"
		"(2, 1, 1, 3, 9, 0, 0, 0, 0), (3, 1, 1, 2, 1, 0, 0, 0, 0)");
}

static void unshared(struct fixture *f)
{
	exec(f, "PRAGMA foreign_keys=OFF;"
		"INSERT INTO cases VALUES (1, 9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, "
		"0, 0, 0, 0, 0, 0, 0);"
		"INSERT INTO item VALUES (2, 1, x'01', x'01', 1, 1, 1, x'01', "
		"x'', 1, 1, 0, 0, 1, 1, 0, 0, '', 0, '', 0, 0, 0, 0, 0);"
		"INSERT INTO watch VALUES (2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
		"0, 0, 1, 0, 1)");
}

static void watch_unshared(struct fixture *f)
{
	set(f, "watch.enabled", "yes");
	unshared(f);
}

static void an_hour_ago(struct fixture *f)
{
	hl_time_pretend(TODAY - HL_US_PER_HOUR);
}

static void in_1970(struct fixture *f)
{
	hl_time_pretend(HL_US_PER_DAY);
}

static void open_api(struct fixture *f)
{
	set(f, "api.listen", "0.0.0.0:8083");
}

static void api(struct fixture *f)
{
	set(f, "api.listen", "127.0.0.1:8083");
}

/* Lists could be published: what else is missing? */
static void root_alone(struct fixture *f)
{
	struct hl_seal_pub place;
	int n_made;

	assert_int_equal(0,
		hl_seal_list_create(in_dir(f, "keys"), &place, &n_made, NULL));
	set(f, "lists.listen", "127.0.0.1:8083");
	exec(f, "INSERT INTO meta VALUES ('lists.root.1', 'x')");
}

static void no_consumer(struct fixture *f)
{
	root_alone(f);
	set(f, "lists.canary_domain", "birds.example.org");
	set(f, "lists.url", "https://lists.example.org");
}

static void little_memory(struct fixture *f)
{
	api(f);
	set(f, "api.picture_memory_mib", "399");
}

static void little_for_nobody(struct fixture *f)
{
	little_memory(f);
	set(f, "api.pictures", "no");
}

static void key_until(struct fixture *f, int days)
{
	struct hl_accounts_apikey key = {.name = HL_STR("Example platform"),
		.scopes = HL_API_MATCH,
		.rate = 1,
		.expires_at_us = TODAY + days * HL_US_PER_DAY};
	char text[HL_ACCOUNTS_KEY_TEXT];

	hl_time_pretend(TODAY);
	assert_int_equal(
		0, hl_accounts_apikey_create(&f->host, &key, text, NULL));
	api(f);
}

static void key_ends_soon(struct fixture *f)
{
	key_until(f, 13);
}

static void key_ends_later(struct fixture *f)
{
	key_until(f, 15);
}

static void by_dns(struct fixture *f)
{
	exec(f, "INSERT INTO list_consumer VALUES (5, 'C', '', 2, 1, 2, 1, "
		"x'05', x'', 9, '', '', x'', '', 1, 1, 2, 1, 0, 0, 0)");
}

static void by_dns_no_more(struct fixture *f)
{
	by_dns(f);
	exec(f, "UPDATE list_consumer SET state = 4");
}

static void by_dns_that_listens(struct fixture *f)
{
	by_dns(f);
	set(f, "lists.rpz_listen", "127.0.0.1:8053");
	set(f, "lists.rpz_zone", "list.example.org");
}

static void index_there(struct fixture *f)
{
	assert_int_equal(0, mkdir(in_dir(f, "match"), 0700));
	write_file(f, "match/current", "1\n");
}

static const struct {
	const char *name;
	void (*change)(struct fixture *f);
	const char *says;         /* words of a line */
	int n_errors, n_warnings; /* at least; -1 stands for none at all */
} rows[] = {
	{"all well", nothing, "There are enough people for every step.", -1,
		-1},
	{"fingerprints", nothing, "Public keys: queue ", -1, -1},
	{"watch off", nothing, "watch.enabled is no", -1, -1},
	{"no operator", unnamed, "operator.name is not set", -1, 1},
	{"no visitor is known", nobody_known, "holds back nobody", -1, 1},
	{"no limit is wanted", no_limit, "hotline.conf in", -1, -1},
	{"open desk", open_desk, "listens on 0.0.0.0:8081", -1, 1},
	{"plain http", in_the_clear, "in the clear", -1, 2},
	{"plain http in production", clear_production, "need https://", 1, 1},
	{"links to this host", url_of_this_host, "leads nobody here", -1, 1},
	{"links to nobody", url_of_nobody, "staff.url = http://127.0.0.1:8082",
		-1, 1},
	{"private networks", private_nets, "that is for tests", -1, 2},
	{"no mail", no_mail, "mail.transport is none", -1, 1},
	{"test mail", test_mail, "marked as a test", -1, 1},
	{"mail to a folder", mail_folder, "files in outbox", -1, 1},
	{"no password file", no_password, "password is not there", 1, -1},
	{"open password file", open_password, "(mode 640)", -1, 1},
	{"open folder", open_folder, "(mode 755)", -1, 1},
	{"open key", open_key, "chmod 600 it", 1, -1},
	{"no signing key", no_sign_key, "sign.key: is not there", 1, -1},
	{"neither domain nor address", root_alone, "Set lists.url", -1, 2},
	{"no consumer", no_consumer, "Nobody gets the list of addresses", -1,
		-1},
	{"torn key", torn_key, "worker.key: ", 1, -1},
	{"another worker's key", other_worker, "worker.key does not fit", 1,
		-1},
	{"another public key", other_pub, "does not fit sign.key", -1, 1},
	{"no law profile", no_law, "xx.json: is not there", 1, -1},
	{"old law", a_year_later, "compare the profile", -1, 3},
	{"old address data", a_year_later, "newer address data", -1, 3},
	{"no address data", no_geo, "asn-ipv6.csv) is not there", -1, 3},
	{"no store", no_store, "There is no store", 1, -1},
	{"no database", no_database, "is no store", 1, -1},
	{"steps to do", old_schema, "steps of the schema are still to do", -1,
		1},
	{"newer store", new_schema, "schema 9999, this program knows", 1, -1},
	{"another schema", other_schema, "of another make", 1, -1},
	{"a key is missing", no_epoch, "lacks a public key", 1, -1},
	{"no keys", no_grant, "nora lacks a key in use", -1, 1},
	{"nobody holds keys", no_holder,
		"Nobody can open reports and cases of now", 3, 0},
	{"the way back", no_holder, "hotline user recover LOGIN", 3, 0},
	{"nobody opens contacts", no_identity,
		"no active person holds epoch 1 of the identity key", 1, 0},
	{"nobody opens the old", old_epoch,
		"of an earlier time: no active person holds epoch 1", 0, 1},
	{"one judge", one_judge, "active: 1 and 0", -1, 1},
	{"one person for both", one_for_both, "active: 1 and 1", -1, 1},
	{"no third person", no_third, "there is none", -1, 1},
	{"one supervisor", one_supervisor, "known hashes need two", -1, 1},
	{"no supervisor", no_supervisor, "no active supervisor", 1, 1},
	{"messages given up", given_up, "need a person: 2.", -1, -1},
	{"watched without address", watch_unshared, "the address: 1.", -1, 1},
	{"the same, watch off", unshared, "watch.enabled is no", -1, -1},
	{"nobody may ask", nothing, "api.listen is not set", -1, -1},
	{"open api", open_api, "ask at 0.0.0.0:8083 in the clear", -1, 1},
	{"api", api, "ask the registry at 127.0.0.1:8083", -1, -1},
	{"pictures", api, "50 megapixels and cost 20 s and 512 MiB", -1, -1},
	{"little memory", little_memory, "may want 400 MiB", -1, 1},
	{"no pictures", little_for_nobody, "127.0.0.1:8083", -1, -1},
	{"no key", api, "No program has a key", -1, -1},
	{"a key ends soon", key_ends_soon,
		"(Example platform) ends within 14 days", -1, 1},
	{"a key ends later", key_ends_later, "127.0.0.1:8083", -1, -1},
	{"transfers by nobody", by_dns, "lists.rpz_listen is not set", -1, 1},
	{"transfers", by_dns_that_listens, "enough people", -1, -1},
	{"transfers no more", by_dns_no_more, "enough people", -1, -1},
	{"no index", nothing, "made when the hotline runs", -1, -1},
	{"index", index_there, "index of known hashes is there", -1, -1},
	/* a note where a time service keeps the clock, else a warning */
	{"log ahead of the clock", an_hour_ago, "later than the clock", -1, 0},
	{"clock unset", in_1970, "It is not 1970-01-02", 1, 1},
};

static bool fits(int expected, int n)
{
	return expected < 0 ? n == 0 : n >= expected;
}

static void each_fault_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char out[16384];
		void *one = NULL;

		set_up(&one);
		rows[i].change(one);
		close_store(one);
		int status = run(one, NULL, out, sizeof(out));
		int errors = count_lines(out, "ERROR ");
		int warnings = count_lines(out, "WARNING ");
		bool quiet =
			!strstr(out, "\nERROR ") && !strstr(out, "\nWARNING ");

		tear_down(&one);
		if (!strstr(out, rows[i].says) ||
			!fits(rows[i].n_errors, errors) ||
			!fits(rows[i].n_warnings, warnings) ||
			status != (quiet ? 0 : 1)) {
			fail_msg("%s: %d\n%s", rows[i].name, status, out);
		}
	}
}

static void the_folder_of_root_is_told(void **state)
{
	struct fixture *f = *state;
	char out[16384];

	if (geteuid() != 0) {
		skip();
	}
	close_store(f);
	run(f, NULL, out, sizeof(out));
	assert_null(strstr(out, "belongs to root"));
	assert_int_equal(0, chown(f->dir, 0, 0));
	assert_int_equal(1, run(f, NULL, out, sizeof(out)));
	assert_non_null(strstr(out, "belongs to root"));
}

static void a_store_that_is_held_is_told(void **state)
{
	struct fixture *f = *state;
	char out[16384];

	assert_int_equal(1, run(f, NULL, out, sizeof(out)));
	assert_non_null(strstr(out, "Another process has the store open"));
	assert_null(strstr(out, "There are enough people"));
}

static void nothing_is_changed(void **state)
{
	HL_BUF_AUTO before = HL_BUF_INIT(4 << 20);
	HL_BUF_AUTO after = HL_BUF_INIT(4 << 20);
	struct fixture *f = *state;
	char out[16384];

	exec(f, "DELETE FROM schema_step");
	assert_int_equal(
		0, hl_file_read(in_dir(f, "hotline.db"), &before, NULL));
	assert_int_equal(1, run(f, NULL, out, sizeof(out)));
	assert_int_equal(
		0, hl_file_read(in_dir(f, "hotline.db"), &after, NULL));
	assert_true(hl_str_eq(hl_buf_str(&before), hl_buf_str(&after)));
}

static void checkpoints_are_to_be_copied(void **state)
{
	struct fixture *f = *state;
	char out[16384];

	close_store(f);
	run(f, NULL, out, sizeof(out));
	assert_non_null(strstr(out, "no signed checkpoint yet"));
	write_file(f, "audit.checkpoints", "{}\n");
	run(f, NULL, out, sizeof(out));
	assert_non_null(strstr(out, "Copy audit.checkpoints"));
}

static void the_network_is_asked_on_demand(void **state)
{
	struct fixture *f = *state;
	char out[16384];

	close_store(f);
	run(f, NULL, out, sizeof(out));
	assert_int_equal(0, count_lines(out, "ok       network"));
	assert_int_equal(1, run(f, "--network", out, sizeof(out)));
	assert_non_null(strstr(out, "The resolver answers"));
	/* nothing listens on port 1 */
	assert_non_null(strstr(out, "The mail server: 0 "));
	set(f, "trace.dns.servers", "127.0.0.1:1");
	run(f, "--network", out, sizeof(out));
	assert_non_null(strstr(out, "Asked for example.org: "));
}

static void json_says_the_same(void **state)
{
	struct fixture *f = *state;
	char out[32768];

	close_store(f);
	set(f, "operator.name", "");
	assert_int_equal(1, run(f, "--json", out, sizeof(out)));
	HL_JSON_AUTO *j = NULL;
	assert_int_equal(
		0, hl_json_parse(hl_str_c(out), sizeof(out), &j, NULL));
	int64_t warnings = 0;
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(j, "findings"), i, one)
	{
		bool is =
			hl_str_eq(hl_json_str(one, "level"), HL_STR("warning"));

		warnings += is;
		assert_true(hl_json_str(one, "check").n > 0);
		assert_true(hl_json_str(one, "text").n > 0);
		assert_true(!is || hl_json_str(one, "todo").n > 0);
	}
	assert_true(warnings >= 1);
	assert_int_equal(warnings, hl_json_int(j, "warnings", -1));
	assert_int_equal(0, hl_json_int(j, "errors", -1));
}

static void other_ways_to_end(void **state)
{
	struct fixture *f = *state;
	char out[16384];

	assert_int_equal(0, run(f, "--help", out, sizeof(out)));
	assert_non_null(strstr(out, "exit status"));
	assert_int_equal(2, run(f, "--yaml", out, sizeof(out)));
	setenv("HOTLINE_DIR", "/nowhere/at/all", 1);
	assert_int_equal(3, run(f, NULL, out, sizeof(out)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_is_named),
		TEST(the_folder_of_root_is_told),
		TEST(a_store_that_is_held_is_told),
		TEST(nothing_is_changed),
		TEST(checkpoints_are_to_be_copied),
		TEST(the_network_is_asked_on_demand),
		TEST(json_says_the_same),
		TEST(other_ways_to_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
