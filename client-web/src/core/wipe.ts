import { DATABASE } from './devices'

/** Where a browser can keep something between two visits. */
export interface Places {
  local: Storage
  session: Storage
  databases: () => Promise<{ name?: string }[]>
  dropDatabase: (name: string) => void
  caches: () => Promise<string[]>
  dropCache: (name: string) => Promise<boolean>
}

const here: Places = {
  get local() {
    return localStorage
  },
  get session() {
    return sessionStorage
  },
  databases: async () => (await indexedDB.databases?.()) ?? [],
  dropDatabase: (name) => void indexedDB.deleteDatabase(name),
  caches: async () => (typeof caches === 'undefined' ? [] : caches.keys()),
  dropCache: (name) => caches.delete(name),
}

/** Caches of the program itself, which hold no visit. */
const OURS = /^cloud-window-shell/

/** Erases what a visit could have left in the browser; the device key stays. */
export async function wipeStorage(places: Places = here): Promise<void> {
  places.local.clear()
  places.session.clear()
  for (const { name } of await places.databases()) if (name && name !== DATABASE) places.dropDatabase(name)
  for (const name of await places.caches()) if (!OURS.test(name)) await places.dropCache(name)
}

/** What is still there, by name; empty after a good wipe. */
export async function residue(places: Places = here): Promise<string[]> {
  const databases = (await places.databases()).map((d) => d.name ?? '').filter((name) => name !== DATABASE)
  const kept = (await places.caches()).filter((name) => !OURS.test(name))
  return [
    ...Array.from({ length: places.local.length }, (_, n) => `local:${places.local.key(n)}`),
    ...Array.from({ length: places.session.length }, (_, n) => `session:${places.session.key(n)}`),
    ...databases.map((name) => `database:${name}`),
    ...kept.map((name) => `cache:${name}`),
  ]
}
