import type { Catalogue, Named } from '../api'
import type { Locale } from '../protocol'
import type { Entry } from './search'

/** Everything that can be found, in the interface language: items first, then packages, as the catalogue has them. */
export function entriesOf(catalogue: Catalogue, locale: Locale): Entry[] {
  const name = (thing: Named) =>
    locale === 'zh-HK' ? thing.name_zh_hk : locale === 'en' ? thing.name_en : thing.name
  const items = catalogue.items.map((item): Entry => ({
    code: item.code,
    kind: 'item',
    name: name(item),
    initials: item.initials ?? '',
    words: item.aliases.map((text, index) => ({ text, initials: item.alias_initials?.[index] ?? '' })),
  }))
  const packages = catalogue.packages.map((p): Entry => ({
    code: p.code,
    kind: 'package',
    name: name(p),
    initials: p.initials ?? '',
    words: [],
  }))
  return [...items, ...packages]
}
