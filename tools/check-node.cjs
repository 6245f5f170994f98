// Plain old syntax on purpose: an old Node must get as far as saying that it is too old.
var wanted = require('../package.json').engines.node.replace('>=', '')
var is = process.versions.node.split('.').map(Number)
var least = wanted.split('.').map(Number)
var older = is[0] - least[0] || is[1] - least[1] || is[2] - least[2]
if (older < 0) {
  process.stderr.write(`Node ${wanted} or newer is needed, this is ${process.versions.node}\n`)
  process.exit(1)
}
