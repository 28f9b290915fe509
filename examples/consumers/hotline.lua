-- SPDX-License-Identifier: Apache-2.0
-- Asks `hotline list serve-http` about the request and sets
-- txn.hotline_entry if its address is listed. Whoever cannot ask lets through.
-- Over a plain socket: HAProxy's own HTTP client tries four times, which
-- costs each request seconds while the service is away.
local host, port = "127.0.0.1", 8093

local function ask(url, client)
	local s = core.tcp()
	s:settimeout(4)
	if not s:connect(host, port) then
		return nil
	end
	s:send("GET /check HTTP/1.1\r\nHost: hotline\r\nConnection: close\r\n" ..
		"X-Original-URL: " .. url .. "\r\n" ..
		"X-Real-IP: " .. client .. "\r\n\r\n")
	local line = s:receive("*l")
	local entry
	if line and line:match("^HTTP/1%.1 403 ") then
		repeat
			line = s:receive("*l") or ""
			entry = entry or line:match("^[Xx]%-[Hh]otline%-[Ee]ntry: *(%w[%w-]*)")
		until line == "" or line == "\r"
	end
	s:close()
	return entry
end

core.register_action("hotline", {"http-req"}, function(txn)
	local name = txn.sf:req_hdr("Host")
	if name == "" then
		return
	end
	local scheme = txn.f:ssl_fc() == 1 and "https" or "http"
	local ok, entry = pcall(ask, scheme .. "://" .. name .. txn.sf:pathq(),
		txn.sf:src())
	if ok and entry then
		txn:set_var("txn.hotline_entry", entry)
	end
end)
