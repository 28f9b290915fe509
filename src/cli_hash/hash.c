/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_hash/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli_hash/commands.h"
#include "cli/common.h"

#define FEW 512u

static const char help[] =
	"usage: hotline hash [OPTION...] FILE...\n"
	"\n"
	"Prints the PDQ hash of pictures, and of frames of videos: a line "
	"each\n"
	"with the hash, its quality and the path, in the order of the FILEs. "
	"\"-\"\n"
	"is standard input. Files are decoded in processes that can reach\n"
	"nothing; one that is damaged or hostile stops none of the others.\n"
	"\n"
	"  -r, --recursive     what is in folders too, in order of name\n"
	"  --files-from LIST   and the files that LIST names, one a line; "
	"\"-\"\n"
	"                      is standard input\n"
	"  --json              a JSON object a file, also of those not hashed\n"
	"  --digests           MD5, SHA-1 and SHA-256 of the file too\n"
	"  --dihedral          the seven turned and mirrored forms too\n"
	"  --cli512            the variant of the reference's command line "
	"too\n"
	"  --upright           turn by the orientation that the file tells\n"
	"  --screening         faster and less exact, not for hash lists\n"
	"  --video-every S     seconds from frame to frame of a video (1)\n"
	"  --jobs N            files at a time (one a core)\n"
	"  --quiet             no progress on the terminal\n"
	"  --max-seconds N     that a file may take (60)\n"
	"  --max-pixels N      that a picture may have (268435456)\n"
	"  --max-bytes N       that a file may have (4294967296)\n"
	"  --max-frames N      that are hashed of a file (4096)\n"
	"  --max-memory N      bytes that decoding may take (1073741824)\n"
	"  --help              this help\n"
	"\n"
	"Exit status: 0 all were hashed, 1 some were not (standard error, or\n"
	"the JSON object, says which and why), 2 the command line makes no\n"
	"sense, 4 no decoder could be started.\n";

static int usage(const char *what, const char *name)
{
	fprintf(stderr, "hotline hash: %s%s\n\n%s", what, name, help);
	return HL_CLI_USAGE;
}

/* False: it is there and is no number from 1 to most. */
static bool take_number(
	int *argc, char **argv, const char *name, uint64_t most, uint64_t *out)
{
	const char *text = hl_cli_option(argc, argv, name);
	int64_t v;

	if (!text) {
		return true;
	}
	if (!hl_str_to_i64(hl_str_c(text), &v) || v < 1 || (uint64_t)v > most) {
		return false;
	}
	*out = (uint64_t)v;
	return true;
}

/* The name of the option that makes no sense, or NULL. */
static const char *take_limits(
	int *argc, char **argv, struct hl_media_setup *setup)
{
	uint64_t jobs = 0, seconds = 0, frames = 0;
	struct hl_media_limits *l = &setup->limits;
	const struct {
		const char *name;
		uint64_t most;
		uint64_t *to;
	} all[] = {
		{"--jobs", 256, &jobs},
		{"--max-seconds", 86400, &seconds},
		{"--max-frames", HL_MEDIA_FRAMES_MOST, &frames},
		{"--max-pixels", UINT32_MAX, &l->pixels_max},
		{"--max-bytes", INT64_MAX, &l->bytes_max},
		{"--max-memory", INT64_MAX, &l->memory_max},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (!take_number(
			    argc, argv, all[i].name, all[i].most, all[i].to)) {
			return all[i].name;
		}
	}
	setup->n_workers = (uint32_t)jobs;
	l->seconds_max = (uint32_t)seconds;
	l->frames_max = (uint32_t)frames;
	return NULL;
}

static bool take_seconds(int *argc, char **argv, double *out)
{
	const char *text = hl_cli_option(argc, argv, "--video-every");
	char *end;

	if (!text) {
		return true;
	}
	*out = strtod(text, &end);
	return end != text && !*end && *out >= 0.001 && *out <= 86400;
}

static uint32_t take_flags(int *argc, char **argv)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} all[] = {
		{"--digests", HL_MEDIA_DIGESTS},
		{"--dihedral", HL_MEDIA_DIHEDRAL},
		{"--cli512", HL_MEDIA_CLI512},
		{"--upright", HL_MEDIA_UPRIGHT},
		{"--screening", HL_MEDIA_SCREENING},
	};
	uint32_t flags = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		flags |= hl_cli_flag(argc, argv, all[i].name) ? all[i].flag : 0;
	}
	return flags;
}

static int take_options(int *argc, char **argv, struct hl_cli_hash *how)
{
	const char *bad = take_limits(argc, argv, &how->setup);

	if (bad) {
		return usage("what number is meant by ", bad);
	}
	if (!take_seconds(argc, argv, &how->options.video_every)) {
		return usage("what number is meant by ", "--video-every");
	}
	how->options.flags = take_flags(argc, argv);
	how->json = hl_cli_flag(argc, argv, "--json");
	how->quiet = hl_cli_flag(argc, argv, "--quiet");
	how->recursive = hl_cli_flag(argc, argv, "-r");
	how->recursive |= hl_cli_flag(argc, argv, "--recursive");
	how->files_from = hl_cli_option(argc, argv, "--files-from");
	bad = hl_cli_unknown(*argc, argv);
	if (bad) {
		return usage("no option ", bad);
	}
	if (how->files_from && !*how->files_from) {
		return usage("what list is meant by ", "--files-from");
	}
	return HL_CLI_OK;
}

const char *hl_cli_hash_user(void)
{
	struct passwd user, *found = NULL;
	char buf[4096];

	if (geteuid() != 0 ||
		getpwnam_r("nobody", &user, buf, sizeof(buf), &found)) {
		return NULL;
	}
	return found ? "nobody" : NULL;
}

static bool is_jpeg_or_png(const char *path)
{
	HL_FD_AUTO fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char head[4] = "";

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       read(fd, head, sizeof(head)) == sizeof(head) &&
	       (memcmp(head, "\xff\xd8\xff", 3) == 0 ||
		       memcmp(head, "\x89PNG", 4) == 0);
}

/* A few pictures are hashed before the libraries for videos are loaded. */
static bool can_start_quickly(const struct hl_cli_hash *how, char **paths)
{
	size_t n = 0;

	while (paths[n] && n < FEW && is_jpeg_or_png(paths[n])) {
		n++;
	}
	return !paths[n] && n > 0 && !how->files_from;
}

static int status_of(const struct hl_cli_hash_tally *t)
{
	if (t->n_unavailable) {
		return HL_CLI_UNAVAILABLE;
	}
	return t->n_failed ? HL_CLI_FAILED : HL_CLI_OK;
}

int hl_cli_hash(int argc, char **argv)
{
	struct hl_cli_hash how = {0};
	struct hl_cli_hash_tally tally;
	struct hl_media_pool *pool;
	struct hl_err err = {0};
	int from = 1;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	int status = take_options(&argc, argv, &how);
	if (status) {
		return status;
	}
	if (argc > 1 && strcmp(argv[1], "--") == 0) {
		from = 2;
	}
	if (argc == from && !how.files_from) {
		return usage("which file?", "");
	}
	signal(SIGPIPE, SIG_IGN);
	how.setup.user = hl_cli_hash_user();
	how.setup.quick_start = can_start_quickly(&how, argv + from);
	int r = hl_media_pool_new(&how.setup, &pool, &err);
	if (!r) {
		r = hl_cli_hash_run(&how, pool, argv + from, &tally, &err);
		hl_media_pool_free(pool);
	}
	if (!r && fflush(stdout) != 0) {
		r = HL_FAIL_SYS(&err, "write");
	}
	return r ? hl_cli_fail("hash", r, &err) : status_of(&tally);
}
