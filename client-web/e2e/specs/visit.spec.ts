/** The main job, whole: from the attract page to the wipe, and from the ring over case, still, notice and handoff to wrap-up. */
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

test('a villager gets a case accepted, and it changes hands', async ({}, info) => {
  test.setTimeout(420_000)
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
      await look(desk, info, 'd03-ring')
      await look(kiosk, info, 'k12-ringing')
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
      await look(kiosk, info, 'k14-assist')
      await look(desk, info, 'd04-call')
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
      await look(kiosk, info, 'k15-read')
      await look(desk, info, 'd04-accepted')
    })

    const receiver = await people.sit(3, DESK)
    await test.step('the case is handed over to a colleague, who takes it', async () => {
      await goOnDuty(receiver.page, server.ready, 'hezhiqiang')
      await at(desk, 'handoff-open').first().click()
      await at(desk, 'handoff-target-0318').click()
      await at(desk, 'handoff-reason').fill('请您接着办后面的手续')
      await look(desk, info, 'd05-handoff')
      await at(desk, 'handoff-send').click()
      await at(receiver.page, 'nav-inbox').click()
      await look(receiver.page, info, 'd07-inbox')
      await at(receiver.page, `inbox-accept-${number}`).first().click()
      await expect(at(desk, 'case-owner')).toContainText('何志强')
    })

    await test.step('the call ends, the citizen rates, the terminal forgets', async () => {
      await at(desk, 'hang-up').click()
      await at(desk, 'hang-up-confirm').click()
      await expect(at(desk, 'wrap-up')).toBeVisible()
      await look(desk, info, 'd08-wrap-up')
      await expect(at(kiosk, 'result')).toBeVisible()
      await look(kiosk, info, 'k17-result')
      await at(kiosk, 'to-rating').click()
      await at(kiosk, 'rate-1').click()
      await expect(at(kiosk, 'attract-start')).toBeVisible({ timeout: 60_000 })
      await at(desk, 'wrap-up-result-handed_over').click()
      await at(desk, 'wrap-up-finish').click()
      await expect(at(desk, 'status-ready')).toBeVisible()
      const left = await kiosk.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
      expect(left).not.toContain(CITIZEN.idNumber)
    })

    expect(citizen.complaints).toEqual([])
    expect(clerk.complaints).toEqual([])
    expect(receiver.complaints).toEqual([])
  } finally {
    await people.leave()
  }
})

/** Keeps a picture, and finds nothing serious that keeps anybody out. */
async function look(page: Page, info: TestInfo, name: string): Promise<void> {
  await page.screenshot({ path: info.outputPath(`${name}.png`) })
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${name} ${id}: ${nodes.map((n) => n.html).join(' | ')}`)).toEqual([])
}
