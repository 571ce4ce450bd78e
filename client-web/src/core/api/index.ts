export { Http, Problem, Unreachable } from './http'
export type { Ask, HttpOptions } from './http'
export type * from './types'
export type * from './cases'
