import { describe, expect, it } from 'vitest'
import { catalogues as desk } from './desk'
import { catalogues as kiosk } from './kiosk'
import type { Texts } from './setup'

const applications = [
  {
    name: 'desk',
    texts: desk['zh-CN'],
    sources: import.meta.glob<string>('../apps/desk/**/*.{vue,ts}', {
      eager: true,
      query: '?raw',
      import: 'default',
    }),
  },
  {
    name: 'kiosk',
    texts: kiosk['zh-CN'],
    sources: import.meta.glob<string>('../apps/kiosk/**/*.{vue,ts}', {
      eager: true,
      query: '?raw',
      import: 'default',
    }),
  },
]

function find(texts: Texts, key: string): string | Texts | undefined {
  return key
    .split('.')
    .reduce<string | Texts | undefined>((at, part) => (typeof at === 'object' ? at[part] : undefined), texts)
}

function flat(texts: Texts, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : flat(value, `${prefix}${key}.`),
  )
}

describe.each(applications)('texts of the $name', ({ texts, sources }) => {
  const all = Object.entries(sources).filter(([path]) => !path.endsWith('.test.ts'))

  it('has every key that a page names', () => {
    const missing = all.flatMap(([path, source]) =>
      [...source.matchAll(/\bt\(\s*'([a-z0-9_.]+)'/gi)].flatMap(([, key]) =>
        typeof find(texts, key ?? '') === 'string' ? [] : [`${path} ${key}`],
      ),
    )
    expect(missing).toEqual([])
  })

  it('has a group for every key that is put together', () => {
    const missing = all.flatMap(([path, source]) =>
      [...source.matchAll(/\b(?:t\(|key: )\s*`([a-z0-9_.]+)\.\$\{/gi)].flatMap(([, group]) =>
        typeof find(texts, group ?? '') === 'object' ? [] : [`${path} ${group}`],
      ),
    )
    expect(missing).toEqual([])
  })

  it('has no text that nobody uses', () => {
    const text = all.map(([, source]) => source).join('\n')
    const groups = [...text.matchAll(/`([a-z0-9_.]+\.\w*)\$\{/gi)].map(([, group]) => group ?? '')
    const unused = flat(texts).filter(
      (key) => !text.includes(`'${key}'`) && !groups.some((group) => key.startsWith(group)),
    )
    expect(unused).toEqual([])
  })
})
