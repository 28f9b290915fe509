/* SPDX-License-Identifier: Apache-2.0 */
/* hotline init --demo */
#include "main/demo_inner.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/time.h"

const char *const *hl_main_demo_settings(size_t *n)
{
	static const char *const settings[] = {
		"service.name = Example Hotline",
		"operator.name = Example Trust",
		"operator.country = DK",
		"operator.mail = hotline@example.org",
		"law.national = dk",
		"mail.transport = folder",
		"mail.from = hotline@example.org",
		"mail.production = no",
		"watch.enabled = no",
		"trace.enabled = no",
	};

	*n = HL_ARRAY_LEN(settings);
	return settings;
}

void hl_main_demo_begin(void)
{
	hl_time_pretend(
		hl_time_now_us() - (HL_MAIN_DEMO_DAYS + 1) * HL_US_PER_DAY);
}

static void print_table(const struct hl_main_demo *demo, struct hl_buf *out)
{
	const struct hl_settings *s = demo->made->settings;

	hl_buf_printf(out,
		"A demonstration with invented people and reports; not for "
		"real use.\n\n"
		"  Reporting form  %s\n"
		"  Workbench       %s\n\n"
		"  %-8s %-22s %s\n",
		s->public_url, s->staff_url, "Login", "Password", "Role");
	for (size_t i = 0; i < HL_DEMO_PEOPLE; i++) {
		const struct hl_main_demo_login *l = &demo->logins.at[i];

		hl_buf_printf(out, "  %-8s %-22s %s\n", l->login, l->password,
			l->what);
	}
	hl_buf_printf(out,
		"\nThe passwords are printed once. After the password the "
		"workbench asks for a\n"
		"six-digit code; \"hotline demo code LOGIN\" says which. So "
		"that it can, the\n"
		"logins stand in %s/%s, in a demonstration only.\n",
		demo->dir, HL_MAIN_DEMO_LOGINS);
}

static void print_json(const struct hl_main_demo *demo, struct hl_buf *out)
{
	hl_buf_put_c(out, '{');
	hl_json_put_member(
		out, "public_url", hl_str_c(demo->made->settings->public_url));
	hl_json_put_member(
		out, "staff_url", hl_str_c(demo->made->settings->staff_url));
	hl_json_put_name(out, "logins");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < HL_DEMO_PEOPLE; i++) {
		const struct hl_main_demo_login *l = &demo->logins.at[i];

		hl_json_put_sep(out);
		hl_buf_put_c(out, '{');
		hl_json_put_member(out, "login", hl_str_c(l->login));
		hl_json_put_member(out, "password", hl_str_c(l->password));
		hl_json_put_member(out, "role", hl_str_c(l->what));
		hl_buf_put_c(out, '}');
	}
	hl_buf_put(out, HL_STR("]}\n"));
}

static int fill(struct hl_main_demo *demo, bool json, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_SECRET(8192);
	int r = hl_main_demo_staff(demo, err);

	if (!r) {
		r = hl_main_demo_logins_save(&demo->logins, demo->dir, err);
	}
	if (r) {
		return r;
	}
	(json ? print_json : print_table)(demo, &out);
	fwrite(out.p, 1, out.n, stdout);
	return 0;
}

int hl_main_demo_fill(struct hl_main_install *made, const char *dir, bool json,
	struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(64 << 20, true);
	struct hl_main_demo *demo = calloc(1, sizeof(*demo));
	int r = HL_E_NOMEM;

	if (demo && arena) {
		demo->made = made;
		demo->dir = dir;
		demo->arena = arena;
		hl_main_demo_logins_init(&demo->logins);
		r = fill(demo, json, err);
	}
	hl_time_pretend(0);
	if (demo) {
		explicit_bzero(demo, sizeof(*demo));
	}
	free(demo);
	return r == HL_E_NOMEM ? HL_FAIL(err, r, "no memory") : r;
}
