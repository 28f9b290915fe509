/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/settings.h"

/* What must hold between keys, and answers that several keys give. */

static int check_mail(const struct hl_settings *s, struct hl_err *err)
{
	if (s->mail_transport == HL_MAIL_NONE) {
		return s->mail_production ? HL_FAIL(err, HL_E_INVALID,
						    "mail.production: needs a "
						    "mail.transport")
					  : 0;
	}
	if (!*s->mail_from) {
		return HL_FAIL(err, HL_E_INVALID,
			"mail.from: must be set to send mail");
	}
	if (s->mail_transport == HL_MAIL_FOLDER && !*s->mail_folder) {
		return HL_FAIL(err, HL_E_INVALID,
			"mail.folder: must be set for this mail.transport");
	}
	if (s->mail_transport == HL_MAIL_SMTP && !*s->mail_smtp_url) {
		return HL_FAIL(err, HL_E_INVALID,
			"mail.smtp.url: must be set for this mail.transport");
	}
	if (*s->mail_smtp_user && !*s->mail_smtp_password_file) {
		return HL_FAIL(err, HL_E_INVALID,
			"mail.smtp.password_file: must be set with "
			"mail.smtp.user");
	}
	return 0;
}

static bool is_plain_http(const char *url)
{
	return strncmp(url, "http://", 7) == 0 &&
	       strncmp(url, "http://127.", 11) != 0 &&
	       strncmp(url, "http://[::1]", 12) != 0 &&
	       strncmp(url, "http://localhost", 16) != 0 &&
	       !strstr(url, ".onion");
}

/* RFC 9110 clause 5.1; empty for none. */
static bool is_header_name(const char *name)
{
	for (const char *p = name; *p; p++) {
		bool letter = (*p | 0x20) >= 'a' && (*p | 0x20) <= 'z';

		if (!letter && *p != '-' && !(*p >= '0' && *p <= '9')) {
			return false;
		}
	}
	return true;
}

/* A domain in its canonical form, of two labels or more. */
static bool is_domain(const char *s)
{
	size_t label = 0, dots = 0;

	for (const char *p = s; *p; p++) {
		bool part = (*p >= 'a' && *p <= 'z') ||
			    (*p >= '0' && *p <= '9') || *p == '-';

		if (*p == '.' ? !label : !part || label >= 63) {
			return false;
		}
		dots += *p == '.';
		label = *p == '.' ? 0 : label + 1;
	}
	return label && dots && strlen(s) <= 200;
}

static int check_public(const struct hl_settings *s, struct hl_err *err)
{
	if (!*s->service_name) {
		return HL_FAIL(
			err, HL_E_INVALID, "service.name: must not be empty");
	}
	if (!*s->public_exit_url) {
		return HL_FAIL(
			err, HL_E_INVALID, "public.exit_url: must be set");
	}
	if (!is_header_name(s->public_peer_header)) {
		return HL_FAIL(err, HL_E_INVALID,
			"public.peer_header: is the name of a header, as "
			"X-Real-IP");
	}
	if (strcmp(s->public_listen, s->staff_listen) == 0 &&
		!hl_str_ends(hl_str_c(s->public_listen), HL_STR(":0"))) {
		return HL_FAIL(err, HL_E_INVALID,
			"staff.listen: must differ from public.listen");
	}
	if (*s->api_listen &&
		!hl_str_ends(hl_str_c(s->api_listen), HL_STR(":0")) &&
		(strcmp(s->api_listen, s->public_listen) == 0 ||
			strcmp(s->api_listen, s->staff_listen) == 0)) {
		return HL_FAIL(err, HL_E_INVALID,
			"api.listen: must differ from public.listen and "
			"staff.listen");
	}
	if (*s->lists_canary_domain && !is_domain(s->lists_canary_domain)) {
		return HL_FAIL(err, HL_E_INVALID,
			"lists.canary_domain: is a domain in small letters, as "
			"birds.example.org");
	}
	if (s->mail_production &&
		(is_plain_http(s->public_url) || is_plain_http(s->staff_url))) {
		return HL_FAIL(err, HL_E_INVALID,
			"public.url, staff.url: need https:// in production");
	}
	return 0;
}

int hl_settings_check(const struct hl_settings *s, struct hl_err *err)
{
	int rc = check_public(s, err);

	rc = rc ? rc : check_mail(s, err);
	if (rc) {
		return rc;
	}
	if (!*s->store_path || !*s->keys_dir) {
		return HL_FAIL(
			err, HL_E_INVALID, "store.path, keys.dir: must be set");
	}
	if (s->watch_enabled && !s->n_watch_schedule) {
		return HL_FAIL(err, HL_E_INVALID,
			"watch.schedule: must be set to watch");
	}
	if (s->mail_production && s->n_egress_allow) {
		return HL_FAIL(err, HL_E_INVALID,
			"egress.allow_private_for_tests: not in production");
	}
	return 0;
}

int hl_settings_police_hold(const struct hl_settings *s, struct hl_str country)
{
	for (size_t i = 0; i < s->n_police_holds; i++) {
		if (hl_str_eq_nocase(
			    country, hl_str_c(s->police_holds[i].country))) {
			return s->police_holds[i].hours;
		}
	}
	return s->police_hold_hours;
}

const char *hl_settings_home_country(const struct hl_settings *s)
{
	return *s->trace_home_country ? s->trace_home_country
				      : s->operator_country;
}

static bool in_net(
	const struct hl_settings_net *net, const unsigned char *address)
{
	int bytes = net->prefix / 8, bits = net->prefix % 8;
	unsigned mask = 0xff00u >> bits & 0xff;

	return memcmp(net->address, address, (size_t)bytes) == 0 &&
	       (!bits || !((net->address[bytes] ^ address[bytes]) & mask));
}

bool hl_settings_egress_allowed(const struct hl_settings *s, int family,
	const unsigned char *address, int port)
{
	for (size_t i = 0; i < s->n_egress_allow; i++) {
		const struct hl_settings_net *net = &s->egress_allow[i];

		if (net->family == family &&
			(!net->port || net->port == port) &&
			in_net(net, address)) {
			return true;
		}
	}
	return false;
}
