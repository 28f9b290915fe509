/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_HASH_HASHLIST_REPORT_H
#define HL_CLI_HASH_HASHLIST_REPORT_H

#include "cli_hash/hashlist.h"

/* What is bad in a file that is imported: the first ones on standard error,
 * all of them as lines of JSON if a file was named. */
struct hl_cli_hashlist_report {
	int fd; /* -1 for none */
	const char *path;
	struct hl_buf out;
	uint64_t n_bytes; /* in the file */
	uint64_t n_shown;
	bool failed;
};

/* path may be NULL. keep is how much of the file stands already. */
int hl_cli_hashlist_report_open(struct hl_cli_hashlist_report *report,
	const char *path, uint64_t keep, struct hl_err *err);
void hl_cli_hashlist_report_close(struct hl_cli_hashlist_report *report);
/* For hl_hashlist_options.report, with the report as arg. */
void hl_cli_hashlist_report_one(
	void *arg, const struct hl_hashlist_report *one);
/* All of it is on the disk. */
int hl_cli_hashlist_report_sync(
	struct hl_cli_hashlist_report *report, struct hl_err *err);

/* The end of an import to standard output, and as the last line of the
 * report. True if something was bad. */
bool hl_cli_hashlist_summary(struct hl_cli_hashlist_report *report,
	const struct hl_hashlist_reader *reader,
	const struct hl_apply_counts *counts, bool dry);

#endif
