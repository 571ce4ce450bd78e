import type { Table } from '../columns'

export const start = {} satisfies Table
