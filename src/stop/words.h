/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STOP_WORDS_H
#define HL_STOP_WORDS_H

#include "stop/stop.h"

/* Inside the room: what the page says, in every language. */

enum hl_stop_word {
	HL_STOP_W_TITLE,
	HL_STOP_W_LIST,
	HL_STOP_W_PAGE,
	HL_STOP_W_FOLDER,
	HL_STOP_W_SITE,
	HL_STOP_W_NOT_ACCUSED,
	HL_STOP_W_WHO_HEADING,
	HL_STOP_W_WHO,
	HL_STOP_W_WHO_UNKNOWN,
	HL_STOP_W_RECORD_HEADING,
	HL_STOP_W_RECORD,
	HL_STOP_W_APPEAL_HEADING,
	HL_STOP_W_APPEAL,
	HL_STOP_W_APPEAL_LINK,
	HL_STOP_W_REFERENCE,
	HL_STOP_W_CONTACT,
	HL_STOP_W_HELP_HEADING,
	HL_STOP_W_WORRY,
	HL_STOP_W_YOUNG,
	HL_STOP_N_WORDS,
};

/* Made by tools/stopc.py from words/LANG.po, without English. */
struct hl_stop_translation {
	const char *tag;
	const char *words[HL_STOP_N_WORDS];
};
extern const struct hl_stop_translation hl_stop_translations[];
extern const size_t hl_stop_n_translations;
/* Made by it from style.css; the hash as Content-Security-Policy has it. */
extern const char hl_stop_style[];
extern const char hl_stop_style_hash[];

/* In language i; always there. Static. */
const char *hl_stop_words(size_t i, enum hl_stop_word word);
bool hl_stop_is_rtl(size_t i);

#endif
