/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The English words are the originals, gathered into hotline.pot with all
 * others. Their translations are compiled in rather than loaded: the page is
 * shown at consumers, by programs that have no folder of catalogues, and
 * there must never be a moment in which it cannot be read.
 */
#include "stop/words.h"

/* Marks what tools/tmplc.py gathers, as web/tr.h does above this layer. */
#define HL_TR(words) words

static const char *const english[HL_STOP_N_WORDS] = {
	[HL_STOP_W_TITLE] = HL_TR("This address is blocked"),
	[HL_STOP_W_LIST] =
		HL_TR("This address is on a list of the hotline {hotline}. "
		      "For each entry of this list, two people there found "
		      "that what it leads to is illegal under national law, "
		      "because it shows sexual abuse of children."),
	[HL_STOP_W_PAGE] =
		HL_TR("The hotline {hotline} assessed the page at this "
		      "address. Two people there found it illegal under "
		      "national law, because it shows sexual abuse of "
		      "children."),
	[HL_STOP_W_FOLDER] =
		HL_TR("This address is in a part of a site that the hotline "
		      "{hotline} assessed. Two people there found this part "
		      "illegal under national law, because it shows sexual "
		      "abuse of children."),
	[HL_STOP_W_SITE] =
		HL_TR("This address belongs to a site that the hotline "
		      "{hotline} assessed. Two people there found the site "
		      "illegal under national law, because it shows sexual "
		      "abuse of children."),
	[HL_STOP_W_NOT_ACCUSED] =
		HL_TR("Links and advertisements can lead here. This page does "
		      "not say that you looked for it."),
	[HL_STOP_W_WHO_HEADING] = HL_TR("Who blocks it"),
	[HL_STOP_W_WHO] =
		HL_TR("{consumer} blocks it here, with the list of the "
		      "hotline {hotline}."),
	[HL_STOP_W_WHO_UNKNOWN] =
		HL_TR("The network or the service that you use blocks it, "
		      "with the list of the hotline {hotline}. Its name is "
		      "not known to this page."),
	[HL_STOP_W_RECORD_HEADING] = HL_TR("What was recorded"),
	[HL_STOP_W_RECORD] =
		HL_TR("This page recorded neither your network address nor "
		      "who you are. What is counted is how often each entry "
		      "of the list is met. What others on your way here "
		      "record is not known to this page."),
	[HL_STOP_W_APPEAL_HEADING] = HL_TR("If you think this is a mistake"),
	[HL_STOP_W_APPEAL] =
		HL_TR("Tell the hotline. You do not have to say who you are. "
		      "Somebody who did not decide about this entry before "
		      "will look at it."),
	[HL_STOP_W_APPEAL_LINK] = HL_TR("Appeal against this entry"),
	[HL_STOP_W_REFERENCE] = HL_TR("Reference of the entry: {ref}"),
	[HL_STOP_W_CONTACT] = HL_TR("Contact of the hotline: {contact}"),
	[HL_STOP_W_HELP_HEADING] = HL_TR("Where to find help"),
	[HL_STOP_W_WORRY] =
		HL_TR("If you worry about your own thoughts, or about what "
		      "you look for: {link}"),
	[HL_STOP_W_YOUNG] =
		HL_TR("For children and young people who want to talk to "
		      "somebody: {link}"),
};

const char *hl_stop_words(size_t i, enum hl_stop_word word)
{
	return i == 0 || i > hl_stop_n_translations
		       ? english[word]
		       : hl_stop_translations[i - 1].words[word];
}

const char *hl_stop_language_tag(size_t i)
{
	if (i == 0) {
		return "en";
	}
	return i <= hl_stop_n_translations ? hl_stop_translations[i - 1].tag
					   : NULL;
}

bool hl_stop_is_rtl(size_t i)
{
	const char *tag = hl_stop_language_tag(i);

	return tag && !strcmp(tag, "ar");
}
