/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_ZIP_H
#define HL_REFERRAL_ZIP_H

#include "base/buf.h"
#include "base/err.h"

/*
 * The one way in which we write a ZIP file, and a reader that takes no
 * other: stored, in the given order, nothing beside. docs/protocol/bundle.md,
 * "Container".
 */
struct hl_referral_member {
	struct hl_str name; /* ASCII */
	struct hl_str data;
};

void hl_referral_zip_write(const struct hl_referral_member *members,
	size_t n_members, int64_t at_us, struct hl_buf *out);

/*
 * members has the names that are to be there, in order; gets the data as
 * views of bytes. HL_E_CORRUPT says what is wrong, in one line of printable
 * ASCII. Times and directory are not compared: the caller, who learns the
 * time from within, writes the file anew and compares.
 */
int hl_referral_zip_read(struct hl_str bytes,
	struct hl_referral_member *members, size_t n_members,
	struct hl_err *err);

#endif
