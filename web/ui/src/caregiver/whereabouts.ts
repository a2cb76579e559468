/** When the phone tells the centre where it is: while at work, seldom, and only if it moved. */

import type { Fix, Today } from './model'
import { isActive } from './jobs'
import { isOpen } from './meals'
import { distance } from './visits'

export interface Report extends Fix {
  /** Milliseconds since 1970. */
  at: number
}

/** On an alarm the desk watches the caregiver come; otherwise a fix now and then is enough. */
const ON_ALARM = { everyMs: 10_000, movedM: 10 } as const
const AT_WORK = { everyMs: 60_000, movedM: 50 } as const

/** Even without moving, the desk wants to see that the fix is alive. */
const AT_LEAST_EVERY_MS = 5 * 60_000

/** A caregiver is at work from a while before the first open stop until the last is over. */
const LEAD_MS = 45 * 60_000

export type Duty = 'alarm' | 'work' | 'off'

export function duty(today: Today | null, now: number): Duty {
  if (!today) return 'off'
  if (isActive(today.job)) return 'alarm'
  const ahead = [
    ...today.visits
      .filter((visit) => visit.state === 'planned' || visit.state === 'started')
      .map((visit) => Date.parse(visit.start_at)),
    ...today.meals.filter(isOpen).map((stop) => Date.parse(stop.eta_at)),
  ]
  return ahead.some((start) => start - LEAD_MS <= now) ? 'work' : 'off'
}

/** Whether `fix` is worth sending after `last`. */
export function worthTelling(fix: Report, last: Report | null, at: Duty): boolean {
  if (at === 'off') return false
  if (!last) return true
  const { everyMs, movedM } = at === 'alarm' ? ON_ALARM : AT_WORK
  const since = fix.at - last.at
  if (since < everyMs) return false
  return since >= AT_LEAST_EVERY_MS || distance(last, fix) >= movedM
}
