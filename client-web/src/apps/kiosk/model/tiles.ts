import type { Catalogue, Item } from '@/core/api'
import type { ItemCode } from '@/core/protocol'
import type { Group } from './visit.types'

/** A life event and the items behind it. Its name is the text `tile.<code>.name`. */
export interface Tile {
  code: TileCode
  items: readonly ItemCode[]
  packages: readonly string[]
}

export type TileCode =
  | 'birth'
  | 'pension'
  | 'medical'
  | 'card'
  | 'senior'
  | 'disabled'
  | 'relief'
  | 'work'
  | 'residence'
  | 'shop'
  | 'housing'
  | 'death'
  | 'other'

const PLAN: readonly Tile[] = [
  { code: 'birth', items: ['birth-reg', 'newborn-hukou'], packages: ['newborn'] },
  { code: 'pension', items: ['pension-enrol', 'pension-claim', 'pension-proof'], packages: [] },
  { code: 'medical', items: ['medins-enrol', 'medins-remote'], packages: [] },
  { code: 'card', items: ['sscard'], packages: [] },
  { code: 'senior', items: ['longevity', 'senior-card'], packages: [] },
  { code: 'disabled', items: ['disab-cert', 'disab-living', 'disab-care'], packages: ['disability'] },
  { code: 'relief', items: ['dibao', 'temp-aid', 'legal-aid'], packages: [] },
  { code: 'work', items: ['unemp-reg', 'flex-emp', 'hard-emp'], packages: [] },
  { code: 'residence', items: ['resid-reg', 'resid-permit'], packages: [] },
  { code: 'shop', items: ['sole-trader', 'food-biz'], packages: ['small-restaurant'] },
  { code: 'housing', items: ['homestead', 'property-query', 'public-rental'], packages: [] },
  { code: 'death', items: [], packages: ['afterlife'] },
]

/** The tiles with what the district's catalogue has behind them; what no tile knows stands under "other". */
export function tilesOf(catalogue: Catalogue): Tile[] {
  const items = new Set(catalogue.items.map((i) => i.code))
  const packages = new Set(catalogue.packages.map((p) => p.code))
  const planned = new Set(PLAN.flatMap((t) => [...t.items, ...t.packages]))
  const known = PLAN.map((t) => ({
    ...t,
    items: t.items.filter((code) => items.has(code)),
    packages: t.packages.filter((code) => packages.has(code)),
  }))
  const other: Tile = {
    code: 'other',
    items: [...items].filter((code) => !planned.has(code)),
    packages: [...packages].filter((code) => !planned.has(code)),
  }
  return [...known, other].filter((t) => t.items.length + t.packages.length > 0)
}

/** Under which tile an item stands, for its picture. */
export function tileOf(code: string): TileCode {
  return PLAN.find((t) => t.items.includes(code) || t.packages.includes(code))?.code ?? 'other'
}

/** The items and packages of a group, in the order in which they are shown. */
export function contentOf(
  catalogue: Catalogue,
  group: Group,
): { items: Item[]; packages: Catalogue['packages'] } {
  const find = (code: ItemCode) => catalogue.items.filter((i) => i.code === code)
  if (group.kind === 'package') {
    const codes = catalogue.packages.find((p) => p.code === group.code)?.items ?? []
    return { items: codes.flatMap(find), packages: [] }
  }
  const tile = tilesOf(catalogue).find((t) => t.code === group.code)
  return {
    items: (tile?.items ?? []).flatMap(find),
    packages: catalogue.packages.filter((p) => tile?.packages.includes(p.code)),
  }
}
