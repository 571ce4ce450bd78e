import type { components } from './generated/schema'
import type { Ground } from './rules'

type Schemas = components['schemas']

/** `POST /cases`, with an `Idempotency-Key`. */
export type NewCase = Schemas['NewCase']

/** A case with its story: `GET /cases/{id}`, and the answer to every act on it. */
export type Case = Schemas['CaseView']
export type TimelineRow = Schemas['TimelineRow']

/** `POST /cases/{id}/not-accept`. The document cannot say that `authority` goes with one of the grounds only. */
export type NotAccept = Omit<Schemas['NotAccepting'], keyof Extract<Ground, { authority: string }>> & Ground

/** `PUT /cases/{id}/materials/{code}`; only a rejection has a reason, and always has one. */
export type JudgeMaterial = Schemas['Judged']

/** `POST /cases/{id}/handoffs`. */
export type NewHandoff = Schemas['NewHandoff']
export type HandoffStory = Schemas['HandoffStory']
/** A row of `GET /handoffs?for_me=true` (`{ handoffs }`), and the answer to every act on one. */
export type Handoff = Schemas['HandoffView']

/** A line of `GET /cases?mine=true&query=…&before=…`; everything personal is masked. */
export type CaseLine = Schemas['CaseLineView']
export type CasePage = Schemas['CasePage']

/** `GET /cases/{id}/id-number`: the look is on record. */
export type Revealed = Schemas['Revealed']

/** A row of `GET /colleagues?case=…`. */
export type Colleague = Schemas['Colleague']
