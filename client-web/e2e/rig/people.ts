/** People at real browsers: each with a camera, a microphone and a profile of their own. */
import { chromium, type BrowserContext, type Page, type TestInfo } from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Person, Size } from './code'
import { fakeMedia } from './media'

export const KIOSK = { width: 1080, height: 1920 }
export const DESK = { width: 1920, height: 1080 }

/** The longest that one act at a page may take, ms. */
const STEP_MS = 40_000

const media = resolve(import.meta.dirname, '../../.playwright/media')

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream=display-media-type=browser',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
]

/** Somebody at a screen. */
export interface Somebody {
  page: Page
  /** What the page said in its console that no page should: errors and uncaught exceptions. */
  complaints: string[]
}

/** Everybody of one test; leaves no browser and no profile behind. */
export class People {
  readonly #info: TestInfo
  readonly #traced: boolean
  readonly #open: { context: BrowserContext; profile: string; name: string }[] = []

  /** A trace of each page helps to understand a failure, and costs the page time: measurements go without. */
  constructor(info: TestInfo, { traced = true } = {}) {
    this.#info = info
    this.#traced = traced
  }

  /** Opens a browser whose camera and microphone are this person's. `before` runs in the page before its own scripts. */
  async sit(
    person: Person,
    viewport: { width: number; height: number },
    before?: () => void,
    size: Size = 'full',
  ): Promise<Somebody> {
    const { camera, microphone } = await fakeMedia(media, person, size)
    const profile = mkdtempSync(join(tmpdir(), `cloud-window-person-${person}-`))
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      viewport,
      locale: 'zh-CN',
      permissions: ['camera', 'microphone', 'notifications'],
      args: [
        ...FLAGS,
        `--use-file-for-fake-video-capture=${camera}`,
        `--use-file-for-fake-audio-capture=${microphone}`,
      ],
    })
    // A step that waits for what never comes ends the test, and not the patience of whoever runs it.
    context.setDefaultTimeout(STEP_MS)
    if (this.#traced) await context.tracing.start({ screenshots: true, snapshots: true })
    this.#open.push({ context, profile, name: `person-${person}` })
    const page = context.pages()[0] ?? (await context.newPage())
    if (before) await page.addInitScript(before)
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()))
    return { page, complaints }
  }

  /** Closes everything; keeps a trace of each person when the test failed. */
  async leave(): Promise<void> {
    const failed = this.#info.status !== this.#info.expectedStatus
    for (const { context, profile, name } of this.#open.splice(0)) {
      if (this.#traced)
        await context.tracing.stop(failed ? { path: this.#info.outputPath(`${name}.zip`) } : {})
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    }
  }
}
