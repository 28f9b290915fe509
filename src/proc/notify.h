/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PROC_NOTIFY_H
#define HL_PROC_NOTIFY_H

#include "base/err.h"

/*
 * Tells the service manager about us, "READY=1" and the like, one datagram
 * to the socket that NOTIFY_SOCKET names (sd_notify(3)). HL_NOTFOUND when
 * nobody asked to be told.
 */
int hl_proc_notify(const char *state, struct hl_err *err);

#endif
