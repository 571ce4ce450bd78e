/** Every page and state of the terminal against a mocked server: looked at, measured, and held against axe. */
import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CallView } from '@/core/protocol'
import { CASE, PAPERS, TICKET, call } from '../rig/kiosk-mock'
import { enrolled, scene, shots, useBrowser } from '../rig/kiosk-scene'

useBrowser()

test('enrols by code and by the demonstration’s sites', async () => {
  await scene({}, async ({ page, look }) => {
    await expect(page.getByTestId('enrol-code')).toBeVisible()
    await page.keyboard.type('7k2qf')
    await look('k00-enrol')
  })
  await scene({ demo: true }, async ({ page, look }) => {
    await expect(page.getByTestId('site-S11')).toBeVisible()
    await look('k00-demo')
  })
})

test('the way to a ticket', async () => {
  await enrolled({}, async ({ page, mock, look, press }) => {
    await look('k01-attract')
    const queue = page.getByTestId('attract-queue')
    await expect(queue).toHaveText('前面排队 2 人')
    mock.waiting = 0
    mock.tell({ stage: 'free' })
    await expect(queue).toHaveText('现在不用排队')
    mock.staffed = false
    mock.tell({ stage: 'free' })
    await expect(queue).toHaveText('现在没人接听，可以先取号')
    await look('k01-unstaffed', 'measured')
    await press('attract-start')
    await expect(page.getByTestId('lang-hak')).toContainText('工作人员会讲，机器提示是普通话')
    await look('k02-language')
    await press('next')
    await look('k03-identify')
    await press('id-type')
    for (const key of '110105194912310') await press(`key-${key}`)
    await page.keyboard.type('02')
    await look('k03-typing')
    await page.keyboard.type('1')
    await expect(page.getByTestId('id-fault')).toBeVisible()
    await look('k03-typing-fault', 'measured')
    await page.keyboard.press('Backspace')
    await press('key-X', 'next')
    await look('k04-choose')
    await press('find')
    for (const letter of 'CJR') await press(`find-letter-${letter}`)
    await expect(page.getByTestId('item-disab-living')).toBeVisible()
    await look('k06-search')
    await press('item-disab-living')
    await look('k07-scenario')
    await press('scenario-1', 'have-DC', 'lack-HK')
    await look('k08-checklist')
    await press('next')
    await look('k09-consent')
    await press('consent-yes')
    await look('k09-face', 'measured')
    await press('consent-no')
    await expect
      .poll(() => mock.heard.find((m) => m.type === 'take_ticket'))
      .toMatchObject({
        item: 'disab-living',
        scenario: 'disab-living/1',
        id_number: '11010519491231002X',
        missing: ['HK'],
        consents: [
          { purpose: 'recording', text_version: 'recording-2026-01', locale: 'zh-CN', granted: true },
          { purpose: 'face_check', text_version: 'face-2026-01', locale: 'zh-CN', granted: false },
        ],
      })
    await look('k09-taking')
  })
})

test('in large text and on black, in all three languages', async () => {
  await enrolled({}, async ({ look, press }) => {
    await press('attract-start', 'lang-zh-HK', 'theme-hc')
    await look('hc-language')
    await press('next')
    await look('hc-identify', 'measured')
    await press('id-ask')
    await look('hc-choose')
    await press('tile-disabled')
    await look('hc-group', 'measured')
    await press('item-disab-living', 'scenario-1', 'lack-ID')
    await look('hc-checklist')
  })
  await enrolled({}, async ({ look, press }) => {
    await press('attract-start', 'theme-elder', 'next', 'id-proxy')
    await look('elder-typing', 'measured')
    await press('id-later')
    await look('k05-choose-elder')
    await press('tile-pension')
    await look('elder-group', 'measured')
    await press('item-pension-claim')
    await look('elder-scenario', 'measured')
    await press('scenario-1')
    await look('elder-checklist', 'measured')
    await press('next')
    await look('elder-consent')
  })
  await enrolled({}, async ({ look, press }) => {
    await press('attract-start', 'lang-en')
    await look('en-language', 'measured')
    await press('next')
    await look('en-identify', 'measured')
    await press('id-ask')
    await look('en-choose')
    await press('tile-senior', 'item-longevity')
    await look('en-scenario', 'measured')
    await press('scenario-3')
    await look('en-elsewhere', 'measured')
    await press('back', 'scenario-1')
    await look('en-checklist', 'measured')
    await press('next')
    await look('en-consent', 'measured')
  })
})

const waiting = (ahead: number) =>
  ({
    stage: 'waiting',
    ticket: TICKET,
    position: { ahead, estimate: { kind: 'minutes', from: 5, to: 10 } },
  }) as const

test('waiting and ringing', async () => {
  await enrolled({}, async ({ page, mock, look, press }) => {
    mock.tell(waiting(2))
    await expect(page.getByTestId('ticket-number')).toHaveText('C023')
    await look('k10-waiting')
    await press('step-away')
    await look('k10-away')
    await press('back-here', 'cancel-ticket')
    await look('k10-cancel')
    await page.keyboard.press('Escape')
    mock.personCalled = true
    mock.tell({ ...waiting(0), position: { ahead: 0, estimate: { kind: 'nobody_on_duty' } } })
    await expect(page.getByTestId('unstaffed')).toBeVisible()
    await expect(page.getByTestId('estimate')).toBeHidden()
    await look('k10-unstaffed')
    mock.tell({ ...waiting(0), position: { ahead: 0, estimate: { kind: 'nobody_ready' } } })
    await expect(page.getByTestId('unstaffed')).toContainText('说不准等多久')
    await expect(page.getByTestId('estimate')).toBeHidden()
    await look('k10-paused', 'measured')
    mock.tell({ stage: 'ringing', ticket: TICKET, present: false })
    await look('k12-ringing')
    await page.keyboard.press('Enter')
    await expect.poll(() => mock.heard.some((m) => m.type === 'present')).toBe(true)
    mock.tell({ stage: 'ringing', ticket: TICKET, present: true })
    await look('k12-present', 'measured')
  })
  await enrolled({}, async ({ page, mock, look, press }) => {
    await press('attract-start', 'lang-zh-HK', 'theme-hc')
    mock.tell(waiting(7))
    await look('k11-waiting-hc-yue')
    await mock.cut()
    await expect(page.getByTestId('wait-offline')).toContainText('2 分鐘內駁到，個號仲喺度')
    await look('k11-offline', 'measured')
  })
})

test('the call', async () => {
  await enrolled({}, async ({ page, mock, look, press }) => {
    mock.tell({ stage: 'in_call', call: call({ case: CASE, capture: { still: 's9', material: 'DC' } }) })
    await expect(page.getByTestId('call')).toBeVisible()
    mock.news({
      type: 'said',
      by: 'clerk',
      text: '王伯，请把残疾人证放到灯下面，字朝上，我来帮您拍。',
      at: 0,
    })
    await look('k13-call')
    await press('mute')
    await expect.poll(() => mock.heard.find((m) => m.type === 'set_media')).toMatchObject({ muted: true })
    mock.tell({
      stage: 'in_call',
      call: call({
        case: CASE,
        on_hold: true,
        terminal: { muted: true, camera_off: false, presence: { kind: 'here' } },
      }),
    })
    await look('k13-hold-muted', 'measured')
    const side = (presence: CallView['clerk']['presence']) =>
      mock.tell({
        stage: 'in_call',
        call: call({ case: CASE, clerk: { muted: false, camera_off: false, presence } }),
      })
    side({ kind: 'quiet' })
    await expect(page.getByTestId('clerk-quiet')).toBeVisible()
    await expect(page.getByTestId('clerk-away')).toHaveCount(0)
    await look('k13-clerk-quiet')
    side({ kind: 'away', until: (Date.now() + 27_000) * 1000 })
    await expect(page.getByTestId('clerk-away')).toContainText(/2[67]/)
    await expect(page.getByTestId('clerk-quiet')).toHaveCount(0)
    await look('k13-clerk-away')
    side({ kind: 'here' })
    await expect(page.getByTestId('clerk-away')).toHaveCount(0)
    await press('text', 'phrase-q1')
    await expect.poll(() => mock.heard.find((m) => m.type === 'say')).toMatchObject({ text: '请慢一点' })
    await look('k13-text')
    await press('text-close', 'volume')
    await look('k13-volume', 'measured')
    await page.keyboard.press('Escape')
    await press('hangup')
    await look('k13-hangup')
    await page.keyboard.press('Escape')
    expect(mock.heard.some((m) => m.type === 'hang_up')).toBe(false)
  })
})

test('a helping hand', async () => {
  await enrolled({}, async ({ page, mock, look, press }) => {
    const asked = {
      asked: ['point', 'fill', 'capture'] as const,
      ask_ends_at: (Date.now() + 30_000) * 1000,
      granted: [],
    }
    mock.tell({ stage: 'in_call', call: call({ case: CASE, assist: { ...asked, asked: [...asked.asked] } }) })
    await expect(page.getByTestId('assist-ask')).toBeVisible()
    await look('k14-ask')
    await press('assist-allow')
    await expect
      .poll(() => mock.heard.find((m) => m.type === 'answer_assist'))
      .toMatchObject({ granted: ['point', 'fill', 'capture'] })
    const form = {
      values: {
        name: { text: '王大力', by: 'system', version: 1 },
        id_number: { text: '440114195301012318', by: 'citizen', version: 1 },
        household: { text: '2', by: 'clerk', version: 1 },
        address: { text: '炭步镇塱头村二社 16 号', by: 'citizen', version: 1 },
        phone: { text: '13800136621', by: 'clerk', version: 1 },
      },
      typing: { phone: 'clerk' },
    } as const
    const helped = {
      case: CASE,
      assist: { asked: [], granted: ['point', 'fill'] as ('point' | 'fill')[] },
      form,
    }
    mock.tell({ stage: 'in_call', call: call(helped) })
    mock.news({
      type: 'said',
      by: 'clerk',
      text: '王伯，您家里一共几口人？电话还是这个吗？您看我指的这一格。',
      at: 0,
    })
    mock.news({
      type: 'marked',
      surface: 'form',
      mark: { kind: 'highlight', from: { x: 100, y: 2600 }, to: { x: 4900, y: 4900 } },
    })
    mock.news({
      type: 'marked',
      surface: 'form',
      mark: { kind: 'pointer', at: { x: 2600, y: 4200 }, begins: true },
    })
    await expect(page.getByTestId('mark-pointer')).toBeVisible()
    await look('k14-assist')
    await press('form-address')
    await page.keyboard.press('End')
    await page.keyboard.type('a')
    await expect
      .poll(() => mock.heard.find((m) => m.type === 'form_set'))
      .toMatchObject({ field: 'address', base: 1, text: '炭步镇塱头村二社 16 号a' })
    await look('k14-typing')
    await press('type-done', 'form-id_number', 'type-erase', 'type-X')
    await expect
      .poll(() => mock.heard.filter((m) => m.type === 'form_set').at(-1))
      .toMatchObject({ field: 'id_number', text: '44011419530101231X' })
    await look('k14-typing-id', 'measured')
    await press('type-done')
    await press('assist-stop')
    await expect.poll(() => mock.heard.some((m) => m.type === 'stop_assist')).toBe(true)
  })
})

test('stopping the help is one press away also over a dialog', async () => {
  await enrolled({}, async ({ page, mock, look, press }) => {
    const assist = { asked: [], granted: ['point'] as 'point'[] }
    mock.tell({ stage: 'in_call', call: call({ case: CASE, assist }) })
    await press('text')
    await look('k14-text')
    await page.getByTestId('text-panel').getByTestId('assist-stop').click()
    await expect.poll(() => mock.heard.some((m) => m.type === 'stop_assist')).toBe(true)
  })
})

test('a paper to read, the result and the rating', async () => {
  const paper = readFileSync(resolve(shots, 'k01-attract.png'))
  await enrolled({ paper }, async ({ page, mock, look, press }) => {
    const case_ = { ...CASE, state: 'accepted' as const, papers: PAPERS }
    mock.tell({ stage: 'in_call', call: call({ case: case_, showing: 'paper-2' }) })
    await expect(page.getByTestId('paper-page')).toBeVisible()
    await expect(page.getByTestId('paper-received')).toBeDisabled()
    await look('k15-read')
    // Enlarged, its end has not been seen before both sides were.
    await press('paper-zoom')
    const scroller = page.locator('.scroller')
    await scroller.evaluate((e) => e.scrollTo(0, e.scrollHeight))
    await look('k15-zoomed', 'measured')
    await expect(page.getByTestId('paper-received')).toBeDisabled()
    await scroller.evaluate((e) => e.scrollTo(e.scrollWidth, e.scrollHeight))
    await press('paper-received')
    await expect
      .poll(() => mock.heard.find((m) => m.type === 'paper_received'))
      .toMatchObject({ paper: 'paper-2' })
    const ended = {
      stage: 'ended',
      call: 'call-1',
      ticket: TICKET,
      case: case_,
      rated: false,
      ended_at: 0,
    } as const
    mock.tell(ended)
    await expect(page.getByTestId('result')).toBeVisible()
    await look('k17-result')
    await press('read-papers')
    await look('k17-papers', 'measured')
    await press('back', 'to-rating')
    await look('k18-rating')
    await press('rate-4')
    await look('k18-why', 'measured')
    await press('why-unclear')
    await expect
      .poll(() => mock.heard.find((m) => m.type === 'rate'))
      .toMatchObject({ score: 4, reason: 'unclear' })
    await expect(page.getByTestId('wiped')).toBeVisible()
    await look('k23-wiped')
    expect(mock.heard.some((m) => m.type === 'wiped')).toBe(true)
    mock.tell({ stage: 'free' })
    await expect(page.getByTestId('attract-start')).toBeVisible()
  })
  for (const state of ['not_accepted', 'intake', undefined] as const)
    await enrolled({}, async ({ page, mock, look }) => {
      const case_ = state ? { case: { ...CASE, state } } : {}
      mock.tell({ stage: 'ended', call: 'call-1', ticket: TICKET, ...case_, rated: false, ended_at: 0 })
      await expect(page.getByTestId('result')).toBeVisible()
      await look(`k17-${state ?? 'advice'}`, 'measured')
    })
})

test('closed, offline, lost in a call, in use elsewhere', async () => {
  await enrolled({ open: false }, async ({ look, press }) => {
    await look('k20-closed')
    await press('guides')
    await look('k20-guides')
  })
  await enrolled({}, async ({ page, mock, look }) => {
    await mock.cut()
    await expect(page.getByTestId('offline')).toBeVisible()
    await look('k22-offline')
  })
  await enrolled({}, async ({ page, mock, look }) => {
    mock.tell({ stage: 'in_call', call: call({ case: CASE }) })
    await expect(page.getByTestId('call')).toBeVisible()
    await mock.cut()
    await expect(page.getByTestId('reconnecting')).toBeVisible()
    await look('k21-reconnecting')
    mock.reachable = true
    await expect(page.getByTestId('reconnected')).toBeVisible()
    await look('k21-back')
  })
})
