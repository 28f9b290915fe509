/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_LIST_STATUS_H
#define HL_CLI_LIST_STATUS_H

/* 2 would say "critical" to monitoring. */
#define HL_LIST_STATUS_USAGE 64

/* Prints how the follower of the folder stands; the exit status, enum
 * hl_consume_grade. */
int hl_list_status_print(const char *folder);

#endif
