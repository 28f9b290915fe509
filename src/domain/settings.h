/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_SETTINGS_H
#define HL_DOMAIN_SETTINGS_H

#include <netinet/in.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/priority.h"

/*
 * The settings of an installation, hotline.conf: `key = value` lines, `#`
 * comments. docs/configuration.md lists every key and is checked against
 * the table in settings_keys.c.
 */
#define HL_SETTINGS_BYTES_MAX (256 * 1024)
#define HL_SETTINGS_LIST_MAX 32

struct hl_settings_list {
	size_t n;
	const char *at[HL_SETTINGS_LIST_MAX];
};

/* "127.0.0.0/8:8025": which address and port; port 0 is any. */
struct hl_settings_net {
	int family; /* AF_INET, AF_INET6 */
	unsigned char address[16];
	int prefix;
	int port;
};

struct hl_settings_hold {
	char country[3];
	int hours;
};

enum hl_mail_transport { HL_MAIL_NONE, HL_MAIL_SMTP, HL_MAIL_FOLDER };

/* Strings are never NULL; "" is "not set". Relative paths are as written:
 * relative to the folder of the settings file. */
struct hl_settings {
	struct hl_arena *arena; /* owns all strings */
	const char *service_name;
	const char *operator_name, *operator_country; /* "DK" */
	const char *operator_mail;

	/* "127.0.0.1:8080"; the URL, no slash at its end; as set, or "" */
	const char *public_listen, *public_url, *public_url_set;
	const char *public_exit_url;
	const char *public_peer_header;           /* "X-Real-IP", or empty */
	struct hl_settings_list public_emergency; /* lines of text */
	const char *stop_worry_name, *stop_worry_url; /* of the stop page */
	const char *stop_young_name, *stop_young_url;
	const char *staff_listen, *staff_url, *staff_url_set;
	const char *api_listen, *lists_listen; /* "": nobody is answered */
	bool api_pictures;
	int api_picture_megapixels, api_picture_seconds, api_picture_memory_mib;

	const char *lists_canary_domain, *lists_popular_file, *lists_url;
	const char *lists_alarm_mail; /* "": nobody is mailed */
	const char *lists_rpz_listen, *lists_rpz_zone; /* both or "" */
	const char *store_path, *keys_dir, *laws_dir;
	const char *law_national; /* id of a profile: "dk"; "" is none */

	struct hl_priority_weights priority;
	int duplicate_window_days, lists_stage_minutes, case_lease_minutes;

	int police_hold_hours;
	size_t n_police_holds;
	struct hl_settings_hold police_holds[HL_SETTINGS_LIST_MAX];
	int answer_ttl_days;
	int referral_remind_hours;

	enum hl_mail_transport mail_transport;
	const char *mail_folder;
	const char *mail_smtp_url; /* "smtp://host:587", "smtps://host" */
	const char *mail_smtp_user, *mail_smtp_password_file;
	const char *mail_smtp_ca_file, *mail_from;
	bool mail_production; /* else every message is marked a test */

	bool trace_enabled;
	struct hl_settings_list trace_dns_servers; /* "192.0.2.53:53" */
	const char *trace_rdap_bootstrap, *trace_rdap_ca_file; /* or "" */
	struct hl_settings_list trace_geo_paths;
	const char *trace_home_country; /* "" takes operator_country */

	bool watch_enabled;
	bool watch_http;
	size_t n_watch_schedule;
	int64_t watch_schedule_us[HL_SETTINGS_LIST_MAX]; /* last repeats */
	int watch_misses;
	int64_t watch_miss_gap_us;

	const char *egress_proxy; /* URL or "" */
	size_t n_egress_allow;
	struct hl_settings_net egress_allow[HL_SETTINGS_LIST_MAX];

	int report_rate_limit; /* reports a minute from one place; 0 is none */
	int draft_ttl_minutes;
	int session_idle_minutes;
	int session_max_hours;
	int exposure_minutes_per_day;
	int retention_days; /* closed cases older are proposed for erasure */
	enum hl_log_level log_level;
};

/*
 * Reads a settings text; what it does not mention has its default. name is
 * what faults call the file. HL_E_INVALID: "hotline.conf:12: …" with the
 * key and what was expected, never the value. *out is owned.
 */
int hl_settings_load(struct hl_str text, const char *name,
	struct hl_settings **out, struct hl_err *err);
/* The defaults alone. */
int hl_settings_new(struct hl_settings **out, struct hl_err *err);
/* One key, as from a command line; lists are replaced as a whole. */
int hl_settings_set(struct hl_settings *s, struct hl_str key,
	struct hl_str value, struct hl_err *err);
/* HL_NOTFOUND for no such key; a list is put space-separated (lines: one a
 * line). */
int hl_settings_get(
	const struct hl_settings *s, struct hl_str key, struct hl_buf *out);
void hl_settings_free(struct hl_settings *s);
void hl_settings_freep(struct hl_settings **s);
#define HL_SETTINGS_AUTO \
	__attribute__((cleanup(hl_settings_freep))) struct hl_settings

/* What must hold between keys: a production transport has a from address,
 * an SMTP transport its URL, an enabled watch its schedule, and so on. */
int hl_settings_check(const struct hl_settings *s, struct hl_err *err);

/* A line for each URL that names a port of this host on which its listener
 * is not; nothing when all is well. */
void hl_settings_put_misled(struct hl_buf *out, const struct hl_settings *s);

/* A whole commented file; keys at their default are commented out. */
void hl_settings_put_file(struct hl_buf *out, const struct hl_settings *s);
/* The text of docs/configuration.md. */
void hl_settings_put_doc(struct hl_buf *out);

/* Hours of police clearance for a host country, own entry or general. */
int hl_settings_police_hold(const struct hl_settings *s, struct hl_str country);
const char *hl_settings_home_country(const struct hl_settings *s);
/* Whether an entry of egress_allow names this address and port. */
bool hl_settings_egress_allowed(const struct hl_settings *s, int family,
	const unsigned char *address, int port);

#endif
