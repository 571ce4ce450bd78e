/** A character to choose, and how many of the letters typed it stands for. */
export interface Candidate {
  text: string
  letters: number
}

/** More than this is never offered at once: whoever wants a rarer one types more letters. */
const MOST = 160
/** More letters than this are no word of a name or an address. */
export const LONGEST = 24

/**
 * Which characters a row of pinyin letters may mean. One character is chosen after the other; the letters left over stand
 * for the next one, so that `zhangsan` gives 张, then 三.
 */
export class PinyinTable {
  readonly #bySyllable = new Map<string, string[]>()

  /**
   * `read` tells the readings of a character without tones, its usual one first. Characters come in the order of how
   * often they stand in `familiar`, then in the order given; those of which a syllable is a rarer reading come last.
   */
  constructor(read: (character: string) => readonly string[], characters: string, familiar: string) {
    const met = new Map<string, number>()
    for (const character of familiar) met.set(character, (met.get(character) ?? 0) + 1)
    const often = (character: string) => met.get(character) ?? 0
    const ordered = [...characters].sort((a, b) => often(b) - often(a))
    const rarer: [string, string][] = []
    for (const character of ordered) {
      const [usual, ...others] = read(character)
      if (usual !== undefined) this.#add(usual, character)
      for (const other of new Set(others)) if (other !== usual) rarer.push([other, character])
    }
    for (const [syllable, character] of rarer) this.#add(syllable, character)
  }

  #add(syllable: string, character: string): void {
    const known = this.#bySyllable.get(syllable)
    if (known) known.push(character)
    else this.#bySyllable.set(syllable, [character])
  }

  /** What `typed` may begin with: the longest syllable first; an unfinished one counts when nothing else is as long. */
  candidates(typed: string): Candidate[] {
    const letters = typed.toLowerCase().replaceAll('v', 'ü')
    const found: Candidate[] = []
    for (let length = Math.min(letters.length, 6); length > 0; length--) {
      const exact = this.#bySyllable.get(letters.slice(0, length)) ?? []
      const begun = exact.length === 0 && length === letters.length ? this.#beginning(letters) : []
      for (const text of [...exact, ...begun]) found.push({ text, letters: length })
    }
    return found.slice(0, MOST)
  }

  /** The commonest characters of every syllable that begins so: one of each in turn. */
  #beginning(letters: string): string[] {
    const rows = [...this.#bySyllable]
      .filter(([syllable]) => syllable.startsWith(letters))
      .map(([, row]) => row)
    const longest = Math.max(0, ...rows.map((row) => row.length))
    return Array.from({ length: longest }, (_, n) => rows.flatMap((row) => row[n] ?? [])).flat()
  }
}
