/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_GALLERY_H
#define HL_TEST_GALLERY_H

#include "web/page.h"

/* Every component once, as the browser test looks at it. */
struct gallery {
	struct hl_web_page page;
	struct hl_str error; /* shown at the fields; absent: none */
	struct hl_str csrf;
	int64_t now_us;
};

#endif
