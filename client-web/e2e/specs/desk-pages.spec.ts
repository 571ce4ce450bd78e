/** Every page and state of the desk against answers made up here: what is drawn, what is said, no serious axe finding. */
import AxeBuilder from '@axe-core/playwright'
import { chromium, expect, test } from '@playwright/test'
import type { Browser, Page, TestInfo } from '@playwright/test'
import { World } from '../mock/world'
import * as story from '../mock/story'

let browser: Browser
/** Of the running test: none of its pages may have complained. */
const worlds: World[] = []
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

async function sit(options: { width?: number; locale?: string } = {}): Promise<{ page: Page; world: World }> {
  const context = await browser.newContext({ viewport: { width: options.width ?? 1920, height: 1080 } })
  if (options.locale) {
    await context.addInitScript(
      (kept) => localStorage.setItem('cloud-window-desk-locale', kept),
      options.locale,
    )
  }
  const page = await context.newPage()
  const world = new World(page)
  worlds.push(world)
  return { page, world }
}

/** On duty and ready, past the device check. */
async function onDuty(options: { width?: number; locale?: string } = {}) {
  const seat = await sit(options)
  seat.world.view = story.clerk({ status: 'ready' })
  await seat.world.open()
  await seat.world.signIn()
  await expect(seat.page.getByTestId('queue')).toBeVisible()
  return seat
}

async function inCall(options: { width?: number; locale?: string } = {}) {
  const seat = await onDuty(options)
  seat.world.inCall({})
  await expect(seat.page.getByTestId('call')).toBeVisible()
  return seat
}

/** Keeps a picture beside the results, and wants no serious finding and no overflow of the page. */
async function look(page: Page, info: TestInfo, name: string): Promise<void> {
  await page.waitForTimeout(300)
  await page.screenshot({ path: info.outputPath(`${name}.png`) })
  const found = await new AxeBuilder({ page }).analyze()
  const serious = found.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')
  expect(
    serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
  ).toEqual([])
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
}

test.afterEach(async () => {
  expect(worlds.flatMap((world) => world.faults)).toEqual([])
  worlds.length = 0
  for (const context of browser.contexts()) await context.close()
})

test('D01 signing in says the same of a wrong name and a wrong password, and how long a lock lasts', async ({}, info) => {
  const { page, world } = await sit()
  world.demo = true
  await world.open()
  await expect(page.getByTestId('demo-banner')).toBeVisible()
  await look(page, info, 'd01-sign-in')
  world.refuse.set('POST /staff/sign-in', { status: 401, json: { code: 'wrong_credentials' } })
  await world.signIn()
  await expect(page.getByTestId('sign-in-fault')).toHaveText('账号或密码不对')
  world.refuse.set('POST /staff/sign-in', {
    status: 429,
    json: { code: 'locked' },
    headers: { 'retry-after': '900' },
  })
  await page.getByTestId('sign-in-password').fill('again')
  await page.getByTestId('sign-in-submit').click()
  await expect(page.getByTestId('sign-in-fault')).toContainText('15 分钟')
  await expect(page.getByTestId('sign-in-submit')).toBeDisabled()
  await look(page, info, 'd01-locked')
})

test('the device check opens 上岗 when camera, microphone and network pass', async ({}, info) => {
  const { page, world } = await sit()
  await world.open()
  await world.signIn()
  await expect(page.getByTestId('go-on-duty')).toBeDisabled()
  await look(page, info, 'check-testing')
  await expect(page.getByTestId('go-on-duty')).toBeEnabled()
  await look(page, info, 'check-passed')
  await page.getByTestId('go-on-duty').click()
  await expect(page.getByTestId('status-ready')).toBeVisible()
  expect(world.said.some((one) => one.type === 'media_offer')).toBe(true)
  await look(page, info, 'd02-ready')
})

test('D02 shows empty lists, a break, the reason for 未就绪, and a lost link', async ({}, info) => {
  const { page, world } = await sit()
  world.view = story.clerk({ status: 'not_ready', reason: 'no_answer' })
  world.lines = []
  world.handoffs = []
  await world.open()
  await world.signIn()
  await expect(page.getByTestId('not-ready-reason')).toBeVisible()
  await expect(page.getByTestId('my-cases-empty')).toBeVisible()
  world.tell({ type: 'queues', queues: [], waiting: [] })
  await expect(page.getByTestId('queue-empty')).toBeVisible()
  world.tell({ type: 'person_called', site: 'S10', site_name: '炭步镇·塱头村', on: true })
  await expect(page.getByTestId('help-calls')).toContainText('炭步镇·塱头村')
  await look(page, info, 'd02-not-ready')
  await page.keyboard.press('F4')
  await expect(page.getByTestId('status-ready')).toBeVisible()
  await page.getByTestId('choose-break').click()
  await page.getByTestId('break-meal').click()
  await expect(page.getByTestId('status-break')).toHaveText('用餐')
  await page.route('**/api/v1/socket-pass', (route) => route.abort())
  await world.drop(4008)
  await expect(page.getByTestId('link-banner')).toContainText('您的状态保留')
  await look(page, info, 'd02-lost')
})

test('D03 rings over any page; Enter answers, D asks for the reason', async ({}, info) => {
  const { page, world } = await onDuty()
  await page.getByTestId('nav-cases').click()
  world.become({ status: 'ringing', offer: story.offer() })
  await expect(page.getByTestId('ring')).toBeVisible()
  await expect(page.getByTestId('ring-accept')).toBeFocused()
  await look(page, info, 'd03-ringing')
  world.become({ status: 'ringing', offer: { ...story.offer(), present: true } })
  await expect(page.getByTestId('ring-present')).toBeVisible()
  await page.keyboard.press('d')
  await expect(page.getByTestId('decline-visitor')).toBeFocused()
  await look(page, info, 'd03-decline')
  await page.getByTestId('decline-device').click()
  expect(world.said.at(-1)).toEqual({ type: 'decline', offer: 'offer-1', reason: 'device' })
  await expect(page.getByTestId('ring')).toBeHidden()
  world.become({ status: 'ringing', offer: story.offer() })
  await expect(page.getByTestId('ring-accept')).toBeFocused()
  await page.keyboard.press('F2')
  await expect(page.getByTestId('call')).toBeVisible()
})

test('D04 the whole way: open, help, capture, judge, accept, hand over, hang up, wrap up', async ({}, info) => {
  const { page, world } = await inCall()
  await expect
    .poll(() => page.getByTestId('video-citizen').evaluate((video: HTMLVideoElement) => video.videoWidth))
    .toBeGreaterThan(0)
  await expect(page.getByTestId('verdict-accept')).toBeDisabled()
  await look(page, info, 'd04-before-case')

  await page.getByTestId('case-open').click()
  await expect(page.getByText('标红的格要填好')).toBeVisible()
  await page.getByTestId('case-phone').fill('138 0013 6621')
  await page.getByTestId('identity-matches').check()
  await page.getByTestId('case-open').click()
  await expect(page.getByTestId('case-number')).toHaveText('2026-000127')
  const opened = world.asked.find((one) => one.method === 'POST' && one.path === '/cases')
  expect(opened?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
  expect(opened?.body).toMatchObject({ call: 'call-1', applicant: { id_number: '11010519491231002X' } })

  await page.getByTestId('assist-ask').click()
  expect(world.said.at(-1)).toEqual({
    type: 'ask_assist',
    call: 'call-1',
    capabilities: ['point', 'fill', 'capture'],
  })
  await expect(page.getByTestId('assist-asking')).toBeVisible()
  await look(page, info, 'd04-asking')
  world.inCall({ assist: { asked: [], granted: ['point', 'fill', 'capture'] } })
  await page.getByTestId('form-phone').fill('13800136621')
  await page.getByTestId('form-phone').blur()
  await expect.poll(() => world.call.form.values['phone']?.text).toBe('13800136621')
  world.inCall({ form: { ...world.call.form, typing: { address: 'citizen' } } })
  await expect(page.getByTestId('form-address')).toHaveAttribute('readonly', '')

  await page.getByTestId('mode-frame').click()
  const box = await page.getByTestId('shared-form').boundingBox()
  if (!box) throw new Error('no form')
  await page.mouse.move(box.x + 20, box.y + 100)
  await page.mouse.down()
  await page.mouse.move(box.x + 360, box.y + 190, { steps: 5 })
  await page.mouse.up()
  expect(world.said.at(-1)).toMatchObject({ type: 'mark', surface: 'form', mark: { kind: 'highlight' } })
  await page.getByTestId('mode-none').click()

  await page.keyboard.press('c')
  await expect.poll(() => world.said.at(-1)).toMatchObject({ type: 'capture', material: 'ID' })
  await expect(page.getByTestId('capturing')).toBeVisible()
  await look(page, info, 'd04-capturing')
  world.changeCase({
    materials: story
      .materials()
      .map((one) => (one.code === 'ID' ? { ...one, state: 'captured', stills: ['still-1'] } : one)),
  })
  await expect(page.getByTestId('verdict-why')).toContainText('主件')
  for (const one of story.materials()) {
    await page.getByTestId(`material-${one.code}-accept`).click()
    await expect(page.getByTestId(`material-${one.code}`)).toHaveAttribute('data-state', 'accepted')
  }
  await expect(page.getByTestId('verdict-why')).toContainText('可以受理')
  await look(page, info, 'd04-judged')
  await page.getByTestId('verdict-accept').click()
  await look(page, info, 'd04-accept-dialog')
  await page.getByTestId('accept-confirm').click()
  await expect(page.getByTestId('showing')).toBeVisible()
  expect(world.said.at(-1)).toEqual({ type: 'show', call: 'call-1', paper: 'paper-acceptance_notice' })
  await look(page, info, 'd04-accepted')

  await page.keyboard.press('t')
  await expect(page.getByTestId('handoff-dialog')).toBeVisible()
  await expect(page.getByTestId('handoff-target-0309')).toBeDisabled()
  await expect(page.getByTestId('handoff-target-0355')).toBeDisabled()
  await page.getByTestId('handoff-target-0327').check()
  await page.getByTestId('handoff-reason').fill('残疾等级可能有变更，请您看证。')
  await look(page, info, 'd05-handoff')
  await page.getByTestId('handoff-send').click()
  await expect(page.getByTestId('handoff-withdraw')).toBeVisible()

  await page.getByTestId('hang-up').click()
  await page.keyboard.press('Escape')
  expect(world.said.some((one) => one.type === 'hang_up')).toBe(false)
  await page.getByTestId('hang-up').click()
  await page.getByTestId('hang-up-confirm').click()
  await expect(page.getByTestId('wrap-up')).toBeVisible()
  await look(page, info, 'd08-wrap-up')
  await page.getByTestId('wrap-up-extend').click()
  await expect(page.getByTestId('wrap-up-extend')).toBeDisabled()
  await page.getByTestId('wrap-up-note').fill('王伯耳朵不太好。')
  await page.keyboard.press('F8')
  await expect(page.getByTestId('status-ready')).toBeVisible()
  expect(world.said.at(-1)).toEqual({
    type: 'finish_wrap_up',
    result: 'handed_over',
    note: '王伯耳朵不太好。',
  })
  expect(world.faults).toEqual([])
})

test('D04 keys, mute, hold, a terminal that is away, words, and a conflict in the form', async ({}, info) => {
  const { page, world } = await inCall()
  await page.keyboard.press('m')
  await expect(page.getByTestId('mute')).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.down('Space')
  await expect.poll(() => world.said.at(-1)).toMatchObject({ type: 'set_media', muted: false })
  await page.keyboard.up('Space')
  await expect.poll(() => world.said.at(-1)).toMatchObject({ type: 'set_media', muted: true })
  await page.keyboard.press('h')
  await expect(page.getByTestId('on-hold')).toBeVisible()
  world.inCall({ terminal: { muted: true, camera_off: false, away: true } })
  await expect(page.getByTestId('terminal-away')).toContainText('120')
  await page.getByTestId('network').click()
  await expect(page.getByTestId('stats')).toBeVisible()
  await look(page, info, 'd04-hold-away')
  await page.getByTestId('tab-chat').click()
  await page.getByTestId('chat-text').fill('请 h 慢一点 m')
  await page.keyboard.press('Enter')
  await expect(page.getByText('请 h 慢一点 m')).toBeVisible()
  expect(world.said.filter((one) => one.type === 'hold')).toHaveLength(1)
  world.tell({ type: 'said', by: 'citizen', text: '听到了', at: story.now() })
  await expect(page.getByText('听到了')).toBeVisible()

  world.inCall({ on_hold: false, assist: { asked: [], granted: ['fill'] } })
  await page.getByTestId('form-remark').fill('我写的')
  world.inCall({
    form: { values: { remark: { text: '他写的', by: 'citizen', version: 1 } }, typing: {} },
  })
  await expect(page.getByText('对方刚改成“他写的”')).toBeVisible()
  await page.getByRole('button', { name: '用对方的' }).click()
  await expect(page.getByTestId('form-remark')).toHaveValue('他写的')
  await page.getByTestId('tab-guide').click()
  await look(page, info, 'd04-guide')
  await page.getByTestId('tab-page').click()
  await look(page, info, 'd04-page')
  await page.getByTestId('nav-inbox').click()
  await expect(page.getByTestId('back-to-call')).toBeVisible()
  await page.getByTestId('back-to-call').click()
  await expect(page.getByTestId('call')).toBeVisible()
})

test('a refusal as stale shows the latest and keeps what was written; 不予受理 names the authority', async ({}, info) => {
  const { page, world } = await inCall()
  world.changeCase({})
  await page.getByTestId('verdict-not-accept').click()
  await page.getByTestId('not-accept-confirm').click()
  await expect(page.getByText('要写明该找哪个机关')).toBeVisible()
  await look(page, info, 'd04-not-accept')
  await page.getByTestId('authority').fill('退役军人事务局')
  await page.getByTestId('explanation').fill('这件事归退役军人事务局办。')
  world.refuse.set('POST /cases/case-127/not-accept', { status: 409, json: { code: 'stale' } })
  await page.getByTestId('not-accept-confirm').click()
  await expect(page.getByTestId('notice')).toContainText('已换成最新的')
  await expect(page.getByTestId('explanation')).toHaveValue('这件事归退役军人事务局办。')
  await page.getByTestId('not-accept-confirm').click()
  await expect(page.getByTestId('state-not_accepted')).toBeVisible()
})

test('a rejection has a reason', async ({}, info) => {
  const { page, world } = await inCall()
  world.changeCase({})
  await page.getByTestId('material-ID-reject').click()
  await expect(page.getByTestId('reject-confirm')).toBeDisabled()
  await page.getByTestId('reject-unclear').click()
  await look(page, info, 'd04-reject')
  await page.getByTestId('reject-confirm').click()
  await expect(page.getByTestId('material-ID')).toHaveAttribute('data-state', 'rejected')
  const put = world.asked.find((one) => one.method === 'PUT')
  expect(put?.body).toMatchObject({ state: 'rejected', version: 1 })
  expect((put?.body as { reason: string }).reason).toContain('看不清')
})

test('D06 the case page: read-only, calendar, owners, reveal, papers', async ({}, info) => {
  const { page, world } = await onDuty()
  world.brief = { ...story.brief(), state: 'accepted', owner: 'staff-0327', owner_name: '何志强' }
  await page.goto('http://localhost:9/desk.html#/cases/case-127')
  await expect(page.getByTestId('read-only')).toBeVisible()
  await expect(page.getByTestId('reveal')).toBeHidden()
  await expect(page.getByTestId('deadline-reason')).toContainText('4 月 4 日至4 月 6 日放假不计')
  await look(page, info, 'd06-read-only')
  world.changeCase({ owner: story.me.id, owner_name: story.me.name, state: 'intake' })
  await expect(page.getByTestId('verdict-why')).toBeVisible()
  await page.getByTestId('reveal').click()
  await expect(page.getByTestId('id-number')).toContainText('11010519491231002X')
  await look(page, info, 'd06-owner')
  await page.getByTestId('paper-intake_receipt').click()
  await expect(page.getByTestId('paper-page')).toBeVisible()
  await look(page, info, 'd06-paper')
  await page.keyboard.press('Escape')
  world.refuse.set('GET /cases/case-999', { status: 403, json: { code: 'not_yours' } })
  await page.goto('http://localhost:9/desk.html#/cases/case-999')
  await expect(page.getByTestId('case-forbidden')).toContainText('已记录这次访问')
  await look(page, info, 'd06-forbidden')
})

test('D07 the inbox: accept, refuse with a reason, taken by another while open', async ({}, info) => {
  const { page, world } = await onDuty()
  await page.getByTestId('nav-inbox').click()
  await expect(page.getByTestId('inbox-accept-2026-000121')).toBeVisible()
  await look(page, info, 'd07-inbox')
  await page.getByTestId('inbox-refuse-2026-000121').click()
  await expect(page.getByTestId('refuse-confirm')).toBeDisabled()
  await look(page, info, 'd07-refuse')
  await page.keyboard.press('Escape')
  world.refuse.set('POST /handoffs/handoff-121/accept', { status: 409, json: { code: 'handoff_gone' } })
  world.handoffs = []
  await page.getByTestId('inbox-accept-2026-000121').click()
  await expect(page.getByTestId('notice')).toContainText('晚了一步')
  await expect(page.getByTestId('inbox-gone')).toBeVisible()
  await expect(page.getByTestId('inbox-accept-2026-000121')).toBeHidden()
  await look(page, info, 'd07-gone')
})

test('cases are listed and searched; / goes there; ? shows the keys', async ({}, info) => {
  const { page } = await onDuty()
  await page.keyboard.press('?')
  await expect(page.getByTestId('cheat-sheet')).toBeVisible()
  await look(page, info, 'keys')
  await page.keyboard.press('Escape')
  await page.keyboard.press('/')
  await expect(page.getByTestId('case-search')).toBeFocused()
  await page.getByTestId('case-search').fill('2026-000115')
  await expect(page.getByText('2026-000117')).toBeHidden()
  await look(page, info, 'cases')
  await page.getByTestId('nav-settings').click()
  await expect(page.getByTestId('settings')).toBeVisible()
  await look(page, info, 'settings')
})

test('in use elsewhere stops here and goes on when asked', async ({}, info) => {
  const { page, world } = await onDuty()
  await world.drop(4002)
  await expect(page.getByTestId('stop-elsewhere')).toBeVisible()
  await look(page, info, 'elsewhere')
  await page.getByTestId('stop-go').click()
  await expect(page.getByTestId('queue')).toBeVisible()
})

test('a reload goes on in the middle of a call', async () => {
  const { page, world } = await inCall()
  await page.reload()
  await expect(page.getByTestId('call')).toBeVisible()
  await expect
    .poll(() => page.getByTestId('video-citizen').evaluate((video: HTMLVideoElement) => video.videoWidth))
    .toBeGreaterThan(0)
  expect(world.said.filter((one) => one.type === 'media_offer').length).toBeGreaterThanOrEqual(2)
})

for (const locale of ['en', 'zh-HK']) {
  test(`every page holds in ${locale}, and on a narrow screen`, async ({}, info) => {
    const { page, world } = await onDuty({ locale, width: 1440 })
    await look(page, info, `d02-${locale}`)
    world.become({ status: 'ringing', offer: story.offer() })
    await look(page, info, `d03-${locale}`)
    world.inCall({})
    world.changeCase({})
    await expect(page.getByTestId('call')).toBeVisible()
    await look(page, info, `d04-${locale}`)
    await page.getByTestId('tab-checklist').click()
    await look(page, info, `d04-checklist-${locale}`)
    world.wrapUp()
    await expect(page.getByTestId('wrap-up')).toBeVisible()
    await look(page, info, `d08-${locale}`)
  })
}
