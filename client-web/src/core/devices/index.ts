export { base64url, enrol, identityStore, openSession } from './terminal-key'
export type { TerminalIdentity } from './terminal-key'
export type { Keep } from './store'
