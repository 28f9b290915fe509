/* SPDX-License-Identifier: Apache-2.0 */
#include "installation.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sqlite3.h>

#include "accounts/accounts.h"
#include "base/file.h"
#include "base/time.h"
#include "cli_doctor/commands.h"
#include "seal/keyfile.h"
#include "seal/listkey.h"
#include "seal/sign.h"
#include "store/sql.h"

static const struct hl_seal_cost cheap = {
	.mem_kib = 64, .passes = 1, .allow_weak = true};

const char *in_dir(struct fixture *f, const char *name)
{
	return hl_arena_printf(f->arena, "%s/%s", f->dir, name).p;
}

void set(struct fixture *f, const char *key, const char *value)
{
	struct hl_err err;

	if (hl_settings_set(
		    f->settings, hl_str_c(key), hl_str_c(value), &err)) {
		fail_msg("%s: %s", key, err.msg);
	}
}

int64_t add_user(
	struct fixture *f, const char *login, unsigned roles, bool grant)
{
	struct hl_accounts_user user = {.login = hl_str_c(login),
		.display_name = hl_str_c(login),
		.roles = roles};

	assert_int_equal(
		0, hl_accounts_create(&f->host, &user,
			   HL_STR("first words to come in"), &cheap, NULL));
	if (grant) {
		assert_int_equal(0, hl_accounts_grant(&f->host, user.id, NULL));
	}
	return user.id;
}

static void make_keys(struct fixture *f, struct hl_seal_pub *worker)
{
	HL_BUF_AUTO text = HL_BUF_INIT(256);
	struct hl_seal_sign_pub sign;

	assert_int_equal(0, mkdir(in_dir(f, "keys"), 0700));
	assert_int_equal(0, hl_seal_worker_create(in_dir(f, "keys/worker.key"),
				    worker, NULL));
	assert_int_equal(0,
		hl_seal_sign_create(in_dir(f, "keys/sign.key"), &sign, NULL));
	hl_seal_sign_pub_print(&sign, &text);
	assert_int_equal(0, hl_file_write(in_dir(f, "keys/sign.pub"),
				    hl_buf_str(&text), 0644, NULL));
}

static void make_store(struct fixture *f, const struct hl_seal_pub *worker)
{
	assert_int_equal(0,
		hl_store_open(in_dir(f, "hotline.db"),
			(enum hl_store_role)(HL_STORE_STAFF | HL_STORE_ADMIN),
			&f->store, NULL));
	assert_int_equal(0,
		hl_accounts_found(f->store, f->arena, worker, &f->ring, NULL));
	f->host = (struct hl_who){
		.ring = &f->ring, .store = f->store, .arena = f->arena};
	add_user(f, "sofie", HL_ROLE_SUPERVISOR, true);
	add_user(f, "stine", HL_ROLE_SUPERVISOR, true);
	add_user(f, "anna", HL_ROLE_ANALYST, true);
	f->vera = add_user(f, "vera", HL_ROLE_VERIFIER, true);
	add_user(f, "rita", HL_ROLE_REFERRAL, true);
	add_user(f, "admin", HL_ROLE_ADMIN, false);
}

/* As root makes it for a user of its own. */
static void give_away(struct fixture *f)
{
	if (geteuid() == 0) {
		assert_int_equal(0, chown(f->dir, 65534, 65534));
	}
}

static void make_settings(struct fixture *f)
{
	assert_int_equal(0, hl_settings_new(&f->settings, NULL));
	set(f, "operator.name", "Example Hotline");
	set(f, "operator.country", "DK");
	set(f, "operator.mail", "post@hotline.example.org");
	set(f, "public.url", "https://hotline.example.org");
	set(f, "public.peer_header", "X-Real-IP");
	set(f, "staff.url", "https://staff.example.org");
	set(f, "law.dir", getenv("HL_LAWS"));
	set(f, "law.national", "dk");
	set(f, "mail.transport", "smtp");
	set(f, "mail.smtp.url", "smtps://127.0.0.1:1");
	set(f, "mail.from", "notice@hotline.example.org");
	set(f, "mail.production", "yes");
	set(f, "trace.geo.paths", getenv("HL_TEST_GEO"));
	set(f, "trace.dns.servers", getenv("HL_TEST_DNS"));
}

int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct hl_seal_pub worker;

	hl_time_pretend(TODAY);
	assert_int_equal(0, hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-doctor-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(0, setenv("HOTLINE_DIR", f->dir, 1));
	f->arena = hl_arena_new(8 << 20, true);
	make_settings(f);
	make_keys(f, &worker);
	make_store(f, &worker);
	give_away(f);
	*state = f;
	return 0;
}

int tear_down(void **state)
{
	static const char *const names[] = {"keys/worker.key", "keys/sign.key",
		"keys/" HL_SEAL_LIST_PLACE, "keys/" HL_SEAL_LIST_SEED,
		"keys/" HL_SEAL_LIST_COMMIT, "keys/" HL_SEAL_LIST_ONLINE,
		"keys/sign.pub", "keys", "hotline.db", "hotline.db-wal",
		"hotline.conf", "audit.checkpoints", "password",
		"match/current", "match", ""};
	struct fixture *f = *state;

	hl_time_pretend(0);
	hl_store_close(f->store);
	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		remove(in_dir(f, names[i]));
	}
	hl_arena_free(f->arena);
	hl_settings_free(f->settings);
	hl_seal_ring_wipe(&f->ring);
	free(f);
	return 0;
}

int run(struct fixture *f, const char *arg, char *out, size_t out_max)
{
	static char name[] = "doctor";
	HL_BUF_AUTO conf = HL_BUF_INIT(HL_SETTINGS_BYTES_MAX);
	char word[32], *argv[] = {name, word, NULL};
	FILE *to = tmpfile();
	int keep = dup(1);

	hl_settings_put_file(&conf, f->settings);
	assert_int_equal(0, hl_file_write(in_dir(f, "hotline.conf"),
				    hl_buf_str(&conf), 0600, NULL));
	snprintf(word, sizeof(word), "%s", arg ? arg : "");
	assert_true(to && keep >= 0);
	fflush(stdout);
	dup2(fileno(to), 1);
	int status = hl_cli_doctor(arg ? 2 : 1, argv);
	fflush(stdout);
	dup2(keep, 1);
	close(keep);
	rewind(to);
	out[fread(out, 1, out_max - 1, to)] = '\0';
	fclose(to);
	return status;
}

int count_lines(const char *text, const char *begin)
{
	struct hl_str rest = hl_str_c(text), line;
	int n = 0;

	while (hl_str_next(&rest, '\n', &line)) {
		n += hl_str_starts(line, hl_str_c(begin)) &&
		     hl_str_find(line, HL_STR("no Landlock")) == line.n;
	}
	return n;
}

void close_store(struct fixture *f)
{
	hl_store_close(f->store);
	f->store = NULL;
}

void exec(struct fixture *f, const char *sql)
{
	sqlite3 *db;

	close_store(f);
	assert_int_equal(SQLITE_OK, sqlite3_open(in_dir(f, "hotline.db"), &db));
	assert_int_equal(SQLITE_OK, sqlite3_exec(db, sql, NULL, NULL, NULL));
	sqlite3_close(db);
}

void write_file(struct fixture *f, const char *name, const char *text)
{
	assert_int_equal(
		0, hl_file_write(in_dir(f, name), hl_str_c(text), 0600, NULL));
}
