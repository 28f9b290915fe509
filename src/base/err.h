/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_ERR_H
#define HL_BASE_ERR_H

/*
 * One return type everywhere: int.
 *   0         success
 *   positive  an expected outcome, named in the function's comment and
 *             handled by its caller, never forwarded
 *   negative  a fault, forwarded unchanged with the struct hl_err that the
 *             first function below filled in
 */
enum {
	HL_OK = 0,
	HL_NOTFOUND = 1, /* the thing asked for is not there */
	HL_CONFLICT = 2, /* somebody else was first; nothing was changed */
	HL_DENIED = 3,   /* the rules say no; nothing was changed */
};

enum {
	HL_E_NOMEM = -1,
	HL_E_IO = -2,      /* system call failed; sys_errno is set */
	HL_E_INVALID = -3, /* input breaks its documented form */
	HL_E_LIMIT = -4,   /* input or output over its documented maximum */
	HL_E_CORRUPT = -5, /* stored data failed its check */
	HL_E_CRYPTO = -6,  /* a key does not fit, or a seal is broken */
	HL_E_TIMEOUT = -7,
	HL_E_UNAVAILABLE = -8, /* a peer or service is not there now */
	HL_E_FULL = -9,        /* no room left on the disk */
	HL_E_INTERNAL = -10,   /* a bug here */
};

/*
 * What went wrong, and where. Belongs to the caller; a NULL pointer is
 * allowed everywhere and means that only the code matters. The message is
 * for the administrator: it carries object ids and file names of the
 * installation, never a reporter's words, URLs, hashes or names.
 */
struct hl_err {
	int code;
	int sys_errno;
	int line;
	const char *file;
	char msg[200];
};

int hl_err_set_at(struct hl_err *err, int code, int sys_errno, const char *file,
	int line, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Fills err and gives back code: `return HL_FAIL(err, HL_E_INVALID, "…");` */
#define HL_FAIL(err, code, ...) \
	hl_err_set_at((err), (code), 0, __FILE__, __LINE__, __VA_ARGS__)

/* The same for a failed system call; keeps errno. ENOSPC and EDQUOT become
 * HL_E_FULL, ENOMEM becomes HL_E_NOMEM, all else HL_E_IO. */
#define HL_FAIL_SYS(err, ...) \
	hl_err_set_at((err), HL_E_IO, errno, __FILE__, __LINE__, __VA_ARGS__)

/* A short English name of a code: "not found", "disk full". Static. */
const char *hl_err_name(int code);

#endif
