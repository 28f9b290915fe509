/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOTLINE_URLS_H
#define HOTLINE_URLS_H

/*
 * libhotline-urls: asks a list of confirmed addresses, as hotlines publish
 * them for those who block (docs/protocol/urllist.md).
 *
 *   1. A list: a folder that one process keeps up to date (hl_urls_take) and
 *      any number of processes and threads read.
 *   2. A check: some hundred nanoseconds for an address whose host is not
 *      listed. Who passes the prefilter must be confirmed by the hotline, over
 *      a transport of the caller's; answers are remembered.
 *
 * No global state, no thread of its own, no message printed, no network, no
 * file touched but those of the folder. Objects are opaque; what _open or
 * _new made, _close or _free ends, and both take NULL. Structs with a member
 * size_of are set up by zeroing them and size_of = sizeof(the struct), also
 * those that a function fills; what is 0 takes its default. A program that
 * was compiled against an older version of this header keeps working.
 *
 * Every function that can fail returns 0 or more when it did what it says and
 * a negative code when it could not; then it changed nothing, unless it says
 * otherwise. `err` may be NULL; a negative code is in it too. No text and no
 * error ever carries an address that was asked.
 *
 * Times are seconds since 1970-01-01 UTC. A `now` of 0 asks the system's
 * clock; tests give their own.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef HL_URLS_API
#define HL_URLS_API __attribute__((visibility("default")))
#endif

#define HL_URLS_VERSION "0.1.0"
/* The version of the library that runs, which may be newer than the header. */
HL_URLS_API const char *hl_urls_version(void);
/* The version of the canonical form that it makes. */
HL_URLS_API unsigned hl_urls_canon_version(void);

enum hl_urls_code {
	HL_URLS_OK = 0,
	HL_URLS_NOTFOUND = 1, /* nothing there, or nothing new */
	HL_URLS_E_ARG = -1,   /* an argument breaks its description */
	HL_URLS_E_NOMEM = -2,
	HL_URLS_E_IO = -3,      /* a system call failed; sys_errno is set */
	HL_URLS_E_CORRUPT = -4, /* a file of the folder failed its check */
	HL_URLS_E_BUSY = -5,    /* another process keeps this folder */
	HL_URLS_E_FORM = -6,    /* what came breaks the protocol's form */
	/* What a taken manifest, root, list or delta is refused for. Each is
	 * an alarm that a person should see. */
	HL_URLS_E_FORGED = -7,     /* a signature or digest does not fit */
	HL_URLS_E_ROLLBACK = -8,   /* older than what is here */
	HL_URLS_E_FORWARD = -9,    /* its number jumps further than it may */
	HL_URLS_E_FROZEN = -10,    /* it has expired already */
	HL_URLS_E_CLOCK = -11,     /* it was made in the future */
	HL_URLS_E_ROOT = -12,      /* the newest root has expired */
	HL_URLS_E_CANON = -13,     /* needs a newer library */
	HL_URLS_E_STATE = -14,     /* called out of order */
	HL_URLS_E_TRANSPORT = -15, /* the transport said so */
	HL_URLS_E_FULL = -16,      /* no room left on the disk */
	HL_URLS_E_OTHER = -17      /* the hotline signed it, for another
				    * consumer; an alarm as those above */
};

struct hl_urls_error {
	int code;
	int sys_errno;
	char text[240]; /* English; names files and clauses, no address */
};
/* "rolled back", "disk full"; static. */
HL_URLS_API const char *hl_urls_code_name(int code);

/* ---- Canonical addresses ---------------------------------------------- */

#define HL_URLS_ADDRESS_MAX 8192u
/*
 * The canonical form of a web address (docs/urls.md), with a NUL; *n_out is
 * its length. Allocates nothing for addresses whose host is plain: ASCII, no
 * label in Punycode, nothing escaped. HL_URLS_NOTFOUND: it has none: no web
 * address, or over the maximum. HL_URLS_E_ARG: out is too small
 * (HL_URLS_ADDRESS_MAX + 1 always do). HL_URLS_E_NOMEM.
 */
HL_URLS_API int hl_urls_canonical(
	const char *address, size_t n, char *out, size_t n_max, size_t *n_out);

/* ---- The list --------------------------------------------------------- */

/* A folder of one list of one consumer. Any thread, any number of readers;
 * of the functions that change it one at a time. */
struct hl_urls_list;

enum {
	/* This process keeps the folder: it may take roots, manifests and
	 * files. One process at a time. Else it reads what another keeps. */
	HL_URLS_OPEN_KEEP = 1,
	HL_URLS_OPEN_VERIFY = 2 /* check every byte at once, not when read */
};

struct hl_urls_options {
	uint32_t size_of;
	uint32_t flags;
	/* Hosts whose answers are remembered, rounded up to a power of two;
	 * 0: 16,384 (at most 1.6 MB), and at
	 * most 67,108,864. */
	uint32_t cache_hosts;
};

/*
 * Opens the folder, which must be there. A folder without a list opens: every
 * check is HL_URLS_CLEAR and stats tell that there is none.
 *
 * HL_URLS_E_CORRUPT: the list or what is known of it is damaged, and
 * HL_URLS_E_CANON: it is of a canonical form that this library does not make.
 * With KEEP such a folder opens all the same, without a list, and the alarm of
 * stats tells why: a list is wanted anew by the next hl_urls_look; what was
 * known of the hotline (then look gives HL_URLS_E_STATE) is begun anew.
 *
 * HL_URLS_E_BUSY. Takes some milliseconds at a million rows: pages are checked
 * against the manifest when they are first read. KEEP removes what a crash
 * left. The folder must be on a disk that can be locked and mapped.
 */
HL_URLS_API int hl_urls_open(const char *folder,
	const struct hl_urls_options *options, struct hl_urls_list **out,
	struct hl_urls_error *err);
/* No reader of it may be left. */
HL_URLS_API void hl_urls_close(struct hl_urls_list *list);

/*
 * Takes up what is in the folder now; cheap when that is what is open, for a
 * call a second. HL_URLS_NOTFOUND: it is.
 *
 * Without KEEP: what the keeping process has taken since. HL_URLS_E_ROLLBACK:
 * the folder was put back to an older state than the one that is open,
 * HL_URLS_E_CORRUPT, _IO: it is damaged; then what was open is still answered
 * by, unless its file was cut off.
 *
 * With KEEP: whether somebody else has changed it, to call before the hotline
 * is asked. The state is written again if need be. HL_URLS_E_CORRUPT, _IO: the
 * list file is damaged or gone, and the next hl_urls_look wants the list anew.
 */
HL_URLS_API int hl_urls_refresh(
	struct hl_urls_list *list, struct hl_urls_error *err);

/* ---- Checking --------------------------------------------------------- */

/* One for each thread; readers never wait for a change of the list. */
struct hl_urls_reader;
HL_URLS_API int hl_urls_reader_new(struct hl_urls_list *list,
	struct hl_urls_reader **out, struct hl_urls_error *err);
HL_URLS_API void hl_urls_reader_free(struct hl_urls_reader *reader);

enum hl_urls_verdict {
	HL_URLS_CLEAR = 0, /* not listed */
	HL_URLS_LISTED = 1,
	HL_URLS_UNSURE = 2,    /* ask hl_urls_confirm */
	HL_URLS_UNREADABLE = 3 /* no web address: cannot be listed */
};

enum hl_urls_scope {
	HL_URLS_SCOPE_PAGE = 1,   /* this page with this query */
	HL_URLS_SCOPE_PATH = 2,   /* this page, whatever its query */
	HL_URLS_SCOPE_FOLDER = 3, /* all that is under it */
	HL_URLS_SCOPE_DOMAIN = 4  /* the host and all hosts under it */
};

#define HL_URLS_ENTRY_TEXT 16
struct hl_urls_decision {
	uint32_t size_of;
	uint32_t verdict; /* enum hl_urls_verdict */
	/* For LISTED: */
	uint32_t scope;                      /* enum hl_urls_scope */
	uint64_t entry;                      /* the hotline's number of it */
	char entry_text[HL_URLS_ENTRY_TEXT]; /* "E-7K3Q-X9M2-C" */
	int64_t until; /* the entry counts until then at the latest */
	/* For CLEAR and LISTED: how long this answer may be kept, seconds;
	 * 60 at most, so that what was taken off the list is seen. 0: ask
	 * again the next time, as when there is no list yet. */
	uint32_t keep;
	uint64_t version; /* of the list that was asked; 0: there is none */
};

/*
 * One address, in any spelling and of any length: over HL_URLS_ADDRESS_MAX it
 * is decided by what is left of it without its query (entries of scope PATH,
 * FOLDER and DOMAIN), or else by its first folders. Asks nobody, and allocates
 * nothing unless its host is not plain (hl_urls_canonical). An item that has
 * run out is not there; of several that match, the most exact host's first
 * counts. Returns 0, HL_URLS_E_ARG or, for a host that is not plain,
 * HL_URLS_E_NOMEM; a page of the list that fails its check counts as not listed
 * and is told by stats.
 */
HL_URLS_API int hl_urls_check(struct hl_urls_reader *reader,
	const char *address, size_t n, int64_t now,
	struct hl_urls_decision *out);
/* The same for a host alone, as a resolver or a proxy sees it with HTTPS:
 * LISTED by entries of scope DOMAIN only. With or without a port or a final
 * dot, IPv6 with or without brackets; UNREADABLE with anything else. */
HL_URLS_API int hl_urls_check_host(struct hl_urls_reader *reader,
	const char *host, size_t n, int64_t now, struct hl_urls_decision *out);
/*
 * Whether anything at a host may be listed, for who asks about hosts first and
 * keeps the answer: LISTED by an entry of any scope for this host, or of scope
 * DOMAIN for one above it. The host is written as for hl_urls_check_host. What
 * hl_urls_check finds LISTED is LISTED at its host, and where this is CLEAR
 * every address is. No reason to block: the entry told is one of several.
 */
HL_URLS_API int hl_urls_check_any(struct hl_urls_reader *reader,
	const char *host, size_t n, int64_t now, struct hl_urls_decision *out);

/* ---- Confirmation ----------------------------------------------------- */

#define HL_URLS_CONFIRM_MAX 64u /* hosts in one request */
#define HL_URLS_REQUEST_MAX (16u + 32u * HL_URLS_CONFIRM_MAX)

/*
 * Sends the bytes of POST /v1/lists/confirm and gives those of its answer.
 * Called by hl_urls_confirm in its thread. Returns 0, or a positive number:
 * the HTTP status that came instead; or negative: it could not be reached.
 */
struct hl_urls_transport {
	void *arg;
	int (*confirm)(void *arg, const void *request, size_t n, void *answer,
		size_t n_max, size_t *n_answer);
};

/*
 * Decides addresses that were UNSURE (or any): asks the hotline for all their
 * hosts that are not remembered, in as few requests as can be, and fills out
 * as hl_urls_check does; of an array only out[0].size_of need be set, which
 * also says how far apart they are. An answer is remembered over new versions
 * of the list until its epoch ends. n is at most HL_URLS_CONFIRM_MAX. May take
 * as long as the transport does; other readers go on. What could not be
 * confirmed is CLEAR with keep 0, is counted in stats as failed, and the result
 * is HL_URLS_E_TRANSPORT, HL_URLS_E_FORM or HL_URLS_NOTFOUND (the list's epoch
 * is over: a new list must be taken); the others are decided all the same.
 */
struct hl_urls_address {
	const char *p;
	size_t n;
	/* 1: as hl_urls_check_host, 2: as hl_urls_check_any; else 0 */
	uint32_t host_only;
};
HL_URLS_API int hl_urls_confirm(struct hl_urls_reader *reader,
	const struct hl_urls_transport *transport,
	const struct hl_urls_address *addresses, size_t n, int64_t now,
	struct hl_urls_decision *out, struct hl_urls_error *err);

/* ---- Keeping a list up to date: with HL_URLS_OPEN_KEEP ----------------- */

/*
 * Begins anew with version 1 of a root, or a later one, that came by a way
 * that is trusted, for this consumer. What the folder had is gone.
 * HL_URLS_E_FORGED: a threshold of its own keys did not sign it,
 * HL_URLS_E_CLOCK, HL_URLS_E_FORM.
 */
HL_URLS_API int hl_urls_begin(struct hl_urls_list *list, uint64_t consumer,
	const void *root, size_t n, int64_t now, struct hl_urls_error *err);
/* The next root, also when the one that is here, or this one, has expired: it
 * may not be the last. HL_URLS_NOTFOUND: it is the one that is here.
 * HL_URLS_E_FORWARD: there is one between. HL_URLS_E_FORGED, _ROLLBACK,
 * _CLOCK, _FORM; _STATE: begin with one. A manifest that was looked at before
 * is forgotten: it was made under the root before. */
HL_URLS_API int hl_urls_take_root(struct hl_urls_list *list, const void *root,
	size_t n, int64_t now, struct hl_urls_error *err);

/* What to fetch for a manifest. */
struct hl_urls_wanted {
	uint32_t size_of;
	uint32_t is_delta; /* 1: delta/FROM/VERSION; 0: list/VERSION */
	uint64_t from, version;
	uint64_t bytes;
	uint32_t wait; /* seconds until the manifest pays to be asked again */
	uint32_t root_first; /* 1: it names a root that is not here: fetch
			      * that, take it, give the manifest again */
};
/*
 * Looks at a manifest: clause 4, steps 2 to 5. HL_URLS_NOTFOUND: nothing to
 * fetch: it is the version that is here. Nothing is written down yet; the
 * manifest is kept in memory for hl_urls_take. With root_first nothing is kept,
 * and nothing of the manifest was believed.
 */
HL_URLS_API int hl_urls_look(struct hl_urls_list *list, const void *manifest,
	size_t n, int64_t now, struct hl_urls_wanted *out,
	struct hl_urls_error *err);
/*
 * Takes the file that was wanted, steps 6 and 7: readers answer by it when
 * this returns, and it is on the disk. `bytes` are borrowed. A delta that does
 * not fit is HL_URLS_E_FORGED, _FORM or _CORRUPT: then ask for the list itself
 * (hl_urls_whole). HL_URLS_E_STATE: nothing was looked at. After HL_URLS_E_FULL
 * or _NOMEM the same bytes may be given again. HL_URLS_E_IO once the new list
 * stands in the folder means that a power failure may lose it: stats tell
 * which version it is.
 */
HL_URLS_API int hl_urls_take(struct hl_urls_list *list, const void *bytes,
	size_t n, int64_t now, struct hl_urls_error *err);
/* What hl_urls_look wanted, as a whole list. */
HL_URLS_API int hl_urls_whole(
	struct hl_urls_list *list, struct hl_urls_wanted *out);

/* ---- How it stands ---------------------------------------------------- */

struct hl_urls_stats {
	uint32_t size_of;
	uint32_t tier;
	uint64_t consumer;
	uint64_t version, root, epoch; /* 0: none */
	uint64_t n_rows;
	uint64_t bytes_mapped;   /* of the list file */
	uint64_t bytes_resident; /* of it, what checks of hosts need */
	uint64_t bytes_heap;
	int64_t made, expires; /* of the manifest */
	uint32_t frozen;       /* 1: it has expired at `now` */
	uint32_t alarm;        /* enum hl_urls_code, negated, of the last
				* thing that was refused; 0 none since */
	uint64_t n_checked, n_listed, n_unsure, n_unreadable;
	uint64_t n_confirmed; /* hosts asked of the hotline */
	uint64_t n_failed;    /* of them, no answer: let through */
	uint64_t n_cache_hits;
	uint64_t n_bad_pages; /* and rows: failed their check */
};
HL_URLS_API int hl_urls_stats(
	struct hl_urls_list *list, int64_t now, struct hl_urls_stats *out);

/* Reads and checks every byte of the list that is open. HL_URLS_NOTFOUND:
 * there is none. HL_URLS_E_CORRUPT: with KEEP the next hl_urls_look wants it
 * anew. */
HL_URLS_API int hl_urls_verify(
	struct hl_urls_list *list, struct hl_urls_error *err);

#ifdef __cplusplus
}
#endif
#endif
