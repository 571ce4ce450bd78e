export { search } from './search'
export type { Entry, Hit } from './search'
export { entriesOf } from './entries'
