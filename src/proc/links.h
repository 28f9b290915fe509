/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PROC_LINKS_H
#define HL_PROC_LINKS_H

#include <stddef.h>

#include "base/err.h"

/*
 * Socket pairs between the store and another process, one a thread of it.
 * The supervisor makes them before it forks and keeps both ends open, so
 * that they outlive either process.
 */
#define HL_PROC_LINKS_PUBLIC 16
#define HL_PROC_LINKS_STAFF 8
#define HL_PROC_LINKS_WORKER 4
#define HL_PROC_LINKS_MATCH 2
#define HL_PROC_LINKS_LISTS 4
#define HL_PROC_LINKS_MAX 32

struct hl_proc_links {
	size_t n;
	int store_ends[HL_PROC_LINKS_MAX];
	int client_ends[HL_PROC_LINKS_MAX];
};

/* n of at most HL_PROC_LINKS_MAX; all or none. */
int hl_proc_links_open(size_t n, struct hl_proc_links *out, struct hl_err *err);
/* A second call is harmless. */
void hl_proc_links_close(struct hl_proc_links *links);

#endif
