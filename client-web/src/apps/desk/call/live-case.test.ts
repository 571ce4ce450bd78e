import { expect, it } from 'vitest'
import type { Case } from '@/core/api'
import type { CaseBrief } from '@/core/protocol'
import { newest } from './live-case'

const brief = (id: string, version: number) => ({ id, version }) as CaseBrief
const read = (id: string, version: number) => ({ id, version, call: 'x' }) as Case

it('takes the newer of two views of one case', () => {
  expect(newest(brief('a', 3), read('a', 4))?.version).toBe(4)
  expect(newest(brief('a', 5), read('a', 4))?.version).toBe(5)
  expect(newest(brief('a', 1), read('b', 9))?.id).toBe('a')
  expect(newest(undefined, read('a', 9))).toBeUndefined()
  expect(newest(brief('a', 1), undefined)?.version).toBe(1)
})
