/**
 * The main job, whole and in one run: from the attract page to the wipe, from the ring to the next status, and a case that
 * changes hands between two desks. Every screen on the way is kept as a picture in `test-results/`. Layout and accessibility
 * are looked at where no video takes the processor: in `kiosk-pages` and `desk-pages`.
 */
import { expect, test, type Page } from '@playwright/test'
import { openDevices, noteDevices } from '../rig/devices'
import { DESK, KIOSK, People } from '../rig/people'
import { startServer, type Server } from '../rig/server'
import {
  answer,
  at,
  chooseSeniorCard,
  CITIZEN,
  enrol,
  goOnDuty,
  hangUp,
  openCase,
  plainSound,
  signIn,
  takeTicket,
  wrapUp,
} from '../rig/steps'

const CLERK = '陈敏'
const COLLEAGUE = { name: '梁小燕', number: '0325', login: 'liangxiaoyan' }
const ADDRESS = '炭步镇塱头村 12 号'

let server: Server
test.beforeAll(async () => {
  server = await startServer()
})
test.afterAll(async () => {
  await server?.stop()
})

test('a villager gets a case accepted, which then changes hands', async ({}, info) => {
  test.setTimeout(300_000)
  const people = new People(info, { traced: false })
  const look = (page: Page, name: string) =>
    page.screenshot({ path: info.outputPath(`${name}.png`), animations: 'disabled' })
  try {
    const citizen = await people.sit(1, KIOSK, plainSound, 'small')
    const clerk = await people.sit(2, DESK, plainSound, 'small')
    const colleague = await people.sit(3, DESK, undefined, 'small')
    const [kiosk, desk, other] = [citizen.page, clerk.page, colleague.page]
    await kiosk.addInitScript(noteDevices)

    await test.step('the villager comes to a ticket', async () => {
      await enrol(kiosk, server.ready, 'S10')
      await look(kiosk, 'k01-attract')
      await chooseSeniorCard(kiosk, (page) => look(kiosk, page))
      await takeTicket(kiosk, (page) => look(kiosk, page))
      await look(kiosk, 'k10-waiting')
    })

    await test.step('a clerk goes on duty, is rung and answers; a colleague signs in', async () => {
      await signIn(other, server.ready, COLLEAGUE.login)
      await at(other, 'skip-duty').click()
      await look(other, 'd02-home')
      await goOnDuty(desk, server.ready, 'chenmin')
      await expect(at(desk, 'ring')).toBeVisible()
      await expect(at(kiosk, 'ringing')).toBeVisible()
      await at(kiosk, 'ring-here').click()
      await expect(at(desk, 'ring-present')).toBeVisible()
      await look(desk, 'd03-ring')
      await look(kiosk, 'k12-ringing')
      await answer(desk, kiosk)
    })

    let number = ''
    await test.step('the case is opened', async () => {
      number = await openCase(desk)
      await expect(at(desk, 'id-number').first()).not.toContainText(CITIZEN.idNumber)
      await expect(at(desk, 'form-id_number')).not.toHaveValue(CITIZEN.idNumber)
      await expect(at(kiosk, 'material-ID')).toBeVisible()
      await look(kiosk, 'k13-call')
      await look(desk, 'd04-call')
    })

    await test.step('the citizen allows a hand; the clerk points, and fills what the citizen sees', async () => {
      await at(desk, 'assist-ask').click()
      await expect(at(kiosk, 'assist-allow')).toBeVisible()
      await look(kiosk, 'k14-assist-asked')
      await at(kiosk, 'assist-allow').click()
      await expect(at(kiosk, 'assist-banner')).toBeVisible()
      await at(desk, 'form-address').fill(ADDRESS)
      await at(desk, 'form-address').blur()
      await expect(at(kiosk, 'form-address')).toContainText(ADDRESS)
      await at(desk, 'tab-page').click()
      await at(desk, 'mode-point').click()
      await at(desk, 'page-pad').click({ position: { x: 120, y: 200 } })
      await expect(at(kiosk, 'mark-pointer')).toBeVisible()
      await look(kiosk, 'k14-assist')
      await look(desk, 'd04-pointing')
      await at(desk, 'tab-form').click()
    })

    await test.step('stills of the document camera land on the checklist; the citizen ends the help', async () => {
      for (const material of ['ID', 'PH']) {
        await at(desk, `capture-${material}`).click()
        await expect(at(desk, `stills-${material}`)).toBeVisible()
        await expect(at(kiosk, `material-${material}`)).toHaveAttribute('data-state', 'captured')
      }
      await at(kiosk, 'assist-stop').click()
      await expect(at(kiosk, 'assist-banner')).toBeHidden()
      await expect(at(desk, 'assist-granted')).toBeHidden()
    })

    await test.step('materials are judged, the case is accepted, the notice is read and received', async () => {
      await at(desk, 'material-ID-accept').click()
      await at(desk, 'material-PH-accept').click()
      await at(desk, 'verdict-accept').click()
      await look(desk, 'd04-accept')
      await at(desk, 'accept-confirm').click()
      await expect(at(desk, 'state-accepted').first()).toBeVisible()
      await expect(at(kiosk, 'paper-page').first()).toBeVisible()
      await look(kiosk, 'k15-read')
      await expect(
        at(kiosk, 'paper-received'),
        'whoever has not seen the end has not received it',
      ).toBeDisabled()
      await at(kiosk, 'paper-page')
        .last()
        .evaluate((page) => page.scrollIntoView({ block: 'end' }))
      await at(kiosk, 'paper-received').click()
      await expect(at(kiosk, 'paper-done')).toBeVisible()
      await look(desk, 'd04-accepted')
    })

    await test.step('the case is handed over: offered to one, taken by one, owned by one throughout', async () => {
      await at(desk, 'call-handoff').click()
      await at(desk, `handoff-target-${COLLEAGUE.number}`).check({ force: true })
      await at(desk, 'handoff-reason').fill('后续由民政窗口跟进')
      await look(desk, 'd05-handoff')
      await at(desk, 'handoff-send').click()
      await expect(at(desk, 'handoff-dialog')).toBeHidden()
      await at(other, 'nav-inbox').click()
      await at(other, `inbox-${number}`).click()
      await look(other, 'd07-inbox')
      await expect(at(desk, 'case-owner'), 'on offer is not handed over').toHaveClass(/quiet/)
      await at(other, `inbox-accept-${number}`).click()
      await expect(at(desk, 'case-owner')).toContainText(COLLEAGUE.name)
      await look(desk, 'd04-handed-over')
      await owners(other, number, [CLERK, COLLEAGUE.name])
      await expect(at(other, 'read-only')).toBeHidden()
      await look(other, 'd06-case')
    })

    await test.step('the call ends: camera off, wrap-up, next status', async () => {
      await hangUp(desk)
      await look(desk, 'd08-wrap-up')
      await wrapUp(desk, 'accepted')
      await expect(at(desk, 'status-ready')).toBeVisible()
      await owners(desk, number, [CLERK, COLLEAGUE.name])
      await expect(at(desk, 'read-only')).toBeVisible()
      await look(desk, 'd06-case-of-another')
      await expect.poll(() => openDevices(kiosk)).toEqual([])
    })

    await test.step('the citizen reads the result, rates, and nothing of the visit is left', async () => {
      await expect(at(kiosk, 'result')).toHaveAttribute('data-state', 'accepted')
      await look(kiosk, 'k17-result')
      await at(kiosk, 'to-rating').click()
      await expect(at(kiosk, 'rate-1')).toBeVisible()
      await look(kiosk, 'k18-rating')
      await at(kiosk, 'rate-1').click()
      await expect(at(kiosk, 'wiped')).toBeVisible()
      await look(kiosk, 'k23-wiped')
      await expect(at(kiosk, 'attract-start')).toBeVisible()
      expect(await left(kiosk)).toEqual(['cloud-window-terminal'])
    })
    expect([citizen.complaints, clerk.complaints, colleague.complaints]).toEqual([[], [], []])
  } finally {
    await people.leave()
  }
})

/** Opens the case's own page: everybody who ever owned it in order, and only the last one of them now. */
async function owners(page: Page, number: string, names: string[]): Promise<void> {
  await at(page, 'nav-cases').click()
  await expect(at(page, 'case-search')).toBeVisible()
  await at(page, 'tab-all').click()
  await page.getByRole('link', { name: number }).first().click()
  const rows = at(page, 'owners').getByRole('listitem')
  await expect(rows).toHaveCount(names.length)
  for (const [n, name] of names.entries()) {
    await expect(rows.nth(n)).toContainText(name)
    await expect(rows.nth(n)).toHaveAttribute('aria-current', String(n === names.length - 1))
  }
}

/** What the browser still keeps of the visit: the database is the terminal's own key. */
function left(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases()
    const kept = [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...(await caches.keys())]
    return [...kept, ...databases.flatMap(({ name }) => (name ? [name] : []))]
  })
}
