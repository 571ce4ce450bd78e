/** A terminal's page against a mocked server: pressed, looked at, measured, and held against axe. */
import AxeBuilder from '@axe-core/playwright'
import { chromium, expect, test, type Browser, type Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { KioskMock, ORIGIN, type MockOptions } from './kiosk-mock'
import { faults } from './measure'
import { KIOSK } from './people'

const LIMITS = { letter: 28, target: 88 }
export const shots = resolve(import.meta.dirname, '../../test-results/kiosk')

let browser: Browser
/** Opens the browser of a spec that plays scenes, and closes it. */
export function useBrowser(): void {
  test.beforeAll(openBrowser)
  test.afterAll(() => browser.close())
}

async function openBrowser(): Promise<void> {
  mkdirSync(shots, { recursive: true })
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
    ],
  })
}

export interface Scene {
  page: Page
  mock: KioskMock
  /** Takes a picture, measures it, and holds it against axe. */
  look: (name: string, held?: 'axe' | 'measured') => Promise<void>
  press: (...testids: string[]) => Promise<void>
}

export interface SceneOptions extends MockOptions {
  /** Runs in the page before its own scripts. */
  before?: () => void
}

export async function scene(options: SceneOptions, play: (scene: Scene) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: KIOSK, permissions: ['camera', 'microphone'] })
  const page = await context.newPage()
  if (options.before) await page.addInitScript(options.before)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on(
    'console',
    (line) => line.type() === 'warning' && line.text().includes('[Vue') && complaints.push(line.text()),
  )
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  const mock = new KioskMock(page, options)
  await mock.start()
  await page.goto(`${ORIGIN}/kiosk`)
  const look = async (name: string, held: 'axe' | 'measured' = 'axe') => {
    await page.evaluate(() =>
      Promise.all(
        document.getAnimations().map((a) => a.effect?.getTiming().iterations === Infinity || a.finished),
      ),
    )
    await page.screenshot({ path: `${shots}/${name}.png` })
    expect.soft(await faults(page, LIMITS), name).toEqual([])
    // The same page in another language needs no second look by axe, only by the eye and the ruler.
    if (held === 'measured') return
    const { violations } = await new AxeBuilder({ page }).analyze()
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
    expect
      .soft(
        serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`),
        name,
      )
      .toEqual([])
  }
  const press = async (...ids: string[]) => {
    for (const id of ids) await page.getByTestId(id).click()
  }
  try {
    await play({ page, mock, look, press })
    expect(complaints).toEqual([])
  } finally {
    await context.close()
  }
}

export const enrolled = (options: SceneOptions, play: (scene: Scene) => Promise<void>) =>
  scene({ demo: true, ...options }, async (s) => {
    await s.press('site-S11')
    await expect(s.page.getByTestId(options.open === false ? 'closed' : 'attract-start')).toBeVisible()
    await play(s)
  })
