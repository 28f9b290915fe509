/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_WEB_TEMPLATES_H
#define HL_TEST_WEB_TEMPLATES_H

#include "base/str.h"
#include "web/html.h"

struct t_row {
	struct hl_str name;
	int64_t n;
};

struct t_page {
	struct hl_str text, link;
	struct hl_html chart;
	const struct t_row *rows;
	size_t n_rows;
	int64_t at_us;
	unsigned short port;
	bool on;
};

#endif
