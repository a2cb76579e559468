/**
 * What the caregiver did, kept on the phone until the centre has it.
 *
 * A record is made once, with its own id and the device's time, and sent until the centre has
 * answered; the centre takes the same id once. This file decides; `ledger.ts` stores and sends.
 */

import type { Body, Params, PathOf } from '@/shared/api/typing'

import type { Fix } from './model'

export type Deed =
  | { kind: 'check-in'; visit: string; method: 'gps' | 'manual'; location?: Fix; reason?: string }
  | { kind: 'check-out'; visit: string; location?: Fix }
  | { kind: 'task'; visit: string; task: string; done: boolean; reason?: string }
  | { kind: 'meal'; order: string; outcome: MealOutcome; reason?: string }
  | { kind: 'job'; assignment: string; step: JobStep; reason?: string }

export type MealOutcome = Params<'post', '/caregiver/meals/{order_id}/{what}'>['what']
export type JobStep = Params<'post', '/caregiver/jobs/{assignment_id}/{step}'>['step']

/** `waiting` until the centre answers; then `synced`, or `refused` with the centre's reason. */
export type RecordState = 'waiting' | 'synced' | 'refused'

export interface DeedRecord {
  event_id: string
  /** Grows with every record of this phone: the order in which things happened. */
  seq?: number
  caregiver: string
  deed: Deed
  /** For whom or where, in words, so that "me" can list records without the day's plan. */
  about: string
  device_at: string
  /** Not sent before this time, so that a slip can be undone; milliseconds since 1970. */
  held_until: number
  state: RecordState
  /** The centre's problem code, once refused. */
  problem: string | null
  settled_at: string | null
}

/** How long a one-tap meal answer can be taken back. */
export const UNDO_MS = 6_000

/** Records settled longer ago than this are forgotten. */
export const KEEP_MS = 36 * 3_600_000

/** What a record is about; records of one subject must reach the centre in order. */
export function subject(deed: Deed): string {
  switch (deed.kind) {
    case 'check-in':
    case 'check-out':
    case 'task':
      return `visit/${deed.visit}`
    case 'meal':
      return `meal/${deed.order}`
    case 'job':
      return `job/${deed.assignment}`
  }
}

type Path = Extract<PathOf<'post'>, `/caregiver/${string}`>

export interface Request<P extends Path = Path> {
  path: P
  body: Body<'post', P>
  given: Params<'post', P>
}

const to = <P extends Path>(
  path: P,
  given: Params<'post', P>,
  body: Body<'post', P>,
): Request<P> => ({ path, given, body })

/** The request that tells the centre. What is undefined is not sent. */
export function request(record: DeedRecord): Request {
  const { deed, event_id, device_at } = record
  const said = { event_id, device_at, reason: 'reason' in deed ? deed.reason : undefined }
  switch (deed.kind) {
    case 'check-in': {
      const body = { ...said, method: deed.method, location: deed.location }
      return to('/caregiver/visits/{visit_id}/check-in', { visit_id: deed.visit }, body)
    }
    case 'check-out': {
      const body = { event_id, device_at, location: deed.location }
      return to('/caregiver/visits/{visit_id}/check-out', { visit_id: deed.visit }, body)
    }
    case 'task': {
      const given = { visit_id: deed.visit, task: deed.task }
      const body = { ...said, done: deed.done }
      return to('/caregiver/visits/{visit_id}/tasks/{task}', given, body)
    }
    case 'meal': {
      const given = { order_id: deed.order, what: deed.outcome }
      return to('/caregiver/meals/{order_id}/{what}', given, said)
    }
    case 'job': {
      const given = { assignment_id: deed.assignment, step: deed.step }
      return to('/caregiver/jobs/{assignment_id}/{step}', given, said)
    }
  }
}

/**
 * The next record to send: the oldest waiting one that is neither held itself nor behind a held
 * one of the same subject. Alarm jobs overtake everything else.
 */
export function next(records: readonly DeedRecord[], now: number): DeedRecord | null {
  const held = new Set<string>()
  let first: DeedRecord | null = null
  for (const record of waiting(records)) {
    const about = subject(record.deed)
    if (held.has(about)) continue
    if (record.held_until > now) held.add(about)
    else if (record.deed.kind === 'job') return record
    else first ??= record
  }
  return first
}

/** When the earliest held record may be sent, or `null` if none is held. */
export function heldUntil(records: readonly DeedRecord[], now: number): number | null {
  const times = waiting(records)
    .map((record) => record.held_until)
    .filter((time) => time > now)
  return times.length ? Math.min(...times) : null
}

export function waiting(records: readonly DeedRecord[]): DeedRecord[] {
  return records
    .filter((record) => record.state === 'waiting')
    .sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
}

export type Verdict = 'synced' | 'refused' | 'later' | 'login'

/**
 * What an answer means for the record. Only a clear refusal is final: a record is never dropped
 * because the centre is busy, away or has lost the session.
 */
export function verdict(status: number): Verdict {
  if (status >= 200 && status < 300) return 'synced'
  if (status === 401) return 'login'
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'later'
  return status >= 400 ? 'refused' : 'later'
}

/** Milliseconds to wait after the n-th failure in a row (n ≥ 1): 2 s doubling to a minute. */
export function backOff(failures: number): number {
  return Math.min(60_000, 2_000 * 2 ** Math.min(failures - 1, 5))
}

export interface SyncSummary {
  waiting: number
  refused: number
  syncedAt: string | null
}

export function summary(records: readonly DeedRecord[], syncedAt: string | null): SyncSummary {
  return {
    waiting: records.filter((record) => record.state === 'waiting').length,
    refused: records.filter((record) => record.state === 'refused').length,
    syncedAt,
  }
}

/** The sync mark of one card: the worst of its records, `null` when all are long settled. */
export function mark(records: readonly DeedRecord[], about: string): RecordState | null {
  const states = records
    .filter((record) => subject(record.deed) === about)
    .map((record) => record.state)
  for (const state of ['refused', 'waiting', 'synced'] as const) {
    if (states.includes(state)) return state
  }
  return null
}
