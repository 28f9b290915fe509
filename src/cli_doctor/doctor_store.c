/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_doctor/doctor.h"

#include <sys/stat.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/escrow_note.h"
#include "domain/authz.h"
#include "seal/sign.h"
#include "store/inspect.h"
#include "store/sql.h"

#define CHECKPOINT_OLD_HOURS 3

static void say_fault(
	struct hl_doctor *d, const char *check, int r, const struct hl_err *err)
{
	HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, check,
		"Look at the log of hotline serve and at the disk.", "%s",
		hl_cli_doctor_why(r, err));
}

/* The file alone: true when it may be opened, which would bring its schema
 * up to date. */
static bool look_at_file(struct hl_doctor *d, const char *path)
{
	struct hl_store_look look;
	struct hl_err err = {0};
	int r = hl_store_inspect(path, &look, &err);

	if (r == HL_NOTFOUND) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "store",
			"Put it back from a backup, or mend store.path.",
			"There is no store %s.", path);
	} else if (r == HL_CONFLICT) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "store",
			"Stop that process; if it is hotline serve, look "
			"whether store.sock is in the folder.",
			"Another process has the store open and does not "
			"answer here.");
	} else if (r) {
		say_fault(d, "store", r, &err);
	} else if (look.damaged) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "store",
			"Keep the file as it is, put a backup in its place.",
			"The file is damaged.");
	} else if (look.changed || look.version > look.known) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "store",
			"Install the program that made it, or a newer one.",
			"The store has schema %d%s, this program knows %d.",
			look.version, look.changed ? " of another make" : "",
			look.known);
	} else if (look.version < look.known) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "store",
			"Copy the file, then start hotline serve, which does "
			"them.",
			"%d of %d steps of the schema are still to do.",
			look.known - look.version, look.known);
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "store", NULL,
			"The store is sound, schema %d.", look.version);
		return true;
	}
	return false;
}

void hl_cli_doctor_store(struct hl_doctor *d)
{
	char path[HL_CLI_PATH_MAX];
	struct hl_err err = {0};
	int r = hl_cli_path(d->dir, HL_CLI_SOCKET, path, &err);

	if (!r) {
		r = hl_store_connect(path, &d->store, &err);
	}
	if (!r) {
		d->running = true;
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "store", NULL,
			"hotline serve runs and its store answers.");
		return;
	}
	if (r == HL_NOTFOUND) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "store", NULL,
			"hotline serve does not run here.");
		r = hl_cli_path(d->dir, d->settings->store_path, path, &err);
		if (!r && look_at_file(d, path)) {
			r = hl_store_open(
				path, HL_STORE_ADMIN, &d->store, &err);
		} else if (!r) {
			return;
		}
	}
	if (r) {
		say_fault(d, "store", r, &err);
	}
}

/* The first eight bytes of its SHA-256, to be compared by a person. */
static void put_fingerprint(struct hl_buf *out, struct hl_str key)
{
	uint8_t digest[HL_SEAL_SHA256_BYTES];

	hl_seal_sha256(key, digest);
	hl_text_put_hex(out, digest, 8);
}

static void check_worker(
	struct hl_doctor *d, const struct hl_row_key_epoch_list *e)
{
	if (d->has_worker &&
		!hl_str_eq(hl_seal_pub_str(&d->worker), e->public_key)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "keys",
			"Put the key back that belongs to this store; what is "
			"sealed for the worker cannot be opened.",
			"worker.key does not fit the store.");
	}
}

/* Shares that were made of an older epoch open what was sealed then only. */
static void check_escrow(
	struct hl_doctor *d, const struct hl_row_key_epoch_list *e)
{
	enum hl_key_kind kind = (enum hl_key_kind)e->kind;
	struct hl_cli_escrow_note note;
	struct hl_err err = {0};
	const char *name = hl_cli_escrow_name(kind);
	int r = name ? hl_cli_escrow_newest(
			       d->store, d->arena, kind, e->epoch, &note, &err)
		     : 0;

	if (!name || (r == HL_NOTFOUND && kind != HL_KEY_QUEUE)) {
		return;
	}
	if (r == HL_NOTFOUND) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "escrow",
			"Let a supervisor print some: hotline user escrow "
			"LOGIN K/N.",
			"There are no escrow shares: when the last supervisor "
			"forgets the password, no report opens any more.");
	} else if (r) {
		say_fault(d, "escrow", r, &err);
	} else if (note.epoch < e->epoch) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "escrow",
			"Let a supervisor print new ones: hotline user escrow "
			"LOGIN K/N.",
			"Shares %s open the %s key's epoch %lld; now is "
			"epoch %lld.",
			note.set, name, (long long)note.epoch,
			(long long)e->epoch);
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "escrow", NULL,
			"%d of %d shares %s open the %s key.", note.k, note.n,
			note.set, name);
	}
}

void hl_cli_doctor_epochs(struct hl_doctor *d)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1024);
	struct hl_row_key_epoch_list *rows;
	struct hl_err err = {0};
	unsigned seen = 0;
	size_t n;
	int r = hl_get_key_epoch_list(d->store, d->arena, &rows, &n, &err);

	for (size_t i = 0; i < n && !r; i++) {
		if (rows[i].closed_at_us) {
			continue;
		}
		seen |= 1u << rows[i].kind;
		if (rows[i].kind == HL_KEY_WORKER) {
			check_worker(d, &rows[i]);
		}
		check_escrow(d, &rows[i]);
		if (rows[i].public_key.n) {
			const char *name = hl_cli_escrow_name(
				(enum hl_key_kind)rows[i].kind);

			hl_buf_printf(&text, "%s%s ", text.n ? ", " : "",
				name ? name : "worker");
			put_fingerprint(&text, rows[i].public_key);
		}
	}
	if (r) {
		say_fault(d, "keys", r, &err);
	} else if (seen !=
		   (1u << HL_KEY_QUEUE | 1u << HL_KEY_IDENTITY |
			   1u << HL_KEY_URL_HASH | 1u << HL_KEY_WORKER)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "keys",
			"Put a backup of the store in its place.",
			"The store lacks a public key.");
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "keys", NULL, "Public keys: %s.",
			text.p);
	}
}

static const char *what_is_shut(enum hl_key_kind kind)
{
	switch (kind) {
	case HL_KEY_QUEUE:
		return "reports and cases";
	case HL_KEY_IDENTITY:
		return "reporters' contacts";
	case HL_KEY_URL_HASH:
		return "known addresses";
	case HL_KEY_WORKER:
		break;
	}
	return "";
}

/* The state in which everything still seems to work and nothing can be read
 * any more. */
void hl_cli_doctor_holders(struct hl_doctor *d)
{
	static const char todo[] =
		"hotline user recover LOGIN brings keys back from escrow "
		"sheets; without sheets, put back a backup from when somebody "
		"with a known password held them.";
	struct hl_row_doctor_unheld *rows;
	struct hl_err err = {0};
	size_t n;
	int r = hl_get_doctor_unheld(d->store, d->arena, &rows, &n, &err);

	if (r) {
		say_fault(d, "keys", r, &err);
	}
	for (size_t i = 0; i < n && !r; i++) {
		enum hl_key_kind kind = (enum hl_key_kind)rows[i].kind;

		HL_DOCTOR_SAY(d,
			rows[i].in_use ? HL_DOCTOR_ERROR : HL_DOCTOR_WARNING,
			"keys", todo,
			"Nobody can open %s of %s: no active person holds "
			"epoch %lld of the %s key.",
			what_is_shut(kind),
			rows[i].in_use ? "now" : "an earlier time",
			(long long)rows[i].epoch, hl_cli_escrow_name(kind));
	}
}

struct team {
	int n_supervisors, n_admins, n_assess, n_verify, n_approve;
	int n_either; /* may assess or verify */
	int n_judges; /* may assess, verify or decide between two */
	/* somebody holds the key in use: 0 or 1 */
	int held_queue, held_identity, held_url;
};

static bool may(const struct hl_row_doctor_staff *u, enum hl_authz_action a)
{
	struct hl_authz_actor actor = {.user_id = u->id,
		.roles = (unsigned)u->roles,
		.enabled = true,
		.full_login = true};

	return hl_authz_may_ever(&actor, a);
}

static void count(struct team *t, const struct hl_row_doctor_staff *u)
{
	bool assess = may(u, HL_AUTHZ_CASE_ASSESS);
	bool verify = may(u, HL_AUTHZ_CASE_VERIFY);
	bool third = may(u, HL_AUTHZ_CASE_ADJUDICATE);

	t->n_supervisors += (u->roles & HL_ROLE_SUPERVISOR) != 0;
	t->n_admins += (u->roles & HL_ROLE_ADMIN) != 0;
	t->n_assess += assess;
	t->n_verify += verify;
	t->n_either += assess || verify;
	t->n_judges += assess || verify || third;
	t->n_approve += may(u, HL_AUTHZ_REFERRAL_APPROVE);
	t->held_queue |= u->n_queue > 0;
	t->held_identity |= u->n_identity > 0;
	t->held_url |= u->n_url > 0;
}

/* A key that nobody holds is no single person's lack. */
static void check_keys(struct hl_doctor *d, const struct team *t,
	const struct hl_row_doctor_staff *u)
{
	bool supervises = u->roles & HL_ROLE_SUPERVISOR;

	if (!(u->roles & HL_ROLE_CONTENT)) {
		return;
	}
	if (u->n_queue < t->held_queue || u->n_url < t->held_url ||
		(supervises && u->n_identity < t->held_identity)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "staff",
			"A supervisor hands the keys over in the workbench "
			"(Staff).",
			"%.*s lacks a key in use and cannot open all they "
			"should.",
			HL_STR_ARG(u->login));
	}
	if (u->must_change || !u->has_totp) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "staff", NULL,
			"%.*s has not finished the first login.",
			HL_STR_ARG(u->login));
	}
}

static void check_team(struct hl_doctor *d, const struct team *t)
{
	static const char todo[] =
		"Add staff in the workbench or with hotline user add.";
	int before = d->n[HL_DOCTOR_WARNING] + d->n[HL_DOCTOR_ERROR];

	if (!t->n_supervisors) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "staff", todo,
			"There is no active supervisor: nobody can hand keys "
			"over.");
	} else if (t->n_supervisors == 1) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "staff", todo,
			"There is one supervisor: lists of known hashes need "
			"two, and nobody else could hand keys over when they "
			"are away.");
	}
	if (!t->n_admins) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "staff", todo,
			"There is no active administrator.");
	}
	if (!t->n_assess || !t->n_verify || t->n_either < 2) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "staff", todo,
			"A verdict of illegal needs two people, one to assess "
			"and another to verify; active: %d and %d.",
			t->n_assess, t->n_verify);
	} else if (t->n_judges < 3) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "staff", todo,
			"When two assessments differ, a third person who is a "
			"supervisor decides; there is none.");
	}
	if (!t->n_approve) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "staff", todo,
			"Nobody may approve notices to police and "
			"providers.");
	}
	if (before == d->n[HL_DOCTOR_WARNING] + d->n[HL_DOCTOR_ERROR]) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "staff", NULL,
			"There are enough people for every step.");
	}
}

void hl_cli_doctor_staff(struct hl_doctor *d)
{
	struct hl_row_doctor_staff *rows;
	struct hl_err err = {0};
	struct team team = {0};
	size_t n;
	int r = hl_get_doctor_staff(d->store, d->arena, &rows, &n, &err);

	if (r) {
		say_fault(d, "staff", r, &err);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		count(&team, &rows[i]);
	}
	for (size_t i = 0; i < n; i++) {
		check_keys(d, &team, &rows[i]);
	}
	check_team(d, &team);
}

/* outbox.state in the schema */
enum { WAITING = 1, GIVEN_UP = 3 };
#define OVERDUE_HOURS 2

void hl_cli_doctor_outbox(struct hl_doctor *d)
{
	struct hl_row_doctor_outbox *rows;
	struct hl_err err = {0};
	size_t n;
	int r = hl_get_doctor_outbox(d->store, d->arena, &rows, &n, &err);

	if (r) {
		say_fault(d, "outbox", r, &err);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		int64_t late_us = hl_time_now_us() - rows[i].next_at_us;

		if (rows[i].state == GIVEN_UP) {
			HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "outbox", NULL,
				"Messages that were given up and need a "
				"person: %lld.",
				(long long)rows[i].n);
		} else if (rows[i].state == WAITING && d->running &&
			   late_us > OVERDUE_HOURS * HL_US_PER_HOUR) {
			HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "outbox",
				"Look at the worker's log and at the settings "
				"mail.*.",
				"Messages wait, the oldest since %lld h too "
				"long: %lld.",
				(long long)(late_us / HL_US_PER_HOUR),
				(long long)rows[i].n);
		}
	}
}

static void check_checkpoints(struct hl_doctor *d)
{
	static const char todo[] =
		"hotline audit checkpoint makes one; hotline serve does so "
		"every hour.";
	char path[HL_CLI_PATH_MAX];
	struct stat st;

	if (hl_cli_path(d->dir, "audit.checkpoints", path, NULL) ||
		stat(path, &st) < 0 || st.st_size == 0) {
		HL_DOCTOR_SAY(d,
			d->running ? HL_DOCTOR_WARNING : HL_DOCTOR_NOTE,
			"audit", d->running ? todo : NULL,
			"The audit log has no signed checkpoint yet.");
		return;
	}
	int64_t hours = (hl_time_now_us() - st.st_mtim.tv_sec * HL_US_PER_S) /
			HL_US_PER_HOUR;
	bool old = d->running && hours >= CHECKPOINT_OLD_HOURS;
	HL_DOCTOR_SAY(d, old ? HL_DOCTOR_WARNING : HL_DOCTOR_OK, "audit",
		old ? todo : NULL,
		"The newest checkpoint of the audit log is %lld h old.",
		(long long)hours);
	HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "audit", NULL,
		"Copy audit.checkpoints off this host every day: only a copy "
		"shows a log that was rewritten as a whole.");
}

void hl_cli_doctor_log(struct hl_doctor *d)
{
	struct hl_row_doctor_log *rows;
	struct hl_err err = {0};
	char at[HL_TIME_ISO_MAX];
	size_t n;
	int r = hl_get_doctor_log(d->store, d->arena, &rows, &n, &err);

	if (r) {
		say_fault(d, "audit", r, &err);
		return;
	}
	check_checkpoints(d);
	if (n && rows[0].at_us > hl_time_now_us() + HL_US_PER_MIN) {
		hl_time_iso_s(rows[0].at_us, at);
		bool kept = hl_cli_doctor_clock_kept();

		HL_DOCTOR_SAY(d, kept ? HL_DOCTOR_NOTE : HL_DOCTOR_WARNING,
			"clock",
			kept ? NULL
			     : "If the clock is wrong now, set it right. If it "
			       "is right, it was wrong then, and there is "
			       "nothing to do.",
			"The audit log's newest entry is of %s, later than "
			"the clock: new entries get that time until it has "
			"come.%s",
			at,
			kept ? " A time service keeps the clock, so it was "
			       "wrong then."
			     : "");
	}
}

/* Nobody looks at these, while all else seems to work. */
void hl_cli_doctor_watch(struct hl_doctor *d)
{
	struct hl_row_watch_waiting *row;
	struct hl_err err = {0};
	size_t n;
	int r = d->settings->watch_enabled ? hl_get_watch_waiting(d->store,
						     d->arena, &row, &n, &err)
					   : HL_NOTFOUND;

	if (r < 0) {
		say_fault(d, "watch", r, &err);
	} else if (!r && row->n) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "watch",
			"Let somebody who holds the queue key sign in to the "
			"workbench and open the queue.",
			"Watched, and not looked at, since the worker has not "
			"been given the address: %lld.",
			(long long)row->n);
	}
}
