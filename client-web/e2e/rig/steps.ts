/** What people do at their pages, in the words of the design. */
import { expect, type Locator, type Page } from '@playwright/test'
import type { Ready } from './server'

/** By its `data-testid`. */
export const at = (page: Page, id: string): Locator => page.getByTestId(id)

/** A citizen that nobody is: the check digit is right. */
export const CITIZEN = { name: '王大力', idNumber: '440114195003072316', phone: '13800136621' }

/** What a page must be given before it loads so that tones and document pictures can be read back. */
export function plainSound(): void {
  const hooks: { documentCamera?: HTMLCanvasElement; processing: boolean } = { processing: false }
  const canvas = document.createElement('canvas')
  canvas.width = 1920
  canvas.height = 1080
  const draw = canvas.getContext('2d')
  let count = 0
  setInterval(() => {
    if (!draw) return
    draw.fillStyle = '#f4f2ec'
    draw.fillRect(0, 0, canvas.width, canvas.height)
    draw.fillStyle = '#17222d'
    draw.font = '120px sans-serif'
    draw.fillText(`ID ${(count += 1)}`, 200, 300)
  }, 100)
  hooks.documentCamera = canvas
  Object.assign(window, { __cloudWindowTest: hooks })
}

/** The machine is new: it is put to a site and comes to the attract page. */
export async function enrol(page: Page, ready: Ready, site: string): Promise<void> {
  await page.goto(ready.kiosk)
  await at(page, `site-${site}`).click()
  await expect(at(page, 'attract-start')).toBeVisible({ timeout: 40_000 })
}

/** Called with a name for every page that is passed. */
type Look = (page: string) => Promise<unknown>
const passing: Look = () => Promise.resolve()

/** From the attract page to the checklist of the senior citizen's card. */
export async function chooseSeniorCard(page: Page, look: Look = passing): Promise<void> {
  await at(page, 'attract-start').click()
  await at(page, 'lang-zh-CN').click()
  await look('k02-language')
  await at(page, 'next').click()
  await expect(at(page, 'id-type')).toBeVisible()
  await look('k03-identify')
  await at(page, 'id-type').click()
  for (const digit of CITIZEN.idNumber) await at(page, `key-${digit}`).click()
  await look('k03-typing')
  await at(page, 'next').click()
  await expect(at(page, 'tile-senior')).toBeVisible()
  await look('k04-choose')
  await at(page, 'tile-senior').click()
  await expect(at(page, 'item-senior-card')).toBeVisible()
  await look('k04-group')
  await at(page, 'item-senior-card').click()
  // The number has said the age: the question is passed over, and can still be gone back to.
  await expect(at(page, 'have-PH')).toBeVisible()
  await at(page, 'back').click()
  await expect(at(page, 'scenario-2')).toBeVisible()
  await look('k07-scenario')
  await at(page, 'scenario-2').click()
}

/** From the checklist to a ticket; its number. */
export async function takeTicket(page: Page, look: Look = passing): Promise<string> {
  await at(page, 'have-ID').click()
  await at(page, 'have-PH').click()
  await look('k08-checklist')
  await at(page, 'next').click()
  await answerConsents(page, look)
  return ticketNumber(page)
}

/** Says yes to whatever consent is asked for, until the ticket is there. */
export async function answerConsents(page: Page, look: Look = passing): Promise<void> {
  const asked = at(page, 'consent-yes')
  const waits = at(page, 'ticket-number').or(at(page, 'ringing'))
  for (;;) {
    await expect(asked.or(waits).first()).toBeVisible()
    if (!(await asked.isVisible())) return
    await look('k09-consent')
    await asked.click()
  }
}

/** The number on the waiting page, or on the ringing page if somebody was free at once. */
export async function ticketNumber(page: Page): Promise<string> {
  const shown = await at(page, 'ticket-number').or(at(page, 'ringing')).first().textContent()
  const number = /[A-Z]\d{3}/.exec(shown ?? '')
  if (!number) throw new Error(`no ticket number in ${shown}`)
  return number[0]
}

/** Straight to a ticket, for tests of what comes after. */
export async function askForAdvice(page: Page): Promise<void> {
  await at(page, 'attract-start').click()
  await at(page, 'lang-zh-CN').click()
  await at(page, 'next').click()
  await at(page, 'id-ask').click()
  const none = at(page, 'item-none')
  await expect(none.or(at(page, 'consent-yes')).or(at(page, 'ticket-number')).first()).toBeVisible()
  if (await none.isVisible()) await none.click()
  await answerConsents(page)
}

/** Signs in, passes the device check and goes on duty; whoever waits rings at once. */
export async function goOnDuty(page: Page, ready: Ready, login: string): Promise<void> {
  await signIn(page, ready, login)
  await at(page, 'go-on-duty').click({ timeout: 40_000 })
  await expect(at(page, 'status-ready').or(at(page, 'status-ringing'))).toBeVisible()
}

/** Signs in and stands before the device check. */
export async function signIn(page: Page, ready: Ready, login: string): Promise<void> {
  const account = ready.staff.find((one) => one.login === login)
  if (!account) throw new Error(`no account ${login}`)
  await page.goto(ready.desk)
  await at(page, 'sign-in-login').fill(account.login)
  await at(page, 'sign-in-password').fill(account.password)
  await at(page, 'sign-in-submit').click()
}

/** Answers the ring; both stand in the call. */
export async function answer(desk: Page, kiosk: Page): Promise<void> {
  await at(desk, 'ring-accept').click()
  await expect(at(desk, 'call')).toBeVisible()
  await expect(at(kiosk, 'call')).toBeVisible()
}

/** Opens the case for whoever is in the call; its number. */
export async function openCase(desk: Page): Promise<string> {
  await at(desk, 'case-name').fill(CITIZEN.name)
  await at(desk, 'case-phone').fill(CITIZEN.phone)
  await at(desk, 'case-id-number').fill(CITIZEN.idNumber)
  await at(desk, 'identity-matches').check()
  await at(desk, 'case-open').click()
  const number = /\d{4}-\d{6}/.exec((await at(desk, 'case-number').textContent()) ?? '')
  if (!number) throw new Error('no case number')
  return number[0]
}

/** Ends the call from the desk and finishes the wrap-up. */
export async function finish(desk: Page, result: string): Promise<void> {
  await hangUp(desk)
  await wrapUp(desk, result)
}

/** Ends the call from the desk. */
export async function hangUp(desk: Page): Promise<void> {
  await at(desk, 'hang-up').click()
  await at(desk, 'hang-up-confirm').click()
  await expect(at(desk, 'wrap-up')).toBeVisible()
}

/** Says how the call ended; the clerk goes on to what was chosen. */
export async function wrapUp(desk: Page, result: string): Promise<void> {
  // The choice itself is hidden behind its label, as people press it.
  await desk
    .locator('label')
    .filter({ has: at(desk, `wrap-up-result-${result}`) })
    .click()
  await at(desk, 'wrap-up-finish').click()
  await expect(at(desk, 'wrap-up')).toBeHidden()
}
