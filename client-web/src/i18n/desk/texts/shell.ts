import type { Table } from '../columns'

export const shell = {} satisfies Table
