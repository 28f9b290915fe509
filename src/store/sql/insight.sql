-- SPDX-License-Identifier: Apache-2.0

-- name: insight_reports
-- doc: Reports of a period by triage outcome, place and channel.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: triage int, place int, channel int, n int
SELECT triage, place, channel, count(*) FROM report
WHERE received_at_us >= $1 AND received_at_us < $2 AND is_test = 0
GROUP BY triage, place, channel ORDER BY triage, place, channel;

-- name: insight_days
-- doc: Reports of a period by UTC day, counted from 1970.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: day int, n int
SELECT received_at_us / 86400000000 AS day, count(*) FROM report
WHERE received_at_us >= $1 AND received_at_us < $2 AND is_test = 0
GROUP BY day ORDER BY day;

-- name: insight_addresses
-- doc: Addresses in reports of a period: all that could be read, those that
-- doc: were known, those that made a new item.
-- roles: staff, admin
-- in: duplicate int, accepted int, from_us int, to_us int
-- out: n int, n_duplicates int, n_new int
SELECT count(*), coalesce(sum(i.verdict = $1), 0),
	coalesce(sum(i.verdict = $2), 0)
FROM report_item i JOIN report r ON r.id = i.report_id
WHERE i.item_id <> 0 AND r.received_at_us >= $3 AND r.received_at_us < $4
	AND r.is_test = 0;

-- name: insight_outcomes
-- doc: Cases opened in a period by outcome.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: outcome int, n int
SELECT outcome, count(*) FROM cases
WHERE created_at_us >= $1 AND created_at_us < $2 AND is_test = 0
GROUP BY outcome ORDER BY outcome;

-- name: insight_known
-- doc: Cases that known hashes resolved without a view in a period, and that
-- doc: nobody took back.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: n int
SELECT count(*) FROM hash_resolution r JOIN cases c ON c.id = r.case_id
WHERE r.at_us >= $1 AND r.at_us < $2 AND r.undone_by = 0 AND c.is_test = 0;

-- name: insight_countries
-- doc: Host countries of illegal items first reported in a period.
-- roles: staff, admin
-- in: baseline int, national int, from_us int, to_us int
-- out: country text, n int
SELECT i.country, count(*) AS n
FROM item i JOIN cases c ON c.id = i.case_id
WHERE (c.outcome = $1 OR c.outcome = $2) AND i.first_at_us >= $3
	AND i.first_at_us < $4 AND c.is_test = 0
GROUP BY i.country ORDER BY n DESC, i.country;

-- name: insight_steps
-- doc: How long the steps lasted that ended in a period; nearest rank. A
-- doc: step in several hands, one after the other, is one step.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: step int, n int, median_us int, p90_us int
SELECT step, n,
	max(CASE WHEN k = (n * 50 + 99) / 100 THEN us ELSE 0 END),
	max(CASE WHEN k = (n * 90 + 99) / 100 THEN us ELSE 0 END)
FROM (SELECT step, us, row_number() OVER (PARTITION BY step ORDER BY us) AS k,
		count(*) OVER (PARTITION BY step) AS n
	FROM (SELECT step, max(ended_at_us) - min(started_at_us) AS us,
			max(ended_at_us) AS ended
		FROM (SELECT s.case_id, s.step, s.started_at_us, s.ended_at_us,
				row_number() OVER (PARTITION BY s.case_id
					ORDER BY s.started_at_us,
					s.ended_at_us = 0, s.ended_at_us)
				- row_number() OVER (
					PARTITION BY s.case_id, s.step
					ORDER BY s.started_at_us,
					s.ended_at_us = 0, s.ended_at_us)
				AS turn
			FROM case_step s JOIN cases c ON c.id = s.case_id
			WHERE c.is_test = 0 AND s.case_id IN (
				SELECT e.case_id FROM case_step e
				WHERE e.ended_at_us >= $1
					AND e.ended_at_us < $2)) AS hands
		GROUP BY case_id, step, turn
		HAVING min(ended_at_us) > 0) AS steps
	WHERE ended >= $1 AND ended < $2) AS spans
GROUP BY step, n ORDER BY step;

-- name: insight_intake
-- doc: How long reports waited that were triaged in a period.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: n int, median_us int, p90_us int
SELECT coalesce(max(n), 0),
	coalesce(max(CASE WHEN k = (n * 50 + 99) / 100 THEN us END), 0),
	coalesce(max(CASE WHEN k = (n * 90 + 99) / 100 THEN us END), 0)
FROM (SELECT triaged_at_us - received_at_us AS us,
		row_number() OVER (
			ORDER BY triaged_at_us - received_at_us) AS k,
		count(*) OVER () AS n
	FROM report WHERE triaged_at_us >= $1 AND triaged_at_us < $2
		AND triaged_at_us > 0 AND is_test = 0) AS spans;

-- name: insight_running
-- doc: Steps that run now, and since when the oldest does, in whosever
-- doc: hands it was before.
-- roles: staff, admin
-- out: step int, n int, oldest_us int
SELECT s.step, count(*), min((SELECT min(h.started_at_us) FROM case_step h
	WHERE h.case_id = s.case_id AND h.step = s.step
		AND h.started_at_us >= coalesce((SELECT max(o.started_at_us)
			FROM case_step o WHERE o.case_id = s.case_id
				AND o.step <> s.step), 0)))
FROM case_step s JOIN cases c ON c.id = s.case_id
WHERE s.ended_at_us = 0 AND c.is_test = 0 GROUP BY s.step ORDER BY s.step;

-- name: insight_waiting
-- doc: Reports that wait for triage, and since when the oldest does.
-- roles: staff, admin
-- in: state int
-- out: n int, oldest_us int
SELECT count(*), coalesce(min(received_at_us), 0) FROM report
WHERE state = $1 AND is_test = 0;

-- name: insight_referrals
-- doc: Referrals made in a period by kind of recipient and state.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: kind int, state int, n int
SELECT f.kind, f.state, count(*)
FROM referral f JOIN cases c ON c.id = f.case_id
WHERE f.created_at_us >= $1 AND f.created_at_us < $2 AND c.is_test = 0
GROUP BY f.kind, f.state ORDER BY f.kind, f.state;

-- name: insight_sent
-- doc: Referrals sent in a period by kind of recipient, and those answered.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: kind int, n int, n_answered int
SELECT f.kind, count(*), sum(f.answered_at_us > 0)
FROM referral f JOIN cases c ON c.id = f.case_id
WHERE f.sent_at_us >= $1 AND f.sent_at_us < $2 AND f.sent_at_us > 0
	AND c.is_test = 0
GROUP BY f.kind ORDER BY f.kind;

-- name: insight_answers
-- doc: Time from sent to the first answer, of referrals sent in a period.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: kind int, n int, median_us int, p90_us int
SELECT kind, n,
	max(CASE WHEN k = (n * 50 + 99) / 100 THEN us ELSE 0 END),
	max(CASE WHEN k = (n * 90 + 99) / 100 THEN us ELSE 0 END)
FROM (SELECT kind, us,
		row_number() OVER (PARTITION BY kind ORDER BY us) AS k,
		count(*) OVER (PARTITION BY kind) AS n
	FROM (SELECT f.kind AS kind, min(a.at_us) - f.sent_at_us AS us
		FROM referral f JOIN answer a ON a.referral_id = f.id
		JOIN cases c ON c.id = f.case_id
		WHERE f.sent_at_us >= $1 AND f.sent_at_us < $2
			AND f.sent_at_us > 0 AND c.is_test = 0
		GROUP BY f.id, f.kind, f.sent_at_us) AS firsts) AS spans
GROUP BY kind, n ORDER BY kind;

-- name: insight_said
-- doc: What recipients answered to referrals sent in a period, latest answer.
-- roles: staff, admin
-- in: from_us int, to_us int
-- out: answer int, n int
SELECT f.answer, count(*) FROM referral f JOIN cases c ON c.id = f.case_id
WHERE f.sent_at_us >= $1 AND f.sent_at_us < $2 AND f.sent_at_us > 0
	AND c.is_test = 0
GROUP BY f.answer ORDER BY f.answer;

-- name: insight_removals
-- doc: Items that went offline in a period: time from the first report.
-- roles: staff, admin
-- in: offline int, from_us int, to_us int
-- out: n int, median_us int, p90_us int
SELECT coalesce(max(n), 0),
	coalesce(max(CASE WHEN k = (n * 50 + 99) / 100 THEN us END), 0),
	coalesce(max(CASE WHEN k = (n * 90 + 99) / 100 THEN us END), 0)
FROM (SELECT i.removed_at_us - i.first_at_us AS us,
		row_number() OVER (
			ORDER BY i.removed_at_us - i.first_at_us) AS k,
		count(*) OVER () AS n
	FROM item i JOIN cases c ON c.id = i.case_id
	WHERE i.state = $1 AND i.removed_at_us >= $2
		AND i.removed_at_us < $3 AND i.removed_at_us > 0
		AND c.is_test = 0) AS spans;

-- name: insight_noticed
-- doc: Items that went offline in a period: time from the first referral.
-- roles: staff, admin
-- in: offline int, from_us int, to_us int
-- out: n int, median_us int, p90_us int
SELECT coalesce(max(n), 0),
	coalesce(max(CASE WHEN k = (n * 50 + 99) / 100 THEN us END), 0),
	coalesce(max(CASE WHEN k = (n * 90 + 99) / 100 THEN us END), 0)
FROM (SELECT us, row_number() OVER (ORDER BY us) AS k,
		count(*) OVER () AS n
	FROM (SELECT i.removed_at_us - min(f.sent_at_us) AS us
		FROM item i JOIN cases c ON c.id = i.case_id
		JOIN referral f ON f.item_id = i.id AND f.sent_at_us > 0
			AND f.sent_at_us <= i.removed_at_us
		WHERE i.state = $1 AND i.removed_at_us >= $2
			AND i.removed_at_us < $3 AND c.is_test = 0
		GROUP BY i.id, i.removed_at_us) AS firsts) AS spans;

-- name: insight_online
-- doc: Illegal items that are not offline, by when they were first reported.
-- roles: staff, admin
-- in: day_ago_us int, three_us int, week_us int, month_us int,
-- in: baseline int, national int, offline int
-- out: n_day int, n_three int, n_week int, n_month int, n_older int
SELECT coalesce(sum(first_at_us > d1), 0),
	coalesce(sum(first_at_us <= d1 AND first_at_us > d3), 0),
	coalesce(sum(first_at_us <= d3 AND first_at_us > d7), 0),
	coalesce(sum(first_at_us <= d7 AND first_at_us > d30), 0),
	coalesce(sum(first_at_us <= d30), 0)
FROM (SELECT i.first_at_us AS first_at_us, $1 AS d1, $2 AS d3, $3 AS d7,
		$4 AS d30
	FROM item i JOIN cases c ON c.id = i.case_id
	WHERE (c.outcome = $5 OR c.outcome = $6) AND i.state <> $7
		AND c.is_test = 0) AS ages;

-- name: insight_priority
-- doc: Decided cases opened in a period by priority, and how many illegal.
-- roles: staff, admin
-- in: baseline int, national int, from_us int, to_us int
-- out: priority int, n int, n_illegal int
SELECT priority, count(*), sum(outcome = $1 OR outcome = $2) FROM cases
WHERE created_at_us >= $3 AND created_at_us < $4 AND outcome <> 0
	AND is_test = 0
GROUP BY priority ORDER BY priority;
