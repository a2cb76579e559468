import { describe, expect, test } from 'vitest'

import { conditionOf, countOf, questionOf, strengthOf } from './condition'

const heard = {
  condition: 'online' as const,
  last_seen_at: '2026-03-02T01:00:00Z',
  low_battery: false,
}

describe('how a terminal is', () => {
  test('a low battery is told of one that is heard', () => {
    expect(conditionOf(heard)).toBe('online')
    expect(conditionOf({ ...heard, low_battery: true })).toBe('low')
  })

  test('silence matters more than the battery', () => {
    expect(conditionOf({ ...heard, condition: 'silent', low_battery: true })).toBe('silent')
  })

  test('one that never said a word is not called silent', () => {
    expect(conditionOf({ ...heard, condition: 'silent', last_seen_at: null })).toBe('never')
    expect(conditionOf({ ...heard, condition: 'unknown', last_seen_at: null })).toBe('never')
  })

  test('one that was moved is waited for', () => {
    expect(conditionOf({ ...heard, condition: 'unknown' })).toBe('waiting')
  })
})

describe('which are looked at', () => {
  test('those not yet installed are no condition but a place', () => {
    expect(questionOf('spare', ' AX ', 50)).toEqual({ installed: false, q: 'AX', limit: 50 })
    expect(questionOf('silent', '', 50)).toEqual({ condition: 'silent', q: '', limit: 50 })
  })

  test('a filter that nobody counts shows no number', () => {
    const counts = { total: 9, online: 5, silent: 2, low_battery: 1, unknown: 2 }
    expect(countOf('all', counts)).toBe(9)
    expect(countOf('silent', counts)).toBe(2)
    expect(countOf('low', counts)).toBe(1)
    expect(countOf('spare', counts)).toBeNull()
  })
})

test('radio strength has words', () => {
  expect([-60, -75, -76, -90, -91].map(strengthOf)).toEqual([
    'good',
    'good',
    'fair',
    'fair',
    'weak',
  ])
})
