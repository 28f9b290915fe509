/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_MIGRATE_H
#define HL_STORE_MIGRATE_H

#include <sqlite3.h>

#include "base/err.h"

/*
 * Brings the schema up to date, each step in a transaction of its own, and
 * remembers its checksum. HL_E_INVALID: the store was made by a newer
 * program, or a step that was applied has since been changed.
 */
int hl_store_migrate(sqlite3 *db, struct hl_err *err);

#endif
