/* SPDX-License-Identifier: Apache-2.0 */
/* hotline doctor: looks at an installation and changes nothing in it. */
#include "cli_doctor/doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "cli_doctor/commands.h"
#include "seal/key.h"

static const char help[] =
	"usage: hotline doctor [--network] [--json]\n"
	"\n"
	"Checks an installation and says what to do about each finding:\n"
	"settings, keys, store, disk, law profiles, address data, staff, "
	"audit\n"
	"log, clock, sandbox. Changes nothing.\n"
	"\n"
	"  --network  also asks the resolver and logs in at the mail server;\n"
	"             nothing is mailed\n"
	"  --json     one JSON object\n"
	"\n"
	"exit status: 0 all is well, 1 there are warnings or errors, 2 usage,\n"
	"             3 no installation\n";

static const struct {
	const char *name, *shown;
} levels[HL_DOCTOR_N_LEVELS] = {
	[HL_DOCTOR_OK] = {"ok", "ok"},
	[HL_DOCTOR_NOTE] = {"note", "note"},
	[HL_DOCTOR_WARNING] = {"warning", "WARNING"},
	[HL_DOCTOR_ERROR] = {"error", "ERROR"},
};

static void put_json(struct hl_buf *out, const struct hl_doctor_found *found,
	struct hl_str text)
{
	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "level", hl_str_c(levels[found->level].name));
	hl_json_put_member(out, "check", hl_str_c(found->check));
	hl_json_put_member(out, "text", text);
	if (found->todo) {
		hl_json_put_member(out, "todo", hl_str_c(found->todo));
	}
	hl_buf_put_c(out, '}');
}

void hl_cli_doctor_say(struct hl_doctor *d, const struct hl_doctor_found *found,
	const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	d->n[found->level]++;
	if (d->json) {
		put_json(&d->out, found, hl_str_c(text));
		return;
	}
	hl_buf_printf(&d->out, "%-8s %-9s %s\n", levels[found->level].shown,
		found->check, text);
	if (found->todo) {
		hl_buf_printf(&d->out, "%18s -> %s\n", "", found->todo);
	}
}

const char *hl_cli_doctor_why(int r, const struct hl_err *err)
{
	return err->msg[0] ? err->msg : hl_err_name(r);
}

static void look(struct hl_doctor *d, bool network)
{
	hl_cli_doctor_settings(d);
	hl_cli_doctor_mail(d);
	hl_cli_doctor_folder(d);
	hl_cli_doctor_keys(d);
	hl_cli_doctor_laws(d);
	hl_cli_doctor_geo(d);
	hl_cli_doctor_store(d);
	if (d->store) {
		hl_cli_doctor_epochs(d);
		hl_cli_doctor_holders(d);
		hl_cli_doctor_staff(d);
		hl_cli_doctor_outbox(d);
		hl_cli_doctor_watch(d);
		hl_cli_doctor_log(d);
	}
	hl_cli_doctor_match(d);
	hl_cli_doctor_lists(d);
	hl_cli_doctor_clock(d);
	hl_cli_doctor_sandbox(d);
	if (network) {
		hl_cli_doctor_network(d);
	}
}

static void end(struct hl_doctor *d)
{
	int errors = d->n[HL_DOCTOR_ERROR], warnings = d->n[HL_DOCTOR_WARNING];

	if (d->json) {
		hl_buf_put(&d->out, HL_STR("]"));
		hl_json_put_member_i64(&d->out, "errors", errors);
		hl_json_put_member_i64(&d->out, "warnings", warnings);
		hl_buf_put(&d->out, HL_STR("}\n"));
	} else if (errors || warnings) {
		hl_buf_printf(&d->out, "\n%d error%s, %d warning%s\n", errors,
			errors == 1 ? "" : "s", warnings,
			warnings == 1 ? "" : "s");
	} else {
		hl_buf_put(&d->out, HL_STR("\nAll is well.\n"));
	}
	fwrite(d->out.p, 1, d->out.n, stdout);
}

int hl_cli_doctor(int argc, char **argv)
{
	HL_SETTINGS_AUTO *settings = NULL;
	HL_ARENA_AUTO *arena = NULL;
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	bool json = hl_cli_flag(&argc, argv, "--json");
	bool network = hl_cli_flag(&argc, argv, "--network");
	if (argc > 1) {
		fprintf(stderr, "hotline doctor: unknown argument %s\n%s",
			argv[1], help);
		return HL_CLI_USAGE;
	}
	int r = hl_seal_init(&err);
	if (!r) {
		r = hl_cli_settings(&settings, &err);
	}
	if (!r) {
		arena = hl_arena_new(16 << 20, true);
		r = arena ? 0 : HL_FAIL(&err, HL_E_NOMEM, "no memory");
	}
	if (r) {
		return hl_cli_fail("doctor", r, &err);
	}
	struct hl_doctor d = {.dir = hl_cli_dir(),
		.settings = settings,
		.arena = arena,
		.json = json,
		.out = HL_BUF_INIT(1 << 20)};
	hl_buf_put(&d.out, json ? HL_STR("{\"findings\":[") : HL_STR(""));
	look(&d, network);
	hl_store_close(d.store);
	end(&d);
	hl_buf_fini(&d.out);
	return d.n[HL_DOCTOR_ERROR] || d.n[HL_DOCTOR_WARNING] ? HL_CLI_FAILED
							      : HL_CLI_OK;
}
