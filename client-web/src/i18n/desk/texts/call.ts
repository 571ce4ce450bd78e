import type { Table } from '../columns'

export const call = {} satisfies Table
