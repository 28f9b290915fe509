/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_doctor/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "net/fetch.h"
#include "proc/sandbox.h"
#include "referral/probe.h"
#include "trace/setup.h"

/* Before this program was written: 2026-01-01. */
#define CLOCK_LEAST (INT64_C(1767225600) * HL_US_PER_S)
#define PASSWORD_MAX 1024

bool hl_cli_doctor_clock_kept(void)
{
	struct timex t = {.modes = 0};

	return hl_time_now_us() >= CLOCK_LEAST && adjtimex(&t) >= 0 &&
	       !(t.status & STA_UNSYNC);
}

void hl_cli_doctor_clock(struct hl_doctor *d)
{
	int64_t now = hl_time_now_us();
	char at[HL_TIME_ISO_MAX];

	hl_time_iso_s(now, at);
	if (now < CLOCK_LEAST) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "clock",
			"Set the clock and start a time service.",
			"It is not %s.", at);
		return;
	}
	HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "clock", NULL, "It is %s.", at);
	if (!hl_cli_doctor_clock_kept()) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "clock", NULL,
			"The kernel does not know of a time service that "
			"keeps the clock; inside a container it may not see "
			"it.");
	}
}

struct tried {
	int outcome;
	struct hl_proc_shut shut;
	struct hl_err err;
};

/* A child shuts itself in as the reporting form's process does. */
static void shut_in(int to)
{
	const struct hl_proc_sandbox box = {.kind = HL_PROC_PUBLIC};
	struct tried t = {0};

	/* what it would log is told by the parent */
	hl_log_init("doctor", HL_LOG_ERROR);
	t.outcome = hl_proc_sandbox_enter(&box, &t.shut, &t.err);
	_exit(write(to, &t, sizeof(t)) == sizeof(t) ? 0 : 1);
}

static bool try_sandbox(struct tried *out)
{
	int ends[2];

	fflush(NULL);
	if (pipe(ends) < 0) {
		return false;
	}
	HL_FD_AUTO from = ends[0];
	HL_FD_AUTO to = ends[1];
	pid_t child = fork();
	if (child == 0) {
		shut_in(to);
	}
	hl_file_closep(&to);
	bool told = child > 0 && read(from, out, sizeof(*out)) == sizeof(*out);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) {
	}
	return told;
}

void hl_cli_doctor_sandbox(struct hl_doctor *d)
{
	struct tried t = {0};

	if (!try_sandbox(&t) || t.outcome) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "sandbox",
			"hotline serve will not start: allow seccomp and "
			"prctl to it (docs/processes.md).",
			"A process could not shut itself in: %s",
			t.err.msg[0] ? t.err.msg : "it was killed.");
		return;
	}
	HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "sandbox", NULL,
		"System calls are filtered, no capability is left.");
	if (t.shut.landlock) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "sandbox", NULL,
			"Files are guarded by Landlock, version %d.",
			t.shut.landlock);
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "sandbox",
			"Use a kernel from 5.13 on with Landlock in "
			"/sys/kernel/security/lsm.",
			"This kernel has no Landlock: files are guarded by "
			"user and seccomp only.");
	}
}

/* Any answer of the DNS shows that a resolver is there. */
static void ask_resolver(struct hl_doctor *d)
{
	struct hl_trace_setup *setup = NULL;
	struct hl_net_dns found;
	struct hl_err err = {0};
	int r = hl_trace_setup_new(d->settings, d->dir, &setup, &err);

	if (!r) {
		r = hl_net_dns_resolve(hl_trace_setup_client(setup)->dns,
			HL_STR("example.org"), d->arena, &found, &err);
	}
	hl_trace_setup_free(setup);
	if (r) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "network",
			"Mend trace.dns.servers.", "%s",
			hl_cli_doctor_why(r, &err));
	} else if (found.status == HL_NET_DNS_OK ||
		   hl_net_dns_is_gone(found.status)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "network", NULL,
			"The resolver answers, in %lld ms.",
			(long long)(found.took_us / 1000));
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "network",
			"Look at /etc/resolv.conf or trace.dns.servers, and "
			"at the firewall.",
			"Asked for example.org: %s",
			hl_net_dns_status_text(found.status));
	}
}

static int read_password(
	struct hl_doctor *d, struct hl_buf *out, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r;

	if (!*d->settings->mail_smtp_password_file) {
		return 0;
	}
	r = hl_cli_path(
		d->dir, d->settings->mail_smtp_password_file, path, err);
	if (!r) {
		r = hl_file_read(path, out, err);
	}
	while (!r && out->n &&
		(out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r')) {
		out->p[--out->n] = '\0';
	}
	return r;
}

static void ask_mail_server(struct hl_doctor *d)
{
	const struct hl_settings *s = d->settings;
	HL_BUF_AUTO password = HL_BUF_SECRET(PASSWORD_MAX);
	char ca[HL_CLI_PATH_MAX] = "";
	struct hl_referral_sent sent = {.code = 0};
	struct hl_err err = {0};
	int r = read_password(d, &password, &err);

	if (!r && *s->mail_smtp_ca_file) {
		r = hl_cli_path(d->dir, s->mail_smtp_ca_file, ca, &err);
	}
	struct hl_referral_transport via = {.via = HL_MAIL_SMTP,
		.url = s->mail_smtp_url,
		.user = s->mail_smtp_user,
		.password = password.p,
		.ca_file = ca,
		.connect_timeout_ms = 10000,
		.total_timeout_ms = 20000};
	if (!r) {
		r = hl_referral_mail_probe(
			&via, hl_str_c(s->mail_from), &sent, &err);
	}
	if (r == 0) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "network", NULL,
			"The mail server takes our login; nothing was "
			"mailed.");
	} else if (r != HL_DENIED) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "network",
			"Mend the settings mail.smtp.*.", "%s",
			r == HL_NOTFOUND ? "The password's file is not there."
					 : hl_cli_doctor_why(r, &err));
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "network",
			sent.config ? "Mend the settings mail.smtp.*."
				    : "Look at the mail server and at the "
				      "firewall, then try again.",
			"The mail server: %d %s", sent.code, sent.reply);
	}
}

void hl_cli_doctor_network(struct hl_doctor *d)
{
	ask_resolver(d);
	if (d->settings->mail_transport == HL_MAIL_SMTP) {
		ask_mail_server(d);
	}
}
