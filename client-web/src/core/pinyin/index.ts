import type { Locale } from '../protocol'
import { characters } from './characters'
import { PinyinTable } from './table'

export { LONGEST, PinyinTable } from './table'
export type { Candidate } from './table'

const tables = new Map<Locale, Promise<PinyinTable>>()

/**
 * The table of a language, made once: the readings come in a piece of their own when somebody first needs them. Fails
 * when that piece cannot be fetched; the next call tries again.
 */
export function pinyinTable(locale: Locale, familiar: string): Promise<PinyinTable> {
  const known = tables.get(locale)
  if (known) return known
  const made = make(locale, familiar)
  tables.set(locale, made)
  made.catch(() => tables.delete(locale))
  return made
}

async function make(locale: Locale, familiar: string): Promise<PinyinTable> {
  const { pinyin } = await import('./readings')
  const read = (character: string) => pinyin(character, { multiple: true, toneType: 'none', type: 'array' })
  return new PinyinTable(read, characters(locale), familiar)
}
