/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_SETUP_H
#define HL_CONSUME_SETUP_H

#include <limits.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The folder of a consumer of a list, docs/consumers.md:
 *
 *   consumer.conf  whose list, and where it comes from
 *   consumer.key   Ed25519, signs counters; for the follower alone
 *   list/          libhotline-urls keeps it
 *   tally/         counters that wait to be told
 *   status         how the follower stands (consume/standing.h)
 *   hits           a socket: programs that block tell the follower here
 */
#define HL_CONSUME_SETUP_CONF "consumer.conf"
#define HL_CONSUME_SETUP_KEY "consumer.key"
#define HL_CONSUME_SETUP_LIST "list"
#define HL_CONSUME_SETUP_TALLY "tally"
#define HL_CONSUME_SETUP_STATUS "status"
#define HL_CONSUME_SETUP_HITS "hits"

#define HL_CONSUME_SETUP_MAX ((size_t)16 * 1024)
#define HL_CONSUME_URL_MAX 1024
#define HL_CONSUME_HOTLINE_BYTES 16
#define HL_CONSUME_PUBLIC_BYTES 32
#define HL_CONSUME_SECRET_BYTES 64

struct hl_consume_setup {
	char url[HL_CONSUME_URL_MAX]; /* of the hotline */
	uint8_t hotline[HL_CONSUME_HOTLINE_BYTES];
	uint64_t consumer; /* 1 to 2^40 - 1 */
	char token_file[PATH_MAX];
	char ca_file[PATH_MAX]; /* "": the system's */
};

/*
 * The text of consumer.conf: lines of a name, a blank and a value; "#" begins
 * a comment. HL_E_INVALID names the line: an unknown name, one twice, one
 * missing, or a value that breaks its form. HL_E_LIMIT.
 */
int hl_consume_setup_parse(
	struct hl_str text, struct hl_consume_setup *out, struct hl_err *err);
/* What the parser gives back as it was. */
void hl_consume_setup_put(
	const struct hl_consume_setup *setup, struct hl_buf *out);

/* HL_NOTFOUND: the folder was not set up; err says how to. */
int hl_consume_setup_read(
	const char *folder, struct hl_consume_setup *out, struct hl_err *err);
/* Replaces it in one step. */
int hl_consume_setup_write(const char *folder,
	const struct hl_consume_setup *setup, struct hl_err *err);

/* folder/name. HL_E_LIMIT. */
int hl_consume_setup_path(const char *folder, const char *name,
	char out[PATH_MAX], struct hl_err *err);

/* "hl_…" alone in a file that not everybody may read; out should be secret.
 * HL_NOTFOUND, HL_E_INVALID: err says what to do. */
int hl_consume_token_read(
	const char *path, struct hl_buf *out, struct hl_err *err);

/* The key that is there, or a new one, written before this returns. */
int hl_consume_key_make(const char *folder,
	uint8_t public_key[HL_CONSUME_PUBLIC_BYTES], struct hl_err *err);
/* HL_NOTFOUND: none. The caller wipes. */
int hl_consume_key_read(const char *folder,
	uint8_t secret[HL_CONSUME_SECRET_BYTES], struct hl_err *err);

#endif
