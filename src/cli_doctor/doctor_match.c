/* SPDX-License-Identifier: Apache-2.0 */
/* What programs ask: the match service, its index and its keys. */
#include "cli_doctor/doctor.h"

#include <sys/stat.h>

#include "base/text.h"
#include "base/time.h"
#include "store/sql.h"

#define SOON_DAYS 14

static bool is_loopback(const char *listen)
{
	return strncmp(listen, "127.", 4) == 0 ||
	       strncmp(listen, "[::1]", 5) == 0;
}

static void check_listener(struct hl_doctor *d)
{
	const char *listen = d->settings->api_listen;

	if (!*listen) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "match", NULL,
			"api.listen is not set: programs cannot ask the "
			"registry, and replicas cannot follow it.");
	} else if (!is_loopback(listen)) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "match",
			"Put api.listen on 127.0.0.1 behind a proxy with TLS.",
			"Programs ask at %s in the clear, keys and all.",
			listen);
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "match", NULL,
			"Programs ask the registry at %s.", listen);
	}
}

/* What decoding holds at once: coefficients of a progressive JPEG, planes and
 * colours of a HEIF picture. */
#define MIB_PER_MEGAPIXEL 8

static void check_pictures(struct hl_doctor *d)
{
	const struct hl_settings *s = d->settings;
	int needs_mib = s->api_picture_megapixels * MIB_PER_MEGAPIXEL;

	if (!*s->api_listen || !s->api_pictures) {
		return;
	}
	if (s->api_picture_memory_mib < needs_mib) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "match",
			"Raise api.picture_memory_mib, or lower "
			"api.picture_megapixels.",
			"Pictures of %d megapixels may want %d MiB to decode "
			"and get %d: some will be refused.",
			s->api_picture_megapixels, needs_mib,
			s->api_picture_memory_mib);
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "match", NULL,
			"A picture that is sent may have %d megapixels and "
			"cost %d s and %d MiB.",
			s->api_picture_megapixels, s->api_picture_seconds,
			s->api_picture_memory_mib);
	}
}

/* The name of the index that is whole stands in this file. */
static void check_index(struct hl_doctor *d)
{
	char path[HL_CLI_PATH_MAX];
	struct stat st;

	if (hl_cli_path(d->dir, "match/current", path, NULL) == 0 &&
		stat(path, &st) == 0) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_OK, "match", NULL,
			"The index of known hashes is there.");
	} else if (d->running) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "match",
			"Wait while it is loaded; if it stays so, look for "
			"lookup.* in the log.",
			"There is no index of known hashes yet: near pictures "
			"are not found.");
	} else {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "match", NULL,
			"The index of known hashes is made when the hotline "
			"runs.");
	}
}

static void check_key(struct hl_doctor *d, const struct hl_row_apikey_list *k)
{
	int64_t left_us = k->expires_at_us - hl_time_now_us();
	char ref[HL_REF_MAX];
	struct hl_str known = hl_ref_print(HL_REF_API_KEY, k->id, ref);

	if (k->expires_at_us && left_us < SOON_DAYS * HL_US_PER_DAY) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_WARNING, "match",
			"Make another with \"hotline apikey create\" and hand "
			"it over in time.",
			"The key %.*s (%.*s) ends within %d days.",
			HL_STR_ARG(known), HL_STR_ARG(k->name), SOON_DAYS);
	}
}

static void check_keys(struct hl_doctor *d)
{
	struct hl_row_apikey_list *keys;
	struct hl_err err = {0};
	size_t n, n_good = 0;
	int r = hl_get_apikey_list(d->store, d->arena, &keys, &n, &err);

	if (r) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_ERROR, "match",
			"Look after the store first.",
			"The keys of programs cannot be read: %s.",
			hl_cli_doctor_why(r, &err));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bool over = keys[i].expires_at_us &&
			    keys[i].expires_at_us <= hl_time_now_us();

		if (!keys[i].revoked_at_us && !over) {
			n_good++;
			check_key(d, &keys[i]);
		}
	}
	if (*d->settings->api_listen && !n_good) {
		HL_DOCTOR_SAY(d, HL_DOCTOR_NOTE, "match", NULL,
			"No program has a key: \"hotline apikey create\".");
	}
}

void hl_cli_doctor_match(struct hl_doctor *d)
{
	check_listener(d);
	check_pictures(d);
	check_index(d);
	if (d->store) {
		check_keys(d);
	}
}
