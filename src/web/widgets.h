/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_WIDGETS_H
#define HL_WEB_WIDGETS_H
#include "base/str.h"
struct hl_w_tag {
	struct hl_str text;
	struct hl_str colour;
};
#endif
