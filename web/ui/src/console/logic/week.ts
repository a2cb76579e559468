/** A week as a table: rows by resident or by caregiver, a cell for each day. */
import type { Day, Named, Service } from '@/shared/api/types'
import type { PlannedWeek, WeekGap, WeekJob, WeekVisit } from '../wire'

export type By = 'resident' | 'caregiver'

export interface WeekEntry {
  key: string
  visit: WeekVisit
  resident: Named
  service: Service
}

export interface WeekCell {
  day: Day
  /** The row's caregiver has no shift that day; by resident always false. */
  off: boolean
  entries: WeekEntry[]
}

export interface WeekRow {
  id: string
  name: string
  /** By resident: what was agreed. */
  service: Service | null
  perWeek: number
  apart: number
  cells: WeekCell[]
  visits: number
}

/** What the planner typed, ready to be looked for. */
const needle = (text: string): string => text.trim().toLocaleLowerCase()
const holds = (wanted: string, ...texts: string[]): boolean =>
  texts.some((text) => text.toLocaleLowerCase().includes(wanted))

const byStart = (a: WeekEntry, b: WeekEntry): number =>
  (a.visit.start_at ?? a.visit.window.from).localeCompare(
    b.visit.start_at ?? b.visit.window.from,
  ) || a.key.localeCompare(b.key)

/** Everything that matches the filter: a resident, a service or a caregiver by name. */
function entriesOf(week: PlannedWeek, filter: string): (WeekEntry & { item: string })[] {
  const wanted = needle(filter)
  return week.items.flatMap((item) => {
    const whole =
      wanted === '' || holds(wanted, item.resident.name, item.service.zh, item.service.en)
    return item.visits
      .filter((visit) => whole || visit.caregivers.some((person) => holds(wanted, person.name)))
      .map((visit) => ({
        key: `${item.id} ${visit.day}`,
        item: item.id,
        visit,
        resident: item.resident,
        service: item.service,
      }))
  })
}

const cells = (week: PlannedWeek, entries: WeekEntry[], works: (day: Day) => boolean): WeekCell[] =>
  week.days.map(({ day }) => ({
    day,
    off: !works(day),
    entries: entries.filter((entry) => entry.visit.day === day).sort(byStart),
  }))

export function weekRows(week: PlannedWeek, by: By, filter = ''): WeekRow[] {
  const entries = entriesOf(week, filter)
  return by === 'resident'
    ? residentRows(week, entries, needle(filter))
    : caregiverRows(week, entries, needle(filter))
}

function residentRows(
  week: PlannedWeek,
  entries: (WeekEntry & { item: string })[],
  wanted: string,
): WeekRow[] {
  return (
    week.items
      .map((item) => {
        const mine = entries.filter((entry) => entry.item === item.id)
        return {
          id: item.id,
          name: item.resident.name,
          service: item.service,
          perWeek: item.per_week,
          apart: item.least_days_apart,
          cells: cells(week, mine, () => true),
          visits: mine.length,
        }
      })
      // Who has no visit at all is what a planner looks for first.
      .filter(
        (row) =>
          row.visits > 0 ||
          wanted === '' ||
          holds(wanted, row.name, row.service.zh, row.service.en),
      )
  )
}

function caregiverRows(week: PlannedWeek, entries: WeekEntry[], wanted: string): WeekRow[] {
  return week.people
    .map((person) => {
      const mine = entries.filter((entry) =>
        entry.visit.caregivers.some((one) => one.id === person.id),
      )
      const work = new Set(person.at_work)
      return {
        id: person.id,
        name: person.name,
        service: null,
        perWeek: 0,
        apart: 1,
        cells: cells(week, mine, (day) => work.has(day)),
        visits: mine.length,
      }
    })
    .filter((row) => wanted === '' || row.visits > 0 || holds(wanted, row.name))
}

/** What has no place, as far as the filter asks for it. */
export function gapsOf(week: PlannedWeek, filter = ''): WeekGap[] {
  const wanted = needle(filter)
  return week.missing.filter(
    (gap) => wanted === '' || holds(wanted, gap.resident.name, gap.service.zh, gap.service.en),
  )
}

/** Of what is agreed so many times a week; fixed days are the plan of the day's. */
export interface WeekFigures {
  agreed: number
  placed: number
  missing: number
}

const LOST = new Set(['left_out', 'missed', 'cancelled'])

export function weekFigures(week: PlannedWeek): WeekFigures {
  const visits = week.items.flatMap((item) => item.visits)
  return {
    agreed: week.items.reduce((sum, item) => sum + item.per_week, 0),
    placed: visits.filter((visit) => !LOST.has(visit.state)).length,
    missing: week.missing.reduce((sum, gap) => sum + (gap.fixed_days ? 0 : gap.visits), 0),
  }
}

/** How far a job is, 0 to 1, as far as that can be known: its time is the most it takes. */
export function shareDone(job: WeekJob): number {
  if (job.state === 'done' || job.state === 'failed') return 1
  const reached = job.progress.at(-1)?.seconds ?? 0
  return Math.min(0.95, reached / Math.max(1, job.seconds))
}

export type Stage = 'queued' | 'days' | 'people' | 'done' | 'failed'

export function stageOf(job: WeekJob): Stage {
  if (job.state !== 'running') return job.state
  return job.progress.at(-1)?.stage ?? 'days'
}

/** The same weekday so many weeks on. */
export function weeksOn(day: Day, weeks: number): Day {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + 7 * weeks)
  return at.toISOString().slice(0, 10)
}
