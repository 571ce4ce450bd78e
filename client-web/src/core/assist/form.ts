import { FORM_FIELDS } from '../protocol'

export type FieldName = (typeof FORM_FIELDS)[number]['name']

/**
 * Where each field stands on the shared form. Both sides lay it out in two columns and four equal rows, so that a
 * spot on the form means the same field on either screen, whatever its size.
 */
export const FORM_GRID: Record<FieldName, { row: number; column: number; columns: number }> = {
  name: { row: 1, column: 1, columns: 1 },
  id_number: { row: 1, column: 2, columns: 1 },
  phone: { row: 2, column: 1, columns: 1 },
  household: { row: 2, column: 2, columns: 1 },
  address: { row: 3, column: 1, columns: 2 },
  remark: { row: 4, column: 1, columns: 2 },
}

/** Fields that take digits only. */
export const NUMERIC: ReadonlySet<FieldName> = new Set(['phone', 'household'])

/** Cut to what the server takes. */
export function fitting(field: FieldName, text: string): string {
  const longest = FORM_FIELDS.find((f) => f.name === field)?.longest ?? 0
  return [...text].slice(0, longest).join('')
}
