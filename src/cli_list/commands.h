/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_LIST_COMMANDS_H
#define HL_CLI_LIST_COMMANDS_H

/* The subcommands on lists of addresses; each gives the exit status, enum
 * hl_cli_exit in cli/common.h. argv[0] is the subcommand's name. */
int hl_cli_list(int argc, char **argv);

/* The verbs of `hotline list`; argv[0] is the verb. */
int hl_cli_list_begin(int argc, char **argv);
int hl_cli_list_follow(int argc, char **argv);
int hl_cli_list_standing(int argc, char **argv);
int hl_cli_list_check(int argc, char **argv);
int hl_cli_list_serve_squid(int argc, char **argv);
int hl_cli_list_serve_icap(int argc, char **argv);
int hl_cli_list_serve_http(int argc, char **argv);
int hl_cli_list_init(int argc, char **argv);
int hl_cli_list_root(int argc, char **argv);
int hl_cli_list_status(int argc, char **argv);
int hl_cli_list_approvers(int argc, char **argv);
int hl_cli_list_bundle(int argc, char **argv);
int hl_cli_list_whose(int argc, char **argv);
int hl_cli_list_audit(int argc, char **argv);

#endif
