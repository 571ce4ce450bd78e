/** What a terminal must bear: double presses, lost links, refused devices, hostile words; and what it must not keep. */
import { expect, test } from '@playwright/test'
import { CASE, PAPERS, SECRETS, TICKET, call } from '../rig/kiosk-mock'
import { enrolled, scene, useBrowser } from '../rig/kiosk-scene'

useBrowser()

const NUMBER = '11010519491231002X'
const WAITING = {
  stage: 'waiting',
  ticket: TICKET,
  position: { ahead: 2, estimate: { kind: 'minutes', from: 5, to: 10 } },
} as const

test('the second half of a double press answers nothing, and calls nobody back', async () => {
  await enrolled({}, async ({ page, mock, press }) => {
    await page.getByTestId('attract-start').dblclick()
    await press('next', 'id-ask', 'tile-disabled', 'item-disab-living', 'scenario-1', 'next')
    await page.getByTestId('consent-yes').dblclick()
    await expect(page.getByText('第 2 件，共 2 件')).toBeVisible()
    expect(mock.heard.some((m) => m.type === 'take_ticket')).toBe(false)
    await page.getByTestId('help').dblclick()
    await expect
      .poll(() => mock.heard.filter((m) => m.type === 'call_person'))
      .toEqual([{ type: 'call_person', on: true }])
    await page.getByTestId('consent-no').dblclick()
    await expect.poll(() => mock.heard.filter((m) => m.type === 'take_ticket')).toHaveLength(1)
    expect(mock.heard.find((m) => m.type === 'take_ticket')).toMatchObject({
      consents: [
        { purpose: 'recording', granted: true },
        { purpose: 'face_check', granted: false },
      ],
    })
  })
})

test('after the wipe nothing of the visit is left, and no secret was in an address', async () => {
  await enrolled({}, async ({ page, mock, press }) => {
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url()))
    await press('attract-start', 'lang-zh-HK', 'theme-elder', 'next', 'id-type')
    await expect(page.getByTestId('id-number')).toBeVisible()
    await page.keyboard.type(NUMBER)
    await press('next', 'tile-disabled', 'item-disab-living')
    mock.tell({ stage: 'in_call', call: call({ case: { ...CASE, papers: PAPERS } }) })
    await expect(page.getByTestId('call')).toBeVisible()
    mock.news({ type: 'said', by: 'clerk', text: '王大力同志，您好', at: 0 })
    // What a careless script might leave behind.
    await page.evaluate(() => {
      localStorage.setItem('left', 'behind')
      sessionStorage.setItem('left', 'behind')
    })
    mock.tell({ stage: 'ended', call: 'call-1', ticket: TICKET, case: CASE, rated: false, ended_at: 0 })
    await press('to-rating', 'rate-skip')
    await expect(page.getByTestId('wiped')).toBeVisible()
    mock.tell({ stage: 'free' })
    await expect(page.getByTestId('attract-start')).toBeVisible()
    const left = await page.evaluate(async () => ({
      local: { ...localStorage },
      session: { ...sessionStorage },
      databases: (await indexedDB.databases()).map((one) => one.name),
      caches: await caches.keys(),
      theme: document.documentElement.dataset['theme'],
      lang: document.documentElement.lang,
      html: document.documentElement.outerHTML,
    }))
    expect(left).toMatchObject({ local: {}, session: {}, caches: [], theme: 'standard', lang: 'zh-CN' })
    expect(left.databases).toHaveLength(1)
    for (const word of [NUMBER, '王大力', 'C023', CASE.number, SECRETS.token])
      expect(left.html).not.toContain(word)
    for (const secret of [...Object.values(SECRETS), NUMBER])
      expect(addresses.filter((address) => address.includes(secret))).toEqual([])
    // The next visit begins anew: no old answer, no old number.
    await press('attract-start', 'next', 'id-type')
    await expect(page.getByTestId('id-number')).toHaveText('')
  })
})

test('a lost link keeps what is typed, the ticket and the ring', async () => {
  await enrolled({}, async ({ page, mock, press }) => {
    await press('attract-start', 'next', 'id-type')
    await expect(page.getByTestId('id-number')).toBeVisible()
    await page.keyboard.type('110105')
    await page.clock.install()
    await mock.cut()
    // Longer than a lost link is forgiven elsewhere: the page knows of it, and says nothing.
    await expect.poll(() => mock.refused, 'the page tries to come back').toBeGreaterThan(0)
    await page.clock.fastForward(4500)
    await expect(page.getByTestId('offline')).toHaveCount(0)
    await expect(page.getByTestId('id-number')).toHaveText('1101 **')
    mock.stage = WAITING
    mock.reachable = true
    await expect(page.getByTestId('ticket-number')).toHaveText('C023')
    await mock.cut()
    await expect(page.getByTestId('wait-offline')).toContainText('2 分钟内接上，号码还在')
    mock.stage = { stage: 'ringing', ticket: TICKET, present: false }
    mock.reachable = true
    await expect(page.getByTestId('ring-here')).toBeVisible()
    await mock.cut()
    await expect(page.getByTestId('ring-here')).toBeVisible()
    mock.stage = { stage: 'in_call', call: call() }
    mock.reachable = true
    await expect(page.getByTestId('call')).toBeVisible()
    // The same identity on another machine: this one stops, and says so.
    await mock.drop(4002)
    await expect(page.getByTestId('boot-stopped')).toBeVisible()
  })
})

test('a place is promised for no longer than the server keeps it', async () => {
  await enrolled({}, async ({ page, mock, look }) => {
    mock.tell(WAITING)
    await expect(page.getByTestId('ticket-number')).toHaveText('C023')
    await page.clock.install()
    await mock.cut()
    await expect(page.getByTestId('wait-offline')).toContainText('2 分钟内接上，号码还在')
    await page.clock.fastForward(119_000)
    await expect(page.getByTestId('wait-offline')).toContainText('号码还在')
    await page.clock.fastForward(3000)
    await expect(page.getByTestId('wait-offline')).toContainText('号码可能已经退了')
    await look('k10-offline-over', 'measured')
  })
})

test('nobody loses a paper they are reading', async () => {
  await enrolled({}, async ({ page, mock, look, press }) => {
    const case_ = { ...CASE, state: 'accepted' as const, papers: PAPERS }
    mock.tell({ stage: 'ended', call: 'call-1', ticket: TICKET, case: case_, rated: false, ended_at: 0 })
    await expect(page.getByTestId('result')).toBeVisible()
    await page.clock.install()
    await press('read-papers')
    await expect(page.getByTestId('papers')).toBeVisible()
    await page.clock.fastForward(50_000)
    // Scrolling is reading too, and no touch.
    await page.locator('.scroller').dispatchEvent('scroll')
    await page.clock.fastForward(50_000)
    await expect(page.getByTestId('idle')).toHaveCount(0)
    await page.clock.fastForward(11_000)
    await expect(page.getByTestId('idle-here')).toHaveText('还要看一会儿')
    await look('k17-reading', 'measured')
    // The finger alone answers: the question is gone before it is lifted.
    await page.getByTestId('idle-here').dispatchEvent('pointerdown')
    await expect(page.getByTestId('idle')).toHaveCount(0)
    await page.clock.fastForward(290_000)
    await expect(page.getByTestId('idle')).toHaveCount(0)
    await expect(page.getByTestId('papers')).toBeVisible()
    await page.clock.fastForward(11_000)
    await expect(page.getByTestId('idle')).toContainText('30 秒后清除')
    await page.clock.fastForward(31_000)
    await expect(page.getByTestId('wiped')).toBeVisible()
  })
})

test('a low rating without a reason is told before time runs out', async () => {
  await enrolled({}, async ({ page, mock, press }) => {
    mock.tell({ stage: 'ended', call: 'call-1', ticket: TICKET, rated: false, ended_at: 0 })
    await expect(page.getByTestId('result')).toBeVisible()
    await page.clock.install()
    await press('to-rating', 'rate-5')
    await expect(page.getByTestId('rating-why')).toBeVisible()
    await page.clock.fastForward(55_000)
    expect(mock.heard.some((m) => m.type === 'rate')).toBe(false)
    await page.clock.fastForward(3000)
    await expect.poll(() => mock.heard.filter((m) => m.type === 'rate')).toHaveLength(1)
    expect(mock.heard.find((m) => m.type === 'rate')).toEqual({ type: 'rate', call: 'call-1', score: 5 })
    await page.clock.fastForward(3000)
    await expect(page.getByTestId('wiped')).toBeVisible()
    expect(mock.heard.filter((m) => m.type === 'rate')).toHaveLength(1)
  })
})

test('the end of a session costs neither the call nor the key of the machine', async () => {
  await enrolled({}, async ({ page, mock }) => {
    mock.tell({ stage: 'in_call', call: call() })
    await expect(page.getByTestId('call')).toBeVisible()
    const said = mock.heard.length
    await mock.drop(4003)
    await expect.poll(() => mock.hellos, 'a new session by the same key').toBe(2)
    await expect(page.getByTestId('call')).toBeVisible()
    expect(mock.heard.slice(said).some((m) => m.type === 'wiped')).toBe(false)
    await page.reload()
    await expect(page.getByTestId('call')).toBeVisible()
    await expect(page.getByTestId('enrol-code')).toHaveCount(0)
  })
})

test('a refused camera is said with what to do, at the start and in a call', async () => {
  const before = () => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = (wanted) =>
      wanted?.video ? Promise.reject(new DOMException('no', 'NotAllowedError')) : open(wanted)
  }
  await scene({ demo: true, before }, async ({ page, mock, look, press }) => {
    await press('site-S11')
    await expect(page.getByTestId('fault')).toBeVisible()
    await look('k19-camera-fault')
    await press('voice-only')
    await expect(page.getByTestId('attract-start')).toBeVisible()
    mock.tell({ stage: 'in_call', call: call({ case: CASE }) })
    await expect(page.getByTestId('call')).toBeVisible()
    await expect
      .poll(() => mock.heard.find((m) => m.type === 'set_media'))
      .toMatchObject({ camera_off: true })
    await look('k13-voice-only', 'measured')
  })
})

test('words from outside are only words, however long', async () => {
  const evil = '<img src=x onerror="alert(1)">'
  const long = `${evil}${'长'.repeat(60)}`
  await enrolled({}, async ({ page, mock, look }) => {
    const case_ = {
      ...CASE,
      owner_name: long,
      materials: CASE.materials.map((m) =>
        m.state === 'rejected'
          ? { ...m, reason: '看不清，请放平、避开反光、把四个角都放进来再拍一次。'.repeat(4) }
          : m,
      ),
    }
    mock.tell({ stage: 'in_call', call: call({ case: case_, clerk_name: long }) })
    await expect(page.getByTestId('call')).toBeVisible()
    mock.news({ type: 'said', by: 'clerk', text: long, at: 0 })
    await expect(page.locator('.captions')).toContainText(evil)
    await look('k13-long', 'measured')
    expect(await page.locator('img[src="x"]').count()).toBe(0)
  })
})
