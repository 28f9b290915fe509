/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_HTML_H
#define HL_WEB_HTML_H

#include "base/str.h"

/*
 * Markup that goes into a page as it is. Its own type, so that no text gets
 * there by mistake: only code that makes markup on purpose (a chart) builds
 * one, and answers for every byte of it.
 */
struct hl_html {
	struct hl_str markup;
};

#endif
