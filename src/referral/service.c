/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/service.h"

#include "referral/recipient.h"

static const struct hl_vocab_word whys[] = {
	{HL_REFERRAL_ALLOWED, "allowed", HL_MSG("Allowed")},
	{HL_REFERRAL_NOT_PERMITTED, "not_permitted",
		HL_MSG("You may not do this.")},
	{HL_REFERRAL_NOT_HELD, "not_held",
		HL_MSG("You do not hold this case, or your time for it ran "
		       "out.")},
	{HL_REFERRAL_SAME_PERSON, "same_person",
		HL_MSG("Another person must do this.")},
	{HL_REFERRAL_WRONG_STATE, "wrong_state",
		HL_MSG("The referral has moved on: this can no longer be "
		       "done.")},
	{HL_REFERRAL_ON_HOLD, "on_hold", HL_MSG("A legal hold forbids this.")},
	{HL_REFERRAL_BLIND, "blind",
		HL_MSG("Not before the second assessment is in.")},
	{HL_REFERRAL_TAKEN, "taken", HL_MSG("Somebody else holds this case.")},
	{HL_REFERRAL_NO_KEY, "no_key",
		HL_MSG("You have not been handed the key that this needs. Ask "
		       "a supervisor.")},
	{HL_REFERRAL_BUSY, "busy",
		HL_MSG("Others are changing this at the moment. Try again.")},
	{HL_REFERRAL_CONTACT, "contact",
		HL_MSG("The contact has not been approved.")},
	{HL_REFERRAL_EXISTS, "exists",
		HL_MSG("There is an open referral of this case to this "
		       "recipient.")},
	{HL_REFERRAL_SENDING, "sending",
		HL_MSG("It is being sent this moment. Look again in a few "
		       "minutes.")},
	{HL_REFERRAL_NO_BUNDLE, "no_bundle",
		HL_MSG("This installation has no key to sign bundles with, or "
		       "this referral has no bundle.")},
	{HL_REFERRAL_NO_MAIL, "no_mail",
		HL_MSG("The recipient has no mail address.")},
	{HL_REFERRAL_NO_WORKER, "no_worker",
		HL_MSG("This installation has no worker key, so that nothing "
		       "can be sent. Ask the administrator.")},
	{HL_REFERRAL_TOO_LARGE, "too_large",
		HL_MSG("It is larger than one message may be.")},
	{HL_REFERRAL_NO_ADDRESS, "no_address",
		HL_MSG("The address of this case has been erased or cannot be "
		       "opened.")},
	{HL_REFERRAL_DOWNLOAD, "download",
		HL_MSG("This goes by download, not by mail.")},
	{HL_REFERRAL_EXPORT_FIRST, "export_first",
		HL_MSG("Download the bundle first.")},
	{HL_REFERRAL_WATCHED, "watched",
		HL_MSG("This address is being watched: the watch finds out "
		       "by itself. Pause the watch to decide yourself.")},
	{HL_REFERRAL_NO_SENDER, "no_sender",
		HL_MSG("The settings name no sender for mail (mail.from). Ask "
		       "the administrator.")},
	{HL_REFERRAL_POLICE_FIRST, "police_first",
		HL_MSG("The police have not been told of this case yet. "
		       "Approve the referral to them and let it leave first. "
		       "If they cannot be reached, a supervisor can release "
		       "this notice with a reason.")},
	{HL_REFERRAL_POLICE_ASKED, "police_asked",
		HL_MSG("The police have asked not to write to this recipient "
		       "now. When they clear it, record their answer on the "
		       "referral to them.")},
};
const struct hl_vocab hl_vocab_referral_why = {
	"referral_why", HL_ARRAY_LEN(whys), whys};

static const struct hl_vocab_word channels[] = {
	{HL_REFERRAL_BY_MAIL, "mail", HL_MSG("By mail")},
	{HL_REFERRAL_BY_DOWNLOAD, "download", HL_MSG("By download")},
};
const struct hl_vocab hl_vocab_referral_channel = {
	"referral_channel", HL_ARRAY_LEN(channels), channels};

static const struct hl_vocab_word problems[] = {
	{HL_RECIPIENT_OK, "ok", HL_MSG("All right")},
	{HL_RECIPIENT_KIND, "kind", HL_MSG("Choose the kind of recipient")},
	{HL_RECIPIENT_NAME, "name",
		HL_MSG("Enter a name of at most 200 characters, in one line "
		       "and without invisible ones")},
	{HL_RECIPIENT_MAIL, "mail",
		HL_MSG("Enter a mail address like abuse@example.org")},
	{HL_RECIPIENT_COUNTRY, "country",
		HL_MSG("Enter the country’s two letters, like DK, or nothing")},
	{HL_RECIPIENT_CHANNEL, "channel",
		HL_MSG("Choose mail; only the police may get a download")},
	{HL_RECIPIENT_ASN, "asn",
		HL_MSG("Enter the network’s number, like 64500, or nothing")},
};
const struct hl_vocab hl_vocab_recipient_problem = {
	"recipient_problem", HL_ARRAY_LEN(problems), problems};
