import type { Item } from '@/core/api'
import { ageOf } from '@/core/identity/id-number'
import type { ScenarioCode } from '@/core/protocol'
import type { Visit } from './visit.types'

/** The ages that a scenario's name is about, such as `60–64` or `65+`; none for names that say something else. */
export function agesOf(name: string): { from: number; to: number } | undefined {
  const found = /^(\d{1,3})(?:\+|\s*[–—-]\s*(\d{1,3}))$/.exec(name.trim())
  if (!found) return undefined
  return { from: Number(found[1]), to: found[2] === undefined ? Infinity : Number(found[2]) }
}

/**
 * The scenario that the ID number answers by itself: nobody is asked their age who has just said it. None where the question
 * is about something else, where the number is that of somebody acting for another, and where no answer fits.
 */
export function scenarioByAge(
  item: Item,
  { idNumber, proxy }: Pick<Visit, 'idNumber' | 'proxy'>,
  today: Date,
): ScenarioCode | undefined {
  if (idNumber === undefined || proxy) return undefined
  const age = ageOf(idNumber, today)
  return item.scenarios.find(({ name }) => {
    const ages = agesOf(name)
    return ages !== undefined && age >= ages.from && age <= ages.to
  })?.code
}
