/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_PROC_ATTEMPT_H
#define HL_TESTS_PROC_ATTEMPT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/types.h>

/* Things that a process in a sandbox tries: each gives 0 or an errno. */

/* Where they try it. */
extern struct place {
	char folder[64]; /* may be used: mine, other: may not */
	char mine[96], file[128], other[96], secret[128], socket[128];
	int listener; /* TCP on loopback */
	struct sockaddr_in at;
	pid_t parent;
	bool landlock;
	int inherited; /* a socket from before the sandbox */
} place;

int attempt_open_given(void);
int attempt_open_other(void);
int attempt_open_passwd(void);
int attempt_write_given(void);
int attempt_truncate_given(void);
int attempt_create_in_mine(void);
int attempt_unnamed_in_mine(void);
int attempt_create_in_other(void);
int attempt_rename_and_remove(void);
int attempt_write_durably(void);
int attempt_list_folder(void);
int attempt_tcp_socket(void);
int attempt_udp6_socket(void);
int attempt_unix_socket(void);
int attempt_netlink_socket(void);
int attempt_raw_socket(void);
int attempt_connect_tcp(void);
int attempt_connect_inherited(void);
int attempt_bind_inherited(void);
int attempt_listen_inherited(void);
int attempt_accept_one(void);
int attempt_use_pair(void);
int attempt_exec_true(void);
int attempt_trace_me(void);
int attempt_read_parent(void);
int attempt_mount_tmp(void);
int attempt_new_namespace(void);
int attempt_load_bpf(void);
int attempt_set_ring(void);
int attempt_new_keyring(void);
int attempt_set_clock(void);
int attempt_fork_child(void);
int attempt_make_thread(void);
int attempt_kill_parent(void);
int attempt_raise_harmless(void);
int attempt_executable_memory(void);
int attempt_make_executable(void);
int attempt_use_much_memory(void);
int attempt_more_than_allowed_memory(void);
int attempt_shared_memory(void);
int attempt_memory_file(void);
int attempt_become_root(void);
int attempt_raise_limit(void);
int attempt_dump_core_limit(void);
int attempt_change_root(void);
int attempt_time_and_chance(void);
int attempt_look_at_fd(void);
int attempt_look_at_path(void);
int attempt_connect_unix(void);

#endif
