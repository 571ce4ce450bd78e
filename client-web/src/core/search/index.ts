export { search } from './search'
export type { Entry, Hit } from './search'
