import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Catalogue, Named } from '@/core/api'
import { nameIn } from '@/i18n/setup'
import type { MaterialCode, MaterialView, ScenarioCode, SiteView } from '@/core/protocol'
import { hourMinute, noonOf, ownOffsetMinutes, wallClock } from '@/core/wall-clock'
import { left, ms } from '../lib/time'
import { tally } from '../lib/verdict'
import { useDesk } from './desk'
import { useCatalogue, useConfig } from './queries'

/** Dates, times and names as the desk writes them, in the interface language. */
export function useFormat() {
  const { t, locale } = useI18n()
  const { now } = useDesk()
  const catalogue = useCatalogue()
  const config = useConfig()
  const offset = () => config.data.value?.utc_offset_minutes ?? ownOffsetMinutes()
  /** Now, by the window's clock. */
  const today = computed(() => wallClock(now.value, offset()))

  function partsOf(wall: Date, whole: boolean) {
    const english = locale.value === 'en'
    const intl = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat(english ? 'en-GB' : locale.value, { ...options, timeZone: 'UTC' }).format(wall)
    const m = english ? intl({ month: 'short' }) : String(wall.getUTCMonth() + 1)
    return { m, d: wall.getUTCDate(), w: intl({ weekday: english && !whole ? 'short' : 'long' }) }
  }

  function monthDay(wall: Date, weekday: boolean): string {
    const text = t(weekday ? 'date.with_weekday' : 'date.plain', partsOf(wall, false))
    const y = wall.getUTCFullYear()
    return y === today.value.getUTCFullYear() ? text : t('date.with_year', { y, date: text })
  }

  /** A day such as `2026-04-09`. */
  const day = (text: string, weekday = false) => monthDay(noonOf(text), weekday)
  /** The day of a moment in microseconds. */
  const dayOf = (at: number, weekday = false) => monthDay(wallClock(ms(at), offset()), weekday)
  const time = (at: number) => hourMinute(wallClock(ms(at), offset())).padStart(5, '0')
  /** The whole date with its weekday, for the head of the page. */
  const todayInWords = () => t('date.header', partsOf(today.value, true))
  const dateTime = (at: number) => `${dayOf(at)} ${time(at)}`

  /** How much of a time is left, by the server's clock. */
  function remaining(until: number): string {
    const rest = left(ms(until) - now.value)
    return t(`left.${rest.unit}`, { ...rest })
  }

  const named = (list: readonly (Named & { code: string })[] | undefined, code: string): string => {
    const found = list?.find((one) => one.code === code)
    return found ? nameIn(locale.value, found) : code
  }
  const data = (): Catalogue | undefined => catalogue.data.value
  const itemOf = (code: string | undefined) => data()?.items.find((one) => one.code === code)
  const scenarioOf = (code: ScenarioCode | undefined) =>
    data()
      ?.items.flatMap((item) => item.scenarios)
      .find((one) => one.code === code)

  /** `item · scenario`, or that somebody only wants to ask. */
  function matter(item: string | undefined, scenario?: string | undefined): string {
    const found = itemOf(item)
    if (!found) return item ?? t('common.advice_only')
    const branch = scenarioOf(scenario)
    const name = nameIn(locale.value, found)
    return branch ? t('common.matter', { item: name, scenario: nameIn(locale.value, branch) }) : name
  }

  /** How many materials are in each state, without the states in which there are none. */
  function tallyOf(materials: readonly MaterialView[]): string {
    const counts = tally(materials)
    const states = ['accepted', 'captured', 'rejected', 'missing'] as const
    const told = states.flatMap((state) =>
      counts[state] > 0 ? [t(`material.tally.${state}`, { n: counts[state] })] : [],
    )
    return told.length > 0 ? told.join(t('ring.list_comma')) : t('common.none')
  }

  return {
    tallyOf,
    day,
    dayOf,
    time,
    dateTime,
    today,
    todayInWords,
    remaining,
    matter,
    itemOf,
    scenarioOf,
    itemName: (code: string | undefined) => named(data()?.items, code ?? ''),
    scenarioName: (code: ScenarioCode | undefined) => {
      const found = scenarioOf(code)
      return found ? nameIn(locale.value, found) : (code ?? '')
    },
    materialName: (code: MaterialCode) => named(data()?.materials, code),
    groupName: (code: string) => named(data()?.skill_groups, code),
    departmentName: (code: string) => named(data()?.departments, code),
    siteName: (site: SiteView) => nameIn(locale.value, site),
    nameOf: (thing: Named) => nameIn(locale.value, thing),
  }
}
