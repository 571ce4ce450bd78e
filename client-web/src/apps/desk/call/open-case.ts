import type { NewCase } from '@/core/api'
import { idFault } from '@/core/identity/id-number'
import type { CallView } from '@/core/protocol'

export interface Draft {
  item: string
  scenario: string
  name: string
  idNumber: string
  phone: string
  method: NewCase['applicant']['identity_check']['method']
  result: '' | NewCase['applicant']['identity_check']['result']
  note: string
}

export type DraftField = 'item' | 'scenario' | 'name' | 'id_number' | 'phone' | 'result' | 'note'

/** What the shared form and the ticket already tell. */
export function draftOf(call: CallView): Draft {
  const text = (field: string) => call.form.values[field]?.text ?? ''
  return {
    item: call.ticket.item ?? '',
    scenario: call.ticket.scenario ?? '',
    name: text('name'),
    idNumber: text('id_number'),
    phone: text('phone'),
    method: 'by_eye',
    result: '',
    note: '',
  }
}

/** Fields that are plainly wrong before anything is sent; the server looks again. */
export function faultsOf(draft: Draft, today: Date): Set<DraftField> {
  const wrong = new Set<DraftField>()
  if (draft.item === '') wrong.add('item')
  if (draft.scenario === '') wrong.add('scenario')
  if (draft.name.trim() === '') wrong.add('name')
  if (idFault(tidyId(draft.idNumber), today)) wrong.add('id_number')
  if (!/^\+?\d[\d -]{5,18}\d$/.test(draft.phone.trim())) wrong.add('phone')
  if (draft.result === '') wrong.add('result')
  // Not being sure needs words: somebody else must understand it later.
  if (draft.result === 'doubtful' && draft.note.trim() === '') wrong.add('note')
  return wrong
}

/** As typed by people: spaces between groups, a small x. */
function tidyId(text: string): string {
  return text.replace(/\s+/g, '').toUpperCase()
}

export function requestOf(draft: Draft, call: string): NewCase {
  const note = draft.note.trim()
  return {
    call,
    item: draft.item,
    scenario: draft.scenario,
    applicant: {
      name: draft.name.trim(),
      id_number: tidyId(draft.idNumber),
      phone: draft.phone.trim(),
      identity_check: {
        method: draft.method,
        result: draft.result === 'doubtful' ? 'doubtful' : 'matches',
        ...(note === '' ? {} : { note }),
      },
    },
  }
}

/** Which field of the draft a field of the server's answer means. */
export function draftField(field: string): DraftField | undefined {
  const known: Record<string, DraftField> = {
    'applicant.name': 'name',
    'applicant.id_number': 'id_number',
    'applicant.phone': 'phone',
    'applicant.identity_check.note': 'note',
    item: 'item',
    scenario: 'scenario',
  }
  return known[field]
}

/** One key for one request: the same content sent again keeps its key, other content gets a new one. */
export class RequestKeys {
  #body = ''
  #key = ''

  keyOf(body: unknown, random: () => string): string {
    const text = JSON.stringify(body)
    if (text !== this.#body || this.#key === '') {
      this.#body = text
      this.#key = random()
    }
    return this.#key
  }
}
