/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_LISTEN_H
#define HL_WEB_LISTEN_H

#include "base/buf.h"
#include "base/err.h"

/*
 * A listening socket for "127.0.0.1:8080", "[::1]:8080" or "unix:/PATH"
 * (mode 0660; a socket that nobody listens on any more is replaced). Port 0
 * takes a free one. Numbers only: no name is looked up. HL_E_INVALID for
 * another form. *fd is owned.
 */
int hl_web_listen(struct hl_str address, int *fd, struct hl_err *err);

/* Where a socket listens, in the form above. */
int hl_web_listen_name(int fd, struct hl_buf *out, struct hl_err *err);

#endif
