import type { PlanRow, RepairChange } from '../wire'

export type Happened = 'absence' | 'cancelled' | 'late'

/** What can be cancelled or late: visits that are planned or under way, in order of time. */
export function openVisits(rows: readonly PlanRow[]) {
  return rows
    .flatMap((row) => row.stops.filter((stop) => stop.visit_id !== null && (stop.state === 'planned' || stop.state === 'started')))
    .sort((one, other) => one.start_at.localeCompare(other.start_at))
}

/** Somebody who falls ill is away from now to the end of the last shift; null: no shift is left. */
export function absenceOf(row: PlanRow, now: string): { caregiver_id: string; starts_at: string; ends_at: string } | null {
  const ends_at = row.shifts.map((shift) => shift.to).filter((end) => end > now).sort().at(-1)
  return ends_at === undefined ? null : { caregiver_id: row.id, starts_at: now, ends_at }
}

/** Who comes, before and after: only the names that say something. */
export function names(change: RepairChange, side: 'before' | 'after', nobody: string): string {
  const seat = change[side]
  return seat === null || seat.caregivers.length === 0 ? nobody : seat.caregivers.map((who) => who.name).join(' + ')
}
