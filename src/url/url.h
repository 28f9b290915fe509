/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URL_URL_H
#define HL_URL_URL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Addresses: parsed as browsers do (WHATWG URL standard), folded into one
 * canonical form, and cut into look-up expressions. The rules are
 * docs/urls.md. No function here does I/O, unless it says so; all may be
 * called from any thread.
 */

/* Bytes of one address, typed or canonical; longer gives HL_E_LIMIT. */
#define HL_URL_MAX 8192
/* Bytes of one host after unescaping, and of its ASCII form. */
#define HL_URL_HOST_MAX 2048

/* Raised when the canonical form of any address changes. */
#define HL_URL_CANON_VERSION 1

/* Why an address cannot be read. 0 is "it can". */
enum hl_url_why {
	HL_URL_READABLE,
	HL_URL_WHY_WORDS,     /* nothing in it looks like an address */
	HL_URL_WHY_NO_SCHEME, /* relative, and there is no base */
	HL_URL_WHY_SCHEME,    /* a scheme without a canonical form */
	HL_URL_WHY_NO_HOST,
	HL_URL_WHY_HOST, /* no browser takes such a host */
	HL_URL_WHY_IP,   /* a number that is no network address */
	HL_URL_WHY_PORT,
	HL_URL_WHY_LONG,    /* over HL_URL_MAX or HL_URL_HOST_MAX */
	HL_URL_WHY_EMAIL,   /* an @, but no e-mail address */
	HL_URL_WHY_HASH,    /* a magnet or ed2k link without its hash */
	HL_URL_WHY_CONTENT, /* data: carries content itself: do not store */
	HL_URL_N_WHY,
};
/* An English clause for the administrator, "has no host". Static. */
const char *hl_url_why_text(enum hl_url_why why);

enum hl_url_host_kind {
	HL_URL_HOST_NONE,
	HL_URL_HOST_DOMAIN,
	HL_URL_HOST_IPV4,
	HL_URL_HOST_IPV6,
	HL_URL_HOST_OPAQUE, /* of a scheme that is not special */
	HL_URL_HOST_EMPTY,
};

/*
 * A parsed address. All parts are views of href, except where the standard
 * has null: that is the absent view. query is without '?', fragment without
 * '#', scheme without ':'; an IPv6 host has its brackets.
 */
struct hl_url {
	struct hl_str href;
	struct hl_str scheme, username, password, host, path, query, fragment;
	int port; /* -1: none, or the scheme's own */
	enum hl_url_host_kind host_kind;
	bool special;     /* http, https, ws, wss, ftp, file */
	bool opaque_path; /* mailto:x, no hierarchy */
};

/* Parses an absolute address. The parts live as long as the arena.
 * HL_E_INVALID when browsers refuse it, HL_E_LIMIT, HL_E_NOMEM. */
int hl_url_parse(struct hl_str input, struct hl_arena *a, struct hl_url *out,
	struct hl_err *err);
/* The same, relative to base, which may be NULL. */
int hl_url_resolve(struct hl_str input, const struct hl_url *base,
	struct hl_arena *a, struct hl_url *out, struct hl_err *err);

/*
 * Appends the canonical form of a web address (http, https, ftp, ws, wss,
 * or no scheme: http) to out. canon(canon(x)) is canon(x). Nothing is
 * allocated while out has room. HL_E_INVALID (err says why, without the
 * address), HL_E_LIMIT; out is as before then.
 */
int hl_url_canon(struct hl_str input, struct hl_buf *out, struct hl_err *err);

/* Views of a canonical address; absent where there is no such part. */
struct hl_url_parts {
	struct hl_str scheme, host, port, path, query;
	struct hl_str route; /* the fragment, if it chooses the content */
	/* What tells one place from another: without "http://" and
	 * "https://", which are one place; whole for other schemes. */
	struct hl_str key;
	enum hl_url_host_kind host_kind;
};
/* Only for what hl_url_canon() made; HL_E_INVALID for what cannot be. */
int hl_url_split(
	struct hl_str canon, struct hl_url_parts *out, struct hl_err *err);
/* The host of a canonical address; absent view if it is none. */
struct hl_str hl_url_host_of(struct hl_str canon);
/* Kind of a canonical host: domain, IPv4 or IPv6. */
enum hl_url_host_kind hl_url_host_kind_of(struct hl_str host);
/* host ends in the label "onion", "invalid", …; label without dots. */
bool hl_url_host_under(struct hl_str host, struct hl_str label);

#define HL_URL_HOSTS_MAX 5
#define HL_URL_PATHS_MAX 6
/*
 * Look-up expressions, host + path, the most exact first: every host with
 * every path. Views of the canonical address; nothing is allocated. A
 * caller tests a host before it looks at the paths.
 */
struct hl_url_exprs {
	struct hl_str hosts[HL_URL_HOSTS_MAX];
	struct hl_str paths[HL_URL_PATHS_MAX];
	size_t n_hosts, n_paths;
};
int hl_url_expressions(
	struct hl_str canon, struct hl_url_exprs *out, struct hl_err *err);

/*
 * The public suffix list. NULL stands everywhere for the copy that the
 * system's library carries; a loaded one is the newest on this machine.
 */
struct hl_url_suffixes;
/* Reads the file, or the distribution's if path is NULL. Owned by caller;
 * immutable, so threads may share it. HL_NOTFOUND: no such file. */
int hl_url_suffixes_load(
	const char *path, struct hl_url_suffixes **out, struct hl_err *err);
void hl_url_suffixes_free(struct hl_url_suffixes *s);
/* The domain that somebody registered ("example.co.uk" of
 * "a.b.example.co.uk"), a view of host, which is canonical; absent for
 * network addresses and for a public suffix itself. */
struct hl_str hl_url_registrable(
	const struct hl_url_suffixes *s, struct hl_str host);
/* The last label of host is a top-level domain that exists, or one that is
 * set apart by name: onion, i2p, invalid, test, example. */
bool hl_url_known_tld(const struct hl_url_suffixes *s, struct hl_str host);

#endif
