/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_TR_H
#define HL_WEB_TR_H

#include "base/buf.h"

/*
 * Words in the reader's language. The English words are the keys; without a
 * catalogue they are what is shown, and nothing is looked up.
 *
 * The language belongs to the request. A request is handled by one thread
 * from beginning to end, so the catalogue in force is a property of the
 * thread, as with uselocale(3); the thread pool binds it before each
 * handler runs.
 */

/* Marks words of a table of constants for the translators; the one who shows
 * them calls hl_web_tr(). */
#define HL_TR(words) words

/* A translated catalogue; not changed while anybody uses it. */
struct hl_web_catalogue;

/* From now on this thread speaks that language; NULL is English. Borrowed. */
void hl_web_tr_bind(const struct hl_web_catalogue *c);

/* The words in the thread's language; msgid itself when there are none. A
 * context stands before the words, "context\004words". The view is
 * NUL-terminated and lives as long as the catalogue or msgid. */
struct hl_str hl_web_tr(const char *msgid);
/* The form for n things. */
struct hl_str hl_web_tr_n(const char *one, const char *many, int64_t n);

/*
 * A message with places to fill, as in "Read {link}this{/link}". Each call
 * of next puts the text up to the next place, escaped, and gives the place's
 * index in names, or -1 at the end. A pair's names are "x" and "/x", one
 * behind the other; a translation that leaves one out, doubles or turns them
 * round still gives a closed element. Unknown places are shown as they are.
 */
struct hl_web_msg {
	struct hl_str rest;
	const char *const *names;
	int n_names;
	int open; /* index of the element that is open, -1 */
};

struct hl_web_msg hl_web_msg(
	struct hl_str text, const char *const *names, int n_names);
int hl_web_msg_next(struct hl_buf *out, struct hl_web_msg *m);

#endif
