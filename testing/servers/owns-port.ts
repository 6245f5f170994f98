import { readdir, readFile, readlink } from 'node:fs/promises'

/**
 * Whether a process holds a TCP socket over IPv4 whose own end is this port. A process that has ended holds none.
 * Linux only: /proc/net/tcp tells the inode of each socket (proc(5)), /proc/<pid>/fd the sockets of the process.
 * @throws Error where there is no such /proc
 */
export async function ownsPort(pid: number, port: number): Promise<boolean> {
  const [sockets, owned] = await Promise.all([socketsAt(port), socketsOf(pid)])
  return sockets.some((inode) => owned.has(inode))
}

async function socketsAt(port: number): Promise<string[]> {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').slice(1)
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    const [local, inode] = [fields[1], fields[9]]
    return local?.endsWith(ending) && inode !== undefined ? [inode] : []
  })
}

async function socketsOf(pid: number): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`
  const links = await readdir(folder).catch(() => [])
  const files = await Promise.all(links.map((link) => readlink(`${folder}/${link}`).catch(() => '')))
  return new Set(files.flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []))
}
