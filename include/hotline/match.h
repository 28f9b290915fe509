/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOTLINE_MATCH_H
#define HOTLINE_MATCH_H

/*
 * libhotline-match: recognises known pictures and videos by their hashes.
 *
 *   1. Hashes: PDQ from decoded pixels, bit-exact with the reference; frames
 *      of videos compared as vPDQ does.
 *   2. An index: every entry within a distance of a hash, always all of them,
 *      at any size, changed while it is read, and kept in a folder that is
 *      ready in milliseconds.
 *
 * No global state, no thread of its own, no message printed, no file touched
 * but those of the folder of an index. Objects are opaque; what _new or _open
 * made, _free or _close ends, and both take NULL. Structs with a member
 * size_of are set up by zeroing them and size_of = sizeof(the struct), also
 * those that a function fills; what is 0 takes its default. A program that was
 * compiled against an older version of this header keeps working.
 *
 * An object may be used by any thread, by one at a time; what may go on at
 * the same time is said with it. Objects do not survive a fork() in the child.
 *
 * Every function that can fail returns 0 or more when it did what it says and
 * a negative code when it could not; then it changed nothing, unless it says
 * otherwise. `err` may be NULL; a negative code is in it too, and for 0 or
 * more it is left alone.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef HL_MATCH_API
#define HL_MATCH_API __attribute__((visibility("default")))
#endif

#define HL_MATCH_VERSION "0.1.0"
/* The version of the library that runs, which may be newer than the header. */
HL_MATCH_API const char *hl_match_version(void);

enum hl_match_code {
	HL_MATCH_OK = 0,
	HL_MATCH_NOTFOUND = 1, /* the thing asked for is not there */
	HL_MATCH_MORE = 2,     /* did a part; call again */
	HL_MATCH_E_ARG = -1,   /* an argument breaks its description */
	HL_MATCH_E_NOMEM = -2,
	HL_MATCH_E_IO = -3, /* a system call failed; sys_errno is set */
	HL_MATCH_E_CORRUPT =
		-4,            /* a file failed its check; text has the place */
	HL_MATCH_E_BUSY = -5,  /* somebody else has the index open to write */
	HL_MATCH_E_LIMIT = -6, /* over a documented maximum */
	HL_MATCH_E_VERSION = -7, /* made by a newer library */
	HL_MATCH_E_FULL = -8,    /* no room left on the disk */
	HL_MATCH_E_STATE = -9    /* called out of order */
};

struct hl_match_error {
	int code;
	int sys_errno;
	uint64_t offset; /* where in the file, for HL_MATCH_E_CORRUPT */
	char text[232];  /* English, names the file; never a hash */
};

/* "not found", "disk full"; static. */
HL_MATCH_API const char *hl_match_code_name(int code);

/* ---- Hashes ----------------------------------------------------------- */

/*
 * A PDQ hash: 256 bits. bytes are in the order in which the 64 hexadecimal
 * digits are written: bytes[0] bit 7 is bit 255 of the algorithm, bytes[31]
 * bit 0 its bit 0.
 */
struct hl_match_hash {
	uint8_t bytes[32];
};

/* 64 hexadecimal digits, either case, nothing else. */
HL_MATCH_API int hl_match_hash_parse(
	const char *text, size_t n, struct hl_match_hash *out);
/* 64 lower-case digits and a NUL. */
HL_MATCH_API void hl_match_hash_format(
	const struct hl_match_hash *hash, char out[65]);
/* Bits that differ, 0 to 256. */
HL_MATCH_API unsigned hl_match_hash_distance(
	const struct hl_match_hash *a, const struct hl_match_hash *b);

enum hl_match_pixels {
	HL_MATCH_GREY8 = 1, /* one byte: grey, or the Y plane of YCbCr */
	HL_MATCH_RGB24 = 2,
	HL_MATCH_BGR24 = 3,
	HL_MATCH_RGBA32 = 4 /* alpha is not looked at */
};

enum hl_match_path {
	/* The reference's library path: all pixels count. The default. */
	HL_MATCH_FULLRES = 0,
	/* The reference's C++ command line: pixels of a side over 512 are
	 * picked to 512 x 512 first. Up to 28 bits away from FULLRES. */
	HL_MATCH_CLI512 = 1
};

/* Which code computes. All give the same bits; AUTO takes the best that this
 * processor runs. The others are for tests and benches. */
enum hl_match_kernel {
	HL_MATCH_KERNEL_AUTO = 0,
	HL_MATCH_KERNEL_SCALAR = 1,
	HL_MATCH_KERNEL_SSE2 = 2,
	HL_MATCH_KERNEL_AVX2 = 3,
	HL_MATCH_KERNEL_AVX512 = 4,
	HL_MATCH_KERNEL_NEON = 5
};
/* 1 if this build and this processor have it. */
HL_MATCH_API int hl_match_kernel_usable(enum hl_match_kernel kernel);

struct hl_match_pdq_options {
	uint32_t size_of;
	enum hl_match_path path;
	enum hl_match_kernel kernel;
};

/*
 * quality: 0 to 100; the reference advises not to match under 50. A picture
 * with a side under 5 pixels (after CLI512 has picked) has an all-zero hash
 * of quality 0, which must not be put on a list.
 */
struct hl_match_pdq_result {
	struct hl_match_hash hash;
	int quality;
};

/* The eight forms in this order, in the reference's terms. */
enum hl_match_dihedral {
	HL_MATCH_ORIGINAL = 0,
	HL_MATCH_ROTATE90,
	HL_MATCH_ROTATE180,
	HL_MATCH_ROTATE270,
	HL_MATCH_FLIPX,
	HL_MATCH_FLIPY,
	HL_MATCH_FLIP_PLUS1,
	HL_MATCH_FLIP_MINUS1
};

#define HL_MATCH_SIDE_MAX 65535u /* pixels a side */

/*
 * Hashing by rows: memory is about (window + 8) x width floats, whatever the
 * height. One object hashes one picture at a time; reset begins another of
 * the same size. Not to be shared between threads at the same time.
 */
struct hl_match_pdq;

/* options may be NULL. HL_MATCH_E_ARG: a side of 0 or over the maximum, an
 * unknown format, or a kernel that is not usable. */
HL_MATCH_API int hl_match_pdq_new(uint32_t width, uint32_t height,
	enum hl_match_pixels pixels, const struct hl_match_pdq_options *options,
	struct hl_match_pdq **out, struct hl_match_error *err);
/* The next n_rows from the top; stride in bytes from row to row, at least the
 * bytes of a row. HL_MATCH_E_STATE: more rows than the picture has; none of
 * them was taken. */
HL_MATCH_API int hl_match_pdq_rows(struct hl_match_pdq *pdq, const void *rows,
	size_t stride, size_t n_rows);
/* HL_MATCH_E_STATE: rows are missing. May be called again. A picture of
 * exactly 64 x 64 is not filtered, as in the reference. */
HL_MATCH_API int hl_match_pdq_finish(
	struct hl_match_pdq *pdq, struct hl_match_pdq_result *out);
/* The hashes of the picture turned and mirrored, from one transform. Up to 18
 * bits away from hashing the turned picture. Quality is the same for all. As
 * in the reference 64 x 64 pixels are filtered here, so that out[0] is not
 * what finish gives; at any other size it is. */
HL_MATCH_API int hl_match_pdq_dihedral(
	struct hl_match_pdq *pdq, struct hl_match_pdq_result out[8]);
HL_MATCH_API void hl_match_pdq_reset(struct hl_match_pdq *pdq);
HL_MATCH_API void hl_match_pdq_free(struct hl_match_pdq *pdq);

/* A picture in memory, borrowed. */
struct hl_match_picture {
	const void *rows;
	size_t stride; /* as of hl_match_pdq_rows() */
	uint32_t width;
	uint32_t height;
	enum hl_match_pixels pixels;
};
/* All of the above at once. */
HL_MATCH_API int hl_match_pdq_image(const struct hl_match_picture *picture,
	const struct hl_match_pdq_options *options,
	struct hl_match_pdq_result *out, struct hl_match_error *err);

/* A frame of a video; the line form is "number,quality,hash,seconds". */
struct hl_match_frame {
	uint32_t number;
	int quality;
	double seconds;
	struct hl_match_hash hash;
};

struct hl_match_video_options {
	uint32_t size_of;
	int quality_min; /* frames under it do not count; 0: 50, -1: none */
	int radius;      /* 0: 31, -1: equal only */
};

/* Shares are 0 to 100; both are 0 when a side has no frame that counts. */
struct hl_match_video_result {
	double query_percent;    /* of the query's frames, in the other */
	double compared_percent; /* of the other's, in the query */
	uint32_t n_query;        /* frames that count */
	uint32_t n_compared;
};

/* A frame is in the other video if one there that counts is no farther than
 * radius. Allocates nothing; takes time as n_query x n_compared. */
HL_MATCH_API int hl_match_video_compare(const struct hl_match_frame *query,
	size_t n_query, const struct hl_match_frame *compared,
	size_t n_compared, const struct hl_match_video_options *options,
	struct hl_match_video_result *out);
/* One line without its end, of up to 256 bytes; quality is 0 to 100, seconds
 * are under 1e10 and may have an exponent, as old files do. HL_MATCH_E_ARG:
 * not of this form; out is as it was. */
HL_MATCH_API int hl_match_frame_parse(
	const char *line, size_t n, struct hl_match_frame *out);
/* Bytes written without the NUL; HL_MATCH_E_LIMIT: out is too small (128 are
 * always enough); HL_MATCH_E_ARG: a frame that could not be read again.
 * Seconds have three decimals and a point in every locale. */
HL_MATCH_API int hl_match_frame_format(
	const struct hl_match_frame *frame, char *out, size_t n_out);

/* ---- The index -------------------------------------------------------- */

enum hl_match_kind {
	HL_MATCH_PDQ = 1, /* 32 bytes, found within a distance */
	HL_MATCH_MD5 = 2, /* 16 bytes, found when equal, as are the next */
	HL_MATCH_SHA1 = 3,
	HL_MATCH_SHA256 = 4
};
#define HL_MATCH_RADIUS_DEFAULT 31
#define HL_MATCH_RADIUS_MAX 63
#define HL_MATCH_RADIUS_EQUAL UINT32_MAX /* of a list: equal hashes only */
#define HL_MATCH_PAYLOAD_MAX 4096u
#define HL_MATCH_LISTS_MAX 65535u

/* A folder, opened. Any number of processes may read it while one writes. */
struct hl_match_index;

enum {
	HL_MATCH_OPEN_WRITE = 1,  /* else: read only */
	HL_MATCH_OPEN_CREATE = 2, /* with WRITE: make it if it is not there */
	/* With WRITE: what is put is seen at the commit only, and becomes one
	 * segment at once; it waits in memory until then. For the first load
	 * of millions. Removing gives HL_MATCH_E_STATE. */
	HL_MATCH_OPEN_BULK = 4,
	HL_MATCH_OPEN_NO_POPULATE = 8, /* do not read the pages in at open */
	HL_MATCH_OPEN_VERIFY = 16      /* check every byte at open */
};

struct hl_match_index_options {
	uint32_t size_of;
	uint32_t flags;
	uint32_t kernel; /* enum hl_match_kernel; all find the same */
};

/* options may be NULL: to read. HL_MATCH_NOTFOUND: no index there, and CREATE
 * was not asked for; the folder above it must be there in any case. The
 * folder must be on a local file system. */
HL_MATCH_API int hl_match_index_open(const char *folder,
	const struct hl_match_index_options *options,
	struct hl_match_index **out, struct hl_match_error *err);
/* What was not committed is gone. No reader of it may be left. */
HL_MATCH_API void hl_match_index_close(struct hl_match_index *index);

enum { HL_MATCH_LIST_NEGATIVE = 1 }; /* what it has is known to be harmless */

struct hl_match_list {
	uint32_t size_of;
	uint32_t id; /* 1 to HL_MATCH_LISTS_MAX, the caller's */
	uint32_t flags;
	/* The farthest match that counts, 1 to HL_MATCH_RADIUS_MAX; 0: 31;
	 * HL_MATCH_RADIUS_EQUAL: distance 0. */
	uint32_t radius;
	uint64_t version; /* the owner's; not looked at */
	char name[64];    /* UTF-8 with a NUL, no controls; as the next */
	char owner[64];
};

/* Writers: one thread at a time, while others read. All of it is seen by
 * readers of this index at once (unless BULK), by other processes when it is
 * committed and they follow, and after a crash if it was committed durably.
 * hl_match_list_put makes a list or replaces what is said of it. */
HL_MATCH_API int hl_match_list_put(struct hl_match_index *index,
	const struct hl_match_list *list, struct hl_match_error *err);
/* The list and everything on it. HL_MATCH_NOTFOUND. */
HL_MATCH_API int hl_match_list_remove(struct hl_match_index *index,
	uint32_t list, struct hl_match_error *err);
/* What the list's owner calls a label: up to 63 bytes of UTF-8; label 1 to
 * 65535, 0 means none. HL_MATCH_E_ARG: there is no such list. */
HL_MATCH_API int hl_match_label_put(struct hl_match_index *index, uint32_t list,
	uint16_t label, const char *text, struct hl_match_error *err);

/* One hash of an entry. An entry is (list, id) and may have many: kinds, and
 * parts such as the frames of a video. */
struct hl_match_entry {
	uint32_t list; /* must have been put */
	uint32_t part;
	uint64_t id;
	uint16_t kind; /* enum hl_match_kind */
	uint16_t label;
	uint32_t payload_bytes;
	const void *payload; /* the caller's own, given back with a match */
	uint8_t hash[32];    /* as many bytes as the kind has, then zeros */
};

/* Adds it, or replaces what has the same list, id, kind and part; copies the
 * payload. HL_MATCH_E_ARG: its list is not there. */
HL_MATCH_API int hl_match_index_put(struct hl_match_index *index,
	const struct hl_match_entry *entry, struct hl_match_error *err);
/* All hashes of an entry. HL_MATCH_NOTFOUND. */
HL_MATCH_API int hl_match_index_remove(struct hl_match_index *index,
	uint32_t list, uint64_t id, struct hl_match_error *err);

/* The next hash of the entry (at->list, at->id) behind (at->kind, at->part),
 * 0 and 0 for the first, as the writer has it by now; not what waits for a
 * commit in BULK. payload: room for HL_MATCH_PAYLOAD_MAX bytes, to which
 * at->payload then points. For comparing before a put. HL_MATCH_NOTFOUND: no
 * more. HL_MATCH_E_STATE: not open to write. */
HL_MATCH_API int hl_match_index_entry(
	struct hl_match_index *index, struct hl_match_entry *at, void *payload);

enum { HL_MATCH_DURABLE = 1 }; /* on the disk when it returns */
/*
 * Everything since the last commit counts as one change: a crash keeps all of
 * it or nothing. position is the caller's and kept with it: the number of the
 * last change of a feed, say. When the disk fails a durable one
 * (HL_MATCH_E_IO), nobody knows what is on it: changes are refused from then
 * on, until the index is closed and opened again.
 */
HL_MATCH_API int hl_match_index_commit(struct hl_match_index *index,
	uint64_t position, uint32_t flags, struct hl_match_error *err);
/* Of the last commit. Who asks afterwards finds all that belongs to it. */
HL_MATCH_API uint64_t hl_match_index_position(
	const struct hl_match_index *index);
/*
 * Writes what has gathered to segments and merges them. A writer calls it
 * after commits, or another thread in a loop; put, commit and reading go on
 * meanwhile. Without it every 8,192 changes make looking up slower by about
 * 2 us. HL_MATCH_MORE: there is more to do. 0: nothing to do.
 */
HL_MATCH_API int hl_match_index_maintain(
	struct hl_match_index *index, struct hl_match_error *err);
/* Merges all that is committed to one segment without removed entries. */
HL_MATCH_API int hl_match_index_compact(
	struct hl_match_index *index, struct hl_match_error *err);
/* For an index opened to read: takes up what another process has committed
 * since. Cheap when there is nothing. HL_MATCH_NOTFOUND: nothing new.
 * HL_MATCH_E_STATE: it is open to write. */
HL_MATCH_API int hl_match_index_follow(
	struct hl_match_index *index, struct hl_match_error *err);

struct hl_match_stats {
	uint32_t size_of;
	uint32_t n_lists;
	uint64_t n_entries; /* (list, id) pairs */
	uint64_t n_hashes;
	uint64_t n_removed; /* not merged away yet */
	uint32_t n_segments;
	uint32_t n_recent; /* hashes in the log only */
	uint64_t bytes_mapped;
	uint64_t bytes_heap;
	uint64_t position;
};
/* Of one list, or of all with list 0; HL_MATCH_NOTFOUND. */
HL_MATCH_API int hl_match_index_stats(struct hl_match_index *index,
	uint32_t list, struct hl_match_stats *out);
/* Reads every byte of the folder; progress (may be NULL) hears of bytes done
 * and ends it by returning other than 0. Needs no writer to stop.
 * HL_MATCH_NOTFOUND: no index there. HL_MATCH_E_CORRUPT: text and offset name
 * the place. HL_MATCH_E_STATE: progress ended it. */
HL_MATCH_API int hl_match_index_verify(const char *folder,
	int (*progress)(void *arg, uint64_t done, uint64_t total), void *arg,
	struct hl_match_error *err);
/* The same, but goes on behind damage: when all is read, `damaged` hears of
 * each file that is, with its first place that is. err has the first file. */
HL_MATCH_API int hl_match_index_verify_all(const char *folder,
	int (*progress)(void *arg, uint64_t done, uint64_t total),
	void (*damaged)(void *arg, const struct hl_match_error *place),
	void *arg, struct hl_match_error *err);

/* ---- Looking up ------------------------------------------------------- */

/* One for each thread; readers never wait for a writer. */
struct hl_match_reader;
HL_MATCH_API int hl_match_reader_new(struct hl_match_index *index,
	struct hl_match_reader **out, struct hl_match_error *err);
HL_MATCH_API void hl_match_reader_free(struct hl_match_reader *reader);

struct hl_match_query {
	uint32_t size_of;
	uint32_t kind; /* 0: HL_MATCH_PDQ */
	/* PDQ: 0: each list's own; -1: equal only; else 1 to
	 * HL_MATCH_RADIUS_MAX, and no more than the list's. */
	int32_t radius;
	uint32_t n_lists;
	const uint32_t *lists; /* only these; NULL: all */
};

struct hl_match_found {
	uint32_t list;
	uint32_t part;
	uint64_t id;
	uint16_t kind;
	uint16_t label;
	uint16_t distance;
	uint16_t negative; /* 1: on a negative list */
	uint32_t payload_bytes;
	const void *payload; /* the reader's until its next call */
	uint8_t hash[32];
};

/*
 * matches: the caller's array of n_max, in ascending order of distance, list,
 * id, kind and part. When there are more than n_max the nearest are kept,
 * n_found has the true count and truncated is 1. n_max may be 0, to count.
 * cleared: 1 if a negative list has it at least as near as every other one.
 */
struct hl_match_answer {
	struct hl_match_found *matches;
	size_t n_max;
	size_t n;
	uint64_t n_found;
	int truncated;
	int cleared;
};

/* hash: as many bytes as the kind has. query may be NULL. 0 also when nothing
 * matches. Finds all that is there. Allocates nothing once the reader is
 * warm. */
HL_MATCH_API int hl_match_reader_query(struct hl_match_reader *reader,
	const uint8_t *hash, const struct hl_match_query *query,
	struct hl_match_answer *answer, struct hl_match_error *err);
/* n hashes one behind the other, each with an answer of its own; they are
 * looked up one after another. All see the same state of the index, whatever
 * is written meanwhile; apart from that it saves only the cost of the calls. */
HL_MATCH_API int hl_match_reader_batch(struct hl_match_reader *reader,
	const uint8_t *hashes, size_t n, const struct hl_match_query *query,
	struct hl_match_answer *answers, struct hl_match_error *err);

HL_MATCH_API int hl_match_reader_list(struct hl_match_reader *reader,
	uint32_t id, struct hl_match_list *out); /* HL_MATCH_NOTFOUND */
/* The list with the lowest id above `after`. */
HL_MATCH_API int hl_match_reader_next_list(struct hl_match_reader *reader,
	uint32_t after, struct hl_match_list *out);
/* "" for a label without text; the reader's until its next call. */
HL_MATCH_API const char *hl_match_reader_label(
	struct hl_match_reader *reader, uint32_t list, uint16_t label);
/* The next hash behind *at in the order of list, id, kind, part, starting
 * from a zeroed *at. Its payload is the reader's until its next call.
 * HL_MATCH_NOTFOUND: that was the last. */
HL_MATCH_API int hl_match_reader_next(
	struct hl_match_reader *reader, struct hl_match_entry *at);

#ifdef __cplusplus
}
#endif

#endif
