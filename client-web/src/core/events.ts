/** A typed list of listeners; what `on` gives back takes the listener away again. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => void>>()

  on<K extends keyof Events>(name: K, listener: (value: Events[K]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set()
    set.add(listener as (value: never) => void)
    this.#listeners.set(name, set)
    return () => set.delete(listener as (value: never) => void)
  }

  emit<K extends keyof Events>(name: K, value: Events[K]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) (listener as (v: Events[K]) => void)(value)
  }
}
