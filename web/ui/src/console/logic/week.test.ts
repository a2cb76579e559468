import { describe, expect, it } from 'vitest'
import type { PlannedWeek, WeekItem, WeekJob, WeekVisit } from '../wire'
import { gapsOf, shareDone, stageOf, weekFigures, weekRows, weeksOn } from './week'

const DAYS = ['23', '24', '25', '26', '27', '28', '29'].map((day) => `2026-11-${day}`)
const LI = { id: 'li', name: 'Li Jing' }
const SUN = { id: 'sun', name: 'Sun Ping' }

const visit = (number: number, over: Partial<WeekVisit> = {}): WeekVisit => ({
  day: DAYS[number]!,
  state: 'chosen',
  caregivers: [LI],
  window: { from: `${DAYS[number]}T01:00:00Z`, to: `${DAYS[number]}T03:00:00Z` },
  start_at: null,
  end_at: null,
  ...over,
})
const item = (over: Partial<WeekItem> = {}): WeekItem => ({
  id: 'walk',
  resident: { id: 'r', name: '王秀英' },
  service: { id: 'walk', zh: '助行', en: 'Going out together' },
  per_week: 2,
  least_days_apart: 2,
  staff: 1,
  visits: [visit(0), visit(3, { caregivers: [SUN] })],
  ...over,
})
const week = (over: Partial<PlannedWeek> = {}): PlannedWeek => ({
  monday: DAYS[0]!,
  planned_on: DAYS[0]!,
  days: DAYS.map((day) => ({ day, holiday: false, free: true })),
  items: [item()],
  people: [
    { ...LI, at_work: DAYS.slice(0, 5) },
    { ...SUN, at_work: DAYS.slice(2) },
  ],
  missing: [],
  job: null,
  ...over,
})
const job = (over: Partial<WeekJob> = {}): WeekJob => ({
  id: 'j',
  monday: DAYS[0]!,
  cause: 'manual',
  seconds: 10,
  state: 'running',
  progress: [],
  error: null,
  broken: [],
  created_at: '2026-11-23T00:00:00Z',
  finished_at: null,
  ...over,
})
const filled = (rows: ReturnType<typeof weekRows>) =>
  rows.map((row) => row.cells.map((cell) => cell.entries.length).join(''))

describe('the table by resident', () => {
  it('has a row for each service and a cell for each day', () => {
    const rows = weekRows(week(), 'resident')
    expect(rows.map((row) => row.name)).toEqual(['王秀英'])
    expect(filled(rows)).toEqual(['1001000'])
    expect(rows[0]!.cells.every((cell) => !cell.off)).toBe(true)
  })

  it('shows services without any visit: they are what a planner looks for', () => {
    expect(filled(weekRows(week({ items: [item({ visits: [] })] }), 'resident'))).toEqual([
      '0000000',
    ])
  })
})

describe('the table by caregiver', () => {
  it('has a row for everybody and says who is off', () => {
    const rows = weekRows(week(), 'caregiver')
    expect(filled(rows)).toEqual(['1000000', '0001000'])
    expect(rows[0]!.cells.map((cell) => cell.off)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
    ])
  })

  it('shows a visit of two people with both', () => {
    const rows = weekRows(
      week({ items: [item({ visits: [visit(2, { caregivers: [LI, SUN] })] })] }),
      'caregiver',
    )
    expect(rows.map((row) => row.visits)).toEqual([1, 1])
  })

  it('puts a day in order of time', () => {
    const late = item({ id: 'b', visits: [visit(0, { start_at: `${DAYS[0]}T08:00:00Z` })] })
    const rows = weekRows(week({ items: [late, item()] }), 'caregiver')
    expect(rows[0]!.cells[0]!.entries.map((entry) => entry.key.split(' ')[0])).toEqual([
      'walk',
      'b',
    ])
  })
})

describe('the filter', () => {
  it('finds residents, services in both languages and caregivers, whatever the case', () => {
    for (const text of ['王秀', '助行', 'GOING', ' sun '])
      expect(weekRows(week(), 'resident', text)).toHaveLength(1)
    expect(weekRows(week(), 'resident', 'nobody')).toEqual([])
  })

  it('leaves only the visits of the caregiver who is looked for', () => {
    expect(filled(weekRows(week(), 'resident', 'sun'))).toEqual(['0001000'])
  })

  it('leaves only the caregivers of the resident who is looked for', () => {
    const other = item({ id: 'b', resident: { id: 's', name: '张桂兰' }, visits: [visit(4)] })
    const rows = weekRows(
      week({ items: [item({ visits: [visit(3, { caregivers: [SUN] })] }), other] }),
      'caregiver',
      '张桂',
    )
    expect(rows.map((row) => row.name)).toEqual(['Li Jing'])
  })

  it('narrows what has no place, too', () => {
    const gap = {
      item: 'walk',
      resident: item().resident,
      service: item().service,
      fixed_days: false,
      visits: 1,
      reason: 'full',
      remedy: 'nobody',
      zh: '',
      en: '',
    }
    const with_gap = week({ missing: [gap] })
    expect(gapsOf(with_gap)).toHaveLength(1)
    expect(gapsOf(with_gap, '王')).toHaveLength(1)
    expect(gapsOf(with_gap, '张')).toEqual([])
  })
})

describe('the figures', () => {
  it('count what was agreed, what has a day and what has none', () => {
    const gap = {
      item: 'walk',
      resident: item().resident,
      service: item().service,
      fixed_days: false,
      visits: 2,
      reason: 'full',
      remedy: 'nobody',
      zh: '',
      en: '',
    }
    const visits = [
      visit(0, { state: 'done' }),
      visit(1, { state: 'missed' }),
      visit(2, { state: 'left_out' }),
    ]
    const missing = [gap, { ...gap, item: 'bath', fixed_days: true }]
    expect(weekFigures(week({ items: [item({ per_week: 4, visits })], missing }))).toEqual({
      agreed: 4,
      placed: 1,
      missing: 2,
    })
  })
})

describe('the progress of a job', () => {
  it('goes by time, never to the end before it is over', () => {
    expect(shareDone(job({ state: 'queued' }))).toBe(0)
    expect(shareDone(job({ progress: [{ stage: 'days', seconds: 2, cost: 1 }] }))).toBe(0.2)
    expect(shareDone(job({ progress: [{ stage: 'people', seconds: 60, cost: 1 }] }))).toBe(0.95)
    expect(shareDone(job({ state: 'done' }))).toBe(1)
  })

  it('says what is being chosen', () => {
    expect(stageOf(job({ state: 'queued' }))).toBe('queued')
    expect(stageOf(job())).toBe('days')
    expect(stageOf(job({ progress: [{ stage: 'people', seconds: 3, cost: 1 }] }))).toBe('people')
    expect(stageOf(job({ state: 'failed' }))).toBe('failed')
  })
})

describe('turning the page', () => {
  it('keeps the weekday across months and years', () => {
    expect(weeksOn('2026-12-28', 1)).toBe('2027-01-04')
    expect(weeksOn('2026-11-23', -1)).toBe('2026-11-16')
  })
})
