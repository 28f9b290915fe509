/* SPDX-License-Identifier: Apache-2.0 */
/* hotline init --demo */
#include "main/demo_inner.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/common.h"
#include "main/demo_hashes.h"
#include "main/demo_lists.h"
#include "main/demo_refer.h"

const char *const *hl_main_demo_settings(size_t *n)
{
	static const char *const settings[] = {
		"service.name = Example Hotline",
		"operator.name = Example Trust",
		"operator.country = DK",
		"operator.mail = hotline@example.org",
		"law.national = dk",
		"api.listen = 127.0.0.1:8082",
		"lists.listen = 127.0.0.1:8083",
		"lists.url = http://127.0.0.1:8083",
		"lists.canary_domain = lists.example.invalid",
		"lists.popular_file = popular-hosts.txt",
		"mail.transport = folder",
		"mail.from = hotline@example.org",
		"mail.production = no",
		"watch.enabled = no",
		"trace.enabled = no",
	};

	*n = HL_ARRAY_LEN(settings);
	return settings;
}

/* The people come a day before the first report. */
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
		"  Workbench       %s\n"
		"  Match service   http://%s\n"
		"  Block lists     %s\n\n"
		"  %-8s %-22s %s\n",
		s->public_url, s->staff_url, s->api_listen, s->lists_url,
		"Login", "Password", "Role");
	for (size_t i = 0; i < HL_DEMO_PEOPLE; i++) {
		const struct hl_main_demo_login *l = &demo->logins.at[i];

		hl_buf_printf(out, "  %-8s %-22s %s\n", l->login, l->password,
			l->what);
	}
	hl_buf_printf(out, "\n  API key  %s\n", demo->logins.api_key);
	hl_buf_printf(out, "  List     %s, with the token %s\n",
		demo->logins.consumer, demo->logins.list_token);
	hl_buf_printf(out,
		"\nPasswords, key and token are printed once. After the "
		"password the workbench\n"
		"asks for a six-digit code; \"hotline demo code LOGIN\" says "
		"which. So that it\n"
		"can, the logins stand in %s/%s, in a demonstration only.\n",
		demo->dir, HL_MAIN_DEMO_LOGINS);
}

static void print_json(const struct hl_main_demo *demo, struct hl_buf *out)
{
	hl_buf_put_c(out, '{');
	hl_json_put_member(
		out, "public_url", hl_str_c(demo->made->settings->public_url));
	hl_json_put_member(
		out, "staff_url", hl_str_c(demo->made->settings->staff_url));
	hl_json_put_member(
		out, "api_listen", hl_str_c(demo->made->settings->api_listen));
	hl_json_put_member(out, "api_key", hl_str_c(demo->logins.api_key));
	hl_json_put_member(
		out, "lists_url", hl_str_c(demo->made->settings->lists_url));
	hl_json_put_member(out, "consumer", hl_str_c(demo->logins.consumer));
	hl_json_put_member(
		out, "list_token", hl_str_c(demo->logins.list_token));
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

static int load_law(const struct hl_main_demo *demo, const char *name,
	struct hl_law **out, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_LAW_BYTES_MAX);
	char dir[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(
		demo->dir, demo->made->settings->laws_dir, dir, err);

	if (!r) {
		r = hl_cli_path(dir, name, path, err);
	}
	if (!r) {
		r = hl_file_read(path, &text, err);
	}
	return r ? r : hl_law_load(hl_buf_str(&text), name, out, err);
}

static int tell_history(struct hl_main_demo *demo, struct hl_err *err)
{
	const struct hl_intake_config intake = {.draft_ttl_us = HL_US_PER_HOUR};
	int r = load_law(demo, "baseline.json", &demo->laws[0], err);

	if (!r) {
		r = load_law(demo, "dk.json", &demo->laws[1], err);
	}
	if (!r) {
		r = hl_intake_new(&intake, &demo->intake, err);
	}
	if (!r) {
		r = hl_main_demo_post_new(demo, &demo->post, err);
	}
	if (!r) {
		r = hl_main_demo_recipients(demo->post, err);
	}
	if (!r) {
		r = hl_main_demo_registry(demo, err);
	}
	if (!r) {
		r = hl_main_demo_lists_new(demo, &demo->lists, err);
	}
	if (!r) {
		r = hl_main_demo_history(demo, err);
	}
	r = r ? r : hl_main_demo_known(demo, err);
	return r ? r : hl_main_demo_lists_told(demo->lists, err);
}

static int fill(struct hl_main_demo *demo, bool json, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_SECRET(8192);
	int r = hl_main_demo_staff(demo, err);

	if (!r) {
		r = tell_history(demo, err);
	}
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
		demo->begin_us = hl_time_now_us() + HL_US_PER_DAY;
		demo->end_us = demo->begin_us +
			       HL_MAIN_DEMO_DAYS * HL_US_PER_DAY -
			       HL_US_PER_MIN;
		hl_main_demo_logins_init(&demo->logins);
		r = fill(demo, json, err);
	}
	hl_time_pretend(0);
	if (demo) {
		hl_main_demo_post_free(demo->post);
		hl_main_demo_lists_free(demo->lists);
		hl_intake_free(demo->intake);
		hl_law_free(demo->laws[0]);
		hl_law_free(demo->laws[1]);
		explicit_bzero(demo, sizeof(*demo));
	}
	free(demo);
	return r == HL_E_NOMEM ? HL_FAIL(err, r, "no memory") : r;
}
