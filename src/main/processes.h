/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_PROCESSES_H
#define HL_MAIN_PROCESSES_H

#include "domain/settings.h"
#include "proc/links.h"
#include "proc/supervise.h"

/* In the installation's folder; the worker writes it, staff read it. */
#define HL_MAIN_CHECKPOINTS "audit.checkpoints"
/* The index of known hashes; the match process writes it, staff read it. */
#define HL_MAIN_MATCH "match"
/* Lists of addresses as they are out; the process lists writes it. */
#define HL_MAIN_LISTS "lists"

/*
 * What the processes are started with. The supervisor fills it before
 * it forks; each process takes what is its own. Descriptors of others are
 * closed in it.
 */
struct hl_main_hotline {
	const char *dir;  /* absolute; the processes work in it */
	const char *user; /* system user to become, or NULL */
	struct hl_settings *settings;
	struct hl_proc_links public_links, staff_links, worker_links,
		match_links, lists_links;
	int public_listen, staff_listen, admin_listen;
	int api_listen;    /* -1: the registry cannot be asked */
	int lists_listen;  /* -1: nobody gets a list */
	int lists_rpz[2];  /* UDP, TCP; -1: nobody gets a zone */
	int media_ends[2]; /* of the match process and the decoders */
};

/*
 * Looks for what an installation cannot be without, before any process is
 * started, and opens nothing: the supervisor holds no key. HL_NOTFOUND: err
 * says what is missing and what to do.
 */
int hl_main_look(const struct hl_main_hotline *h, struct hl_err *err);

/* The processes' lives, for hl_proc_child.run; arg is the struct above. */
int hl_main_store(struct hl_proc_self *self, void *arg);
int hl_main_public(struct hl_proc_self *self, void *arg);
int hl_main_staff(struct hl_proc_self *self, void *arg);
int hl_main_worker(struct hl_proc_self *self, void *arg);
int hl_main_match(struct hl_proc_self *self, void *arg);
int hl_main_media(struct hl_proc_self *self, void *arg);
int hl_main_lists(struct hl_proc_self *self, void *arg);
/* Whether pictures are taken, so that decoders are needed. */
bool hl_main_decodes(const struct hl_main_hotline *h);

/* Enters the sandbox of that kind; paths are those of the installation.
 * NULL-terminated lists, either may be NULL. */
int hl_main_shut_in(const struct hl_main_hotline *h, int kind,
	const char *const *read_paths, const char *const *write_paths);

/* Logs the fault and gives the exit status of a process that cannot go on;
 * before all are ready it becomes that of hotline serve. */
int hl_main_give_up(const char *event, const struct hl_err *err);

#endif
