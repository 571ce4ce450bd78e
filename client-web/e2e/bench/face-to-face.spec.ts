/**
 * How long it takes from the clerk's click on accept until both screens show the other: a picture that came from the network
 * after the click. Writes what it measured to the file that BENCH_OUT names.
 */
import { expect, test } from '@playwright/test'
import { writeFileSync } from 'node:fs'
import { arm, clicked, firstAfter } from '../rig/first-picture'
import { DESK, KIOSK, People } from '../rig/people'
import { flow, watch } from '../rig/reading'
import { startServer, type Server } from '../rig/server'
import { answer, askForAdvice, at, enrol, finish, goOnDuty } from '../rig/steps'

const CALLS = Number(process.env['BENCH_CALLS'] ?? 24)

let server: Server
test.beforeAll(async () => {
  server = await startServer()
})
test.afterAll(async () => {
  await server?.stop()
})

test('clerk accepts until both see each other', async ({}, info) => {
  const people = new People(info, { traced: false })
  const calls: { desk_ms: number; terminal_ms: number }[] = []
  try {
    const kiosk = (await people.sit(1, KIOSK, undefined, 'lively')).page
    const desk = (await people.sit(2, DESK, undefined, 'lively')).page
    await goOnDuty(desk, server.ready, 'linjing')
    await enrol(kiosk, server.ready, 'S10')
    for (let call = 0; call < CALLS; call += 1) {
      await askForAdvice(kiosk)
      await expect(at(desk, 'ring')).toBeVisible()
      await expect(at(kiosk, 'ringing')).toBeVisible()
      await arm(kiosk, 'video-clerk')
      await arm(desk, 'video-citizen', 'ring-accept')
      await answer(desk, kiosk)
      const accepted = await clicked(desk)
      calls.push({
        desk_ms: (await firstAfter(desk, accepted)) - accepted,
        terminal_ms: (await firstAfter(kiosk, accepted)) - accepted,
      })
      if (call === 0) {
        // What is measured is really the other's picture.
        const seen = watch(desk, 'video[data-testid="video-citizen"]', 30_000, 5)
        const shown = watch(kiosk, 'video[data-testid="video-clerk"]', 30_000, 5)
        expect([flow(await seen).people, flow(await shown).people]).toEqual([[1], [2]])
      }
      await finish(desk, 'advice')
      await at(kiosk, 'to-rating').click()
      await at(kiosk, 'rate-1').click()
      await expect(at(kiosk, 'attract-start')).toBeVisible({ timeout: 60_000 })
      await expect(at(desk, 'status-ready')).toBeVisible()
    }
  } finally {
    await people.leave()
  }
  const file = process.env['BENCH_OUT']
  if (file) writeFileSync(file, JSON.stringify(calls))
  else console.warn(JSON.stringify(calls, null, 1))
})
