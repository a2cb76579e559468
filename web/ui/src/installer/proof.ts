/** Whether a terminal's button has been heard since somebody was asked to press it. */

import type { HeardAlarm, TerminalDetail } from './model'

/** What had been heard before. Ids are compared, not times: no clock has to be right. */
export interface Before {
  alarms: ReadonlySet<string>
  seen: string | null
  /** Milliseconds. */
  at: number
}

export interface Proof {
  /** `heard`: it is there, but its button has not been pressed; `late`: nothing came in time. */
  phase: 'waiting' | 'heard' | 'arrived' | 'late'
  alarm: HeardAlarm | null
  /** Whether anything at all has come, so that what to check next can be said. */
  heard: boolean
}

export const PATIENCE_MS = 90_000
/** What a terminal reports about itself is no press. */
const OWN_STATE: ReadonlySet<string> = new Set([
  'low_battery',
  'mains_lost',
  'mains_back',
  'tamper',
  'fault',
])

type Told = Pick<TerminalDetail, 'alarms' | 'last_seen_at'>

export function before(told: Told, now: number): Before {
  return { alarms: new Set(told.alarms.map(({ id }) => id)), seen: told.last_seen_at, at: now }
}

/** A press counts however late it comes. */
export function proofOf(from: Before, told: Told, now: number): Proof {
  const fresh = told.alarms.filter(({ id }) => !from.alarms.has(id))
  const alarm = fresh.find(({ kind }) => !OWN_STATE.has(kind)) ?? null
  const heard = fresh.length > 0 || told.last_seen_at !== from.seen
  if (alarm) return { phase: 'arrived', alarm, heard: true }
  if (now - from.at >= PATIENCE_MS) return { phase: 'late', alarm, heard }
  return { phase: heard ? 'heard' : 'waiting', alarm, heard }
}

/** Whole seconds left until patience ends; `now` may be a moment older than the start. */
export function secondsLeft(from: Before, now: number): number {
  return Math.max(0, Math.ceil((PATIENCE_MS - Math.max(0, now - from.at)) / 1000))
}
