/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TRACE_BUILTIN_H
#define HL_TRACE_BUILTIN_H

/* data/rdap/bootstrap.json, made by the build. */
extern const char hl_trace_bootstrap_builtin[];

#endif
