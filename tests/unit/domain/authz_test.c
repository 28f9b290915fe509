/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/authz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"
#include "domain/hash.h"
#include "domain/list.h"

enum { ME = 11, OTHER = 22, THIRD = 33 };
#define NOW (1000 * HL_US_PER_HOUR)

static const struct {
	char letter;
	unsigned role;
} roles[] = {{'a', HL_ROLE_ANALYST}, {'v', HL_ROLE_VERIFIER},
	{'s', HL_ROLE_SUPERVISOR}, {'r', HL_ROLE_REFERRAL},
	{'m', HL_ROLE_ADMIN}};

static struct hl_authz_actor actor(unsigned mask)
{
	return (struct hl_authz_actor){.user_id = ME,
		.roles = mask,
		.enabled = true,
		.full_login = true};
}

#define LEASE(who) .assigned_to = (who), .lease_until_us = NOW + 1
#define OBJECT(...)                                        \
	{                                                  \
		.exists = true, .now_us = NOW, __VA_ARGS__ \
	}

/*
 * Objects in every relation to the actor, and for each the actions that are
 * allowed, each with the letters of the roles. What is not named is denied
 * to everybody. Written by hand from the description of the roles, not from
 * the matrix.
 */
static const struct row {
	const char *what;
	enum hl_object kind;
	struct hl_authz_object object;
	const char *allowed;
} rows[] = {
	{"nothing", HL_OBJECT_NONE, {0},
		"queue.view:avsr stats.read:sr audit.read:s audit.verify:sm "
		"user.manage:m settings.read:sm settings.change:m "
		"recipient.read:sr watch.switch:s hash.read:avsr "
		"hashlist.manage:s list.read:avsr consumer.manage:s "
		"list.halt:s appeal.read:vs"},

	{"report just in", HL_OBJECT_REPORT,
		OBJECT(.state = HL_REPORT_RECEIVED),
		"report.read:as report.triage:as contact.request:s"},
	{"report triaged", HL_OBJECT_REPORT, OBJECT(.state = HL_REPORT_TRIAGED),
		"report.read:as report.triage:as contact.request:s"},
	{"report of the case I hold", HL_OBJECT_REPORT,
		OBJECT(.state = HL_REPORT_LINKED,
			.case_state = HL_CASE_ASSIGNED, LEASE(ME)),
		"report.read:avs contact.request:as"},
	{"report of another's case", HL_OBJECT_REPORT,
		OBJECT(.state = HL_REPORT_LINKED,
			.case_state = HL_CASE_ASSIGNED, LEASE(OTHER)),
		"report.read:s contact.request:s"},
	{"report of an agreed case", HL_OBJECT_REPORT,
		OBJECT(.state = HL_REPORT_LINKED, .illegal = true,
			.case_state = HL_CASE_AGREED),
		"report.read:sr contact.request:sr"},
	{"report of a legal case", HL_OBJECT_REPORT,
		OBJECT(.state = HL_REPORT_FEEDBACK_READY,
			.case_state = HL_CASE_CLOSED),
		"report.read:s report.triage:s contact.request:s"},
	{"contact that I asked for", HL_OBJECT_REPORT,
		OBJECT(.state = HL_REPORT_LINKED,
			.case_state = HL_CASE_ASSIGNED, LEASE(ME),
			.contact_requested_by = ME),
		"report.read:avs contact.request:as"},
	{"contact that another asked for", HL_OBJECT_REPORT,
		OBJECT(.state = HL_REPORT_LINKED,
			.case_state = HL_CASE_ASSIGNED, LEASE(OTHER),
			.contact_requested_by = OTHER),
		"report.read:s contact.request:s contact.grant:s"},
	{"contact released to me", HL_OBJECT_REPORT,
		OBJECT(.state = HL_REPORT_LINKED,
			.case_state = HL_CASE_ASSIGNED, LEASE(ME),
			.contact_requested_by = ME, .contact_granted_to = ME),
		"report.read:avs contact.request:as contact.read:asr"},
	{"contact released to another", HL_OBJECT_REPORT,
		OBJECT(.state = HL_REPORT_LINKED,
			.case_state = HL_CASE_ASSIGNED, LEASE(ME),
			.contact_requested_by = OTHER,
			.contact_granted_to = OTHER),
		"report.read:avs contact.request:as contact.grant:s"},

	{"new case", HL_OBJECT_CASE, OBJECT(.state = HL_CASE_NEW),
		"case.lease:a case.read:s case.note:s case.reassign:s "
		"case.trace:s case.close:s case.legal_hold:s "
		"case.hash:s"},
	{"case that I hold", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_ASSIGNED, LEASE(ME)),
		"case.lease:a case.release:avs case.read:avs case.note:avs "
		"case.viewing:avs case.assess:a case.reassign:s "
		"case.trace:avs case.close:s case.legal_hold:s "
		"case.hash:avs"},
	{"case whose time ran out", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_ASSIGNED, .assigned_to = ME,
			.lease_until_us = NOW),
		"case.lease:a case.read:s case.note:s case.reassign:s "
		"case.trace:s case.close:s case.legal_hold:s "
		"case.hash:s"},
	{"another's case", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_ASSIGNED, LEASE(OTHER)),
		"case.read:s case.note:s case.reassign:s case.trace:s "
		"case.close:s case.legal_hold:s "
		"case.hash:s"},
	{"another's case whose time ran out", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_ASSIGNED, .assigned_to = OTHER,
			.lease_until_us = NOW - 1),
		"case.lease:a case.read:s case.note:s case.reassign:s "
		"case.trace:s case.close:s case.legal_hold:s "
		"case.hash:s"},
	{"case that waits for a second", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_VERIFYING, .first_assessor = OTHER),
		"case.lease:v case.read:s case.note:s case.reassign:s "
		"case.trace:s case.legal_hold:s "
		"case.hash:s"},
	{"case that I verify", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_VERIFYING, .first_assessor = OTHER,
			LEASE(ME)),
		"case.lease:v case.release:avs case.read:avs case.note:avs "
		"case.viewing:avs case.verify:v case.reassign:s "
		"case.trace:avs case.legal_hold:s "
		"case.hash:avs"},
	{"case that I assessed, waiting", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_VERIFYING, .first_assessor = ME),
		"case.read:avs first.read:avs case.note:s case.reassign:s "
		"case.trace:s case.legal_hold:s "
		"case.hash:s"},
	{"case that I assessed and wrongly hold", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_VERIFYING, .first_assessor = ME,
			LEASE(ME)),
		"case.release:avs case.read:avs first.read:avs case.note:avs "
		"case.viewing:avs case.reassign:s case.trace:avs "
		"case.legal_hold:s "
		"case.hash:avs"},
	{"others disagree", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_DISAGREED, .first_assessor = OTHER,
			.second_assessor = THIRD),
		"case.lease:s case.read:s first.read:s case.note:s "
		"case.adjudicate:s case.reassign:s case.trace:s "
		"case.legal_hold:s "
		"case.hash:s"},
	{"I was the first of two who disagree", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_DISAGREED, .first_assessor = ME,
			.second_assessor = THIRD),
		"case.read:avs first.read:avs case.note:s case.reassign:s "
		"case.trace:s case.legal_hold:s "
		"case.hash:s"},
	{"I was the second of two who disagree", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_DISAGREED, .first_assessor = OTHER,
			.second_assessor = ME),
		"case.read:avs first.read:avs case.note:s case.reassign:s "
		"case.trace:s case.legal_hold:s "
		"case.hash:s"},
	{"others agree that it is illegal", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_AGREED, .first_assessor = OTHER,
			.second_assessor = THIRD, .illegal = true),
		"case.read:sr first.read:sr case.note:sr case.trace:sr "
		"case.close:sr case.reopen:s case.legal_hold:s watch.pause:sr "
		"export.download:sr case.follow:sr referral.draft:sr "
		"case.hash:s hash.propose:s "
		"list.propose:sr"},
	{"I assessed it and another agreed", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_MONITORING, .first_assessor = ME,
			.second_assessor = THIRD, .illegal = true),
		"case.read:avsr first.read:avsr case.note:sr case.trace:sr "
		"case.close:sr case.reopen:s case.legal_hold:s watch.pause:sr "
		"export.download:sr case.follow:sr referral.draft:asr "
		"case.hash:avs hash.propose:avs "
		"list.propose:avsr"},
	{"decided to be legal", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_ADJUDICATED, .first_assessor = OTHER,
			.second_assessor = THIRD, .adjudicator = ME),
		"case.read:avs first.read:avs case.note:s case.trace:s "
		"case.close:s case.reopen:s case.legal_hold:s watch.pause:s "
		"case.hash:s"},
	{"closed as legal", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_CLOSED, .first_assessor = OTHER),
		"case.read:s first.read:s case.note:s case.trace:s "
		"case.reopen:s case.legal_hold:s erase.propose:s "
		"case.hash:s"},
	{"closed as illegal", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_CLOSED, .first_assessor = OTHER,
			.second_assessor = THIRD, .illegal = true),
		"case.read:sr first.read:sr case.note:sr case.trace:sr "
		"case.reopen:s case.legal_hold:s erase.propose:s "
		"export.download:sr case.follow:sr "
		"case.hash:s hash.propose:s "
		"list.propose:sr"},
	{"closed, on legal hold", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_CLOSED, .first_assessor = OTHER,
			.legal_hold = true, .erase_proposed_by = OTHER),
		"case.read:s first.read:s case.note:s case.trace:s "
		"case.reopen:s case.legal_hold:s "
		"case.hash:s"},
	{"closed, I proposed to erase it", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_CLOSED, .first_assessor = OTHER,
			.erase_proposed_by = ME),
		"case.read:s first.read:s case.note:s case.trace:s "
		"case.reopen:s case.legal_hold:s erase.propose:s "
		"case.hash:s"},
	{"closed, another proposed to erase it", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_CLOSED, .first_assessor = OTHER,
			.erase_proposed_by = OTHER),
		"case.read:s first.read:s case.note:s case.trace:s "
		"case.reopen:s case.legal_hold:s erase.propose:s "
		"erase.approve:s "
		"case.hash:s"},
	{"erased", HL_OBJECT_CASE,
		OBJECT(.state = HL_CASE_ERASED, .first_assessor = OTHER,
			.illegal = true),
		"case.read:s"},

	{"draft", HL_OBJECT_REFERRAL,
		OBJECT(.state = HL_REFERRAL_DRAFT, .illegal = true,
			.case_state = HL_CASE_AGREED, .drafted_by = ME),
		"referral.read:sr referral.approve:sr"},
	{"draft in a case that was found legal", HL_OBJECT_REFERRAL,
		OBJECT(.state = HL_REFERRAL_DRAFT,
			.case_state = HL_CASE_CLOSED),
		"referral.read:s"},
	{"held for the police", HL_OBJECT_REFERRAL,
		OBJECT(.state = HL_REFERRAL_LEA_HOLD, .illegal = true,
			.case_state = HL_CASE_ACTIONING),
		"referral.read:sr referral.send:sr referral.release:sr "
		"referral.override:s"},
	{"sent in a case that I assessed", HL_OBJECT_REFERRAL,
		OBJECT(.state = HL_REFERRAL_SENT, .illegal = true,
			.first_assessor = ME, .case_state = HL_CASE_MONITORING),
		"referral.read:asr referral.send:sr answer.record:sr"},
	{"closed referral", HL_OBJECT_REFERRAL,
		OBJECT(.state = HL_REFERRAL_CLOSED, .illegal = true,
			.case_state = HL_CASE_CLOSED),
		"referral.read:sr answer.record:sr"},

	{"recipient found by a look-up", HL_OBJECT_RECIPIENT,
		OBJECT(.state = 0), "recipient.approve:sr recipient.change:sr"},
	{"recipient that I proposed", HL_OBJECT_RECIPIENT,
		OBJECT(.drafted_by = ME), "recipient.change:sr"},
	{"another user", HL_OBJECT_USER, OBJECT(.user_id = OTHER),
		"key.grant:s"},
	{"myself", HL_OBJECT_USER, OBJECT(.user_id = ME), ""},

	{"hash list that another proposed", HL_OBJECT_HASH_LIST,
		OBJECT(.state = HL_HASH_LIST_PROPOSED, .drafted_by = OTHER),
		"hashlist.approve:s"},
	{"hash list that I proposed", HL_OBJECT_HASH_LIST,
		OBJECT(.state = HL_HASH_LIST_PROPOSED, .drafted_by = ME), ""},
	{"hash list in use", HL_OBJECT_HASH_LIST,
		OBJECT(.state = HL_HASH_LIST_ACTIVE, .drafted_by = OTHER), ""},
	{"hashes that another proposed", HL_OBJECT_HASH,
		OBJECT(.state = HL_HASH_PROPOSED, .drafted_by = OTHER),
		"hash.approve:s hash.withdraw:s"},
	{"hashes that another proposed, of a case that I judged",
		HL_OBJECT_HASH,
		OBJECT(.state = HL_HASH_PROPOSED, .drafted_by = OTHER,
			.first_assessor = OTHER, .second_assessor = ME),
		"hash.approve:avs hash.withdraw:s"},
	{"hashes that I proposed", HL_OBJECT_HASH,
		OBJECT(.state = HL_HASH_PROPOSED, .drafted_by = ME,
			.first_assessor = ME),
		"hash.withdraw:s"},
	{"hashes in use, by others", HL_OBJECT_HASH,
		OBJECT(.state = HL_HASH_ACTIVE, .drafted_by = OTHER,
			.approved_by = THIRD),
		"hash.withdraw:s hash.opinion:vs"},
	{"hashes in use that I proposed", HL_OBJECT_HASH,
		OBJECT(.state = HL_HASH_ACTIVE, .drafted_by = ME,
			.approved_by = THIRD),
		"hash.withdraw:s"},
	{"hashes in use that I approved", HL_OBJECT_HASH,
		OBJECT(.state = HL_HASH_ACTIVE, .drafted_by = OTHER,
			.approved_by = ME),
		"hash.withdraw:s"},
	{"hashes that were withdrawn", HL_OBJECT_HASH,
		OBJECT(.state = HL_HASH_WITHDRAWN, .drafted_by = OTHER), ""},

	{"address that another proposed", HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_PROPOSED, .drafted_by = OTHER),
		"list.approve:sr list.refuse:sr"},
	{"address that another proposed, of a case that I judged",
		HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_PROPOSED, .drafted_by = OTHER,
			.second_assessor = ME),
		"list.approve:avsr list.refuse:avsr"},
	{"address that I proposed", HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_PROPOSED, .drafted_by = ME,
			.first_assessor = ME),
		"list.refuse:avsr"},
	{"popular host that others approved", HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_THIRD, .drafted_by = OTHER,
			.approved_by = THIRD),
		"list.third:s list.refuse:sr"},
	{"popular host that I proposed", HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_THIRD, .drafted_by = ME,
			.approved_by = THIRD),
		"list.refuse:sr"},
	{"popular host that I approved", HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_THIRD, .drafted_by = OTHER,
			.approved_by = ME),
		"list.refuse:sr"},
	{"address in force", HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_ACTIVE, .drafted_by = OTHER,
			.approved_by = THIRD),
		"list.look:sr list.end:s"},
	{"address in force that I proposed", HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_ACTIVE, .drafted_by = ME,
			.first_assessor = ME, .approved_by = THIRD),
		"list.look:avsr list.end:s"},
	{"address that was refused", HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_REFUSED, .drafted_by = OTHER), ""},
	{"address that ended", HL_OBJECT_LIST_ENTRY,
		OBJECT(.state = HL_LIST_ENDED, .drafted_by = OTHER), ""},
	{"consumer that another proposed", HL_OBJECT_CONSUMER,
		OBJECT(.state = HL_LIST_CONSUMER_PROPOSED, .drafted_by = OTHER),
		"consumer.approve:s"},
	{"consumer that I proposed", HL_OBJECT_CONSUMER,
		OBJECT(.state = HL_LIST_CONSUMER_PROPOSED, .drafted_by = ME),
		""},
	{"consumer in use", HL_OBJECT_CONSUMER,
		OBJECT(.state = HL_LIST_CONSUMER_ACTIVE, .drafted_by = OTHER),
		""},
	{"edition that was held back", HL_OBJECT_EDITION,
		OBJECT(.state = HL_LIST_EDITION_HELD), "edition.decide:s"},
	{"edition that is out", HL_OBJECT_EDITION,
		OBJECT(.state = HL_LIST_EDITION_PUBLISHED), ""},
	{"appeal against what others listed", HL_OBJECT_APPEAL,
		OBJECT(.state = HL_LIST_APPEAL_OPEN, .drafted_by = OTHER,
			.approved_by = THIRD),
		"appeal.decide:vs"},
	{"appeal against what I proposed", HL_OBJECT_APPEAL,
		OBJECT(.state = HL_LIST_APPEAL_OPEN, .drafted_by = ME), ""},
	{"appeal against what I approved", HL_OBJECT_APPEAL,
		OBJECT(.state = HL_LIST_APPEAL_OPEN, .drafted_by = OTHER,
			.approved_by = ME),
		""},
	{"appeal against what I was the third for", HL_OBJECT_APPEAL,
		OBJECT(.state = HL_LIST_APPEAL_OPEN, .drafted_by = OTHER,
			.approved_by = THIRD, .third_by = ME),
		""},
	{"appeal that was decided", HL_OBJECT_APPEAL,
		OBJECT(.state = HL_LIST_APPEAL_UPHELD), ""},
};

static bool is_listed(const char *allowed, const char *action, char letter)
{
	struct hl_str rest = hl_str_c(allowed), piece;

	while (hl_str_next(&rest, ' ', &piece)) {
		size_t at = hl_str_find_char(piece, ':');

		if (hl_str_eq(hl_str_sub(piece, 0, at), hl_str_c(action))) {
			piece = hl_str_sub(piece, at, piece.n);
			return hl_str_find_char(piece, letter) < piece.n;
		}
	}
	return false;
}

/* Only names of actions on this kind of object stand in a row. */
static void rows_are_well_formed(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str rest = hl_str_c(rows[i].allowed), piece;

		while (rest.n && hl_str_next(&rest, ' ', &piece)) {
			size_t at = hl_str_find_char(piece, ':');
			int action = 0;

			if (hl_vocab_parse(&hl_vocab_authz_action,
				    hl_str_sub(piece, 0, at), &action) ||
				hl_authz_object_kind(
					(enum hl_authz_action)action) !=
					rows[i].kind) {
				fail_msg("%s: %.*s", rows[i].what,
					HL_STR_ARG(piece));
			}
		}
	}
}

static void every_role_and_action(void **state)
{
	int n = 0;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		for (int a = 1; a <= HL_AUTHZ_ACTION_LAST; a++) {
			enum hl_authz_action action = (enum hl_authz_action)a;
			const char *name =
				hl_vocab_name(&hl_vocab_authz_action, a);

			if (hl_authz_object_kind(action) != rows[i].kind) {
				continue;
			}
			for (size_t r = 0; r < HL_ARRAY_LEN(roles); r++) {
				struct hl_authz_actor me = actor(roles[r].role);
				bool want = is_listed(
					rows[i].allowed, name, roles[r].letter);
				enum hl_authz_why why = HL_AUTHZ_ON_HOLD;
				int rc = hl_authz_check(
					&me, action, &rows[i].object, &why);

				if (rc != (want ? 0 : HL_DENIED) ||
					(why == 0) != want) {
					fail_msg("%s: %s by %c gives %d",
						rows[i].what, name,
						roles[r].letter, rc);
				}
				n++;
			}
		}
	}
	assert_true(n > 2000);
}

/* Two roles allow what either allows, and nothing else. */
static void roles_add_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		for (int a = 1; a <= HL_AUTHZ_ACTION_LAST; a++) {
			enum hl_authz_action action = (enum hl_authz_action)a;

			for (unsigned mask = 1; mask <= HL_ROLE_CONTENT;
				mask++) {
				struct hl_authz_actor me = actor(mask);
				bool any = false;

				for (unsigned bit = 1; bit < 16; bit <<= 1) {
					struct hl_authz_actor one =
						actor(mask & bit);

					any |= hl_authz_check(&one, action,
						       &rows[i].object,
						       NULL) == 0;
				}
				assert_int_equal(any ? 0 : HL_DENIED,
					hl_authz_check(&me, action,
						&rows[i].object, NULL));
			}
		}
	}
}

/* What does not exist is answered exactly as what one may not see. */
static void denials_tell_nothing(void **state)
{
	(void)state;
	for (size_t i = 1; i < HL_ARRAY_LEN(rows); i++) {
		for (int a = 1; a <= HL_AUTHZ_ACTION_LAST; a++) {
			enum hl_authz_action action = (enum hl_authz_action)a;
			struct hl_authz_object gone = rows[i].object;
			struct hl_authz_actor me = actor(HL_ROLE_CONTENT);
			enum hl_authz_why why = 0;

			if (hl_authz_object_kind(action) != rows[i].kind) {
				continue;
			}
			gone.exists = false;
			assert_int_equal(HL_DENIED,
				hl_authz_check(&me, action, &gone, &why));
			assert_int_equal(HL_AUTHZ_NOT_PERMITTED, why);
			assert_int_equal(HL_DENIED,
				hl_authz_check(&me, action, NULL, &why));
			assert_int_equal(HL_AUTHZ_NOT_PERMITTED, why);
		}
	}
}

static const struct row *row_of(const char *what)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].what, what) == 0) {
			return &rows[i];
		}
	}
	fail_msg("no row %s", what);
	return NULL;
}

static void reasons(void **state)
{
	static const struct {
		const char *what;
		unsigned roles;
		enum hl_authz_action action;
		enum hl_authz_why why;
	} asks[] = {
		{"another's case", HL_ROLE_ANALYST, HL_AUTHZ_CASE_LEASE,
			HL_AUTHZ_TAKEN},
		{"another's case", HL_ROLE_ANALYST, HL_AUTHZ_CASE_ASSESS,
			HL_AUTHZ_NOT_HELD},
		{"case whose time ran out", HL_ROLE_ANALYST,
			HL_AUTHZ_CASE_ASSESS, HL_AUTHZ_NOT_HELD},
		{"case that I assessed, waiting",
			HL_ROLE_ANALYST | HL_ROLE_VERIFIER,
			HL_AUTHZ_CASE_VERIFY, HL_AUTHZ_SAME_PERSON},
		{"case that I assessed, waiting",
			HL_ROLE_ANALYST | HL_ROLE_VERIFIER, HL_AUTHZ_CASE_LEASE,
			HL_AUTHZ_SAME_PERSON},
		{"case that I verify", HL_ROLE_VERIFIER, HL_AUTHZ_FIRST_READ,
			HL_AUTHZ_NOT_PERMITTED},
		{"case that waits for a second", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_FIRST_READ, HL_AUTHZ_BLIND},
		{"I was the second of two who disagree", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_CASE_ADJUDICATE, HL_AUTHZ_SAME_PERSON},
		{"closed, on legal hold", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_ERASE_PROPOSE, HL_AUTHZ_ON_HOLD},
		{"closed, I proposed to erase it", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_ERASE_APPROVE, HL_AUTHZ_SAME_PERSON},
		{"closed as legal", HL_ROLE_SUPERVISOR, HL_AUTHZ_ERASE_APPROVE,
			HL_AUTHZ_WRONG_STATE},
		{"closed as legal", HL_ROLE_SUPERVISOR, HL_AUTHZ_CASE_CLOSE,
			HL_AUTHZ_WRONG_STATE},
		{"closed as legal", HL_ROLE_REFERRAL, HL_AUTHZ_CASE_READ,
			HL_AUTHZ_NOT_PERMITTED},
		{"closed as legal", HL_ROLE_ANALYST, HL_AUTHZ_CASE_LEASE,
			HL_AUTHZ_NOT_PERMITTED},
		{"draft", HL_ROLE_REFERRAL, HL_AUTHZ_REFERRAL_SEND,
			HL_AUTHZ_WRONG_STATE},
		{"contact that I asked for", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_CONTACT_GRANT, HL_AUTHZ_SAME_PERSON},
		{"recipient that I proposed", HL_ROLE_REFERRAL,
			HL_AUTHZ_RECIPIENT_APPROVE, HL_AUTHZ_SAME_PERSON},
		{"myself", HL_ROLE_SUPERVISOR, HL_AUTHZ_KEY_GRANT,
			HL_AUTHZ_SAME_PERSON},
		{"hash list that I proposed", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_HASHLIST_APPROVE, HL_AUTHZ_SAME_PERSON},
		{"hashes that I proposed", HL_ROLE_VERIFIER,
			HL_AUTHZ_HASH_APPROVE, HL_AUTHZ_SAME_PERSON},
		{"hashes in use that I approved", HL_ROLE_VERIFIER,
			HL_AUTHZ_HASH_OPINION, HL_AUTHZ_SAME_PERSON},
		{"hashes that were withdrawn", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_HASH_WITHDRAW, HL_AUTHZ_WRONG_STATE},
		{"address that I proposed", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_LIST_APPROVE, HL_AUTHZ_SAME_PERSON},
		{"popular host that I approved", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_LIST_THIRD, HL_AUTHZ_SAME_PERSON},
		{"address that ended", HL_ROLE_SUPERVISOR, HL_AUTHZ_LIST_END,
			HL_AUTHZ_WRONG_STATE},
		{"consumer that I proposed", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_CONSUMER_APPROVE, HL_AUTHZ_SAME_PERSON},
		{"appeal against what I was the third for", HL_ROLE_VERIFIER,
			HL_AUTHZ_APPEAL_DECIDE, HL_AUTHZ_SAME_PERSON},
		{"appeal that was decided", HL_ROLE_SUPERVISOR,
			HL_AUTHZ_APPEAL_DECIDE, HL_AUTHZ_WRONG_STATE},
		{"case that I hold", HL_ROLE_ADMIN, HL_AUTHZ_CASE_ASSESS,
			HL_AUTHZ_NOT_PERMITTED},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(asks); i++) {
		struct hl_authz_actor me = actor(asks[i].roles);
		enum hl_authz_why why = 0;

		assert_int_equal(HL_DENIED,
			hl_authz_check(&me, asks[i].action,
				&row_of(asks[i].what)->object, &why));
		if (why != asks[i].why) {
			fail_msg("%s, %s: %s", asks[i].what,
				hl_vocab_name(&hl_vocab_authz_action,
					(int)asks[i].action),
				hl_vocab_name(&hl_vocab_authz_why, (int)why));
		}
	}
}

static void half_a_login_does_nothing(void **state)
{
	struct hl_authz_actor unsound[] = {actor(HL_ROLE_CONTENT),
		actor(HL_ROLE_CONTENT), actor(HL_ROLE_CONTENT),
		actor(HL_ROLE_CONTENT | HL_ROLE_ADMIN),
		actor(HL_ROLE_ANALYST | HL_ROLE_ADMIN), actor(0), actor(32)};

	(void)state;
	unsound[0].enabled = false;
	unsound[1].full_login = false;
	unsound[2].user_id = 0;
	for (size_t u = 0; u < HL_ARRAY_LEN(unsound); u++) {
		for (int a = 1; a <= HL_AUTHZ_ACTION_LAST; a++) {
			enum hl_authz_action action = (enum hl_authz_action)a;

			assert_false(hl_authz_may_ever(&unsound[u], action));
			for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
				assert_int_equal(HL_DENIED,
					hl_authz_check(&unsound[u], action,
						&rows[i].object, NULL));
			}
		}
	}
}

static void menus_show_what_a_role_can_ever_do(void **state)
{
	(void)state;
	for (int a = 1; a <= HL_AUTHZ_ACTION_LAST; a++) {
		const char *name = hl_vocab_name(&hl_vocab_authz_action, a);

		for (size_t r = 0; r < HL_ARRAY_LEN(roles); r++) {
			struct hl_authz_actor me = actor(roles[r].role);
			bool want = false;

			for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
				want |= is_listed(
					rows[i].allowed, name, roles[r].letter);
			}
			if (hl_authz_may_ever(&me, (enum hl_authz_action)a) !=
				want) {
				fail_msg("%s by %c", name, roles[r].letter);
			}
		}
	}
	assert_false(hl_authz_may_ever(
		&(struct hl_authz_actor){ME, HL_ROLE_ADMIN, true, true}, 0));
}

enum { A = HL_ROLE_ANALYST, S = HL_ROLE_SUPERVISOR, M = HL_ROLE_ADMIN };

static void changes_of_users(void **state)
{
	static const struct {
		const char *what;
		unsigned actor; /* 0: the installation */
		struct hl_authz_user user;
		enum hl_authz_user_why why;
	} asks[] = {
		{"create", M, {OTHER, 0, A, false, true, 1, 0, 0, false}, 0},
		{"found", 0, {0, 0, S, false, true, 0, 0, 0, false}, 0},
		{"first admin", 0, {0, 0, M, false, true, 0, 0, 0, false}, 0},
		{"by a supervisor", S,
			{OTHER, 0, A, false, true, 1, 1, 0, false},
			HL_AUTHZ_USER_NOT_PERMITTED},
		{"own roles", M, {ME, M, A, true, true, 1, 1, 0, false},
			HL_AUTHZ_USER_SELF},
		{"no role", M, {OTHER, A, 0, true, true, 1, 1, 0, false},
			HL_AUTHZ_USER_NO_ROLE},
		{"unknown role", M,
			{OTHER, A, A | 64, true, true, 1, 1, 0, false},
			HL_AUTHZ_USER_BAD_ROLE},
		{"mixed", M, {OTHER, A, A | M, true, true, 1, 1, 0, false},
			HL_AUTHZ_USER_MIXED},
		{"mixed at the host", 0,
			{0, 0, S | M, false, true, 0, 0, 0, false},
			HL_AUTHZ_USER_MIXED},
		{"demote the last supervisor", M,
			{OTHER, A | S, A, true, true, 0, 1, 0, false},
			HL_AUTHZ_USER_LAST_SUPERVISOR},
		{"disable the last supervisor", M,
			{OTHER, S, S, true, false, 0, 1, 0, false},
			HL_AUTHZ_USER_LAST_SUPERVISOR},
		{"the same at the host", 0,
			{OTHER, S, S, true, false, 0, 1, 0, false},
			HL_AUTHZ_USER_LAST_SUPERVISOR},
		{"demote one of two", M,
			{OTHER, A | S, A, true, true, 1, 1, 0, false}, 0},
		{"disable the last administrator", 0,
			{OTHER, M, M, true, false, 1, 0, 0, false},
			HL_AUTHZ_USER_LAST_ADMIN},
		{"disable another administrator", M,
			{OTHER, M, M, true, false, 1, 1, 0, false}, 0},
		{"a disabled supervisor loses the role", M,
			{OTHER, A | S, A, false, false, 0, 1, 0, false}, 0},
		{"reset the last to hold keys", M,
			{OTHER, S, S, true, true, 1, 1, HL_AUTHZ_KEYS_LOST,
				true},
			HL_AUTHZ_USER_LAST_KEYS},
		{"the same at the host", 0,
			{OTHER, A, A, true, false, 1, 1, HL_AUTHZ_KEYS_LOST,
				false},
			HL_AUTHZ_USER_LAST_KEYS},
		{"keys on sheets", M,
			{OTHER, S, S, true, true, 1, 1, HL_AUTHZ_KEYS_ON_SHEETS,
				false},
			HL_AUTHZ_USER_KEYS_ON_SHEETS},
		{"sheets at hand", M,
			{OTHER, S, S, true, true, 1, 1, HL_AUTHZ_KEYS_ON_SHEETS,
				true},
			0},
		{"the last supervisor with sheets", M,
			{OTHER, S, S, true, false, 0, 1,
				HL_AUTHZ_KEYS_ON_SHEETS, true},
			HL_AUTHZ_USER_LAST_SUPERVISOR},
		{"enable", M, {OTHER, S, S, false, true, 0, 1, 0, false}, 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(asks); i++) {
		struct hl_authz_actor me = actor(asks[i].actor);
		enum hl_authz_user_why why = HL_AUTHZ_USER_BAD_ROLE;
		int rc = hl_authz_user_change(
			asks[i].actor ? &me : NULL, &asks[i].user, &why);

		if (why != asks[i].why || rc != (asks[i].why ? HL_DENIED : 0)) {
			fail_msg("%s: %s", asks[i].what,
				hl_vocab_name(
					&hl_vocab_authz_user_why, (int)why));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_well_formed),
		cmocka_unit_test(every_role_and_action),
		cmocka_unit_test(roles_add_up),
		cmocka_unit_test(denials_tell_nothing),
		cmocka_unit_test(reasons),
		cmocka_unit_test(half_a_login_does_nothing),
		cmocka_unit_test(menus_show_what_a_role_can_ever_do),
		cmocka_unit_test(changes_of_users),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
