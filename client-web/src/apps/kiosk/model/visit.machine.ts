import { assign, setup } from 'xstate'
import type { ConsentAnswer } from '@/core/protocol'
import { scenarioByAge } from './age'
import { FRESH, LOW_FROM, scenarioOf } from './visit.types'
import type { VisitContext, VisitEvent } from './visit.types'

/** How long "your data is erased" stays on the screen. */
export const WIPED_MS = 6000

/**
 * The visit's own pages, from the attract page to the wipe. What happens with a ticket is the server's word alone: the
 * machine then stands in `served` and the page draws the server's stage. `newKey` makes idempotency keys, `today` tells the day of this machine's clock.
 */
export function visitMachine(newKey: () => string, today = () => new Date()) {
  return setup({
    types: { context: {} as VisitContext, events: {} as VisitEvent },
    delays: { WIPED_MS },
    actions: {
      /** All of it, the language as well. */
      forget: assign(() => ({ ...FRESH })),
      /** What was said and chosen; how the farewell is worded stays until it has been read. */
      erase: assign(({ context: { locale, spoken, theme } }) => ({ ...FRESH, locale, spoken, theme })),
      firstQuestion: assign({ question: 0, consents: [] }),
      freshKey: assign(() => ({ key: newKey(), fault: undefined })),
      group: assign(({ event }) => (event.type === 'GROUP' ? { group: event.group } : {})),
      item: assign(({ event, context }) =>
        event.type === 'ITEM'
          ? { item: event.item, scenario: scenarioByAge(event.item, context, today()), have: {} }
          : {},
      ),
      scenario: assign(({ event, context }) =>
        event.type === 'SCENARIO'
          ? { scenario: event.scenario, have: event.scenario === context.scenario ? context.have : {} }
          : {},
      ),
      answer: assign(({ event, context }) =>
        event.type === 'CONSENT' ? { consents: answered(context, event.granted) } : {},
      ),
    },
    guards: {
      elsewhere: ({ context, event }) =>
        event.type === 'SCENARIO' &&
        scenarioOf({ item: context.item, scenario: event.scenario })?.refer_to !== undefined,
      needsPapers: ({ context, event }) => {
        const scenario = event.type === 'SCENARIO' ? event.scenario : context.scenario
        const needed = scenarioOf({ item: context.item, scenario })?.materials.length ?? 0
        return needed > 0 || (context.proxy && scenario !== undefined) || context.browsing
      },
      /** The ID number answers the item's question; what it leads to is on the checklist, and going back asks it. */
      ageKnown: ({ context, event }) =>
        event.type === 'ITEM' && scenarioByAge(event.item, context, today()) !== undefined,
      asksConsent: ({ context }) => context.asked.length > 0,
      moreQuestions: ({ context }) => context.question + 1 < context.asked.length,
      laterQuestion: ({ context }) => context.question > 0,
      hasItem: ({ context }) => context.item !== undefined,
      hasGroup: ({ context }) => context.group !== undefined,
      browsing: ({ context }) => context.browsing,
      low: ({ event }) => event.type === 'RATE' && event.score >= LOW_FROM,
    },
  }).createMachine({
    id: 'visit',
    context: { ...FRESH, asked: [] },
    initial: 'before',
    on: {
      CONFIGURED: { actions: assign(({ event }) => ({ asked: event.consents })) },
      THEME: { actions: assign(({ event }) => ({ theme: event.theme })) },
    },
    states: {
      before: {
        initial: 'attract',
        on: { SERVED: 'served', ENDED: 'ended', WIPE: 'wiping' },
        states: {
          attract: {
            on: {
              START: 'language',
              BROWSE: { target: 'choose', actions: assign({ browsing: true }) },
              // Nothing was said yet: there is nothing to wipe.
              WIPE: {},
            },
          },
          language: {
            on: {
              LANGUAGE: { actions: assign(({ event }) => ({ locale: event.locale, spoken: event.spoken })) },
              NEXT: 'identify',
              BACK: { target: 'attract', actions: 'forget' },
            },
          },
          identify: {
            on: {
              TYPE_ID: { target: 'typing', actions: assign({ proxy: false, advice: false }) },
              PROXY: { target: 'typing', actions: assign({ proxy: true, advice: false }) },
              ASK: {
                target: 'choose',
                actions: assign({ proxy: false, advice: true, idNumber: undefined }),
              },
              BACK: 'language',
            },
          },
          typing: {
            on: {
              ID: { target: 'choose', actions: assign(({ event }) => ({ idNumber: event.number })) },
              NEXT: { target: 'choose', actions: assign({ idNumber: undefined }) },
              BACK: 'identify',
            },
          },
          choose: {
            entry: assign({ group: undefined }),
            on: {
              GROUP: { target: 'group', actions: 'group' },
              SEARCH: 'search',
              NO_ITEM: [
                {
                  guard: 'asksConsent',
                  target: 'consents',
                  actions: [assign({ item: undefined, scenario: undefined, have: {} }), 'firstQuestion'],
                },
                {
                  target: 'taking',
                  actions: [assign({ item: undefined, scenario: undefined, have: {} }), 'freshKey'],
                },
              ],
              BACK: [{ guard: 'browsing', target: 'attract', actions: 'forget' }, { target: 'identify' }],
            },
          },
          search: {
            on: {
              GROUP: { target: 'group', actions: 'group' },
              ITEM: [
                { guard: 'ageKnown', target: 'checklist', actions: 'item' },
                { target: 'scenario', actions: 'item' },
              ],
              BACK: 'choose',
            },
          },
          group: {
            on: {
              ITEM: [
                { guard: 'ageKnown', target: 'checklist', actions: 'item' },
                { target: 'scenario', actions: 'item' },
              ],
              BACK: 'choose',
            },
          },
          scenario: {
            on: {
              SCENARIO: [
                { guard: 'elsewhere', target: 'elsewhere', actions: 'scenario' },
                { guard: 'needsPapers', target: 'checklist', actions: 'scenario' },
                { guard: 'asksConsent', target: 'consents', actions: ['scenario', 'firstQuestion'] },
                { target: 'taking', actions: ['scenario', 'freshKey'] },
              ],
              BACK: [{ guard: 'hasGroup', target: 'group' }, { target: 'search' }],
            },
          },
          elsewhere: {
            on: { BACK: { target: 'scenario' }, NEXT: '#visit.wiping' },
          },
          checklist: {
            on: {
              HAVE: {
                actions: assign(({ context, event }) => ({
                  have: { ...context.have, [event.material]: event.yes },
                })),
              },
              NEXT: [
                { guard: 'browsing', target: '#visit.wiping' },
                { guard: 'asksConsent', target: 'consents', actions: 'firstQuestion' },
                { target: 'taking', actions: 'freshKey' },
              ],
              BACK: 'scenario',
            },
          },
          consents: {
            on: {
              CONSENT: [
                {
                  guard: 'moreQuestions',
                  actions: ['answer', assign(({ context }) => ({ question: context.question + 1 }))],
                },
                { target: 'taking', actions: ['answer', 'freshKey'] },
              ],
              BACK: [
                {
                  guard: 'laterQuestion',
                  actions: assign(({ context }) => ({ question: context.question - 1 })),
                },
                { guard: 'needsPapers', target: 'checklist' },
                { guard: 'hasItem', target: 'scenario' },
                { target: 'choose' },
              ],
            },
          },
          taking: {
            on: {
              REFUSED: { target: 'refused', actions: assign(({ event }) => ({ fault: event.fault })) },
              // The press is on its way; it cannot be erased from under the server.
              WIPE: {},
            },
          },
          refused: {
            // The same press again, so the same key: a ticket that was taken after all is not taken twice.
            on: { NEXT: 'taking', BACK: 'choose' },
          },
        },
      },
      served: { on: { ENDED: 'ended', FREED: 'wiping' } },
      ended: {
        initial: 'result',
        on: { SERVED: 'served', FREED: 'wiping', WIPE: 'wiping' },
        states: {
          result: { on: { PAPERS: 'papers', NEXT: 'rating' } },
          papers: { on: { BACK: 'result' } },
          rating: {
            on: { RATE: [{ guard: 'low', target: 'why' }, { target: '#visit.wiping' }], BACK: 'result' },
          },
          why: { on: { NEXT: '#visit.wiping' } },
        },
      },
      wiping: { entry: 'erase', on: { ERASED: 'wiped', NOT_ERASED: 'locked' } },
      wiped: { after: { WIPED_MS: { target: 'before', actions: 'forget' } } },
      locked: { on: { NEXT: 'wiping' } },
    },
  })
}

/** The answers with one more; a question that is asked again keeps only its newest answer. */
function answered(context: VisitContext, granted: boolean): readonly ConsentAnswer[] {
  const asked = context.asked[context.question]
  if (!asked) return context.consents
  const { purpose, text_version } = asked
  return [
    ...context.consents.filter((c) => c.purpose !== purpose),
    { purpose, text_version, locale: context.locale, granted },
  ]
}
