export { Signal, Refused, LinkLost, SignInNeeded } from './signal'
export type { CloseName, LinkState, SignalOptions } from './signal'
export { socketUrl } from './socket'
export type { SocketLike } from './socket'
