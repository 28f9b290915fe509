-- SPDX-License-Identifier: Apache-2.0
-- For wrk: asks a proxy, or a site in front of others, for a page that was
-- not asked for before, or one of some. Arguments: what stands before the
-- path, Host, how many pages there are (0: each is new), "close" for a
-- connection a request, and over how many hosts the pages are: then hosts are
-- site0.example.net and so on, the k-th a k-th as often as the first, and Host
-- is the port behind them.
local before, host, n, seed, pages, more, sites

function init(args)
	before, host, n = args[1], args[2], 0
	pages = tonumber(args[3])
	more = args[4] == "close" and "Connection: close\r\n" or ""
	math.randomseed(os.time())
	seed = math.random(1, 1000000000)
	sites = draw(tonumber(args[5] or "0"))
end

-- Hosts as often as they are asked for, to be picked from.
function draw(hosts)
	local drawn, total = {}, 0
	for k = 1, hosts do
		total = total + 1 / k
	end
	for k = 1, hosts do
		for _ = 1, math.ceil(65536 / k / total) do
			drawn[#drawn + 1] = "site" .. k - 1 .. ".example.net"
		end
	end
	return drawn
end

function request()
	n = n + 1
	if pages > 0 then
		n = n % pages
	end
	if #sites > 0 then
		local at = sites[math.random(#sites)] .. host
		return "GET http://" .. at .. "/page/" .. seed .. "/" .. n ..
			" HTTP/1.1\r\nHost: " .. at .. "\r\n" .. more ..
			"\r\n"
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
