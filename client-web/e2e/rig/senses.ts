/** Who sees and hears whom at the pages of a call. */
import { expect, type Page } from '@playwright/test'
import type { Person } from './code'
import { TONES } from './media'
import { flow, loudness, watch } from './reading'

export const CLERK_SEES = 'video[data-testid="video-citizen"]'
export const CITIZEN_SEES = 'video[data-testid="video-clerk"]'
export const CLERK_HEARS = 'audio[data-testid="audio-citizen"]'
export const CITIZEN_HEARS = 'audio[data-testid="audio-clerk"]'

/** dB below full scale: a tone that is there is louder than the one, silence is quieter than the other. */
export const HEARD = -55
export const SILENT = -75

/** Fresh pictures come, of this person and of nobody else. */
export async function sees(page: Page, selector: string, person: Person, pictures = 20): Promise<void> {
  const seen = flow(await watch(page, selector, 30_000, pictures))
  expect(seen.people).toEqual([person])
  expect(seen.pictures).toBe(pictures)
}

/** Both tones of this person, and none of the other's. */
export async function hears(page: Page, selector: string, person: Person, other: Person): Promise<void> {
  await expect.poll(() => quietest(page, selector, person)).toBeGreaterThan(HEARD)
  expect(await loudest(page, selector, other)).toBeLessThan(HEARD - 10)
}

/** How loud the louder of a person's tones is, dB. */
export async function loudest(page: Page, selector: string, person: Person): Promise<number> {
  return Math.max(...(await loudness(page, selector, TONES[person])))
}

async function quietest(page: Page, selector: string, person: Person): Promise<number> {
  return Math.min(...(await loudness(page, selector, TONES[person])))
}
