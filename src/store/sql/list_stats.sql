-- SPDX-License-Identifier: Apache-2.0
-- What consumers of lists of addresses counted, and how much they asked. What
-- a row tells counts for 2^40 at most: one absurd number must not make a sum
-- too large, which SQLite refuses, for all others.

-- name: insight_blocked
-- doc: What consumers of lists blocked in a period, by UTC day counted from
-- doc: 1970: requests, clients that were new on that day, and requests that
-- doc: were let through since nobody could be asked.
-- roles: staff, admin
-- in: from_hour int, to_hour int
-- out: day int, hits int, clients int, failed int
SELECT hour / 24 AS day, sum(max(0, min(hits, 1099511627776))),
	sum(max(0, min(clients, 1099511627776))),
	sum(max(0, min(failed, 1099511627776)))
FROM list_count WHERE hour >= $1 AND hour < $2
GROUP BY day ORDER BY day;

-- name: insight_blocked_entries
-- doc: Entries that consumers named in a period, by UTC day.
-- roles: staff, admin
-- in: from_hour int, to_hour int
-- out: day int, n int
SELECT hour / 24 AS day, count(DISTINCT entry_id) FROM list_count_entry
WHERE consumer_id IN (SELECT id FROM list_consumer)
	AND hour >= $1 AND hour < $2
GROUP BY day ORDER BY day;

-- name: insight_list_use
-- doc: Hosts that a consumer of lists asked for in a period, by UTC day, and
-- doc: how many of them it was refused.
-- roles: staff, admin
-- in: consumer_id int, from_hour int, to_hour int
-- out: day int, asked int, refused int
SELECT hour / 24 AS day, sum(max(0, min(asked, 1099511627776))),
	sum(max(0, min(refused, 1099511627776))) FROM list_use
WHERE consumer_id = $1 AND hour >= $2 AND hour < $3
GROUP BY day ORDER BY day;
