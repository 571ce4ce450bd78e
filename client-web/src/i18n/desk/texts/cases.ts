import type { Table } from '../columns'

export const cases = {} satisfies Table
