/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_REFUSE_H
#define HL_WEB_REFUSE_H

#include "web/server.h"

/*
 * The whole answer to what no handler gets to see, head and page: the error
 * page of the process in its own look. path: as far as it is known, for
 * pages that differ by it. Appends to out. On the loop's thread.
 */
void hl_web_refuse(const struct hl_web_config *config, int status,
	struct hl_str path, struct hl_buf *out);

#endif
