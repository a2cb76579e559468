/** What a planner has typed about rules: what it changes, and what is wrong with it. */
import type { Shape } from '@/shared/api/types'
import type { PlanningRule } from '../wire'

export interface Choice {
  hard: boolean
  /** As typed; an emptied number field gives an empty text. */
  weight: number | string | null
}

/** Choices by rule, of the rules that were touched. */
export type Draft = Readonly<Record<string, Choice>>

export type RuleChange = Shape<'RuleChange'>

export type Fault = 'number' | 'range'

/** A weight of a rule that has none: the platform wants one, and gives it no effect. */
const NO_WEIGHT = 1

export const choiceOf = (rule: PlanningRule, draft: Draft): Choice =>
  draft[rule.rule] ?? { hard: rule.hard, weight: rule.weight }

export function choose(rule: PlanningRule, draft: Draft, change: Partial<Choice>): Draft {
  return { ...draft, [rule.rule]: { ...choiceOf(rule, draft), ...change } }
}

/** A weight that does not count while the rule is hard cannot be wrong. */
export function faultOf(rule: PlanningRule, draft: Draft): Fault | null {
  const { hard, weight } = choiceOf(rule, draft)
  if (hard || rule.most === null) return null
  if (typeof weight !== 'number' || !Number.isInteger(weight)) return 'number'
  return weight < 0 || weight > rule.most ? 'range' : null
}

export function isChanged(rule: PlanningRule, draft: Draft): boolean {
  const { hard, weight } = choiceOf(rule, draft)
  return hard !== rule.hard || (!hard && weight !== rule.weight)
}

export const faults = (rules: readonly PlanningRule[], draft: Draft): PlanningRule[] =>
  rules.filter((rule) => faultOf(rule, draft) !== null)

/** What is to be sent; empty if nothing differs. */
export function changesOf(rules: readonly PlanningRule[], draft: Draft): RuleChange[] {
  return rules
    .filter((rule) => rule.can_be_weighted && isChanged(rule, draft))
    .map((rule) => {
      const { hard, weight } = choiceOf(rule, draft)
      return {
        rule: rule.rule,
        hard,
        weight:
          typeof weight === 'number' && faultOf(rule, draft) === null
            ? weight
            : (rule.weight ?? NO_WEIGHT),
      }
    })
}
