-- wrk's script: sends the requests of a file in order, each once, then prints the histogram as JSON.
--   wrk ... -s client.lua URL -- FILE FIRST
-- A line holds method, path, token, idempotency key and body, parted by tabs; `-` is none.

local requests, position = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local method, path, token, key, body = line:match("^(%S+)\t(%S+)\t(%S+)\t(%S+)\t(.*)$")
    local headers = { ["Content-Type"] = "application/json" }
    if token ~= "-" then headers["Authorization"] = "Bearer " .. token end
    if key ~= "-" then headers["Idempotency-Key"] = key end
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "-" and body or nil)
  end
  position = tonumber(args[2])
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency, _)
  local e, counts = summary.errors, {}
  for i = 1, #latency do
    local value, count = latency(i)
    counts[#counts + 1] = string.format("[%d,%d]", value, count)
  end
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"bytes":%d,"refused":%d,"failed":%d,"histogram":[%s]}\n',
    summary.requests, summary.duration, summary.bytes, e.status,
    e.connect + e.read + e.write + e.timeout, table.concat(counts, ",")))
end
