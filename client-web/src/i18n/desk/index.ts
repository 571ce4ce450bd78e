import type { Locale } from '@/core/protocol'
import type { Texts } from '../setup'
import { column } from './columns'
import type { Table } from './columns'
import { call } from './texts/call'
import { cases } from './texts/cases'
import { common } from './texts/common'
import { faults } from './texts/faults'
import { handoff } from './texts/handoff'
import { home } from './texts/home'
import { shell } from './texts/shell'
import { start } from './texts/start'

const table: Table = { ...common, ...shell, ...start, ...home, ...call, ...cases, ...handoff, ...faults }

export const catalogues: Record<Locale, Texts> = {
  'zh-CN': column(table, 0),
  'zh-HK': column(table, 1),
  en: column(table, 2),
}
