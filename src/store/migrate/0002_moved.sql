-- SPDX-License-Identifier: Apache-2.0
-- A recipient's new address becomes a report: report.channel 3.

ALTER TABLE answer ADD COLUMN report_id INTEGER NOT NULL DEFAULT 0;
	-- what was made of the new address in it, 0 nothing yet
CREATE INDEX answer_moved ON answer (referral_id)
	WHERE answer = 2 AND report_id = 0;
