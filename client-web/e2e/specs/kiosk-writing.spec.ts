/** Writing Chinese on a terminal that has no keyboard, in the shared form and to the clerk. */
import { expect, test } from '@playwright/test'
import { CASE, call } from '../rig/kiosk-mock'
import { enrolled, useBrowser, type Scene } from '../rig/kiosk-scene'

useBrowser()

const helped = (granted: ('point' | 'fill')[] = ['point', 'fill']) =>
  ({ stage: 'in_call', call: call({ case: CASE, assist: { asked: [], granted } }) }) as const

const letters = ({ press }: Scene, text: string) => press(...[...text].map((letter) => `type-${letter}`))
const choose = ({ page }: Scene, character: string) =>
  page.locator('.strip').getByRole('button', { name: character, exact: true }).click()

test('a name is written by pinyin, and what is left over stands for the next character', async () => {
  await enrolled({}, async (s) => {
    const { page, mock, look, press } = s
    mock.tell(helped())
    await press('form-name')
    await expect(page.getByTestId('pinyin')).toContainText('按拼音')
    await letters(s, 'WANGDALI')
    await expect(page.getByTestId('pinyin')).toHaveText('wangdali')
    await look('k14-pinyin')
    await choose(s, '王')
    await choose(s, '大')
    await expect(page.getByTestId('pinyin')).toHaveText('li')
    // Rarer ones are a press away, and so is the way back.
    await expect(page.getByTestId('pinyin-before')).toBeDisabled()
    await press('pinyin-more', 'pinyin-before', 'type-space')
    await expect.poll(() => page.getByTestId('form-name').inputValue()).toMatch(/^王大\p{Script=Han}$/u)
    await press('type-erase')
    await letters(s, 'LV')
    await press('type-erase', 'type-erase')
    await expect(page.getByTestId('form-name')).toHaveValue('王大')
    await letters(s, 'LI')
    for (
      let turned = 0;
      (await page.locator('.strip').getByText('力', { exact: true }).count()) === 0;
      turned++
    ) {
      expect(turned).toBeLessThan(20)
      await press('pinyin-more')
    }
    await choose(s, '力')
    await press('type-done')
    await expect
      .poll(() => mock.heard.filter((m) => m.type === 'form_set').at(-1))
      .toMatchObject({ field: 'name', text: '王大力' })
    // Letters, digits and signs are there too, and what nobody chose a character for is not lost.
    await press('form-address', 'type-signs', 'type-1', 'type-6', 'type-script')
    await letters(s, 'HAO')
    await press('type-script', 'type-B', 'type-done')
    await expect
      .poll(() => mock.heard.filter((m) => m.type === 'form_set').at(-1))
      .toMatchObject({ field: 'address', text: '16haob' })
  })
})

test('the keyboard fits in large text, on black, in traditional characters, and beside a banner', async () => {
  await enrolled({}, async (s) => {
    await s.press('attract-start', 'theme-elder')
    s.mock.tell(helped())
    await s.press('form-address')
    await letters(s, 'TANBUZHEN')
    await expect(s.page.getByTestId('pick-1')).toBeVisible()
    await s.look('elder-pinyin')
    await s.press('type-done', 'text')
    await letters(s, 'NIHAO')
    await expect(s.page.getByTestId('pick-1')).toBeVisible()
    await s.look('elder-pinyin-chat')
  })
  await enrolled({}, async (s) => {
    await s.press('attract-start', 'lang-zh-HK', 'theme-hc')
    s.mock.tell(helped([]))
    await s.press('text')
    await letters(s, 'ZHANG')
    await expect(s.page.locator('.strip').getByRole('button', { name: '張', exact: true })).toBeVisible()
    await s.look('hc-pinyin-chat')
    await choose(s, '張')
    await s.press('text-send')
    await expect.poll(() => s.mock.heard.find((m) => m.type === 'say')).toMatchObject({ text: '張' })
  })
})

test('without the characters only letters can be written, and it is said who can help', async () => {
  await enrolled({}, async (s) => {
    await s.page.route(/assets\/readings/, (route) => route.abort())
    s.mock.tell(helped())
    await s.press('form-name')
    await expect(s.page.getByTestId('pinyin-failed')).toContainText('可以请工作人员代填')
    await letters(s, 'LI')
    await expect(s.page.getByTestId('form-name')).toHaveValue('li')
    await s.look('k14-no-pinyin', 'measured')
  })
})
