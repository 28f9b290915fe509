/* SPDX-License-Identifier: Apache-2.0 */
#include "main/demo_logins.h"

#include <stdio.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/common.h"

#define FILE_MAX 16384
#define ANALYST (HL_ROLE_ANALYST | HL_ROLE_VERIFIER)

static const struct {
	const char *login, *name, *what;
	unsigned roles;
} people[HL_DEMO_PEOPLE] = {
	[HL_DEMO_SOFIE] = {"sofie", "Sofie Holm", "supervisor",
		HL_ROLE_SUPERVISOR},
	[HL_DEMO_SIMON] = {"simon", "Simon Krag", "supervisor",
		HL_ROLE_SUPERVISOR},
	[HL_DEMO_ANNA] = {"anna", "Anna Lind", "analyst, verifier", ANALYST},
	[HL_DEMO_BEN] = {"ben", "Ben Okoro", "analyst, verifier", ANALYST},
	[HL_DEMO_RITA] = {"rita", "Rita Novak", "referral officer",
		HL_ROLE_REFERRAL},
	[HL_DEMO_ADAM] = {"adam", "Adam Berg", "administrator", HL_ROLE_ADMIN},
};

void hl_main_demo_logins_wipe(struct hl_main_demo_logins *l)
{
	explicit_bzero(l, sizeof(*l));
}

void hl_main_demo_logins_init(struct hl_main_demo_logins *l)
{
	explicit_bzero(l, sizeof(*l));
	for (size_t i = 0; i < HL_DEMO_PEOPLE; i++) {
		l->at[i].login = people[i].login;
		l->at[i].name = people[i].name;
		l->at[i].what = people[i].what;
		l->at[i].roles = people[i].roles;
	}
}

static void put_login(
	struct hl_buf *out, const struct hl_main_demo_login *login)
{
	char base32[HL_SEAL_TOTP_BASE32];

	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "login", hl_str_c(login->login));
	hl_json_put_member(out, "password", hl_str_c(login->password));
	/* for an authenticator app */
	hl_json_put_member(
		out, "app_secret", hl_seal_totp_base32(&login->totp, base32));
	explicit_bzero(base32, sizeof(base32));
	hl_json_put_name(out, "secret");
	hl_buf_put_c(out, '"');
	hl_text_put_hex(out, login->totp.b, sizeof(login->totp.b));
	hl_buf_put(out, HL_STR("\"}"));
}

int hl_main_demo_logins_save(const struct hl_main_demo_logins *l,
	const char *dir, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(FILE_MAX);
	char path[HL_CLI_PATH_MAX];

	hl_buf_put_c(&text, '{');
	hl_json_put_member(&text, "about",
		HL_STR("Logins of invented people in a demonstration. A real "
		       "hotline keeps no such file."));
	hl_json_put_name(&text, "logins");
	hl_buf_put_c(&text, '[');
	for (size_t i = 0; i < HL_DEMO_PEOPLE; i++) {
		put_login(&text, &l->at[i]);
	}
	hl_buf_put_c(&text, ']');
	hl_json_put_member(&text, "api_key", hl_str_c(l->api_key));
	hl_json_put_member(&text, "consumer", hl_str_c(l->consumer));
	hl_json_put_member(&text, "list_token", hl_str_c(l->list_token));
	hl_buf_put(&text, HL_STR("}\n"));
	int r = text.fault;
	if (!r) {
		r = hl_cli_path(dir, HL_MAIN_DEMO_LOGINS, path, err);
	}
	return r ? r : hl_file_write(path, hl_buf_str(&text), 0600, err);
}

static int read_login(const json_t *from, struct hl_main_demo_login *to)
{
	struct hl_str password = hl_json_str(from, "password");

	if (!password.n || password.n >= sizeof(to->password)) {
		return HL_E_INVALID;
	}
	memcpy(to->password, password.p, password.n);
	return hl_text_parse_hex(
		hl_json_str(from, "secret"), to->totp.b, sizeof(to->totp.b));
}

/* Empty: made by a version that had none. */
static void read_text(
	const json_t *from, const char *name, char *to, size_t size)
{
	struct hl_str text = hl_json_str(from, name);

	if (text.p && text.n < size) {
		memcpy(to, text.p, text.n);
	}
}

static int read_logins(
	struct hl_str text, struct hl_main_demo_logins *l, struct hl_err *err)
{
	HL_JSON_AUTO *root = NULL;
	int r = hl_json_parse(text, FILE_MAX, &root, err);
	const json_t *list = r ? NULL : json_object_get(root, "logins");

	for (size_t i = 0; i < HL_DEMO_PEOPLE && !r; i++) {
		const json_t *one = json_array_get(list, i);

		if (!one ||
			!hl_str_eq(hl_json_str(one, "login"),
				hl_str_c(l->at[i].login)) ||
			read_login(one, &l->at[i])) {
			r = HL_FAIL(err, HL_E_INVALID,
				"%s is not as \"hotline init --demo\" makes "
				"it",
				HL_MAIN_DEMO_LOGINS);
		}
	}
	if (!r) {
		read_text(root, "api_key", l->api_key, sizeof(l->api_key));
		read_text(root, "consumer", l->consumer, sizeof(l->consumer));
		read_text(root, "list_token", l->list_token,
			sizeof(l->list_token));
	}
	return r;
}

int hl_main_demo_logins_load(
	const char *dir, struct hl_main_demo_logins *l, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(FILE_MAX);
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(dir, HL_MAIN_DEMO_LOGINS, path, err);

	hl_main_demo_logins_init(l);
	if (!r) {
		r = hl_file_read(path, &text, err);
	}
	if (r == HL_NOTFOUND) {
		return HL_FAIL(err, HL_NOTFOUND,
			"there is no demonstration in %s; make one with "
			"\"hotline init --demo\"",
			dir);
	}
	return r ? r : read_logins(hl_buf_str(&text), l, err);
}
