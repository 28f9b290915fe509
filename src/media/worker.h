/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_WORKER_H
#define HL_MEDIA_WORKER_H

#include "media/pool.h"

/* The life of a worker, inside its sandbox already: a job after the other
 * from this socket, until it hangs up. Gives the exit status. setup's limits
 * are all set. Inside the room only. */
int hl_media_worker_run(const struct hl_media_setup *setup, int fd);

#endif
