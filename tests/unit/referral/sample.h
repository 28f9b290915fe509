/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_SAMPLE_H
#define HL_TEST_SAMPLE_H

#include "referral/document.h"

/* A referral of two addresses with every field filled in; static. Hostile
 * words stand where people's words may stand. */
void sample_doc(struct hl_referral_doc *d);

#define SAMPLE_HOSTILE "<b>&\"'\x1b[31m\xe2\x80\xae<script>x</script>"

#endif
