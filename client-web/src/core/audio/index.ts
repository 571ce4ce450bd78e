export { Sounds } from './sounds'
export type { Sound } from './sounds'
