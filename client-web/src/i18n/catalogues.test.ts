import { describe, expect, it } from 'vitest'
import type { Texts } from './setup'
import { LOCALES } from './setup'

const pages = import.meta.glob<{ catalogues: Record<string, Texts> }>('./*/index.ts', { eager: true })

function flat(texts: Texts, prefix = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  )
}

const placeholders = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort()

describe.each(Object.entries(pages))('%s', (_path, { catalogues }) => {
  const base = new Map(flat(catalogues['zh-CN'] ?? {}))

  it.each(LOCALES)('%s has every text, with the same blanks', (locale) => {
    const texts = new Map(flat(catalogues[locale] ?? {}))
    expect([...texts.keys()].sort()).toEqual([...base.keys()].sort())
    for (const [key, text] of texts) {
      expect(text.trim(), key).not.toBe('')
      expect([key, placeholders(text)]).toEqual([key, placeholders(base.get(key) ?? '')])
    }
  })
})
