// What may be asked and what is answered, read from the types of the server's document.
import type { paths } from './generated/schema'

type Method = 'get' | 'post' | 'put'

/** The paths that answer to a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never
}[keyof paths]

/** Values of parameters; one that may be left out may also be undefined. */
type Values<T> = { [K in keyof T]: T[K] | (undefined extends T[K] ? undefined : never) }

type PathPart<O> = O extends { parameters: { path: infer T } } ? { path: T } : unknown
type HeaderPart<O> = O extends { parameters: { header: infer T } } ? { headers: T } : unknown
type QueryPart<O> = O extends { parameters: { query?: infer T extends object } }
  ? { query?: Values<T> }
  : unknown
type BodyPart<O> = O extends { requestBody: { content: { 'application/json': infer T } } }
  ? { body: T }
  : unknown
type Parts<O> = PathPart<O> & HeaderPart<O> & QueryPart<O> & BodyPart<O> & { signal?: AbortSignal }

/** The second argument of a call: everything the operation takes, and left out only if it needs nothing. */
export type Asked<P extends keyof paths, M extends Method> =
  object extends Parts<paths[P][M]> ? [ask?: Parts<paths[P][M]>] : [ask: Parts<paths[P][M]>]

type Told<R> = R extends { content: { 'application/json': infer T } } ? T : void

/** What the operation answers if all is well. */
export type Answer<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: infer R }
  ? Told<R[Extract<keyof R, 200 | 201 | 204>]>
  : never

/** Any `Asked`, for the code that sends it. */
export interface AnyAsk {
  path?: Record<string, string>
  headers?: Record<string, string>
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  signal?: AbortSignal
}
