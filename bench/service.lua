-- SPDX-License-Identifier: Apache-2.0
-- For wrk: sends the bodies of a file, a line each, one after the other, and
-- counts answers by status. usage: wrk … -s service.lua URL -- BODIES KEY
local bodies, at = {}, 0
local others = 0

function init(args)
  for line in io.lines(args[1]) do
    bodies[#bodies + 1] = wrk.format('POST', '/v1/match', {
      ['Content-Type'] = 'application/json',
      ['Authorization'] = 'Bearer ' .. args[2],
    }, line)
  end
  at = math.random(#bodies)
end

function request()
  at = at % #bodies + 1
  return bodies[at]
end

function done(summary, latency)
  io.write(string.format(
    'RESULT %d %d %d %d %d %d\n', summary.requests, summary.duration,
    summary.errors.status + summary.errors.read + summary.errors.write +
    summary.errors.timeout + summary.errors.connect,
    latency:percentile(50), latency:percentile(99), latency.max))
end
