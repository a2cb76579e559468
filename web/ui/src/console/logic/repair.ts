import { atWallClock, wallClock } from '@/shared/time/format'
import type { AskRepair, PlanRow, RepairChange } from '../wire'

export const HAPPENED = ['absence', 'new_visit', 'cancelled', 'late', 'road_closed'] as const
export type Happened = (typeof HAPPENED)[number]

/** What can be cancelled or late, in order of time: visits that nobody has begun. */
export function openVisits(rows: readonly PlanRow[]) {
  return rows
    .flatMap((row) =>
      row.stops.filter((stop) => stop.visit_id !== null && stop.state === 'planned'),
    )
    .sort((one, other) => one.start_at.localeCompare(other.start_at))
}

/** When somebody's last shift that is not over ends; null: none is left. */
export function lastShift(row: PlanRow, now: string): string | null {
  return (
    row.shifts
      .map((shift) => shift.to)
      .filter((end) => end > now)
      .sort()
      .at(-1) ?? null
  )
}

/** A whole form, as typed; times are the centre's wall clock. */
export interface Form {
  happened: Happened
  who: string
  from: string
  until: string
  visit: string
  resident: string
  service: string
  /** Date and time, like `from` and `until`: what is urgent before midnight may wait until after it. */
  earliest: string
  latest: string
  minutes: number | ''
  /** Minutes after the planned start. */
  late: number | ''
}

/** What happened, before it is an event of its own. */
export type Question = Omit<AskRepair, 'event_id'>

/** So late a visit can be. */
export const MOST_LATE = 480

/** What a form that nobody has touched says: from now on. */
export function blank(now: number): Form {
  const from = wallClock(now)
  return {
    happened: 'absence',
    who: '',
    from,
    until: '',
    visit: '',
    resident: '',
    service: '',
    earliest: from,
    latest: wallClock(now + 2 * 3_600_000),
    minutes: '',
    late: 15,
  }
}

/** What a form asks, as the wire has it; null: something is missing or the wrong way round. */
export function questionOf(form: Form): Question | null {
  switch (form.happened) {
    case 'absence': {
      if (form.who === '' || form.from === '' || !(form.until > form.from)) return null
      const absence = {
        caregiver_id: form.who,
        starts_at: atWallClock(form.from),
        ends_at: atWallClock(form.until),
      }
      return { cause: 'absence', absence }
    }
    case 'new_visit': {
      if (
        form.resident === '' ||
        form.service === '' ||
        form.earliest === '' ||
        !(form.latest >= form.earliest)
      )
        return null
      const window_from = atWallClock(form.earliest)
      const window_to = atWallClock(form.latest)
      const minutes = form.minutes === '' ? null : form.minutes
      return {
        cause: 'new_visit',
        new_visit: {
          resident_id: form.resident,
          service: form.service,
          window_from,
          window_to,
          minutes,
        },
      }
    }
    case 'cancelled':
      return form.visit === '' ? null : { cause: 'cancelled', visit_id: form.visit }
    case 'late': {
      const minutes = Number(form.late)
      if (form.visit === '' || !Number.isInteger(minutes) || minutes < 1 || minutes > MOST_LATE)
        return null
      return { cause: 'late', visit_id: form.visit, late: { minutes } }
    }
    case 'road_closed':
      return null
  }
}

/** Who comes, before and after: only the names that say something. */
export function names(change: RepairChange, side: 'before' | 'after', nobody: string): string {
  const seat = change[side]
  return seat === null || seat.caregivers.length === 0
    ? nobody
    : seat.caregivers.map((who) => who.name).join(' + ')
}
