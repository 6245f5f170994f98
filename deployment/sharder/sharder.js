// Puts the sharded cluster together. Run by mongosh; every step looks first, so a second run changes nothing.
// All functions are async with plain awaits: mongosh rewrites other code to wait by itself, though not within try.
const timeLimitMs = 180_000
const databaseName = process.env.DB_NAME
const shardKeys = {
  log: { cid: 'hashed' },
  userChats: { uid: 'hashed' },
}

/**
 * A primary that is gone is missed for 4 s instead of 10, and its heir waits 2 s for others to tell how far they were,
 * not until the dead one is given up: what was acknowledged is on a majority, so the heir has it. The other secondary
 * goes on telling the silent one how far it is for 30 s; until then the heir hears of it, and so of majorities, by
 * heartbeats alone: every 2 s would be longer than a request waits.
 */
const settings = { electionTimeoutMillis: 4_000, heartbeatIntervalMillis: 100, catchUpTimeoutMillis: 2_000 }

const end = Date.now() + timeLimitMs

function log(text) {
  print(`${new Date().toISOString()} sharder: ${text}`)
}

/** Tries until `attempt` answers something true; what it throws is told once and tried again. */
async function retry(what, attempt) {
  let told
  for (;;) {
    let why = 'not yet'
    try {
      const result = await attempt()
      if (result) return result
    } catch (error) {
      why = error.message
    }
    if (Date.now() > end) throw new Error(`gave up after ${timeLimitMs / 1000} s: ${what}: ${why}`)
    if (told !== why) log(`waiting for ${what}: ${why}`)
    told = why
    await sleep(500)
  }
}

/** Runs `ask` with the admin database behind an address, and closes the connection. */
async function withAdmin(address, ask) {
  const mongo = await new Mongo(`mongodb://${address}`)
  try {
    await mongo.connect()
    return await ask(mongo.getDB('admin'))
  } finally {
    await mongo.close()
  }
}

/** One member of a set by itself, whether the set is there or not. */
function withMember(host, ask) {
  return withAdmin(`${host}/?directConnection=true&serverSelectionTimeoutMS=2000`, ask)
}

/** Makes the replica set, unless one of its members has it already. */
async function initiate({ name, hosts }, more) {
  await retry(`the members of ${name}`, async () => {
    const known = await Promise.all(
      hosts.map((host) => withMember(host, async (admin) => (await admin.runCommand({ hello: 1 })).setName)),
    )
    if (known.includes(name)) {
      log(`replica set ${name} is there`)
      return true
    }
    const members = hosts.map((host, index) => ({ _id: index, host }))
    await withMember(hosts[0], (admin) =>
      admin.runCommand({ replSetInitiate: { _id: name, members, settings, ...more } }),
    )
    log(`replica set ${name} initiated with ${hosts}`)
    return true
  })
}

async function awaitPrimary({ name, hosts }) {
  const primary = await retry(`a primary of ${name}`, () =>
    withAdmin(`${hosts}/?replicaSet=${name}&serverSelectionTimeoutMS=15000`, async (admin) => {
      const hello = await admin.runCommand({ hello: 1 })
      return hello.isWritablePrimary && hello.me
    }),
  )
  log(`replica set ${name} has its primary, ${primary}`)
}

async function awaitRouter(host) {
  await retry(`mongos ${host}`, () => withMember(host, (admin) => admin.runCommand({ ping: 1 })))
  log(`mongos ${host} answers`)
}

async function addShard(admin, { name, hosts }) {
  const added = await retry(`shard ${name} to be added`, async () => {
    const { shards } = await admin.runCommand({ listShards: 1 })
    if (shards.some((shard) => shard._id === name)) return 'is there'
    await admin.runCommand({ addShard: `${name}/${hosts}`, name })
    return 'added'
  })
  log(`shard ${name} ${added}`)
}

async function shardCollection(admin, collection, key) {
  const namespace = `${databaseName}.${collection}`
  const wanted = JSON.stringify(key)
  const by = await retry(`${namespace} to be sharded`, async () => {
    const known = admin.getSiblingDB('config').getCollection('collections')
    // A collection that is tracked but lies on one shard is not sharded.
    const found = await known.findOne({ _id: namespace, unsplittable: { $ne: true } })
    if (found !== null) return JSON.stringify(found.key)
    await admin.runCommand({ shardCollection: namespace, key })
    return wanted
  })
  if (by !== wanted)
    throw new Error(`${namespace} is sharded by ${by} and not by ${wanted}: reshard it by hand`)
  log(`${namespace} is sharded by ${wanted}`)
}

function readSet(text) {
  const [name, hosts] = text.split('/')
  return { name, hosts: hosts.split(',') }
}

async function main() {
  const configSet = readSet(process.env.CONFIG_SET)
  const shards = process.env.SHARDS.trim().split(/\s+/).map(readSet)
  const routers = process.env.MONGOS.split(',')

  await Promise.all([initiate(configSet, { configsvr: true }), ...shards.map((shard) => initiate(shard))])
  await Promise.all([configSet, ...shards].map(awaitPrimary))
  await Promise.all(routers.map(awaitRouter))
  await withAdmin(`${routers[0]}/`, async (admin) => {
    for (const shard of shards) await addShard(admin, shard)
    for (const [collection, key] of Object.entries(shardKeys)) await shardCollection(admin, collection, key)
  })
  log('done')
}

main()
