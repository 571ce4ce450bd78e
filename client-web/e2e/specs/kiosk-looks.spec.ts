/** The terminal's pages on black, in large text and in all three languages: measured, and at least 7:1 in contrast. */
import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { CASE, PAPERS, TICKET, call } from '../rig/kiosk-mock'
import { enrolled, useBrowser, type Scene } from '../rig/kiosk-scene'

useBrowser()

/** A white page, seven by ten. */
const paper = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAcAAAAKCAAAAABdpxvRAAAADklEQVR4nGP4DwEMVKIB5fZFuzqhzQkAAAAASUVORK5CYII=',
  'base64',
)
const LOOKS = [
  { locale: 'zh-HK', theme: 'hc' },
  { locale: 'en', theme: 'hc' },
  { locale: 'zh-CN', theme: 'elder' },
  { locale: 'zh-HK', theme: 'elder' },
  { locale: 'en', theme: 'elder' },
] as const

/** A text that is less than 7:1 from what is behind it. */
async function faint({ page }: Scene, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast-enhanced']).analyze()
  const nodes = violations.flatMap((v) => v.nodes)
  expect
    .soft(
      nodes.map((n) => `${n.html.slice(0, 100)} ${n.any[0]?.message.slice(0, 110) ?? ''}`),
      `${name}: contrast`,
    )
    .toEqual([])
}

for (const { locale, theme } of LOOKS)
  test(`${theme} in ${locale}`, async () => {
    await enrolled({ paper }, async (s) => {
      const { page, mock, press } = s
      const look = async (name: string) => {
        const full = `${theme}-${locale}-${name}`
        await s.look(full, 'measured')
        await faint(s, full)
      }
      await press('attract-start', `lang-${locale}`, `theme-${theme}`)
      await look('k02')
      await press('next')
      await look('k03')
      await press('id-type')
      await page.keyboard.type('11010519491231002')
      await look('k03-typing')
      await page.keyboard.type('1')
      await look('k03-fault')
      await press('id-later')
      await look('k04')
      await press('find', 'find-letter-C', 'find-letter-J', 'find-letter-R')
      await look('k06')
      await press('back', 'tile-disabled')
      await look('k06-group')
      await press('item-disab-living')
      await look('k07')
      await press('scenario-1', 'lack-ID')
      await look('k08')
      await press('next')
      await look('k09')
      await press('consent-yes')
      await look('k09-face')
      const waiting = { stage: 'waiting', ticket: TICKET } as const
      mock.tell({ ...waiting, position: { ahead: 7, estimate: { kind: 'minutes', from: 15, to: 20 } } })
      await expect(page.getByTestId('ticket-number')).toBeVisible()
      await look('k10')
      await press('step-away')
      await look('k10-away')
      await press('back-here', 'cancel-ticket')
      await look('k10-cancel')
      await page.keyboard.press('Escape')
      mock.tell({ ...waiting, position: { ahead: 0, estimate: { kind: 'nobody_ready' } } })
      await expect(page.getByTestId('unstaffed')).toBeVisible()
      await look('k10-unstaffed')
      mock.tell({ stage: 'ringing', ticket: TICKET, present: false })
      await expect(page.getByTestId('ring-here')).toBeVisible()
      await look('k12')
      await theCall(s, look)
      await theEnd(s, look)
    })
  })

async function theCall({ page, mock, press }: Scene, look: (name: string) => Promise<void>): Promise<void> {
  mock.tell({ stage: 'in_call', call: call({ case: CASE }) })
  await expect(page.getByTestId('call')).toBeVisible()
  await look('k13')
  mock.tell({
    stage: 'in_call',
    call: call({
      case: CASE,
      on_hold: true,
      terminal: { muted: true, camera_off: false, presence: { kind: 'here' } },
    }),
  })
  await expect(page.getByTestId('muted')).toBeVisible()
  await look('k13-hold')
  const assist = { asked: ['point', 'fill', 'capture'], granted: [] } as const
  const asked = {
    ...assist,
    asked: [...assist.asked],
    granted: [],
    ask_ends_at: (Date.now() + 30_000) * 1000,
  }
  mock.tell({ stage: 'in_call', call: call({ case: CASE, assist: asked }) })
  await expect(page.getByTestId('assist-ask')).toBeVisible()
  await look('k14-ask')
  const form = {
    values: {
      name: { text: '王大力', by: 'system', version: 1 },
      id_number: { text: '440114195301012318', by: 'citizen', version: 1 },
      household: { text: '2', by: 'clerk', version: 1 },
    },
    typing: { phone: 'clerk' },
  } as const
  const granted = { asked: [], granted: ['point', 'fill', 'capture'] as ('point' | 'fill' | 'capture')[] }
  mock.tell({ stage: 'in_call', call: call({ case: CASE, assist: granted, form }) })
  await expect(page.getByTestId('form')).toBeVisible()
  await look('k14')
  await press('form-id_number')
  await look('k14-typing')
  await press('type-done', 'text')
  await look('k13-text')
  await press('text-close', 'hangup')
  await look('k13-hangup')
  await page.keyboard.press('Escape')
  const papers = call({ case: { ...CASE, state: 'accepted', papers: PAPERS }, showing: 'paper-2' })
  mock.tell({ stage: 'in_call', call: papers })
  await expect(page.getByTestId('paper-page')).toBeVisible()
  await look('k15')
}

async function theEnd({ page, mock, press }: Scene, look: (name: string) => Promise<void>): Promise<void> {
  const ended = { stage: 'ended', call: 'call-1', ticket: TICKET, rated: false, ended_at: 0 } as const
  for (const state of ['not_accepted', 'intake', 'accepted'] as const) {
    mock.tell({ ...ended, case: { ...CASE, state, papers: state === 'accepted' ? PAPERS : [] } })
    await expect(page.getByTestId('result')).toHaveAttribute('data-state', state)
    await look(`k17-${state}`)
  }
  await press('read-papers')
  await expect(page.getByTestId('paper-page')).toBeVisible()
  await look('k17-papers')
  await press('back', 'to-rating')
  await look('k18')
  await press('rate-4')
  await look('k18-why')
  await press('why-skip')
  await expect(page.getByTestId('wiped')).toBeVisible()
  await look('k23')
}
