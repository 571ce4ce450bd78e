import type { Table } from '../columns'

export const handoff = {} satisfies Table
