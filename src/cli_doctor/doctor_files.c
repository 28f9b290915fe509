/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_doctor/doctor.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/file.h"
#include "base/time.h"
#include "domain/law.h"
#include "seal/keyfile.h"
#include "seal/sign.h"
#include "trace/setup.h"

#define MIB (1024 * 1024ull)
#define DISK_LOW (1024 * MIB)
#define DISK_FULL (128 * MIB)
#define LAW_OLD_DAYS 365
#define GEO_OLD_DAYS 180

static void check_modes(struct hl_doctor *d)
{
	const char *const names[] = {
		".", d->settings->keys_dir, d->settings->store_path};
	char path[HL_CLI_PATH_MAX];
	struct stat st;

	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		if (hl_cli_path(d->dir, names[i], path, NULL) ||
			stat(path, &st) < 0) {
			continue;
		}
		/* a store behind a folder that is shut is shut itself */
		if (!S_ISDIR(st.st_mode) && names[i][0] != '/') {
			continue;
		}
		if (st.st_mode & (S_IRWXG | S_IRWXO)) {
			HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "folder",
				"chmod go-rwx it.",
				"%s is open to others (mode %03o).", path,
				(unsigned)st.st_mode & 0777);
		}
	}
}

/* hotline serve runs as whoever owns the folder. */
static void check_owner(struct hl_doctor *d)
{
	struct stat st;

	if (stat(d->dir, &st) == 0 && st.st_uid == 0) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "folder",
			"adduser --system --group --no-create-home hotline; "
			"chown -R hotline: the folder; start it again.",
			"%s belongs to root, so that hotline serve runs as "
			"root.",
			d->dir);
	}
}

static void check_disk(struct hl_doctor *d, const char *path)
{
	static const char todo[] =
		"Make room; a report that cannot be stored is refused.";
	struct statvfs fs;

	if (statvfs(path, &fs) < 0) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "disk",
			"Look at the file system.", "cannot look at %s", path);
		return;
	}
	if (fs.f_flag & ST_RDONLY) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "disk",
			"Mount it for writing.", "%s is read-only.", path);
		return;
	}
	unsigned long long left = (unsigned long long)fs.f_bavail * fs.f_frsize;
	bool no_files = fs.f_files > 0 && fs.f_favail < 64;
	enum hl_doctor_level level =
		left < DISK_FULL || no_files
			? HL_DOCTOR_ERROR
			: (left < DISK_LOW ? HL_DOCTOR_WARNING : HL_DOCTOR_OK);

	HL_DOCTOR_SAY(d, level, "disk", level == HL_DOCTOR_OK ? NULL : todo,
		"%llu MiB are free%s.", left / MIB,
		no_files ? ", but hardly any inode" : "");
}

void hl_cli_doctor_folder(struct hl_doctor *d)
{
	char path[HL_CLI_PATH_MAX], *slash;

	check_modes(d);
	check_owner(d);
	check_disk(d, d->dir);
	/* the store may lie on a file system of its own */
	if (d->settings->store_path[0] == '/' &&
		!hl_cli_path(d->dir, d->settings->store_path, path, NULL) &&
		(slash = strrchr(path, '/')) && slash != path) {
		*slash = '\0';
		check_disk(d, path);
	}
}

static void say_key(
	struct hl_doctor *d, const char *name, int r, const struct hl_err *err)
{
	static const char lost[] =
		"Put the key back from a backup; nothing else opens what is "
		"sealed to it.";

	HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "keys",
		r == HL_E_INVALID ? "Let only the service's user read it."
				  : lost,
		"%s: %s", name,
		r == HL_NOTFOUND ? "is not there" : hl_cli_doctor_why(r, err));
}

static void check_worker(struct hl_doctor *d, const char *dir)
{
	struct hl_seal_secret *secret = hl_seal_secret_new();
	char path[HL_CLI_PATH_MAX];
	struct hl_err err = {0};
	int r = secret ? hl_cli_path(dir, "worker.key", path, &err)
		       : HL_E_NOMEM;

	if (!r) {
		r = hl_seal_worker_load(path, &d->worker, secret, &err);
	}
	hl_seal_secret_free(secret);
	d->has_worker = r == 0;
	if (r) {
		say_key(d, "worker.key", r, &err);
	}
}

static void check_sign(struct hl_doctor *d, const char *dir)
{
	HL_SEAL_SIGN_KEY_AUTO key = {0};
	HL_BUF_AUTO text = HL_BUF_INIT(1024);
	char path[HL_CLI_PATH_MAX], id[HL_SEAL_SIGN_ID_TEXT];
	struct hl_seal_sign_pub pub;
	struct hl_err err = {0};
	int r = hl_cli_path(dir, "sign.key", path, &err);

	if (!r) {
		r = hl_seal_sign_load(path, &key, &err);
	}
	if (r) {
		say_key(d, "sign.key", r, &err);
		return;
	}
	HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "keys", NULL,
		"Signatures are made with key %.*s.",
		HL_STR_ARG(hl_seal_sign_id(&key.pub, id)));
	if (hl_cli_path(dir, "sign.pub", path, NULL) ||
		hl_file_read(path, &text, NULL) ||
		hl_seal_sign_pub_parse(hl_buf_str(&text), &pub) ||
		memcmp(&pub, &key.pub, sizeof(pub)) != 0) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "keys",
			"Put back the public key that belongs to sign.key.",
			"sign.pub is not there or does not fit sign.key.");
	}
}

void hl_cli_doctor_keys(struct hl_doctor *d)
{
	char dir[HL_CLI_PATH_MAX];
	struct hl_err err = {0};

	if (hl_cli_path(d->dir, d->settings->keys_dir, dir, &err)) {
		say_key(d, d->settings->keys_dir, HL_E_LIMIT, &err);
		return;
	}
	check_worker(d, dir);
	check_sign(d, dir);
}

/* Whole days since "2026-11-22"; negative when it lies ahead, which is
 * someone's time zone or a clock that is wrong. */
static bool days_since(const char *day, int64_t *days)
{
	char text[HL_TIME_ISO_MAX];
	int64_t at;

	snprintf(text, sizeof(text), "%.10sT00:00:00Z", day);
	if (hl_time_parse_iso(hl_str_c(text), &at)) {
		return false;
	}
	*days = (hl_time_now_us() - at) / HL_US_PER_DAY;
	return true;
}

static void check_law(struct hl_doctor *d, const char *id)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_LAW_BYTES_MAX);
	HL_LAW_AUTO *law = NULL;
	char dir[HL_CLI_PATH_MAX], name[128], path[HL_CLI_PATH_MAX];
	struct hl_err err = {0};
	int64_t days = 0;

	snprintf(name, sizeof(name), "%s.json", id);
	int r = hl_cli_path(d->dir, d->settings->laws_dir, dir, &err);
	if (!r) {
		r = hl_cli_path(dir, name, path, &err);
	}
	if (!r) {
		r = hl_file_read(path, &text, &err);
	}
	if (!r) {
		r = hl_law_load(hl_buf_str(&text), name, &law, &err);
	}
	if (r) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "law",
			"Copy the profile from the program's folder laws, or "
			"mend it; the workbench needs it.",
			"%s: %s", name,
			r == HL_NOTFOUND ? "is not there"
					 : hl_cli_doctor_why(r, &err));
		return;
	}
	bool old = !days_since(hl_law_checked_on(law), &days) ||
		   days > LAW_OLD_DAYS;
	HL_DOCTOR_SAY(d, old ? HL_DOCTOR_WARNING : HL_DOCTOR_OK, "law",
		old ? "Have somebody who knows the law compare the profile "
		      "with it, and set checked_on."
		    : NULL,
		"%s (%s): checked on %s.", hl_law_title(law), name,
		hl_law_checked_on(law));
}

void hl_cli_doctor_laws(struct hl_doctor *d)
{
	check_law(d, "baseline");
	if (*d->settings->law_national) {
		check_law(d, d->settings->law_national);
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "law", NULL,
			"law.national is not set: the international baseline "
			"alone decides.");
	}
}

static void say_geo(struct hl_doctor *d, const struct hl_trace_geo *geo,
	enum hl_trace_geo_part part)
{
	static const char *const names[HL_TRACE_GEO_N_PARTS] = {
		[HL_TRACE_GEO_COUNTRY] = "countries of addresses",
		[HL_TRACE_GEO_AS_V4] = "networks of IPv4 addresses",
		[HL_TRACE_GEO_AS_V6] = "networks of IPv6 addresses",
	};
	const char *missing = hl_trace_geo_missing(geo, part);
	int64_t made = hl_trace_geo_made_us(geo, part);
	int64_t days = (hl_time_now_us() - made) / HL_US_PER_DAY;
	char at[HL_TIME_ISO_MAX];

	if (missing) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "geo",
			"Install the address data and name its folder in "
			"trace.geo.paths; see docs/trace.md.",
			"%s", missing);
		return;
	}
	bool old = days > GEO_OLD_DAYS;
	HL_DOCTOR_SAY(d, old ? HL_DOCTOR_WARNING : HL_DOCTOR_OK, "geo",
		old ? "Install newer address data; see docs/trace.md." : NULL,
		"The %s are of %.10s.", names[part],
		made ? hl_time_iso_s(made, at).p : "unknown age");
}

void hl_cli_doctor_geo(struct hl_doctor *d)
{
	struct hl_trace_setup *setup = NULL;
	struct hl_err err = {0};
	int r = hl_trace_setup_new(d->settings, d->dir, &setup, &err);

	if (r) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "geo",
			"Mend the settings trace.* and egress.*.", "%s",
			hl_cli_doctor_why(r, &err));
		return;
	}
	for (int i = 0; i < HL_TRACE_GEO_N_PARTS; i++) {
		say_geo(d, hl_trace_setup_geo(setup),
			(enum hl_trace_geo_part)i);
	}
	hl_trace_setup_free(setup);
}
