import { describe, expect, it } from 'vitest'
import type { PlanningRule } from '../wire'
import { changesOf, choose, choiceOf, faultOf, faults, isChanged, type Draft } from './rules'

const rule = (over: Partial<PlanningRule> = {}): PlanningRule => ({
  rule: 'lateness',
  zh: '尽量不迟到。',
  en: 'Start by the time wanted.',
  hard: false,
  weight: 2,
  can_be_hard: true,
  can_be_weighted: true,
  most: 100,
  ...over,
})
const NOTHING: Draft = {}

describe('a choice', () => {
  it('is what the centre has until somebody touches it', () => {
    expect(choiceOf(rule(), NOTHING)).toEqual({ hard: false, weight: 2 })
    expect(isChanged(rule(), NOTHING)).toBe(false)
    expect(changesOf([rule()], NOTHING)).toEqual([])
  })

  it('keeps the weight when the rule becomes hard, and comes back to it', () => {
    const hard = choose(rule(), NOTHING, { hard: true })
    expect(changesOf([rule()], hard)).toEqual([{ rule: 'lateness', hard: true, weight: 2 }])
    expect(isChanged(rule(), choose(rule(), hard, { hard: false }))).toBe(false)
  })

  it('sends only what differs', () => {
    const draft = choose(rule(), choose(rule({ rule: 'fairness' }), NOTHING, { weight: 2 }), {
      weight: 7,
    })
    expect(changesOf([rule(), rule({ rule: 'fairness' })], draft)).toEqual([
      { rule: 'lateness', hard: false, weight: 7 },
    ])
  })

  it('gives a rule without a weight one, because the platform asks for it', () => {
    const leftOut = rule({ rule: 'left_out', weight: null, most: null })
    const draft = choose(leftOut, NOTHING, { hard: true })
    expect(changesOf([leftOut], draft)).toEqual([{ rule: 'left_out', hard: true, weight: 1 }])
  })

  it('never touches a rule that protects somebody', () => {
    const skill = rule({
      rule: 'skill',
      hard: true,
      weight: null,
      most: null,
      can_be_weighted: false,
    })
    expect(changesOf([skill], choose(skill, NOTHING, { hard: false }))).toEqual([])
  })
})

describe('what is wrong', () => {
  const typed = (weight: number | string | null) =>
    faultOf(rule(), choose(rule(), NOTHING, { weight }))

  it('is a weight that is no whole number', () => {
    expect([typed(''), typed(1.5), typed(null), typed('much')]).toEqual([
      'number',
      'number',
      'number',
      'number',
    ])
  })

  it('is a weight out of range', () => {
    expect([typed(-1), typed(101), typed(0), typed(100)]).toEqual(['range', 'range', null, null])
  })

  it('is nothing while the rule is hard, and then the old weight is sent', () => {
    const draft = choose(rule(), NOTHING, { weight: '', hard: true })
    expect(faults([rule()], draft)).toEqual([])
    expect(changesOf([rule()], draft)).toEqual([{ rule: 'lateness', hard: true, weight: 2 }])
  })
})
