/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_doctor/doctor.h"

#include <errno.h>
#include <sys/stat.h>

static void name_unset(struct hl_doctor *d)
{
	const struct {
		const char *key, *value;
	} wanted[] = {
		{"operator.name", d->settings->operator_name},
		{"operator.country", d->settings->operator_country},
		{"operator.mail", d->settings->operator_mail},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(wanted); i++) {
		if (!*wanted[i].value) {
			HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "settings",
				"Set it in hotline.conf: pages and notices "
				"name it.",
				"%s is not set.", wanted[i].key);
		}
	}
}

static bool is_loopback(const char *listen)
{
	return strncmp(listen, "127.", 4) == 0 ||
	       strncmp(listen, "[::1]", 5) == 0 ||
	       strncmp(listen, "localhost:", 10) == 0;
}

static bool is_open_http(const char *url)
{
	return strncmp(url, "http://", 7) == 0 && !is_loopback(url + 7) &&
	       strncmp(url, "http://localhost", 16) != 0 &&
	       !strstr(url, ".onion");
}

static bool is_loopback_url(const char *url)
{
	const char *host = strstr(url, "://");

	return host && (is_loopback(host + 3) ||
			       strncmp(host + 3, "localhost", 9) == 0);
}

static void check_addresses(struct hl_doctor *d)
{
	const struct hl_settings *s = d->settings;

	if (!is_loopback(s->staff_listen)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "settings",
			"Put staff.listen on 127.0.0.1 behind a proxy with "
			"TLS, or on a private network.",
			"The workbench listens on %s, beyond this host.",
			s->staff_listen);
	}
	if (is_open_http(s->public_url) || is_open_http(s->staff_url)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "settings",
			"Use https:// in public.url and staff.url.",
			"What people type crosses the network in the clear.");
	}
	if (s->mail_production && is_loopback_url(s->public_url)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "settings",
			"Set public.url to what the world reaches.",
			"Answer links in mail begin with %s, which leads "
			"nobody here.",
			s->public_url);
	}
	if (strncmp(s->public_url, "https:", 6) == 0 && s->report_rate_limit &&
		!*s->public_peer_header) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "settings",
			"Let the web server in front set X-Real-IP and name it "
			"in public.peer_header (docs/proxy.md).",
			"public.peer_header is not set: report.rate_limit "
			"holds back nobody.");
	}
	if (s->n_egress_allow) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "settings",
			"Remove egress.allow_private_for_tests.",
			"Private networks may be reached: that is for tests.");
	}
}

static void check_urls(struct hl_doctor *d)
{
	HL_BUF_AUTO text = HL_BUF_INIT(2048);
	struct hl_str rest, line;

	hl_settings_put_misled(&text, d->settings);
	rest = hl_buf_str(&text);
	while (rest.n && hl_str_next(&rest, '\n', &line)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "settings",
			"Mend hotline.conf; answer links and the messages at "
			"the start name the URL.",
			"%.*s.", HL_STR_ARG(line));
	}
}

static void note_switches(struct hl_doctor *d)
{
	const struct hl_settings *s = d->settings;

	if (!s->trace_enabled) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "settings", NULL,
			"trace.enabled is no: hosts and abuse contacts are "
			"not looked up over the network.");
	}
	if (!s->watch_enabled) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "settings", NULL,
			"watch.enabled is no: nobody is told when content is "
			"gone or comes back.");
	}
}

void hl_cli_doctor_settings(struct hl_doctor *d)
{
	struct hl_err err = {0};
	int r = hl_settings_check(d->settings, &err);

	if (r) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "settings",
			"Mend hotline.conf; hotline serve will not start.",
			"%s", hl_cli_doctor_why(r, &err));
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "settings", NULL,
			"hotline.conf in %s is valid.", d->dir);
	}
	name_unset(d);
	check_urls(d);
	check_addresses(d);
	note_switches(d);
}

/* A file that the mail server's login needs; secret ones are for the owner
 * alone. */
static void check_file(struct hl_doctor *d, const char *name, bool secret)
{
	char path[HL_CLI_PATH_MAX];
	struct hl_err err = {0};
	struct stat st;

	if (!*name) {
		return;
	}
	if (hl_cli_path(d->dir, name, path, &err) || stat(path, &st) < 0) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "mail",
			"Put the file there, or change hotline.conf.",
			"%s is not there.", name);
	} else if (secret && st.st_mode & (S_IRWXG | S_IRWXO)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "mail", "chmod 600 it.",
			"%s is open to others (mode %03o).", path,
			(unsigned)st.st_mode & 0777);
	}
}

void hl_cli_doctor_mail(struct hl_doctor *d)
{
	const struct hl_settings *s = d->settings;

	switch (s->mail_transport) {
	case HL_MAIL_NONE:
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "mail",
			"Set mail.transport, mail.smtp.url and mail.from.",
			"mail.transport is none: no notice leaves by mail.");
		return;
	case HL_MAIL_FOLDER:
		HL_DOCTOR_SAY(d,
			s->mail_production ? HL_DOCTOR_WARNING : HL_DOCTOR_NOTE,
			"mail",
			s->mail_production
				? "Set mail.transport to smtp, unless "
				  "something else sends those files."
				: NULL,
			"Mail is put into files in %s.", s->mail_folder);
		break;
	case HL_MAIL_SMTP:
		check_file(d, s->mail_smtp_password_file, true);
		check_file(d, s->mail_smtp_ca_file, false);
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "mail", NULL,
			"Mail leaves through %s.", s->mail_smtp_url);
		break;
	}
	if (!s->mail_production) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "mail",
			"Set mail.production to yes when you are ready.",
			"Every message is marked as a test.");
	}
}
