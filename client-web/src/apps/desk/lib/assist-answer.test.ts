import { expect, it } from 'vitest'
import type { AssistView } from '@/core/protocol'
import { answerOf } from './assist-answer'

const none: AssistView = { granted: [], asked: [] }
const asked: AssistView = { granted: [], asked: ['point', 'fill'], ask_ends_at: 1 }

it('tells how a question ended', () => {
  expect(answerOf(asked, none, false)).toBe('refused')
  expect(answerOf(asked, { granted: ['fill'], asked: [] }, false)).toBe('granted')
  expect(answerOf(asked, none, true)).toBeUndefined()
  expect(answerOf(asked, asked, false)).toBeUndefined()
  expect(answerOf({ granted: ['point'], asked: [] }, none, false)).toBeUndefined()
})

it('a no to more does not hide what was granted before', () => {
  const more: AssistView = { granted: ['point'], asked: ['capture'] }
  expect(answerOf(more, { granted: ['point'], asked: [] }, false)).toBe('refused')
})
