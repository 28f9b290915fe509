/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_COMMANDS_H
#define HL_MAIN_COMMANDS_H

/* The subcommands that wire things together; the others are in cli/. Each
 * gives the exit status, enum hl_cli_exit. */
int hl_main_init(int argc, char **argv);
int hl_main_serve(int argc, char **argv);
int hl_main_demo(int argc, char **argv);
int hl_main_match_serve(int argc, char **argv);

#endif
