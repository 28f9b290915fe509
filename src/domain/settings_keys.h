/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_SETTINGS_KEYS_H
#define HL_DOMAIN_SETTINGS_KEYS_H

#include "domain/settings.h"
#include "domain/vocab.h"

/* Inside the room: the table of keys and the types of their values. */

enum hl_settings_type {
	HL_SETTINGS_TEXT,      /* const char * */
	HL_SETTINGS_LINES,     /* struct hl_settings_list, a key a line */
	HL_SETTINGS_COUNTRY,   /* const char *, or "" */
	HL_SETTINGS_LISTEN,    /* const char *: ADDRESS:PORT */
	HL_SETTINGS_URL,       /* const char *: http, https, or "" */
	HL_SETTINGS_SMTP_URL,  /* const char *: smtp, smtps, or "" */
	HL_SETTINGS_PROXY_URL, /* const char *: http, socks5h, or "" */
	HL_SETTINGS_MAIL,      /* const char *: an address, or "" */
	HL_SETTINGS_PATH,      /* const char *, or "" */
	HL_SETTINGS_PATHS,     /* struct hl_settings_list */
	HL_SETTINGS_SERVERS,   /* struct hl_settings_list: ADDRESS[:PORT] */
	HL_SETTINGS_NETS,      /* n_egress_allow, egress_allow */
	HL_SETTINGS_ID,        /* const char *: a-z, 0-9, -, or "" */
	HL_SETTINGS_INT,       /* int */
	HL_SETTINGS_BOOL,      /* bool */
	HL_SETTINGS_DURATION,  /* int64_t, microseconds */
	HL_SETTINGS_DURATIONS, /* n_watch_schedule, watch_schedule_us */
	HL_SETTINGS_WORD,      /* int, by a vocabulary */
};

struct hl_settings_key {
	const char *name;
	enum hl_settings_type type;
	size_t offset;                /* in struct hl_settings */
	const char *initial;          /* default, as it would be written */
	int min, max;                 /* of INT; of DURATION in seconds */
	const struct hl_vocab *vocab; /* of WORD */
	const char *doc;              /* a sentence */
};

extern const struct hl_settings_key hl_settings_keys[];
extern const size_t hl_settings_n_keys;

/* Reads value into the member of the key. False if it has not the form; out
 * of memory sticks in *fault. */
bool hl_settings_read(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str value, int *fault);
/* Writes the member as it would be read; LINES separated by line feeds. */
void hl_settings_write(const struct hl_settings *s,
	const struct hl_settings_key *k, struct hl_buf *out);
/* Gives a URL that is not set that of its listener; after every change.
 * HL_E_NOMEM. */
int hl_settings_follow(struct hl_settings *s);
/* "a whole number from 1 to 60"; what the form is, for faults and docs. */
void hl_settings_put_form(struct hl_buf *out, const struct hl_settings_key *k);

struct hl_settings_unit {
	char unit;
	int64_t us;
};
extern const struct hl_settings_unit hl_settings_units[4];

/* "referral.police_hold." and two capitals. */
#define HL_SETTINGS_HOLD_PREFIX "referral.police_hold."
#define HL_SETTINGS_HOLD_MAX_HOURS (24 * 90)

#endif
