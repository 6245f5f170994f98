import { expect, test } from '@jest/globals'
import { parseWrk } from './parse-wrk.ts'

const output = `Running 8s test @ http://127.0.0.1:8007
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    12.94ms    3.61ms  61.62ms   88.42%
    Req/Sec     4.98k   409.45     5.76k    77.50%
  Latency Distribution
     50%  950.00us
     75%   13.61ms
     90%   15.95ms
     99%    1.02s
  39663 requests in 8.01s, 31.42MB read
  Socket errors: connect 1, read 2, write 0, timeout 3
  Non-2xx or 3xx responses: 4
Requests/sec:   4951.20
Transfer/sec:      3.92MB
`

test('the figures are read in their units, and every failure counts', () => {
  expect(parseWrk(output)).toEqual({
    requests: 39_663,
    requestsPerS: 4_951.2,
    p50Ms: 0.95,
    p99Ms: 1_020,
    failed: 10,
  })
  expect(parseWrk(output.replace(/ {2}(Socket|Non).*\n/g, '')).failed).toBe(0)
})

test('an output without figures is an error that shows it', () => {
  expect(() => parseWrk('unable to connect')).toThrow('unable to connect')
})
