/** Where the bars of the day go. All x are pixels from the chart's left edge. */
import { minuteOn } from '@/shared/time/format'
import type { PlanRow, PlanStop } from '../wire'

export interface Scale {
  /** The centre's calendar day that minutes count from. */
  day: string
  /** Minutes of the centre's day at the left and right edge. */
  from: number
  to: number
  perMinute: number
}

export type Mark = 'planned' | 'started' | 'done' | 'missed' | 'cancelled' | 'late'

export interface Bar {
  id: string
  x: number
  width: number
  mark: Mark
  lateMinutes: number
  stop: PlanStop
}

/** Less lateness than this is no news. */
const LATE_FROM_S = 5 * 60
const MIN_WIDTH = 6

export function stopId(stop: PlanStop): string {
  return stop.visit_id ?? stop.order_id ?? ''
}

/** The span of the day worth drawing: whole hours around all shifts and stops. */
export function scaleFor(
  rows: readonly PlanRow[],
  day: string,
  width: number,
  minPerMinute = 1,
): Scale {
  let from = Infinity
  let to = -Infinity
  const stretch = (start: string, end: string): void => {
    from = Math.min(from, minuteOn(day, start))
    to = Math.max(to, minuteOn(day, end))
  }
  for (const row of rows) {
    for (const shift of row.shifts) stretch(shift.from, shift.to)
    for (const stop of row.stops) stretch(stop.start_at, stop.end_at)
  }
  if (to <= from || !Number.isFinite(from)) [from, to] = [7 * 60, 19 * 60]
  from = Math.floor(from / 60) * 60
  to = Math.ceil(to / 60) * 60
  return { day, from, to, perMinute: Math.max(minPerMinute, width / (to - from)) }
}

export function xOf(scale: Scale, minute: number): number {
  return (minute - scale.from) * scale.perMinute
}

export function chartWidth(scale: Scale): number {
  return (scale.to - scale.from) * scale.perMinute
}

export function hours(scale: Scale): number[] {
  const every = scale.perMinute * 60 < 40 ? 2 : 1
  const found: number[] = []
  for (let hour = scale.from / 60; hour <= scale.to / 60; hour += every) found.push(hour)
  return found
}

/** How a stop is marked: what happened first, then whether it runs late. */
export function markOf(stop: PlanStop): Mark {
  switch (stop.state) {
    case 'done':
    case 'delivered':
      return 'done'
    case 'missed':
    case 'refused':
    case 'no_answer':
      return 'missed'
    case 'cancelled':
      return 'cancelled'
  }
  if (stop.late_s >= LATE_FROM_S) return 'late'
  return stop.state === 'started' || stop.state === 'loaded' ? 'started' : 'planned'
}

export function barsOf(row: PlanRow, scale: Scale): Bar[] {
  return row.stops.map((stop) => {
    const start = minuteOn(scale.day, stop.start_at)
    const end = minuteOn(scale.day, stop.end_at)
    return {
      id: stopId(stop),
      x: xOf(scale, start),
      width: Math.max(MIN_WIDTH, (end - start) * scale.perMinute - 1),
      mark: markOf(stop),
      lateMinutes: Math.round(stop.late_s / 60),
      stop,
    }
  })
}

/** The rows in view, with some beyond either edge so that scrolling shows no gap. */
export function rowsInView(
  count: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
  beyond = 4,
): { first: number; last: number } {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - beyond)
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + beyond)
  return { first, last }
}

export interface DayFigures {
  stops: number
  done: number
  started: number
  late: number
  missed: number
}

export function figures(rows: readonly PlanRow[]): DayFigures {
  const found: DayFigures = { stops: 0, done: 0, started: 0, late: 0, missed: 0 }
  for (const row of rows) {
    for (const stop of row.stops) {
      found.stops += 1
      const mark = markOf(stop)
      if (mark !== 'planned' && mark !== 'cancelled') found[mark] += 1
    }
  }
  return found
}
