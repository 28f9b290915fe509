-- SPDX-License-Identifier: Apache-2.0
-- Codes of the second factor that were used, each by its step. The highest
-- one alone is not enough: after a sign-in by a clock that was ahead, every
-- code of the present lies below it.
CREATE TABLE totp_used (
	id INTEGER PRIMARY KEY,            -- in the order of use
	staff_id INTEGER NOT NULL REFERENCES staff (id),
	step INTEGER NOT NULL,             -- of 30 s since 1970
	UNIQUE (staff_id, step)
) STRICT;

INSERT INTO totp_used (staff_id, step)
SELECT id, totp_step FROM staff WHERE totp_step > 0;
