-- SPDX-License-Identifier: Apache-2.0
-- The link that a recipient has works until a newer one has arrived.

ALTER TABLE referral ADD COLUMN answer_before BLOB NOT NULL DEFAULT x'';
	-- hash of the link in the mail before, while a reminder is on its way
CREATE INDEX referral_answer_before ON referral (answer_before)
	WHERE answer_before <> x'';
