/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URL_EXTRACT_H
#define HL_URL_EXTRACT_H

#include "url/url.h"

/*
 * Finds the addresses in what a person pasted: one or many, in any shape
 * (docs/urls.md, "Extraction"). Nothing is lost: what is no address comes
 * back as words.
 */

#define HL_URL_TEXT_MAX 65536
/* Addresses and things that failed to be one, in one text. */
#define HL_URL_FOUND_MAX 200

enum hl_url_kind {
	HL_URL_WORDS,
	HL_URL_WEB,   /* http, https, ftp, ws, wss */
	HL_URL_ONION, /* the same, under .onion */
	HL_URL_EMAIL,
	HL_URL_P2P,   /* magnet, ed2k */
	HL_URL_OTHER, /* tg:, irc:, news:, … */
	HL_URL_PLACE, /* hl_url_place() */
	HL_URL_N_KINDS,
};
/* "words", "web", "onion", "email", "p2p", "other", "place".
 * Static. */
const char *hl_url_kind_name(enum hl_url_kind kind);

struct hl_url_found {
	struct hl_str piece; /* as typed; a view of the text */
	enum hl_url_kind kind;
	/* For words: WHY_WORDS, or what is wrong with the address that
	 * they seem to be. READABLE for all other kinds. */
	enum hl_url_why why;
	/* The rest is absent for words. What to open or show: in full,
	 * with scheme, credentials and fragment. */
	struct hl_str address;
	struct hl_str canon; /* of hl_url_canon() for web and onion */
	struct hl_str key;   /* equal for equal places; view of canon */
	size_t same_as;      /* index of the first with this key */
};

struct hl_url_list {
	struct hl_url_found *v; /* in the order of the text */
	size_t n;
	size_t n_addresses; /* of the n, those that are no words */
};

/*
 * The list and its strings live as long as the arena, the pieces as long
 * as the text. HL_E_LIMIT over HL_URL_TEXT_MAX or HL_URL_FOUND_MAX (the
 * message says which), HL_E_NOMEM; the arena should hold 32 times the text
 * and 64 KiB.
 */
int hl_url_extract(struct hl_str text, struct hl_arena *a,
	struct hl_url_list *out, struct hl_err *err);

/* Characters of a service, and of a name in it. */
#define HL_URL_PLACE_MAX 200
/*
 * A place that has no address: an app, a game, a chat (the service), and the
 * name of a person, group or channel there, as somebody gives them. Kind
 * PLACE, address "Service: Name", key "place:service/name" folded; a leading
 * "@" makes no difference. In the arena. HL_E_INVALID: one of them is empty,
 * longer than HL_URL_PLACE_MAX or no UTF-8.
 */
int hl_url_place(struct hl_str service, struct hl_str name, struct hl_arena *a,
	struct hl_url_found *out, struct hl_err *err);

#endif
