/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_DOCTOR_DOCTOR_H
#define HL_CLI_DOCTOR_DOCTOR_H

#include "cli/common.h"
#include "seal/key.h"

/*
 * What `hotline doctor` looks at, and where it writes what it found; inside
 * the room only. Each check says at least one thing, and never fails: what
 * it could not look at is a finding, too.
 */
enum hl_doctor_level {
	HL_DOCTOR_OK,
	HL_DOCTOR_NOTE,    /* worth knowing; nothing has to be done */
	HL_DOCTOR_WARNING, /* it works, and something is missing or risky */
	HL_DOCTOR_ERROR,   /* it does not work, or will not after a restart */
};
#define HL_DOCTOR_N_LEVELS 4

struct hl_doctor {
	const char *dir;
	const struct hl_settings *settings;
	struct hl_arena *arena;
	struct hl_store *store; /* NULL when it could not be opened */
	bool running;           /* a store process serves */
	bool has_worker;        /* the key file could be read */
	struct hl_seal_pub worker;
	bool json;
	struct hl_buf out;
	int n[HL_DOCTOR_N_LEVELS];
};

/* level, the check's stable name and, for warnings and errors, what to do:
 * a sentence, static. */
struct hl_doctor_found {
	enum hl_doctor_level level;
	const char *check;
	const char *todo; /* NULL: nothing */
};
void hl_cli_doctor_say(struct hl_doctor *d, const struct hl_doctor_found *found,
	const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* For short: a list of the three, then the text. */
#define HL_DOCTOR_SAY(d, level, check, todo, ...)                          \
	hl_cli_doctor_say((d),                                             \
		&(const struct hl_doctor_found){(level), (check), (todo)}, \
		__VA_ARGS__)
/* err's message, or the code's name. Borrowed from err. */
const char *hl_cli_doctor_why(int r, const struct hl_err *err);

/* doctor_settings.c */
void hl_cli_doctor_settings(struct hl_doctor *d);
void hl_cli_doctor_mail(struct hl_doctor *d);
/* doctor_files.c */
void hl_cli_doctor_folder(struct hl_doctor *d);
void hl_cli_doctor_keys(struct hl_doctor *d);
void hl_cli_doctor_laws(struct hl_doctor *d);
void hl_cli_doctor_geo(struct hl_doctor *d);
/* doctor_store.c; the first opens d->store */
void hl_cli_doctor_store(struct hl_doctor *d);
void hl_cli_doctor_epochs(struct hl_doctor *d);
void hl_cli_doctor_holders(struct hl_doctor *d);
void hl_cli_doctor_staff(struct hl_doctor *d);
void hl_cli_doctor_outbox(struct hl_doctor *d);
void hl_cli_doctor_watch(struct hl_doctor *d);
void hl_cli_doctor_log(struct hl_doctor *d);
/* doctor_match.c */
void hl_cli_doctor_match(struct hl_doctor *d);
/* doctor_lists.c */
void hl_cli_doctor_lists(struct hl_doctor *d);
/* doctor_host.c */
void hl_cli_doctor_clock(struct hl_doctor *d);
/* The time is credible, and the kernel knows of a time service that keeps
 * the clock. */
bool hl_cli_doctor_clock_kept(void);
void hl_cli_doctor_sandbox(struct hl_doctor *d);
void hl_cli_doctor_network(struct hl_doctor *d);

#endif
