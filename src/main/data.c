/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program has to find its law profiles wherever it was put: a clone has
 * them at its root, two folders above the build folder's src; an installation
 * under a prefix, which may be another than the one it was built for.
 */
#include "main/install.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static bool has_laws(const char *dir)
{
	char path[HL_CLI_PATH_MAX];

	return hl_cli_path(dir, "laws/baseline.json", path, NULL) == 0 &&
	       access(path, R_OK) == 0;
}

/* The folder of this program, without a slash; "" when it is not known. */
static void own_folder(char out[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);

	out[n < 0 ? 0 : n] = '\0';
	char *slash = strrchr(out, '/');
	*(slash ? slash : out) = '\0';
}

static bool try(const char *base, const char *tail, char out[HL_CLI_PATH_MAX])
{
	char path[HL_CLI_PATH_MAX], real[PATH_MAX];

	if (!*base || hl_cli_path(base, tail, path, NULL) ||
		!realpath(path, real) || !has_laws(real)) {
		return false;
	}
	return hl_cli_path(real, "", out, NULL) == 0;
}

int hl_main_data_dir(char out[HL_CLI_PATH_MAX], struct hl_err *err)
{
	const char *set = getenv("HOTLINE_DATA");
	char own[PATH_MAX];

	own_folder(own);
	if (set && *set) {
		return try(set, ".", out)
			       ? 0
			       : HL_FAIL(err, HL_E_INVALID,
					 "HOTLINE_DATA is %s, which has no "
					 "laws/baseline.json",
					 set);
	}
	if (try(own, "../../..", out) || try(own, "../share/hotline", out) ||
		try(HL_MAIN_DATA_DIR, ".", out)) {
		return 0;
	}
	return HL_FAIL(err, HL_E_INVALID,
		"no law profiles in %s; install with ninja install, or set "
		"HOTLINE_DATA to the folder that has laws/, as a clone's root",
		HL_MAIN_DATA_DIR);
}
