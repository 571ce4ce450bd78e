import type { Table } from '../columns'

export const home = {} satisfies Table
