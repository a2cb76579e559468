import { describe, expect, it } from 'vitest'
import { incident } from '../testing/samples'
import { ringFor } from './ringing'

const ME = 'me'
const mine = { id: ME, name: 'Me' }

describe('a seat', () => {
  it('is quiet when everything has an owner or is closed', () => {
    const rows = [incident({ state: 'claimed', claimed_by: mine }), incident({ state: 'closed' })]
    expect(ringFor(rows, 'operator', ME)).toBeNull()
  })

  it('rings for the most urgent of what is unowned', () => {
    const low = incident({ priority: 3, opened_at: '2026-11-20T00:00:00Z' })
    const high = incident({ priority: 1 })
    expect(ringFor([low, high], 'operator', ME)).toEqual({
      incident: high.id,
      priority: 1,
      volume: 'normal',
    })
  })

  it('rings louder once an incident has escalated, even beside a newer one', () => {
    const escalated = incident({ level: 1, opened_at: '2026-11-22T02:00:00Z' })
    expect(ringFor([incident(), escalated], 'operator', ME)?.volume).toBe('loud')
  })

  it('rings again when a claim runs out and the incident returns', () => {
    expect(
      ringFor([incident({ state: 'open', claimed_by: null, level: 0 })], 'operator', ME),
    ).not.toBeNull()
  })

  it('hears others softly while busy with a priority 1, until they concern every seat', () => {
    const own = incident({ state: 'claimed', claimed_by: mine })
    expect(ringFor([own, incident()], 'operator', ME)?.volume).toBe('soft')
    expect(ringFor([own, incident({ level: 1 })], 'operator', ME)?.volume).toBe('soft')
    expect(ringFor([own, incident({ level: 2 })], 'operator', ME)?.volume).toBe('loud')
  })

  it('of a supervisor rings only at the last level', () => {
    expect(ringFor([incident({ level: 2 })], 'supervisor', ME)).toBeNull()
    expect(ringFor([incident({ level: 3 })], 'supervisor', ME)?.volume).toBe('loud')
  })

  it('of a planner or administrator never rings', () => {
    expect(ringFor([incident({ level: 3 })], 'planner', ME)).toBeNull()
    expect(ringFor([incident({ level: 3 })], 'admin', ME)).toBeNull()
  })
})
