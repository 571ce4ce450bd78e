import { assign, fromPromise, setup } from 'xstate'
import { Problem, Unreachable } from '@/core/api'
import type { Me, SignedIn } from '@/core/api'

/** Why the last sign-in did not open the desk, or why it closed. */
export type SignInFault =
  | { kind: 'wrong' }
  | { kind: 'locked'; seconds: number }
  | { kind: 'busy' }
  | { kind: 'unreachable' }
  | { kind: 'not_clerk' }
  | { kind: 'failed'; code: string }
  | { kind: 'ended' }

/** Why the live link ended for good. */
export type LinkEnd = 'elsewhere' | 'outdated' | 'ended'

export interface SessionDoors {
  /** Who the kept token belongs to; nothing when there is none or it is no longer good. */
  recall: () => Promise<Me | undefined>
  signIn: (login: string, password: string) => Promise<SignedIn>
  signOut: () => Promise<void>
  keep: (token: string) => void
  forget: () => void
  openLink: () => void
  closeLink: () => void
}

interface Context {
  me: Me | undefined
  fault: SignInFault | undefined
}

type Event =
  | { type: 'sign_in'; login: string; password: string }
  | { type: 'sign_out' }
  | { type: 'link_ended'; end: LinkEnd }
  | { type: 'resume' }

/** What went wrong, in words of the page. */
function signInFault(error: unknown): SignInFault {
  if (error instanceof Unreachable) return { kind: 'unreachable' }
  if (error instanceof NotClerk) return { kind: 'not_clerk' }
  if (!(error instanceof Problem)) return { kind: 'failed', code: 'client' }
  if (error.code === 'wrong_credentials') return { kind: 'wrong' }
  if (error.code === 'locked') return { kind: 'locked', seconds: error.retryAfterS ?? 60 }
  if (error.status === 503) return { kind: 'busy' }
  return { kind: 'failed', code: error.code }
}

/** The account is good and is no clerk's. */
class NotClerk extends Error {}

/** Who sits at this desk: from the page's opening to signing out. */
export function sessionMachine(doors: SessionDoors) {
  return setup({
    types: { context: {} as Context, events: {} as Event },
    actors: {
      recall: fromPromise(() => doors.recall()),
      signIn: fromPromise(async ({ input }: { input: { login: string; password: string } }) => {
        const signed = await doors.signIn(input.login, input.password)
        if (!signed.me.roles.includes('clerk')) throw new NotClerk()
        return signed
      }),
      signOut: fromPromise(() => doors.signOut()),
    },
    actions: {
      openLink: () => doors.openLink(),
      closeLink: () => doors.closeLink(),
      forget: assign(() => {
        doors.forget()
        return { me: undefined }
      }),
    },
  }).createMachine({
    id: 'session',
    initial: 'starting',
    context: { me: undefined, fault: undefined },
    states: {
      starting: {
        invoke: {
          src: 'recall',
          onDone: [
            {
              guard: ({ event }) => event.output !== undefined,
              target: 'open',
              actions: assign(({ event }) => ({ me: event.output })),
            },
            { target: 'signedOut', actions: 'forget' },
          ],
          // Without a server nothing is known of the token: it is kept, and asked about again by signing in.
          onError: {
            target: 'signedOut',
            actions: assign(({ event }) => ({ fault: signInFault(event.error) })),
          },
        },
      },
      signedOut: {
        on: { sign_in: 'signingIn' },
      },
      signingIn: {
        entry: assign({ fault: undefined }),
        invoke: {
          src: 'signIn',
          input: ({ event }) =>
            event.type === 'sign_in'
              ? { login: event.login, password: event.password }
              : { login: '', password: '' },
          onDone: {
            target: 'open',
            actions: assign(({ event }) => {
              doors.keep(event.output.token)
              return { me: event.output.me }
            }),
          },
          onError: {
            target: 'signedOut',
            actions: assign(({ event }) => ({ fault: signInFault(event.error) })),
          },
        },
      },
      open: {
        entry: 'openLink',
        exit: 'closeLink',
        on: {
          sign_out: 'signingOut',
          link_ended: [
            { guard: ({ event }) => event.end === 'elsewhere', target: 'elsewhere' },
            { guard: ({ event }) => event.end === 'outdated', target: 'outdated' },
            {
              target: 'signedOut',
              actions: ['forget', assign({ fault: (): SignInFault => ({ kind: 'ended' }) })],
            },
          ],
        },
      },
      signingOut: {
        invoke: {
          src: 'signOut',
          // A session that could not be ended at the server ends by itself; here nothing of it stays.
          onDone: { target: 'signedOut', actions: 'forget' },
          onError: { target: 'signedOut', actions: 'forget' },
        },
      },
      elsewhere: { on: { resume: 'open', sign_out: 'signingOut' } },
      outdated: {},
    },
  })
}
