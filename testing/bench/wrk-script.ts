import { idMark, type LoadPlan } from './load-plan.ts'

/** The script by which wrk makes the requests of a plan: LuaJIT, https://github.com/wg/wrk/blob/master/SCRIPTING */
export function wrkScript({ method, paths, headers, bodies = [] }: LoadPlan): string {
  const parts = bodies.map((body) => body.split(idMark))
  return `
local paths = ${luaList(paths)}
local heads = ${luaList(parts.map(([head = '']) => head))}
local tails = ${luaList(parts.map(([, tail = '']) => tail))}
local marked = ${luaList(parts.map(({ length }) => (length > 1 ? 'yes' : '')))}
local headers = {${Object.entries(headers)
    .map(([name, value]) => `[${luaText(name)}] = ${luaText(value)}`)
    .join(', ')}}
math.randomseed(os.time())
local function id()
  return string.format("%06x%06x%06x%06x", math.random(0, 16777215), math.random(0, 16777215),
    math.random(0, 16777215), math.random(0, 16777215))
end
request = function()
  local i = math.random(#paths)
  local body = nil
  if heads[i] then
    body = heads[i]
    if marked[i] ~= "" then body = body .. id() .. tails[i] end
  end
  return wrk.format(${luaText(method)}, paths[i], headers, body)
end
`
}

function luaList(texts: readonly string[]): string {
  return `{${texts.map(luaText).join(', ')}}`
}

/** JSON's escapes of printable ASCII are Lua's too. */
function luaText(text: string): string {
  return JSON.stringify(text)
}
