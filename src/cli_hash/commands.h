/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_HASH_COMMANDS_H
#define HL_CLI_HASH_COMMANDS_H

/* The subcommands on hashes and lists of them; each gives the exit status, enum
 * hl_cli_exit in cli/common.h. argv[0] is the subcommand's name. */
int hl_cli_hash(int argc, char **argv);
int hl_cli_hashlist(int argc, char **argv);
int hl_cli_match(int argc, char **argv);
int hl_cli_registry(int argc, char **argv);

#endif
