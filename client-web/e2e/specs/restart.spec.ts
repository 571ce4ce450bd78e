/** The server dies in the middle of a call, as in a power cut, and comes back: the call goes on by itself. */
import { expect, test } from '@playwright/test'
import { DESK, KIOSK, People } from '../rig/people'
import { CITIZEN_HEARS, CITIZEN_SEES, CLERK_HEARS, CLERK_SEES, hears, sees } from '../rig/senses'
import { startServer, type Server } from '../rig/server'
import { answer, at, chooseSeniorCard, enrol, goOnDuty, openCase, plainSound, takeTicket } from '../rig/steps'

/** quality.md: media back within ten seconds after the restart. */
const BACK_WITHIN_MS = 10_000

let server: Server
test.beforeAll(async () => {
  server = await startServer()
})
test.afterAll(async () => {
  await server?.stop()
})

test('killed in a call and started again: the same call, both see and hear each other, the case is there', async ({}, info) => {
  const people = new People(info, { traced: false })
  try {
    const terminal = (await people.sit(1, KIOSK, plainSound, 'small')).page
    const desk = (await people.sit(2, DESK, plainSound, 'small')).page
    await goOnDuty(desk, server.ready, 'chenmin')
    await enrol(terminal, server.ready, 'S10')
    await chooseSeniorCard(terminal)
    await takeTicket(terminal)
    await answer(desk, terminal)
    const number = await openCase(desk)
    await Promise.all([sees(desk, CLERK_SEES, 1), sees(terminal, CITIZEN_SEES, 2)])
    const before = await at(desk, 'call-ticket').textContent()

    await server.kill()
    await expect(at(terminal, 'reconnecting')).toBeVisible()
    await expect(at(desk, 'link-banner')).toBeVisible()
    await expect(at(desk, 'call'), 'the call stays on the screen').toBeVisible()

    await server.again()
    const answers = Date.now()
    await Promise.all([
      sees(desk, CLERK_SEES, 1, 3),
      sees(terminal, CITIZEN_SEES, 2, 3),
      hears(desk, CLERK_HEARS, 1, 2),
      hears(terminal, CITIZEN_HEARS, 2, 1),
    ])
    const took = Date.now() - answers
    info.annotations.push({ type: 'see and hear again after, ms', description: String(took) })
    console.log('see and hear each other again after', took, 'ms')
    expect(took).toBeLessThan(BACK_WITHIN_MS)

    await expect(at(terminal, 'reconnecting')).toBeHidden()
    await expect(at(desk, 'link-banner')).toBeHidden()
    await expect(at(desk, 'status-in_call')).toBeVisible()
    expect(await at(desk, 'call-ticket').textContent()).toBe(before)
    await expect(at(desk, 'case-number')).toContainText(number)
    await expect(at(terminal, 'material-ID')).toBeVisible()
    expect(await server.figure('cloud_window_calls')).toBe(1)
    // What is done from here on counts as before.
    await at(desk, 'material-ID-accept').click()
    await expect(at(terminal, 'material-ID')).toHaveAttribute('data-state', 'accepted')
  } finally {
    await people.leave()
  }
})
