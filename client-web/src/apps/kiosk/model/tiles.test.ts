import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Catalogue } from '@/core/api'
import { contentOf, tilesOf } from './tiles'

const item = (code: string) => ({ code }) as Catalogue['items'][number]
const catalogue = {
  items: ['disab-living', 'disab-cert', 'newly-invented'].map(item),
  packages: [{ code: 'disability', items: ['disab-cert', 'disab-living'] }],
} as unknown as Catalogue

describe('life events', () => {
  it('shows only what the catalogue has, and hides nothing that it has', () => {
    const tiles = tilesOf(catalogue)
    expect(tiles.map((t) => t.code)).toEqual(['disabled', 'other'])
    expect(tiles.flatMap((t) => t.items).sort()).toEqual(['disab-cert', 'disab-living', 'newly-invented'])
  })

  it('opens a tile and a package as items', () => {
    expect(contentOf(catalogue, { kind: 'tile', code: 'disabled' }).packages).toHaveLength(1)
    const opened = contentOf(catalogue, { kind: 'package', code: 'disability' })
    expect(opened.items.map((i) => i.code)).toEqual(['disab-cert', 'disab-living'])
  })

  it('has a place for every item of the sample catalogue', () => {
    const path = `${import.meta.dirname}/../../../../../server/sample/catalogue.json`
    const sample = JSON.parse(readFileSync(path, 'utf8')) as Catalogue
    expect(tilesOf(sample).map((t) => t.code)).not.toContain('other')
  })
})
