/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_HASH_HASHLIST_H
#define HL_CLI_HASH_HASHLIST_H

#include "exchange/apply.h"
#include "exchange/hashlist.h"

/* What `hotline hashlist` and `hotline match` share. */

enum { HL_CLI_HASHLIST_CHUNK = 1 << 20 }; /* bytes read at once */

/* `hotline hashlist VERB`: argv[0] is the verb; each gives the exit status.
 * hl_cli_hashlist_help is the text for a command line that makes no sense. */
extern const char hl_cli_hashlist_help[];
int hl_cli_hashlist_import(int argc, char **argv);
int hl_cli_hashlist_export(int argc, char **argv);
int hl_cli_hashlist_diff(int argc, char **argv);
int hl_cli_hashlist_remove(int argc, char **argv);
int hl_cli_hashlist_set(int argc, char **argv);
int hl_cli_hashlist_stats(int argc, char **argv);
int hl_cli_hashlist_verify(int argc, char **argv);

/* Prints why and gives the exit status, as hl_cli_fail(). */
int hl_cli_hashlist_fail(int r, const struct hl_err *err);
/* The help to stderr, after the reason if there is one. */
int hl_cli_hashlist_usage(const char *why);

/* HL_NOTFOUND: no index there; flags of hl_match_index_open(). */
int hl_cli_hashlist_open(const char *folder, uint32_t flags,
	struct hl_match_index **out, struct hl_err *err);
/* The same to change lists. HL_E_INVALID: the index follows a registry, which
 * would not know of it. */
int hl_cli_hashlist_open_own(const char *folder, uint32_t flags,
	struct hl_match_index **out, struct hl_err *err);
/* The list with this number or name. HL_NOTFOUND; out->id is then the number
 * it would get and out->name its name. */
int hl_cli_hashlist_find(struct hl_match_index *index, const char *name,
	struct hl_match_list *out, struct hl_err *err);
/* The same where name may be NULL if there is one list only. */
int hl_cli_hashlist_choose(struct hl_match_index *index, const char *name,
	struct hl_match_list *out, struct hl_err *err);

/* A format by its name, or 0 for "" and one that is unknown; a kind. */
bool hl_cli_hashlist_format(const char *text, enum hl_hashlist_format *out);
bool hl_cli_hashlist_kind(const char *text, unsigned *out);

/* A file that is read as a list; "-" is standard input. */
struct hl_cli_hashlist_file {
	const char *path;
	int fd;
	uint64_t size; /* 0 for what has none */
	uint64_t done; /* bytes read */
	struct hl_hashlist_options options;
	struct hl_hashlist_reader *reader;
	char *chunk;
};
/* Opens; guesses the format when options.format is 0. A state of a reader
 * (or the absent view) is where to go on. HL_NOTFOUND. */
int hl_cli_hashlist_file_open(struct hl_cli_hashlist_file *file,
	struct hl_str state, struct hl_err *err);
/* HL_HASHLIST_END; faults name the file. */
int hl_cli_hashlist_file_next(struct hl_cli_hashlist_file *file,
	struct hl_hashlist_record *out, struct hl_err *err);
void hl_cli_hashlist_file_close(struct hl_cli_hashlist_file *file);

/* Entries of a list as records, in the order of their numbers. */
struct hl_cli_hashlist_walk {
	struct hl_match_reader *reader;
	struct hl_labels *labels;
	struct hl_arena *arena;
	uint32_t list;
	uint64_t after;
	bool begun;
};
int hl_cli_hashlist_walk_open(struct hl_cli_hashlist_walk *walk,
	struct hl_match_index *index, uint32_t list, struct hl_err *err);
/* HL_NOTFOUND: that was the last. */
int hl_cli_hashlist_walk_next(struct hl_cli_hashlist_walk *walk,
	struct hl_hashlist_record *out, struct hl_err *err);
void hl_cli_hashlist_walk_close(struct hl_cli_hashlist_walk *walk);

/* A line on a terminal's standard error, at most every half second. */
struct hl_cli_hashlist_progress {
	int64_t begun_us, shown_us;
	bool shown;
};
void hl_cli_hashlist_progress_show(struct hl_cli_hashlist_progress *p,
	uint64_t done, uint64_t total, const char *unit, uint64_t n);
void hl_cli_hashlist_progress_clear(struct hl_cli_hashlist_progress *p);

#endif
