/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_RECORD_H
#define HL_EXCHANGE_RECORD_H

#include "base/buf.h"
#include "hotline/match.h"

/*
 * What a list of hashes as a file says, whatever its format.
 * docs/hash-formats.md has what each format holds.
 */
enum hl_hashlist_format {
	HL_HASHLIST_LINES = 1, /* one hash a line */
	HL_HASHLIST_CSV = 2,   /* RFC 4180; separators , ; tab */
	HL_HASHLIST_VICS1 = 3, /* VICS JSON 1.3; both are read as either */
	HL_HASHLIST_VICS2 = 4, /* VICS JSON 2.0 */
	HL_HASHLIST_NCMEC = 5, /* NCMEC hash sharing v2, XML */
	HL_HASHLIST_TX = 6,    /* ThreatExchange, JSON of the Graph API */
	HL_HASHLIST_HASH = 7,  /* what `hotline hash` prints; only read */
};
/* "lines", "csv", "vics1", "vics2", "ncmec", "tx", "hash"; NULL for no format.
 */
const char *hl_hashlist_format_name(enum hl_hashlist_format format);
/* 0 for another name; "vics" is 2.0. */
enum hl_hashlist_format hl_hashlist_format_of(struct hl_str name);
/* What a file that begins so most likely is, by all the lines that are given;
 * 4096 bytes are enough. 0: it cannot be told. */
enum hl_hashlist_format hl_hashlist_guess(struct hl_str head);
/* "pdq", "md5", "sha1", "sha256" for an enum hl_match_kind, "other" else;
 * and back, without regard to case, '-', '_' and ' ': 0 for another name. */
const char *hl_hashlist_kind_name(unsigned kind);
unsigned hl_hashlist_kind_of(struct hl_str name);
/* 32, 16, 20, 32; 0 for no kind. */
size_t hl_hashlist_kind_bytes(unsigned kind);

enum {
	HL_HASHLIST_KINDS = 5,          /* [0] is for all other kinds */
	HL_HASHLIST_NAMES_MAX = 16,     /* other kinds counted by name */
	HL_HASHLIST_NAME_MAX = 32,      /* with the NUL */
	HL_HASHLIST_ID_MAX = 512,       /* bytes of an id */
	HL_HASHLIST_HASHES_MAX = 16384, /* of one record */
	HL_HASHLIST_DEPTH_MAX = 64,     /* of JSON and XML */
	HL_HASHLIST_RECORD_MAX = 4 << 20,
};

/* What the owner says of an entry; `known` has the bits it said yes or no
 * to, `set` those it said yes to. */
enum {
	HL_HASHLIST_VICTIM_IDENTIFIED = 1,
	HL_HASHLIST_OFFENDER_IDENTIFIED = 2,
	HL_HASHLIST_DISTRIBUTED = 4,
	HL_HASHLIST_SUSPECTED = 8,
	HL_HASHLIST_SELF_GENERATED = 16,
	HL_HASHLIST_HARMLESS = 32, /* all who spoke say it is no material */
};
enum hl_hashlist_media {
	HL_HASHLIST_MEDIA_UNKNOWN = 0,
	HL_HASHLIST_PICTURE = 1,
	HL_HASHLIST_VIDEO = 2,
};

struct hl_hashlist_hash {
	uint16_t kind;   /* enum hl_match_kind */
	int16_t quality; /* 0 to 100; -1: not said */
	uint32_t part;   /* number of the frame, 0 for a picture */
	int64_t at_ms;   /* its place in the video; -1: not said */
	uint8_t bytes[32];
};
/* A hash of a kind that cannot be matched here, PhotoDNA say, as text. */
struct hl_hashlist_other {
	struct hl_str name, value;
};

/* All text is UTF-8; what is not said is the absent view. A record may have
 * others only, and a deleted one nothing but its id. */
struct hl_hashlist_record {
	struct hl_str id;    /* as in the source; for lines the hash */
	struct hl_str label; /* category, classification, status */
	struct hl_str series, tags, owner, mime, updated;
	uint64_t size_bytes; /* of the file; 0: not said */
	uint16_t known, set;
	enum hl_hashlist_media media;
	bool deleted;
	/* A hash or frame of it could not be read, or may not have been:
	 * what an earlier one had and this has not is not known to be gone. */
	bool incomplete;
	const struct hl_hashlist_hash *hashes;
	size_t n_hashes;
	const struct hl_hashlist_other *others;
	size_t n_others;
	uint64_t line, offset; /* where it begins; line from 1, bytes from 0 */
};

/* Something was refused or left out. what is static words with no byte of
 * the file in them. */
struct hl_hashlist_report {
	uint64_t line, offset;
	bool whole; /* the record is lost; else a part of it */
	const char *what;
};

struct hl_hashlist_totals {
	uint64_t n_records; /* given, those deleted among them */
	uint64_t n_deleted;
	uint64_t n_bad;        /* records refused */
	uint64_t n_notes;      /* reports of parts */
	uint64_t n_incomplete; /* records given that are */
	uint64_t n_weak;       /* HASH: of a quality under 50, and left out */
	uint64_t n_hashes[HL_HASHLIST_KINDS]; /* by kind */
	struct hl_hashlist_count {
		char name[HL_HASHLIST_NAME_MAX];
		uint64_t n;
	} others[HL_HASHLIST_NAMES_MAX]; /* the last holds all further */
	size_t n_others;
};

struct hl_hashlist_options {
	enum hl_hashlist_format format;
	/* Lines: the kind of hashes without one; 0: by their length, and of
	 * 64 digits PDQ. CSV: the same. Writing lines: only this kind, bare;
	 * 0: all, each behind its kind's name. */
	unsigned kind;
	/* Bytes; 0: HL_HASHLIST_RECORD_MAX; at least 8 KiB are taken. */
	size_t record_max;
	void (*report)(void *arg, const struct hl_hashlist_report *report);
	void *arg;
};

#endif
