/** One small IndexedDB store of this machine: what must outlive the wipe after each visit. */
export const DATABASE = 'cloud-window-terminal'
const STORE = 'keys'

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('no IndexedDB'))
  })
}

async function run<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const request = ask(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB failed'))
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB aborted'))
    })
  } finally {
    database.close()
  }
}

export interface Keep<T> {
  read(): Promise<T | undefined>
  write(value: T): Promise<void>
}

export function keep<T>(name: string): Keep<T> {
  return {
    read: () => run<T | undefined>('readonly', (store) => store.get(name)),
    write: (value) => run('readwrite', (store) => store.put(value, name)).then(() => undefined),
  }
}
