-- SPDX-License-Identifier: Apache-2.0
-- For wrk: asks a proxy, or a site in front of others, for a page that was
-- not asked for before. Arguments: what stands before the path, and Host.
local before, host, n, seed

function init(args)
	before, host, n = args[1], args[2], 0
	math.randomseed(os.time())
	seed = math.random(1, 1000000000)
end

function request()
	n = n + 1
	return "GET " .. before .. "/page/" .. seed .. "/" .. n ..
		" HTTP/1.1\r\nHost: " .. host .. "\r\n\r\n"
end

function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format("RESULT %d %d %d\n", summary.requests,
		summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
