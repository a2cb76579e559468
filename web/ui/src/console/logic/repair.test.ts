import { describe, expect, it } from 'vitest'
import type { PlanRow, RepairChange } from '../wire'
import { absenceOf, names, openVisits } from './repair'

const NOW = '2026-11-25T02:00:00Z'

function row(over: Partial<PlanRow> = {}): PlanRow {
  return { id: 'li', name: 'Li', shifts: [], stops: [], ...over } as PlanRow
}

describe('what has changed', () => {
  it('takes somebody who falls ill out from now to the end of the last shift', () => {
    const shifts = [
      { from: '2026-11-25T00:00:00Z', to: '2026-11-25T04:00:00Z' },
      { from: '2026-11-25T06:00:00Z', to: '2026-11-25T10:00:00Z' },
    ]
    expect(absenceOf(row({ shifts }), NOW)).toEqual({ caregiver_id: 'li', starts_at: NOW, ends_at: '2026-11-25T10:00:00Z' })
    expect(absenceOf(row({ shifts: [{ from: '2026-11-24T00:00:00Z', to: '2026-11-24T10:00:00Z' }] }), NOW)).toBeNull()
  })

  it('offers what is not done yet, in order of time', () => {
    const stop = (visit_id: string | null, start_at: string, state: string) => ({ visit_id, start_at, state })
    const stops = [stop('c', '2026-11-25T05:00:00Z', 'planned'), stop('a', '2026-11-25T03:00:00Z', 'done'), stop(null, '2026-11-25T04:00:00Z', 'planned')]
    const others = [stop('b', '2026-11-25T04:30:00Z', 'started')]
    const rows = [row({ stops: stops as never }), row({ id: 'sun', stops: others as never })]
    expect(openVisits(rows).map((found) => found.visit_id)).toEqual(['b', 'c'])
  })

  it('says who comes, or that nobody does', () => {
    const change = { before: { caregivers: [{ id: '1', name: 'Li' }, { id: '2', name: 'Sun' }], start_at: NOW }, after: null } as unknown as RepairChange
    expect(names(change, 'before', 'nobody')).toBe('Li + Sun')
    expect(names(change, 'after', 'nobody')).toBe('nobody')
  })
})
