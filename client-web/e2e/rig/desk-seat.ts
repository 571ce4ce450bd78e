/** A clerk's page against a mocked server: at the desk, on duty, in a call. */
import AxeBuilder from '@axe-core/playwright'
import { chromium, expect, test } from '@playwright/test'
import type { Browser, Page, TestInfo } from '@playwright/test'
import * as story from '../mock/story'
import { World } from '../mock/world'

let browser: Browser
/** Of the running test: none of its pages may have complained. */
const worlds: World[] = []
/** Opens the browser of a spec that sits at desks, and wants no complaint of any page. */
export function useBrowser(): void {
  test.beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream=display-media-type=browser',
        '--autoplay-policy=no-user-gesture-required',
        '--allow-loopback-in-peer-connection',
      ],
    })
  })
  test.afterAll(() => browser.close())
  test.afterEach(async () => {
    expect(worlds.flatMap((world) => world.faults)).toEqual([])
    worlds.length = 0
    for (const context of browser.contexts()) await context.close()
  })
}

interface Seat {
  width?: number
  height?: number
  locale?: string
}

export async function sit(options: Seat = {}): Promise<{ page: Page; world: World }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1920, height: options.height ?? 1080 },
  })
  if (options.locale) {
    await context.addInitScript(
      (kept) => localStorage.setItem('cloud-window-desk-locale', kept),
      options.locale,
    )
  }
  const page = await context.newPage()
  const world = new World(page)
  page.on('dialog', (dialog) => {
    world.faults.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  worlds.push(world)
  return { page, world }
}

/** On duty and ready, past the device check. */
export async function onDuty(options: Seat = {}) {
  const seat = await sit(options)
  seat.world.view = story.clerk({ status: 'ready' })
  await seat.world.open()
  await seat.world.signIn()
  await expect(seat.page.getByTestId('queue')).toBeVisible()
  return seat
}

export async function inCall(options: Seat = {}) {
  const seat = await onDuty(options)
  seat.world.inCall({})
  await expect(seat.page.getByTestId('call')).toBeVisible()
  return seat
}

/** Keeps a picture beside the results, and wants no serious finding and no overflow of the page. */
export async function look(page: Page, info: TestInfo, name: string): Promise<void> {
  // What moves in has stopped, or was cut short: dialogs and notices come with a transition.
  await page.evaluate(() =>
    Promise.allSettled(
      document.getAnimations().map((a) => a.effect?.getTiming().iterations === Infinity || a.finished),
    ).then(() => undefined),
  )
  await page.screenshot({ path: info.outputPath(`${name}.png`) })
  const found = await new AxeBuilder({ page }).analyze()
  const serious = found.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')
  expect(
    serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
  ).toEqual([])
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
}
