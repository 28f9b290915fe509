/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_DISK_H
#define HL_TEST_DISK_H

/*
 * A disk that keeps what was synced and no more. The calls of the library go
 * through here (the linker's --wrap): what a file held at its last sync, and
 * which names the folder had at its own, is remembered, across processes, and
 * a power failure makes a folder of that.
 */
#include "folder.h"

#include <stdbool.h>
#include <sys/types.h>

enum { DISK_NAMES = 64 };

struct disk_name {
	char name[32];
	ino_t inode;
};

struct disk {
	char base[PATH_BYTES];
	char index[PATH_BYTES + 16]; /* the folder that is used */
	char after[PATH_BYTES + 16]; /* what a power failure left of it */
	ino_t base_inode;
	bool named; /* the index folder's own name is on the disk */
	struct disk_name name[DISK_NAMES];
	size_t n_names;
	/* A process ends at its call number `left`; 0: it does not. */
	long left, calls;
	bool pwrites;            /* are counted too */
	uint64_t tried, durable; /* positions: last begun, last said durable */
};

/* What may have got to the disk before anybody asked for it. */
enum disk_early {
	EARLY_NOTHING,
	EARLY_NAMES,     /* all names, with the contents that were synced */
	EARLY_MANIFEST,  /* the renaming of the manifest, but no other name */
	EARLY_DELETIONS, /* what is gone is gone, but no name is new */
	EARLY_BLOCK,     /* of each file the first block that was changed */
	EARLY_ALL,
	EARLY_KINDS
};

struct disk *disk_new(void);
void disk_free(struct disk *disk);
/* Runs it in a process of its own, with the disk below it. False: it ended at
 * its call number `left`. */
bool disk_run(struct disk *disk, long left, void (*work)(struct disk *disk));
/* Everything gets to the disk by itself, as it does after a while. */
void disk_settles(struct disk *disk);
/* Makes `after`; false: the folder's name was not on the disk. */
bool disk_power_fails(struct disk *disk, enum disk_early early);

#endif
