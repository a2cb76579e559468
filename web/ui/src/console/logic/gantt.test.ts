import { describe, expect, it } from 'vitest'
import { stop } from '../testing/samples'
import type { PlanRow } from '../wire'
import { barsOf, chartWidth, figures, hours, markOf, rowsInView, scaleFor, xOf } from './gantt'

const DAY = '2026-11-22'
const row = (over: Partial<PlanRow> = {}): PlanRow => ({
  id: 'c',
  name: 'C',
  shifts: [],
  stops: [],
  ...over,
})

describe('the scale', () => {
  it('spans whole hours around shifts and stops, in the wall clock of the centre', () => {
    const rows = [row({ shifts: [{ from: '2026-11-21T23:30:00Z', to: '2026-11-22T09:10:00Z' }] })]
    const scale = scaleFor(rows, DAY, 1200)
    expect([scale.from, scale.to]).toEqual([7 * 60, 18 * 60])
    expect(chartWidth(scale)).toBeCloseTo(1200)
  })

  it('goes past midnight with a night shift', () => {
    const rows = [row({ shifts: [{ from: '2026-11-22T14:00:00Z', to: '2026-11-22T22:00:00Z' }] })]
    const scale = scaleFor(rows, DAY, 100)
    expect([scale.from, scale.to]).toEqual([22 * 60, 30 * 60])
  })

  it('falls back to a working day when there is nothing to show', () => {
    expect(scaleFor([], DAY, 720)).toEqual({ day: DAY, from: 420, to: 1140, perMinute: 1 })
  })

  it('never squeezes below a legible width', () => {
    expect(chartWidth(scaleFor([], DAY, 100, 1.2))).toBeCloseTo(864)
  })

  it('skips every other hour when hours stand close', () => {
    expect(hours({ day: DAY, from: 420, to: 660, perMinute: 1 })).toEqual([7, 8, 9, 10, 11])
    expect(hours({ day: DAY, from: 420, to: 660, perMinute: 0.5 })).toEqual([7, 9, 11])
  })
})

describe('a bar', () => {
  it('lies at its time', () => {
    const scale = { day: DAY, from: 8 * 60, to: 18 * 60, perMinute: 2 }
    const [bar] = barsOf(row({ stops: [stop()] }), scale)
    expect(bar!.x).toBe(120) // 09:00 is an hour after 08:00
    expect(bar!.width).toBe(119)
    expect(xOf(scale, 8 * 60)).toBe(0)
  })

  it('is wide enough to hit, however short the stop', () => {
    const short = stop({ end_at: '2026-11-22T01:01:00Z' })
    expect(
      barsOf(row({ stops: [short] }), { day: DAY, from: 0, to: 1440, perMinute: 1 })[0]!.width,
    ).toBe(6)
  })

  it('is marked late only while it still can be late', () => {
    expect(markOf(stop({ late_s: 299 }))).toBe('planned')
    expect(markOf(stop({ late_s: 300 }))).toBe('late')
    expect(markOf(stop({ late_s: 900, state: 'done' }))).toBe('done')
    expect(markOf(stop({ state: 'started' }))).toBe('started')
    expect(markOf(stop({ state: 'no_answer' }))).toBe('missed')
  })
})

describe('the chart', () => {
  it('draws only the rows in view and a few beyond', () => {
    expect(rowsInView(60, 26, 0, 200)).toEqual({ first: 0, last: 12 })
    expect(rowsInView(60, 26, 26 * 30, 200)).toEqual({ first: 26, last: 42 })
    expect(rowsInView(5, 26, 0, 400)).toEqual({ first: 0, last: 5 })
  })

  it('adds up the day', () => {
    const rows = [row({ stops: [stop({ state: 'done' }), stop({ late_s: 600 }), stop()] })]
    expect(figures(rows)).toEqual({ stops: 3, done: 1, started: 0, late: 1, missed: 0 })
  })
})
