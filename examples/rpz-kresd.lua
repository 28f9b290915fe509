-- SPDX-License-Identifier: Apache-2.0
-- Knot Resolver 5 blocks what a policy zone lists. In kresd.conf:
--
--   dofile('/etc/knot-resolver/rpz-kresd.lua')('/var/lib/knot-resolver/block.zone')
--
-- rpz-kresd-watch keeps the file; it must be there when kresd starts. A name
-- may come off the list at any time, so who was told that it does not exist
-- may remember that for a minute. policy.DENY would let them for three hours.
local ffi = require('ffi')
local TTL_S = 60

-- primary and mailbox ".", then serial, refresh, retry, expire, minimum
local soa = '\0\0' .. ('\0\0\0\1'):rep(4) .. string.char(0, 0, 0, TTL_S)

local function deny(_, req)
	local answer = req:ensure_answer()

	if answer == nil then
		return nil
	end
	ffi.C.kr_pkt_make_auth_header(answer)
	answer:rcode(kres.rcode.NXDOMAIN)
	answer:begin(kres.section.AUTHORITY)
	answer:put(answer:qname(), TTL_S, answer:qclass(), kres.type.SOA, soa)
	req:set_extended_error(kres.extended_error.BLOCKED, '')
	return kres.DONE
end

return function(path)
	policy.add(policy.rpz(deny, path, true))
end
