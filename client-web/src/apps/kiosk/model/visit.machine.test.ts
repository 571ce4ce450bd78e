import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createActor, SimulatedClock } from 'xstate'
import type { ConsentText, Item } from '@/core/api'
import { FRESH } from './visit.types'
import type { VisitEvent } from './visit.types'
import { visitMachine, WIPED_MS } from './visit.machine'

const named = (name: string) => ({ name, name_zh_hk: name, name_en: name })

const item: Item = {
  ...named('困难残疾人生活补贴'),
  code: 'disab-living',
  aliases: [],
  department: 'civil',
  skill_group: 'civil',
  promised_working_days: 20,
  legal_profile: 'benefit',
  statutory_working_days: null,
  instant: false,
  question: '由谁来办？',
  question_zh_hk: '',
  question_en: '',
  scenarios: [
    {
      ...named('本人'),
      code: 'disab-living/1',
      materials: [{ code: 'ID', primary: true, deferrable: false }],
    },
    { ...named('别处'), code: 'disab-living/2', materials: [], refer_to: named('退役军人事务局') },
    { ...named('空手'), code: 'disab-living/3', materials: [] },
  ],
}
const consents: ConsentText[] = [
  { purpose: 'recording', text_version: 'r1', retention_months: 6 },
  { purpose: 'face_check', text_version: 'f1' },
]

function visit(asked: readonly ConsentText[] = consents) {
  let keys = 0
  const clock = new SimulatedClock()
  const actor = createActor(
    visitMachine(
      () => `key-${++keys}`,
      () => new Date(2026, 2, 12),
    ),
    { clock },
  ).start()
  actor.send({ type: 'CONFIGURED', consents: asked })
  const go = (...events: VisitEvent[]) => {
    for (const event of events) actor.send(event)
    return page()
  }
  const page = () => {
    const value = actor.getSnapshot().value
    return typeof value === 'string' ? value : Object.values(value).join()
  }
  return { actor, clock, go, page, context: () => actor.getSnapshot().context }
}

const toItem: VisitEvent[] = [
  { type: 'START' },
  { type: 'LANGUAGE', locale: 'zh-HK', spoken: 'yue' },
  { type: 'NEXT' },
  { type: 'TYPE_ID' },
  { type: 'ID', number: '11010519491231002X' },
  { type: 'SEARCH' },
  { type: 'ITEM', item },
]

describe('the whole way', () => {
  it('asks nobody their age whose ID number says it, and lets them correct it', () => {
    const senior: Item = {
      ...item,
      code: 'senior-card',
      scenarios: ['60–64', '65+', '代办'].map((name, n) => ({
        ...named(name),
        code: `senior-card/${n + 1}`,
        materials: [{ code: 'ID', primary: true, deferrable: false }],
      })),
    }
    const begin: VisitEvent[] = [{ type: 'START' }, { type: 'NEXT' }]
    const choose: VisitEvent[] = [{ type: 'SEARCH' }, { type: 'ITEM', item: senior }]
    const known = visit()
    const id: VisitEvent = { type: 'ID', number: '11010519491231002X' }
    expect(known.go(...begin, { type: 'TYPE_ID' }, id, ...choose)).toBe('checklist')
    expect(known.context().scenario).toBe('senior-card/2')
    expect(known.go({ type: 'BACK' })).toBe('scenario')
    expect(visit().go(...begin, { type: 'PROXY' }, id, ...choose)).toBe('scenario')
    expect(visit().go(...begin, { type: 'ASK' }, ...choose)).toBe('scenario')
  })

  it('leads from the first touch to a ticket, keeping text version and language of each answer', () => {
    const { go, context } = visit()
    expect(go(...toItem)).toBe('scenario')
    expect(go({ type: 'SCENARIO', scenario: 'disab-living/1' })).toBe('checklist')
    expect(go({ type: 'HAVE', material: 'ID', yes: false }, { type: 'NEXT' })).toBe('consents')
    expect(go({ type: 'CONSENT', granted: false }, { type: 'CONSENT', granted: true })).toBe('taking')
    expect(context()).toMatchObject({
      key: 'key-1',
      idNumber: '11010519491231002X',
      have: { ID: false },
      consents: [
        { purpose: 'recording', text_version: 'r1', locale: 'zh-HK', granted: false },
        { purpose: 'face_check', text_version: 'f1', locale: 'zh-HK', granted: true },
      ],
    })
    expect(go({ type: 'SERVED' })).toBe('served')
  })

  it('asks nothing for which there is no purpose, and shows no empty checklist', () => {
    const { go } = visit([])
    expect(go(...toItem, { type: 'SCENARIO', scenario: 'disab-living/3' })).toBe('taking')
  })

  it('asks a proxy for the authorisation even where nothing else is needed', () => {
    const { go } = visit([])
    const proxy = toItem.map((e): VisitEvent => (e.type === 'TYPE_ID' ? { type: 'PROXY' } : e))
    expect(go(...proxy, { type: 'SCENARIO', scenario: 'disab-living/3' })).toBe('checklist')
  })

  it('names the right office and takes no ticket where another authority is competent', () => {
    const { go } = visit()
    expect(go(...toItem, { type: 'SCENARIO', scenario: 'disab-living/2' })).toBe('elsewhere')
    expect(go({ type: 'BACK' })).toBe('scenario')
  })

  it('lets somebody only ask, without item or identity', () => {
    const { go, context } = visit([])
    expect(go({ type: 'START' }, { type: 'NEXT' }, { type: 'ASK' }, { type: 'NO_ITEM' })).toBe('taking')
    expect(context()).toMatchObject({ advice: true, item: undefined, idNumber: undefined })
  })

  it('keeps the key when the same press is tried again, and makes a new one for a new press', () => {
    const { go, context } = visit([])
    go(...toItem, { type: 'SCENARIO', scenario: 'disab-living/3' })
    expect(go({ type: 'REFUSED', fault: 'not_stored' }, { type: 'NEXT' })).toBe('taking')
    expect(context().key).toBe('key-1')
    go({ type: 'REFUSED', fault: 'not_found' }, { type: 'BACK' }, { type: 'NO_ITEM' })
    expect(context().key).toBe('key-2')
  })

  it('does not count an answer twice when the question is asked again', () => {
    const { go, context } = visit()
    go(...toItem, { type: 'SCENARIO', scenario: 'disab-living/1' }, { type: 'NEXT' })
    go({ type: 'CONSENT', granted: true }, { type: 'BACK' }, { type: 'CONSENT', granted: false })
    expect(context().consents).toEqual([
      { purpose: 'recording', text_version: 'r1', locale: 'zh-HK', granted: false },
    ])
  })

  it('reads what to bring while closed, and takes no ticket', () => {
    const { go } = visit()
    go({ type: 'BROWSE' }, { type: 'SEARCH' }, { type: 'ITEM', item })
    expect(go({ type: 'SCENARIO', scenario: 'disab-living/1' }, { type: 'NEXT' })).toBe('wiping')
  })

  it('shows the result, asks a reason for a low rating only, then wipes and starts anew', () => {
    const { go, clock, page, context } = visit()
    go(...toItem, { type: 'SERVED' }, { type: 'ENDED' })
    expect(go({ type: 'PAPERS' }, { type: 'BACK' }, { type: 'NEXT' }, { type: 'RATE', score: 4 })).toBe('why')
    expect(go({ type: 'NEXT' })).toBe('wiping')
    expect(context()).toMatchObject({ ...FRESH, locale: 'zh-HK', spoken: 'yue' })
    expect(go({ type: 'ERASED' })).toBe('wiped')
    clock.increment(WIPED_MS)
    expect(page()).toBe('attract')
    expect(context()).toMatchObject(FRESH)
  })

  it('locks when erasing is not confirmed', () => {
    const { go } = visit()
    expect(go({ type: 'START' }, { type: 'WIPE' }, { type: 'NOT_ERASED' })).toBe('locked')
    expect(go({ type: 'NEXT' }, { type: 'ERASED' })).toBe('wiped')
  })
})

describe('whatever is pressed', () => {
  const event: fc.Arbitrary<VisitEvent> = fc.oneof(
    fc.constantFrom<VisitEvent>(...toItem, { type: 'BACK' }, { type: 'PROXY' }, { type: 'ASK' }),
    fc.constantFrom<VisitEvent>(
      { type: 'NO_ITEM' },
      { type: 'BROWSE' },
      { type: 'PAPERS' },
      { type: 'WIPE' },
    ),
    fc.constantFrom<VisitEvent>(
      { type: 'GROUP', group: { kind: 'tile', code: 'disabled' } },
      { type: 'REFUSED', fault: 'x' },
      { type: 'RATE', score: 1 },
    ),
    fc.constantFrom<VisitEvent>(
      { type: 'FREED' },
      { type: 'ENDED' },
      { type: 'ERASED' },
      { type: 'NOT_ERASED' },
    ),
    fc.constantFrom(...item.scenarios).map((s): VisitEvent => ({ type: 'SCENARIO', scenario: s.code })),
    fc.boolean().map((granted): VisitEvent => ({ type: 'CONSENT', granted })),
    fc.boolean().map((yes): VisitEvent => ({ type: 'HAVE', material: 'ID', yes })),
  )

  it('a ticket is asked for only with every consent question answered', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const { go, context, page } = visit()
        for (const one of events) {
          go(one)
          if (page() === 'taking') {
            expect(context().key).toBeDefined()
            expect(
              context()
                .consents.map((c) => c.purpose)
                .sort(),
            ).toEqual(['face_check', 'recording'])
          }
        }
      }),
    )
  })

  it('nothing of a visit is left on the attract page', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const { go, context, page, clock } = visit()
        for (const one of events) {
          go(one)
          clock.increment(WIPED_MS)
          if (page() === 'attract') expect(context()).toEqual({ ...FRESH, asked: consents })
        }
      }),
    )
  })

  it('the server is always believed', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const { go, page } = visit()
        go(...events)
        if (!['wiping', 'wiped', 'locked'].includes(page())) expect(go({ type: 'SERVED' })).toBe('served')
      }),
    )
  })
})
