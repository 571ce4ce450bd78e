import type { Case } from '@/core/api'
import type { CallId, PaperKind } from '@/core/protocol'
import { useAct } from '../state/act'
import { useDesk } from '../state/desk'

/** Shows the paper that was just issued on the terminal, if the call still goes on. */
export function useShowPaper() {
  const desk = useDesk()
  const { say } = useAct()
  return async (call: CallId, one: Case, kind: PaperKind): Promise<void> => {
    const paper = one.papers.filter((each) => each.kind === kind).at(-1)
    if (!paper || desk.call.value?.id !== call) return
    // The server knows the paper for the call once its news of the case went round.
    await untilKnown(() => desk.call.value?.case?.papers.some((each) => each.id === paper.id) === true)
    if (desk.call.value?.id === call) await say({ type: 'show', call, paper: paper.id })
  }
}

const STEP_MS = 50
const WAIT_MS = 3000

async function untilKnown(known: () => boolean): Promise<void> {
  for (let waited = 0; waited < WAIT_MS && !known(); waited += STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS))
  }
}
