import { describe, expect, it } from 'vitest'
import type { PlanRow, RepairChange } from '../wire'
import { blank, lastShift, names, openVisits, questionOf } from './repair'

const NOW = '2026-11-25T02:00:00Z'

function row(over: Partial<PlanRow> = {}): PlanRow {
  return { id: 'li', name: 'Li', shifts: [], stops: [], ...over } as PlanRow
}

describe('what has changed', () => {
  it('takes somebody who falls ill out to the end of the last shift, unless another end is said', () => {
    const shifts = [
      { from: '2026-11-25T00:00:00Z', to: '2026-11-25T04:00:00Z' },
      { from: '2026-11-25T06:00:00Z', to: '2026-11-25T10:00:00Z' },
    ]
    expect(lastShift(row({ shifts }), NOW)).toBe('2026-11-25T10:00:00Z')
    expect(
      lastShift(
        row({ shifts: [{ from: '2026-11-24T00:00:00Z', to: '2026-11-24T10:00:00Z' }] }),
        NOW,
      ),
    ).toBeNull()
    const form = { ...blank(Date.parse(NOW)), who: 'li', until: '2026-11-25T12:30' }
    expect(form.from).toBe('2026-11-25T10:00')
    const absence = {
      caregiver_id: 'li',
      starts_at: '2026-11-25T02:00:00.000Z',
      ends_at: '2026-11-25T04:30:00.000Z',
    }
    expect(questionOf(form)).toEqual({ cause: 'absence', absence })
    expect(questionOf({ ...form, until: form.from })).toBeNull()
  })

  it('asks for an urgent visit in a window of the centre’s clock', () => {
    const form = {
      ...blank(Date.parse(NOW)),
      happened: 'new_visit' as const,
      resident: 'wang',
      service: 'bath',
    }
    const visit = {
      resident_id: 'wang',
      service: 'bath',
      window_from: '2026-11-25T02:00:00.000Z',
      window_to: '2026-11-25T04:00:00.000Z',
    }
    expect(questionOf(form)).toEqual({ cause: 'new_visit', new_visit: { ...visit, minutes: null } })
    expect(questionOf({ ...form, minutes: 45 })).toEqual({
      cause: 'new_visit',
      new_visit: { ...visit, minutes: 45 },
    })
    expect(questionOf({ ...form, latest: '2026-11-25T09:00' })).toBeNull()
  })

  it('asks shortly before midnight for a visit that may begin after it', () => {
    const form = {
      ...blank(Date.parse('2026-11-25T15:30:00Z')),
      happened: 'new_visit' as const,
      resident: 'wang',
      service: 'bath',
    }
    expect([form.earliest, form.latest]).toEqual(['2026-11-25T23:30', '2026-11-26T01:30'])
    expect(questionOf(form)).toMatchObject({
      new_visit: { window_from: '2026-11-25T15:30:00.000Z', window_to: '2026-11-25T17:30:00.000Z' },
    })
  })

  it('offers what nobody has begun, in order of time', () => {
    const stop = (visit_id: string | null, start_at: string, state: string) => ({
      visit_id,
      start_at,
      state,
    })
    const stops = [
      stop('c', '2026-11-25T05:00:00Z', 'planned'),
      stop('a', '2026-11-25T03:00:00Z', 'done'),
      stop(null, '2026-11-25T04:00:00Z', 'planned'),
    ]
    const others = [
      stop('b', '2026-11-25T04:30:00Z', 'planned'),
      stop('d', '2026-11-25T02:00:00Z', 'started'),
    ]
    const rows = [row({ stops: stops as never }), row({ id: 'sun', stops: others as never })]
    expect(openVisits(rows).map((found) => found.visit_id)).toEqual(['b', 'c'])
  })

  it('tells how many minutes late a visit is, in whole ones', () => {
    const form = { ...blank(Date.parse(NOW)), happened: 'late' as const, visit: 'c' }
    expect(questionOf(form)).toEqual({ cause: 'late', visit_id: 'c', late: { minutes: 15 } })
    expect(questionOf({ ...form, late: 480 })).not.toBeNull()
    for (const late of ['', 0, 481, 2.5] as const) expect(questionOf({ ...form, late })).toBeNull()
    expect(questionOf({ ...form, visit: '' })).toBeNull()
  })

  it('says who comes, or that nobody does', () => {
    const change = {
      before: {
        caregivers: [
          { id: '1', name: 'Li' },
          { id: '2', name: 'Sun' },
        ],
        start_at: NOW,
      },
      after: null,
    } as unknown as RepairChange
    expect(names(change, 'before', 'nobody')).toBe('Li + Sun')
    expect(names(change, 'after', 'nobody')).toBe('nobody')
  })
})
