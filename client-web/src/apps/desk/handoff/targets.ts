import type { Colleague } from '@/core/api'
import type { DepartmentCode, SkillGroupCode, StaffId } from '@/core/protocol'

/** Why somebody cannot be chosen now. */
export type NoTarget = 'absent' | 'lacks_skill' | 'not_in_service' | 'owner'

export interface Person {
  id: StaffId
  name: string
  number: string
  department: DepartmentCode | null
  groups: readonly SkillGroupCode[]
  present: boolean
  why: NoTarget | undefined
}

export interface DepartmentTarget {
  code: DepartmentCode
  /** How many who may take it are here now. */
  present: number
  why: 'nobody_entitled' | undefined
}

/** Colleagues, those who can be chosen first; the others with the reason why not. */
export function peopleOf(colleagues: readonly Colleague[]): Person[] {
  const people = colleagues.map((one): Person => {
    const refused: NoTarget | undefined = one.may_take.ok ? undefined : (one.may_take.why ?? 'not_in_service')
    return {
      id: one.id,
      name: one.name,
      number: one.number,
      department: one.department,
      groups: one.skill_groups,
      present: one.present,
      why: refused ?? (one.present ? undefined : 'absent'),
    }
  })
  const weight = (one: Person) => (one.why === undefined ? 0 : one.why === 'absent' ? 1 : 2)
  return people.sort((a, b) => weight(a) - weight(b))
}

/** Departments of colleagues. One whose clerks are all away still has a queue: whoever comes first takes it. */
export function departmentsOf(colleagues: readonly Colleague[]): DepartmentTarget[] {
  const codes = [...new Set(colleagues.flatMap((one) => one.department ?? []))]
  const targets = codes.map((code): DepartmentTarget => {
    const able = colleagues.filter((one) => one.department === code && one.may_take.ok)
    return {
      code,
      present: able.filter((one) => one.present).length,
      why: able.length > 0 ? undefined : 'nobody_entitled',
    }
  })
  const weight = (one: DepartmentTarget) => (one.why ? 2 : one.present > 0 ? 0 : 1)
  return targets.sort((a, b) => weight(a) - weight(b))
}
