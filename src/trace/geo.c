/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/geo.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/time.h"
#include "trace/asn.h"

enum { MAX_AS_NAME = 200, MAX_PACKAGE = 64 * 1024 };

struct part {
	bool there;
	const char *missing;
	int64_t made_us;
};

struct hl_trace_geo {
	struct part parts[HL_TRACE_GEO_N_PARTS];
	MMDB_s country;
	struct hl_str as[2]; /* IPv4, IPv6: mapped */
};

static const struct {
	const char *file;
	const char *package; /* its folder, when it lies as npm put it */
	const char *missing;
	const char *damaged;
} files[HL_TRACE_GEO_N_PARTS] = {
	[HL_TRACE_GEO_COUNTRY] = {"geo-whois-asn-country.mmdb",
		"geo-whois-asn-country-mmdb",
		"The file with the countries of addresses "
		"(geo-whois-asn-country.mmdb) is not there.",
		"The file with the countries of addresses "
		"(geo-whois-asn-country.mmdb) cannot be read."},
	[HL_TRACE_GEO_AS_V4] = {"asn-ipv4.csv", "asn",
		"The file with the networks of IPv4 addresses "
		"(asn-ipv4.csv) is not there.",
		"The file with the networks of IPv4 addresses "
		"(asn-ipv4.csv) cannot be read."},
	[HL_TRACE_GEO_AS_V6] = {"asn-ipv6.csv", "asn",
		"The file with the networks of IPv6 addresses "
		"(asn-ipv6.csv) is not there.",
		"The file with the networks of IPv6 addresses "
		"(asn-ipv6.csv) cannot be read."},
};

/* In dir or its package's folder there. */
static bool is_in(const char *dir, int part, char path[PATH_MAX])
{
	const char *file = files[part].file, *package = files[part].package;

	if (snprintf(path, PATH_MAX, "%s/%s", dir, file) < PATH_MAX &&
		access(path, F_OK) == 0) {
		return true;
	}
	return snprintf(path, PATH_MAX, "%s/%s/%s", dir, package, file) <
		       PATH_MAX &&
	       access(path, F_OK) == 0;
}

static bool find_file(
	const char *const *dirs, size_t n, int part, char path[PATH_MAX])
{
	for (size_t i = 0; i < n; i++) {
		if (is_in(dirs[i], part, path)) {
			return true;
		}
	}
	return false;
}

static void open_country(struct hl_trace_geo *g, const char *path)
{
	struct part *p = &g->parts[HL_TRACE_GEO_COUNTRY];

	if (MMDB_open(path, MMDB_MODE_MMAP, &g->country) != MMDB_SUCCESS) {
		p->missing = files[HL_TRACE_GEO_COUNTRY].damaged;
		return;
	}
	p->there = true;
	p->made_us = (int64_t)g->country.metadata.build_epoch * HL_US_PER_S;
}

/* Day of a version that ends in one, "2.3.2026061719"; 0 if it does not. */
static int64_t day_of(struct hl_str version)
{
	char iso[HL_TIME_ISO_MAX];
	int64_t at_us;
	size_t i = version.n;

	while (i && version.p[i - 1] != '.') {
		i--;
	}
	struct hl_str day = hl_str_sub(version, i, version.n);
	if (day.n < 8) {
		return 0;
	}
	snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2sT00:00:00Z", day.p, day.p + 4,
		day.p + 6);
	return hl_time_parse_iso(hl_str_c(iso), &at_us) ? 0 : at_us;
}

/*
 * The table has no date in it, and that of the file is the day of its
 * unpacking: the version of the package that brought it tells.
 */
static int64_t packed_us(const char *file)
{
	HL_BUF_AUTO text = HL_BUF_INIT(MAX_PACKAGE);
	HL_JSON_AUTO *package = NULL;
	char folder[PATH_MAX], path[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s", file);
	if (snprintf(path, sizeof(path), "%s/package.json", dirname(folder)) >=
			PATH_MAX ||
		hl_file_read(path, &text, NULL) ||
		hl_json_parse(hl_buf_str(&text), MAX_PACKAGE, &package, NULL)) {
		return 0;
	}
	return day_of(hl_json_str(package, "version"));
}

/* The text mapped; absent if it cannot be. */
static struct hl_str map_file(const char *path)
{
	HL_FD_AUTO fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size <= 0) {
		return HL_STR_NONE;
	}
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) {
		return HL_STR_NONE;
	}
	return hl_str_mem(p, (size_t)st.st_size);
}

/* A look-up in the middle of the address space finds most damage early. */
static bool readable(struct hl_str text, bool v6)
{
	struct hl_net_addr middle = {.b = {v6 ? 0x2a : 0x80}, .v6 = v6};
	struct hl_str name;
	uint32_t asn;

	return hl_trace_asn_find(text, &middle, &asn, &name) >= 0;
}

static void open_as(struct hl_trace_geo *g, int part, const char *path)
{
	bool v6 = part == HL_TRACE_GEO_AS_V6;
	struct part *p = &g->parts[part];

	g->as[v6] = map_file(path);
	p->made_us = packed_us(path);
	p->there = g->as[v6].p && readable(g->as[v6], v6);
	if (!p->there) {
		p->missing = files[part].damaged;
	}
}

int hl_trace_geo_open(const char *const *dirs, size_t n_dirs,
	struct hl_trace_geo **out, struct hl_err *err)
{
	struct hl_trace_geo *g = calloc(1, sizeof(*g));
	char path[PATH_MAX];

	if (!g) {
		return HL_FAIL(err, HL_E_NOMEM, "address data");
	}
	for (int i = 0; i < HL_TRACE_GEO_N_PARTS; i++) {
		if (!find_file(dirs, n_dirs, i, path)) {
			g->parts[i].missing = files[i].missing;
		} else if (i == HL_TRACE_GEO_COUNTRY) {
			open_country(g, path);
		} else {
			open_as(g, i, path);
		}
	}
	*out = g;
	return 0;
}

/* munmap takes what mmap gave. */
static void unmap(struct hl_str s)
{
	union {
		const char *given;
		void *mapped;
	} p = {.given = s.p};

	if (s.p) {
		munmap(p.mapped, s.n);
	}
}

void hl_trace_geo_free(struct hl_trace_geo *g)
{
	if (!g) {
		return;
	}
	if (g->parts[HL_TRACE_GEO_COUNTRY].there) {
		MMDB_close(&g->country);
	}
	unmap(g->as[0]);
	unmap(g->as[1]);
	free(g);
}

void hl_trace_geo_freep(struct hl_trace_geo **g)
{
	hl_trace_geo_free(*g);
	*g = NULL;
}

bool hl_trace_is_country(struct hl_str code)
{
	static const char *const regions[] = {"AP", "EU", "ZZ", "XX"};

	if (code.n != 2 || code.p[0] < 'A' || code.p[0] > 'Z' ||
		code.p[1] < 'A' || code.p[1] > 'Z') {
		return false;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(regions); i++) {
		if (hl_str_eq(code, hl_str_c(regions[i]))) {
			return false;
		}
	}
	return true;
}

static bool take_country(const MMDB_entry_data_s *d, char out[3])
{
	if (!d->has_data || d->type != MMDB_DATA_TYPE_UTF8_STRING ||
		!hl_trace_is_country(
			hl_str_mem(d->utf8_string, d->data_size))) {
		return false;
	}
	memcpy(out, d->utf8_string, 2);
	out[2] = '\0';
	return true;
}

static void find_country(
	const struct hl_trace_geo *g, const struct hl_net_addr *a, char out[3])
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} sa = {.in6 = {0}};
	MMDB_entry_data_s data = {0};
	int e = MMDB_SUCCESS;

	if (a->v6) {
		sa.in6.sin6_family = AF_INET6;
		memcpy(&sa.in6.sin6_addr, a->b, 16);
	} else {
		sa.in.sin_family = AF_INET;
		memcpy(&sa.in.sin_addr, a->b, 4);
	}
	MMDB_lookup_result_s r = MMDB_lookup_sockaddr(&g->country, &sa.any, &e);
	if (e != MMDB_SUCCESS || !r.found_entry) {
		return;
	}
	MMDB_get_value(&r.entry, &data, "country_code", NULL);
	if (!take_country(&data, out)) {
		data = (MMDB_entry_data_s){0};
		MMDB_get_value(&r.entry, &data, "country", "iso_code", NULL);
		take_country(&data, out);
	}
}

int hl_trace_geo_find(const struct hl_trace_geo *g, const struct hl_net_addr *a,
	struct hl_arena *arena, struct hl_trace_place *out, struct hl_err *err)
{
	char name[MAX_AS_NAME];
	struct hl_str quoted;
	int part = a->v6 ? HL_TRACE_GEO_AS_V6 : HL_TRACE_GEO_AS_V4;

	*out = (struct hl_trace_place){.as_name = HL_STR("")};
	if (g->parts[HL_TRACE_GEO_COUNTRY].there) {
		find_country(g, a, out->country);
	}
	if (out->country[0]) {
		out->country_made_us = g->parts[HL_TRACE_GEO_COUNTRY].made_us;
	}
	if (!g->parts[part].there ||
		hl_trace_asn_find(g->as[a->v6], a, &out->asn, &quoted)) {
		return 0;
	}
	out->asn_made_us = g->parts[part].made_us;
	size_t n = hl_trace_asn_name(quoted, name, sizeof(name));
	out->as_name = hl_arena_dup(arena, hl_str_mem(name, n));
	return out->as_name.p ? 0 : HL_FAIL(err, HL_E_NOMEM, "address data");
}

const char *hl_trace_geo_missing(
	const struct hl_trace_geo *g, enum hl_trace_geo_part part)
{
	return g->parts[part].missing;
}

int64_t hl_trace_geo_made_us(
	const struct hl_trace_geo *g, enum hl_trace_geo_part part)
{
	return g->parts[part].made_us;
}
