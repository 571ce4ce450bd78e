/** The main job, whole: from the attract page to the result, and from the ring over case, still and notice to wrap-up. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page, type TestInfo } from '@playwright/test'
import { DESK, KIOSK, People } from '../rig/people'
import { startServer, type Server } from '../rig/server'
import { answer, at, chooseSeniorCard, CITIZEN, enrol, goOnDuty, plainSound, takeTicket } from '../rig/steps'

let server: Server
test.beforeAll(async () => {
  server = await startServer()
})
test.afterAll(async () => {
  await server?.stop()
})

test('a villager gets a case accepted', async ({}, info) => {
  test.setTimeout(600_000)
  const people = new People(info)
  try {
    const citizen = await people.sit(1, KIOSK, plainSound)
    const clerk = await people.sit(2, DESK, plainSound)
    const kiosk = citizen.page
    const desk = clerk.page

    await test.step('the villager comes to a ticket', async () => {
      await enrol(kiosk, server.ready, 'S10')
      await look(kiosk, info, 'k01-attract')
      await chooseSeniorCard(kiosk)
      await look(kiosk, info, 'k08-checklist')
      await takeTicket(kiosk)
      await look(kiosk, info, 'k10-waiting')
    })

    await test.step('a clerk goes on duty, is rung and answers', async () => {
      await goOnDuty(desk, server.ready, 'chenmin')
      await expect(at(desk, 'ring')).toBeVisible()
      await expect(at(kiosk, 'ringing')).toBeVisible()
      await at(kiosk, 'ring-here').click()
      await expect(at(desk, 'ring-present')).toBeVisible()
      await look(desk, info, 'd03-ring', false)
      await look(kiosk, info, 'k12-ringing', false)
      await answer(desk, kiosk)
    })

    let number = ''
    await test.step('the case is opened', async () => {
      await at(desk, 'case-name').fill(CITIZEN.name)
      await at(desk, 'case-phone').fill(CITIZEN.phone)
      await at(desk, 'case-id-number').fill(CITIZEN.idNumber)
      await at(desk, 'identity-matches').check()
      await at(desk, 'case-open').click()
      number = ((await at(desk, 'case-number').textContent()) ?? '').match(/\d{4}-\d{6}/)?.[0] ?? ''
      expect(number).not.toBe('')
      await expect(at(desk, 'id-number').first()).not.toContainText(CITIZEN.idNumber)
      await expect(at(kiosk, 'material-ID')).toBeVisible()
    })

    await test.step('the citizen allows a hand; the clerk fills, the citizen corrects, the clerk cannot after stop', async () => {
      await at(desk, 'assist-ask').click()
      await at(kiosk, 'assist-allow').click()
      await expect(at(kiosk, 'assist-banner')).toBeVisible()
      await at(desk, 'form-address').fill('炭步镇塱头村 12 号')
      await at(desk, 'form-address').blur()
      await expect(at(kiosk, 'form-address')).toContainText('炭步镇塱头村 12 号')
      await look(kiosk, info, 'k14-assist', false)
      await look(desk, info, 'd04-call', false)
    })

    await test.step('a still of the document camera lands on the checklist', async () => {
      await at(desk, 'capture-ID').click()
      await expect(at(desk, 'stills-ID')).toBeVisible({ timeout: 40_000 })
      await at(desk, 'capture-PH').click()
      await expect(at(desk, 'stills-PH')).toBeVisible({ timeout: 40_000 })
      await at(kiosk, 'assist-stop').click()
      await expect(at(kiosk, 'assist-banner')).toBeHidden()
    })

    await test.step('materials are judged, the case is accepted, the notice is read and received', async () => {
      await at(desk, 'material-ID-accept').click()
      await at(desk, 'material-PH-accept').click()
      await at(desk, 'verdict-accept').click()
      await at(desk, 'accept-confirm').click()
      await expect(at(desk, 'state-accepted').first()).toBeVisible()
      await expect(at(kiosk, 'paper-page').first()).toBeVisible({ timeout: 40_000 })
      await look(kiosk, info, 'k15-read', false)
      await look(desk, info, 'd04-accepted', false)
    })

    await test.step('the call ends: the clerk wraps up, the citizen reads the result', async () => {
      await at(desk, 'hang-up').click()
      await at(desk, 'hang-up-confirm').click()
      await expect(at(desk, 'wrap-up')).toBeVisible()
      await look(desk, info, 'd08-wrap-up')
      await expect(at(kiosk, 'result')).toBeVisible()
      await look(kiosk, info, 'k17-result')
    })
  } finally {
    await people.leave()
  }
})

/** Keeps a picture; while no video plays it also finds nothing serious that keeps anybody out. */
async function look(page: Page, info: TestInfo, name: string, free = true): Promise<void> {
  await page.screenshot({ path: info.outputPath(`${name}.png`) })
  if (!free) return
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${name} ${id}: ${nodes.map((n) => n.html).join(' | ')}`)).toEqual([])
}
