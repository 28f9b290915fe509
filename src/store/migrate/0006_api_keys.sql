-- SPDX-License-Identifier: Apache-2.0
-- Keys with which programs ask the registry: docs/protocol/match.md.
CREATE TABLE api_key (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,                -- whose it is, an administrator's words
	key_hash BLOB NOT NULL UNIQUE,     -- seal/token.h; the key is not kept
	scopes INTEGER NOT NULL,           -- bit set, enum hl_api_scope
	rate INTEGER NOT NULL,             -- look-ups a second
	created_at_us INTEGER NOT NULL,
	created_by INTEGER NOT NULL,       -- staff id, 0 on the host itself
	expires_at_us INTEGER NOT NULL,    -- 0: never
	revoked_at_us INTEGER NOT NULL,    -- 0: good
	used_day INTEGER NOT NULL          -- days since 1970 of the last use, 0
) STRICT;
