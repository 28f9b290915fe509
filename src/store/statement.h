/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_STATEMENT_H
#define HL_STORE_STATEMENT_H

#include <stddef.h>

#include "store/store.h"

/* The table that tools/sqlc.py makes of sql/; inside the room only. */
enum hl_store_expect { HL_STORE_ANY, HL_STORE_ONE };

struct hl_statement {
	const char *name;
	const char *sql;
	unsigned roles;
	enum hl_store_expect expect; /* rows changed or returned */
	const char *in, *out;        /* a letter each: i, t, b */
};

extern const struct hl_statement hl_store_statements[];
extern const size_t hl_store_n_statements;

/* The steps of the schema, in order; also made by sqlc. */
struct hl_migration {
	int version;
	const char *name;
	const char *checksum; /* SHA-256 of sql, hex */
	const char *sql;
};

extern const struct hl_migration hl_store_migrations[];
extern const size_t hl_store_n_migrations;

/* The pseudo statement of an audit event: six integers. */
#define HL_STORE_EVENT 0xffffu

#endif
