/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_doctor/doctor.h"

#include "domain/list.h"
#include "seal/listkey.h"
#include "store/sql.h"

/* 0, or the outcome of the first of the four that cannot be read. */
static int load_all(const char *dir, struct hl_err *err)
{
	struct hl_seal_pub pub;
	HL_SEAL_SECRET_AUTO place = {0};
	HL_SEAL_KEY_AUTO seed = {0};
	HL_SEAL_LIST_COMMIT_AUTO commit = {0};
	HL_SEAL_SIGN_KEY_AUTO online = {0};
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(dir, HL_SEAL_LIST_PLACE, path, err);

	r = r ? r : hl_seal_list_place_load(path, &pub, &place, err);
	r = r ? r : hl_cli_path(dir, HL_SEAL_LIST_SEED, path, err);
	r = r ? r : hl_seal_list_seed_load(path, &seed, err);
	r = r ? r : hl_cli_path(dir, HL_SEAL_LIST_COMMIT, path, err);
	r = r ? r : hl_seal_list_commit_load(path, &commit, err);
	r = r ? r : hl_cli_path(dir, HL_SEAL_LIST_ONLINE, path, err);
	return r ? r : hl_seal_list_online_load(path, &online, err);
}

/* What consumers need of us, once lists can be published. */
static void check_reach(struct hl_doctor *d)
{
	const struct hl_settings *s = d->settings;

	if (!*s->lists_canary_domain) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "lists",
			"Set lists.canary_domain to a domain of yours with "
			"nothing on it, and restart.",
			"No consumer of lists can be added without names of "
			"its own for its list.");
	}
	if (*s->lists_listen && !*s->lists_url) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "lists",
			"Set lists.url to the address that the web server "
			"answers under, and restart.",
			"Consumers of lists cannot be told where to ask.");
	}
}

static void check_consumers(struct hl_doctor *d)
{
	const struct hl_in_list_consumer_any in = {HL_LIST_CONSUMER_ACTIVE};
	struct hl_row_list_consumer_any *row;
	size_t n = 0;

	if (!hl_get_list_consumer_any(
		    d->store, d->arena, &in, &row, &n, NULL) &&
		!n) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "lists", NULL,
			"Nobody gets the list of addresses yet: two "
			"supervisors bring a consumer in, on the page of "
			"block lists.");
	}
}

static void check_root(struct hl_doctor *d)
{
	const struct hl_in_meta_get in = {.key = HL_STR("lists.root.1")};
	struct hl_row_meta_get *row;
	size_t n = 0;

	if (!d->store ||
		hl_get_meta_get(d->store, d->arena, &in, &row, &n, NULL)) {
		return;
	}
	if (n) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "lists", NULL,
			"The keys of lists are there, and a root is "
			"installed.");
		check_reach(d);
		check_consumers(d);
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "lists", NULL,
			"No root of lists is installed, so no list of "
			"addresses is published: hotline list root --help "
			"says how.");
	}
}

/* Consumers of tier 2 get their list by the name server alone. */
static void check_transfers(struct hl_doctor *d)
{
	struct hl_row_lists_consumers *rows;
	size_t n = 0, n_clear = 0;

	if (!d->store || *d->settings->lists_rpz_listen ||
		hl_get_lists_consumers(d->store, d->arena, &rows, &n, NULL)) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		n_clear += rows[i].state == HL_LIST_CONSUMER_ACTIVE &&
			   rows[i].tier == HL_LIST_TIER_CLEAR;
	}
	if (n_clear) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "lists",
			"Set lists.rpz_listen and lists.rpz_zone, or give "
			"those consumers another tier.",
			"Consumers of tier 2 in use: %zu. They take their list "
			"by DNS, and lists.rpz_listen is not set: they get "
			"nothing.",
			n_clear);
	}
}

void hl_cli_doctor_lists(struct hl_doctor *d)
{
	char dir[HL_CLI_PATH_MAX];
	struct hl_err err = {0};
	int r = hl_cli_path(d->dir, d->settings->keys_dir, dir, &err);

	r = r ? r : load_all(dir, &err);
	if (!r) {
		check_root(d);
	} else if (r == HL_NOTFOUND) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "lists", NULL,
			"Not all keys of lists are there, so no list of "
			"addresses is published: hotline list init says more.");
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "lists",
			"Put the keys of lists back from the copy of the keys.",
			"%s", hl_cli_doctor_why(r, &err));
	}
	check_transfers(d);
}
