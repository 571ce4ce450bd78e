import { createI18n } from 'vue-i18n'
import type { Locale } from '@/core/protocol'

export const LOCALES: readonly Locale[] = ['zh-CN', 'zh-HK', 'en']

/** A text, or texts under a name. */
export interface Texts {
  [key: string]: string | Texts
}

/** vue-i18n with one page's catalogues; the language also stands on `<html lang>` for fonts and voices. */
export function makeI18n<T extends Texts>(catalogues: Record<Locale, T>, locale: Locale = 'zh-CN') {
  return createI18n({
    legacy: false,
    locale,
    fallbackLocale: 'zh-CN',
    messages: catalogues,
    missingWarn: true,
  })
}

/** The name of something in the interface language. */
export function nameIn(locale: string, thing: { name: string; name_zh_hk: string; name_en: string }): string {
  if (locale === 'zh-HK') return thing.name_zh_hk
  return locale === 'en' ? thing.name_en : thing.name
}
