/* SPDX-License-Identifier: Apache-2.0 */
#include "media/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "media/digest.h"
#include "media/wire.h"

#define STEP_BYTES ((size_t)1 << 20)
#define COPY_BYTES ((size_t)256 << 10)

static int unusable(struct hl_media_result *result, enum hl_media_status status,
	const char *note)
{
	result->status = status;
	hl_media_result_say(result, note);
	return 0;
}

static int too_large(struct hl_media_result *result, uint64_t bytes_max)
{
	char note[HL_MEDIA_NOTE_MAX];

	snprintf(note, sizeof(note), "a file may have %" PRIu64 " bytes",
		bytes_max);
	return unusable(result, HL_MEDIA_REFUSED, note);
}

static int begin_copy(struct hl_media_source *s, struct hl_err *err)
{
	s->fd = memfd_create("media", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	s->copied = true;
	return s->fd < 0 ? HL_FAIL_SYS(err, "memory for a file") : 0;
}

static int seal(struct hl_media_source *s, struct hl_err *err)
{
	const int seals =
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

	return fcntl(s->fd, F_ADD_SEALS, seals) < 0
		       ? HL_FAIL_SYS(err, "seal a file")
		       : 0;
}

static int copy_through(struct hl_media_source *s, int fd, uint64_t bytes_max,
	char *buffer, struct hl_media_result *result, struct hl_err *err)
{
	ssize_t got;

	while ((got = hl_file_read_fd(fd, buffer, 1, COPY_BYTES)) > 0) {
		int r;

		if ((uint64_t)got > bytes_max - s->n) {
			return too_large(result, bytes_max);
		}
		r = hl_file_write_fd(
			s->fd, hl_str_mem(buffer, (size_t)got), err);
		if (r) {
			return r;
		}
		s->n += (uint64_t)got;
	}
	if (got < 0) {
		return unusable(
			result, HL_MEDIA_UNREADABLE, strerrordesc_np(errno));
	}
	return seal(s, err);
}

static int copy(struct hl_media_source *s, int fd, uint64_t bytes_max,
	struct hl_media_result *result, struct hl_err *err)
{
	char *buffer = malloc(COPY_BYTES);
	int r = buffer ? begin_copy(s, err)
		       : HL_FAIL(err, HL_E_NOMEM, "no memory to copy a file");

	if (!r) {
		r = copy_through(s, fd, bytes_max, buffer, result, err);
	}
	free(buffer);
	return r;
}

static int note_size(
	struct hl_media_source *s, struct hl_media_result *result, int r)
{
	result->n_bytes = s->n;
	if (r == 0 && result->status == HL_MEDIA_HASHED && s->n == 0) {
		return unusable(result, HL_MEDIA_NO_PICTURE, "it is empty");
	}
	return r;
}

int hl_media_source_fd(struct hl_media_source *source, int fd,
	const struct hl_media_limits *limits, struct hl_media_result *result,
	struct hl_err *err)
{
	struct stat st;

	*source = (struct hl_media_source){.fd = -1};
	if (fstat(fd, &st) < 0) {
		return unusable(
			result, HL_MEDIA_UNREADABLE, strerrordesc_np(errno));
	}
	if (S_ISREG(st.st_mode)) {
		uint64_t size = (uint64_t)st.st_size;
		int flags = fcntl(fd, F_GETFL);

		result->n_bytes = size;
		if (size > limits->bytes_max) {
			return too_large(result, limits->bytes_max);
		}
		(void)lseek(fd, 0, SEEK_SET);
		if (size > HL_MEDIA_COPY_MAX &&
			(flags & O_ACCMODE) == O_RDONLY) {
			source->fd = fd;
			source->n = size;
			return 0;
		}
	}
	return note_size(source, result,
		copy(source, fd, limits->bytes_max, result, err));
}

int hl_media_source_bytes(struct hl_media_source *source, const void *p,
	size_t n, uint64_t bytes_max, struct hl_media_result *result,
	struct hl_err *err)
{
	int r;

	*source = (struct hl_media_source){.fd = -1, .n = n};
	result->n_bytes = n;
	if (n > bytes_max) {
		return too_large(result, bytes_max);
	}
	r = begin_copy(source, err);
	if (!r) {
		r = hl_file_write_fd(source->fd, hl_str_mem(p, n), err);
	}
	if (!r) {
		r = seal(source, err);
	}
	return note_size(source, result, r);
}

static int map_copy(struct hl_media_source *s, struct hl_err *err)
{
	void *p = mmap(NULL, s->n, PROT_READ, MAP_PRIVATE, s->fd, 0);

	if (p == MAP_FAILED) {
		return HL_FAIL_SYS(err, "map a file");
	}
	s->bytes = p;
	return 0;
}

int hl_media_source_want_digests(
	struct hl_media_source *source, struct hl_err *err)
{
	if (source->copied && source->n > 0) {
		int r = map_copy(source, err);

		if (r) {
			return r;
		}
	} else if (!source->copied) {
		source->bytes = malloc(STEP_BYTES);
	}
	source->digest = hl_media_digest_new();
	if (!source->digest || (!source->bytes && source->n > 0)) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for digests");
	}
	return 0;
}

static void end_digests(
	struct hl_media_source *s, struct hl_media_result *result, bool good)
{
	if (good) {
		hl_media_digest_finish(s->digest, result);
	}
	hl_media_digest_free(s->digest);
	s->digest = NULL;
}

bool hl_media_source_step(
	struct hl_media_source *source, struct hl_media_result *result)
{
	struct hl_media_source *s = source;
	uint64_t left = s->n - s->n_digested;
	size_t n = left < STEP_BYTES ? (size_t)left : STEP_BYTES;

	if (!s->digest) {
		return false;
	}
	if (s->copied) {
		hl_media_digest_more(s->digest, s->bytes + s->n_digested, n);
	} else {
		ssize_t got = hl_file_read_fd(s->fd, s->bytes, 1, n);

		if (got <= 0 && n > 0) { /* it became shorter */
			end_digests(s, result, false);
			return false;
		}
		n = (size_t)got;
		hl_media_digest_more(s->digest, s->bytes, n);
	}
	s->n_digested += n;
	if (s->n_digested == s->n) {
		end_digests(s, result, true);
		return false;
	}
	return true;
}

void hl_media_source_fini(struct hl_media_source *source)
{
	hl_media_digest_free(source->digest);
	source->digest = NULL;
	if (source->copied && source->bytes) {
		munmap(source->bytes, source->n);
	} else if (!source->copied) {
		free(source->bytes);
	}
	source->bytes = NULL;
	if (source->copied && source->fd >= 0) {
		close(source->fd);
	}
	source->fd = -1;
}
