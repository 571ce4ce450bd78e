import type { Locale } from '@/core/protocol'
import type { Texts } from '../setup'
import en from './en'
import zhCN from './zh-CN'
import zhHK from './zh-HK'

export const catalogues: Record<Locale, Texts> = { 'zh-CN': zhCN, 'zh-HK': zhHK, en }
