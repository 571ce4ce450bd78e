import type { Texts } from '../setup'

/** One text in zh-CN, zh-HK and English, side by side: a translation cannot be forgotten without the compiler saying so. */
export type Row = readonly [zhCN: string, zhHK: string, en: string]

export interface Table {
  readonly [key: string]: Row | Table
}

/** The catalogue of one language. */
export function column(table: Table, index: 0 | 1 | 2): Texts {
  return Object.fromEntries(
    Object.entries(table).map(([key, value]) => [key, isRow(value) ? value[index] : column(value, index)]),
  )
}

function isRow(value: Row | Table): value is Row {
  return Array.isArray(value)
}
