-- SPDX-License-Identifier: Apache-2.0
-- For wrk: asks a proxy, or a site in front of others, for a page that was
-- not asked for before, or one of some. Arguments: what stands before the
-- path, Host, how many pages there are (0: each is new), and "close" for a
-- connection a request.
local before, host, n, seed, pages, more

function init(args)
	before, host, n = args[1], args[2], 0
	pages = tonumber(args[3])
	more = args[4] == "close" and "Connection: close\r\n" or ""
	math.randomseed(os.time())
	seed = math.random(1, 1000000000)
end

function request()
	n = n + 1
	if pages > 0 then
		n = n % pages
	end
	return "GET " .. before .. "/page/" .. seed .. "/" .. n ..
		" HTTP/1.1\r\nHost: " .. host .. "\r\n" .. more ..
		"\r\n"
end

function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format("RESULT %d %d %d\n", summary.requests,
		summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
