/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FOLDER_H
#define HL_URLS_FOLDER_H

/*
 * The folder: "state", which is replaced as a whole and names the list file;
 * "list-SERIAL"; "lock". What no state names is the rest of a crash.
 */
#include "urls/inner.h"

enum { HL_URLS_NAME = 32 };

void hl_urls_known_init(struct hl_urls_known *known);
/* What is written down of it, into one that was just made; 0 or
 * HL_URLS_E_NOMEM. */
int hl_urls_known_copy(const struct hl_urls_known *from,
	struct hl_urls_known *to, struct hl_urls_error *err);
void hl_urls_known_fini(struct hl_urls_known *known);
/* Reads what the texts say into the structs. HL_URLS_E_CORRUPT. */
int hl_urls_known_parse(struct hl_urls_known *known, struct hl_urls_error *err);

/* Takes the lock of who keeps it. HL_URLS_E_BUSY. */
int hl_urls_folder_lock(struct hl_urls_list *list, struct hl_urls_error *err);
/* HL_URLS_NOTFOUND: no state yet. *st is of the file that was read. */
int hl_urls_folder_read(int folder, struct hl_urls_known *out, struct stat *st,
	struct hl_urls_error *err);
/* The state as a whole, on the disk when it returns. After a fault *there
 * tells whether it stands there all the same, and a power failure may still
 * lose it. */
int hl_urls_folder_write(int folder, const struct hl_urls_known *known,
	bool *there, struct hl_urls_error *err);
/* True: the file was replaced or written to since *st was read of it. */
bool hl_urls_stat_differs(const struct stat *now, const struct stat *st);
/* True: the state file is another one than *st. */
bool hl_urls_folder_changed(int folder, const struct stat *st);
/* Writes down what is known from now on, and how the file lies there; *known
 * is handed over if it stands there then, as *there tells. */
int hl_urls_folder_commit(struct hl_urls_list *list,
	struct hl_urls_known *known, bool *there, struct hl_urls_error *err);
/* Removes what the state does not name. */
void hl_urls_folder_sweep(int folder, uint64_t list);
/* A serial that no state of this folder had. */
uint64_t hl_urls_folder_serial(const struct hl_urls_known *known);

/* A list file being written; a sink of what makes it. */
struct hl_urls_out {
	int folder, fd;
	uint64_t at;
	char name[HL_URLS_NAME];
};
int hl_urls_out_open(struct hl_urls_out *out, int folder, uint64_t list,
	struct hl_urls_error *err);
int hl_urls_out_put(void *arg, const void *p, size_t n, struct hl_err *err);
int hl_urls_out_sync(struct hl_urls_out *out, struct hl_urls_error *err);
void hl_urls_out_close(struct hl_urls_out *out);
/* Closes it and removes the file. */
void hl_urls_out_drop(struct hl_urls_out *out);

/* Maps the list file that is named, which must be that of the manifest: root
 * and header are compared. HL_URLS_E_CORRUPT. */
int hl_urls_folder_map(const struct hl_urls_list *list, uint64_t name,
	const struct hl_urls_manifest *manifest, struct hl_urls_view **out,
	struct hl_urls_error *err);
/* What became of the file of the view, which the state names. */
enum hl_urls_touched {
	HL_URLS_UNTOUCHED,
	HL_URLS_REPLACED, /* or gone: what is mapped is as it was */
	HL_URLS_WRITTEN,  /* what is mapped has changed */
	HL_URLS_CUT       /* and may not be read any more */
};
enum hl_urls_touched hl_urls_folder_touched(
	const struct hl_urls_list *list, const struct hl_urls_view *view);
/* For who keeps the folder: as hl_urls_refresh. Under `changing`. */
int hl_urls_mend(struct hl_urls_list *list, struct hl_urls_error *err);
/* The list file is damaged: it is wanted anew. */
void hl_urls_is_damaged(struct hl_urls_list *list);
/* Of the keys that answers about a list are made with, which are those of its
 * hotline, consumer, epoch, tier and header, and of the list's identity. */
uint64_t hl_urls_mark_of(
	const struct hl_urls_head *head, const struct hl_urls_list *list);
/* The header says the same as the manifest. */
bool hl_urls_head_fits(const struct hl_urls_head *head,
	const struct hl_urls_manifest *manifest);

#endif
