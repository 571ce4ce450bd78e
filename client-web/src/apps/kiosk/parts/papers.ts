import type { PaperKind } from '@/core/protocol'

/** The text that names a kind of paper. */
export const KINDS: Record<PaperKind, string> = {
  intake_receipt: 'read.receipt',
  acceptance_notice: 'read.acceptance',
  non_acceptance_notice: 'read.refusal',
}
