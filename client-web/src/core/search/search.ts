/** Finds service items by pinyin initials, everyday words or letters of a name; forgives one wrong letter. */

export interface Entry {
  code: string
  kind: 'item' | 'package'
  /** The name as shown. */
  name: string
  /** Pinyin initials of the name: one for each Chinese character, in order. */
  initials: string
  /** Everyday words, and their initials if known. */
  words: readonly { text: string; initials: string }[]
}

export interface Hit {
  entry: Entry
  /** The matched part of the name, as indexes of characters; none when another word matched. */
  part: readonly [number, number] | undefined
  /** The everyday word that matched. */
  word: string | undefined
}

/** The best first. An empty question finds nothing. */
export function search(entries: readonly Entry[], typed: string): Hit[] {
  const wanted = typed.trim().toUpperCase()
  if (wanted === '') return []
  const found = entries.flatMap((entry, order) => {
    const best = match(entry, wanted)
    return best ? [{ ...best, order }] : []
  })
  found.sort((a, b) => a.score - b.score || a.order - b.order)
  // One wrong letter is forgiven only when nothing fits exactly.
  const exact = found.filter((hit) => hit.score < FUZZY)
  return (exact.length > 0 ? exact : found).map(({ entry, part, word }) => ({ entry, part, word }))
}

const FUZZY = 100

interface Scored {
  entry: Entry
  score: number
  part: readonly [number, number] | undefined
  word: string | undefined
}

function match(entry: Entry, wanted: string): Scored | undefined {
  const initials = entry.initials.toUpperCase()
  const at = initials.indexOf(wanted)
  if (at >= 0)
    return { entry, score: at === 0 ? 0 : 1, part: partOf(entry, at, at + wanted.length), word: undefined }
  const inName = entry.name.toUpperCase().indexOf(wanted)
  if (inName >= 0 && (wanted.length > 1 || inName === 0)) {
    return { entry, score: 2, part: [inName, inName + wanted.length], word: undefined }
  }
  const word = entry.words.find(
    (w) => w.initials.toUpperCase().includes(wanted) || w.text.toUpperCase().includes(wanted),
  )
  if (word) return { entry, score: 3, part: undefined, word: word.text }
  if (wanted.length < 3) return undefined
  const near = nearPart(initials, wanted)
  if (near) return { entry, score: FUZZY, part: partOf(entry, near[0], near[1]), word: undefined }
  const nearWord = entry.words.find(
    (w) => w.initials.length >= 2 && nearPart(w.initials.toUpperCase(), wanted),
  )
  return nearWord ? { entry, score: FUZZY + 1, part: undefined, word: nearWord.text } : undefined
}

/** From a range of initials to a range of the name's characters. */
function partOf(entry: Entry, from: number, to: number): readonly [number, number] | undefined {
  const places = [...entry.name].flatMap((c, index) => (/\p{Script=Han}/u.test(c) ? [index] : []))
  const all = places.length === entry.initials.length ? places : [...entry.name].map((_, index) => index)
  if (all.length !== entry.initials.length) return undefined
  const [first, last] = [all[from], all[to - 1]]
  return first === undefined || last === undefined ? undefined : [first, last + 1]
}

/** A part of `text` that differs from `wanted` by one letter put in, left out or mistaken. */
function nearPart(text: string, wanted: string): [number, number] | undefined {
  for (const length of [wanted.length, wanted.length + 1, wanted.length - 1]) {
    for (let from = 0; from + length <= text.length; from++) {
      if (oneApart(text.slice(from, from + length), wanted)) return [from, from + length]
    }
  }
  return undefined
}

function oneApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let i = 0
  while (i < a.length && i < b.length && a[i] === b[i]) i++
  if (a.length === b.length) return a.slice(i + 1) === b.slice(i + 1)
  return a.length > b.length ? a.slice(i + 1) === b.slice(i) : a.slice(i) === b.slice(i + 1)
}
