/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_DOCTOR_COMMANDS_H
#define HL_CLI_DOCTOR_COMMANDS_H

/* The subcommand; it gives the exit status, enum hl_cli_exit in
 * cli/common.h. argv[0] is the subcommand's name. */
int hl_cli_doctor(int argc, char **argv);

#endif
