/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_COMMANDS_H
#define HL_CLI_COMMANDS_H

/* The subcommands of this room; each gives the exit status, enum hl_cli_exit in
 * cli/common.h. argv[0] is the subcommand's name. */
int hl_cli_user(int argc, char **argv);
int hl_cli_apikey(int argc, char **argv);
int hl_cli_report(int argc, char **argv);
int hl_cli_case(int argc, char **argv);
int hl_cli_refer(int argc, char **argv);
int hl_cli_watch(int argc, char **argv);
int hl_cli_stats(int argc, char **argv);
int hl_cli_audit(int argc, char **argv);
int hl_cli_backup(int argc, char **argv);
int hl_cli_url(int argc, char **argv);
/* `hotline refer verify`: argv[0] is "verify". */
int hl_cli_refer_verify(int argc, char **argv);

#endif
