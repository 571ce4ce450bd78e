/** What a desk must bear: double presses, lost links, ended sessions, hostile words; and what it must not keep. */
import { expect, test } from '@playwright/test'
import * as story from '../mock/story'
import { inCall, look, onDuty, sit, useBrowser } from '../rig/desk-seat'

useBrowser()

test('a double press acts once', async () => {
  const { page, world } = await onDuty()
  world.become({ status: 'ringing', offer: story.offer() })
  await page.getByTestId('ring-accept').dblclick()
  await expect(page.getByTestId('call')).toBeVisible()
  expect(world.said.filter((one) => one.type === 'accept')).toHaveLength(1)
  await page.getByTestId('case-phone').fill('13800136621')
  await page.getByTestId('identity-matches').check()
  await page.getByTestId('case-open').dblclick()
  await expect(page.getByTestId('case-number')).toBeVisible()
  world.changeCase({ materials: story.materials().map((one) => ({ ...one, state: 'accepted' as const })) })
  await page.getByTestId('verdict-accept').click()
  await page.getByTestId('accept-confirm').dblclick()
  await expect(page.getByTestId('showing')).toBeVisible()
  await page.keyboard.press('t')
  await page.getByTestId('handoff-target-0327').check()
  await page.getByTestId('handoff-reason').fill('请您看证。')
  await page.getByTestId('handoff-send').dblclick()
  await expect(page.getByTestId('handoff-withdraw')).toBeVisible()
  const acts = world.asked.filter((one) => one.method === 'POST').map((one) => one.path)
  expect(acts.filter((path) => /^\/cases|\/handoffs$/.test(path))).toEqual([
    '/cases',
    '/cases/case-127/accept',
    '/cases/case-127/handoffs',
  ])
})

test('a lost link comes back to the same place: ringing, in a call, wrapping up', async () => {
  const { page, world } = await onDuty()
  world.become({ status: 'ringing', offer: story.offer() })
  await expect(page.getByTestId('ring')).toBeVisible()
  await world.drop(1011)
  await expect(page.getByTestId('ring')).toBeVisible()
  await expect(page.getByTestId('link-banner')).toBeHidden()
  await page.getByTestId('ring-accept').click()
  await expect(page.getByTestId('call')).toBeVisible()
  await page.getByTestId('case-phone').fill('138')
  await world.drop(1011)
  await expect(page.getByTestId('link-banner')).toBeVisible()
  await expect(page.getByTestId('link-banner')).toBeHidden()
  // What was half written is still there.
  await expect(page.getByTestId('case-phone')).toHaveValue('138')
  world.wrapUp()
  await page.getByTestId('wrap-up-note').fill('下次先开字幕')
  await world.drop(1011)
  await expect(page.getByTestId('wrap-up-note')).toHaveValue('下次先开字幕')
})

test('an ended session says so, and leaves nothing for the next person', async ({}, info) => {
  const { page, world } = await inCall()
  world.changeCase({})
  await expect(page.getByTestId('case-number')).toBeVisible()
  const addresses = world.asked.map((one) => one.path)
  await world.drop(4003)
  await expect(page.getByTestId('sign-in-fault')).toBeVisible()
  await look(page, info, 'd01-ended')
  const left = await page.evaluate(() => ({
    session: { ...sessionStorage },
    local: Object.keys(localStorage).join(),
    html: document.body.innerHTML,
  }))
  expect(JSON.stringify(left)).not.toMatch(/token|王大力|002X|2026-000127/)
  expect(addresses.filter((path) => /token|pass=|002X/.test(path))).toEqual([])
  // The next person sees nothing of the last one, not even for a moment.
  world.lines = []
  world.handoffs = []
  world.brief = undefined
  world.view = story.clerk({ status: 'ready' })
  await world.signIn()
  await expect(page.getByTestId('my-cases-empty')).toBeVisible()
})

test('words from outside are only words, however long', async ({}, info) => {
  const { page, world } = await inCall({ width: 1366, height: 768 })
  const evil = '<img src=x onerror="alert(1)">'
  const long = `${evil}${'长'.repeat(80)}`
  world.changeCase({ owner_name: long })
  world.inCall({
    form: { values: { name: { text: long, by: 'citizen', version: 1 } }, typing: {} },
  })
  world.tell({ type: 'said', by: 'citizen', text: long, at: story.now() })
  await page.getByTestId('tab-story').click()
  await page.getByTestId('tab-chat').click()
  await expect(page.getByText(evil).first()).toBeVisible()
  await look(page, info, 'd04-long')
  world.handoffs = [{ ...story.handoff(), from_name: long, reason: long }]
  await page.getByTestId('nav-inbox').click()
  await page.reload()
  await page.getByTestId('nav-inbox').click()
  await expect(page.getByTestId('inbox-accept-2026-000121')).toBeVisible()
  await expect(page.getByText(evil).first()).toBeVisible()
  await look(page, info, 'd07-long')
  expect(await page.locator('img[src="x"]').count()).toBe(0)
})

test('a laptop shows every column, and the rest in tabs', async ({}, info) => {
  const { page } = await onDuty({ width: 1366, height: 768 })
  for (const column of ['期限', '下一步'])
    await expect(page.getByText(column, { exact: true }).first()).toBeInViewport()
  await look(page, info, 'd02-laptop')
  await page.getByTestId('tab-devices').click()
  await look(page, info, 'd02-laptop-devices')
})

test('a paper is printed alone', async () => {
  const { page, world } = await onDuty()
  world.brief = story.brief()
  await page.goto('http://localhost:9/desk.html#/cases/case-127')
  await page.getByTestId('paper-intake_receipt').click()
  await page.evaluate(() => {
    window.print = () => {
      const pages = [...document.querySelectorAll<HTMLImageElement>('.print-sheet img')]
      document.title = `printed ${pages.filter((one) => one.naturalWidth > 0).length}`
    }
  })
  await page.getByTestId('paper-print').click()
  await expect(page).toHaveTitle('printed 1')
  await expect(page.locator('.print-sheet')).toHaveCount(0)
})

test('a refused camera is said with where to press', async ({}, info) => {
  const { page, world } = await sit()
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
  })
  await world.open()
  await world.signIn()
  await expect(page.getByTestId('device-fault-camera')).toBeVisible()
  await expect(page.getByTestId('go-on-duty')).toBeDisabled()
  await look(page, info, 'check-denied')
})
