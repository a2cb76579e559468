/** An alarm job as stages the caregiver walks through. */

import type { Job, JobState } from './model'
import type { JobStep } from './record'

/** The stages in order, with when each was reached. */
export function stages(job: Job): { step: JobStep; at: string | null }[] {
  return [
    { step: 'accept', at: job.accepted_at },
    { step: 'en-route', at: job.en_route_at },
    { step: 'on-scene', at: job.on_scene_at },
    { step: 'done', at: job.done_at },
  ]
}

const NEXT: Partial<Record<JobState, JobStep>> = {
  offered: 'accept',
  accepted: 'en-route',
  en_route: 'on-scene',
  on_scene: 'done',
}

/** The one step open now; `null` when the job is over. */
export function nextStep(job: Job): JobStep | null {
  return NEXT[job.state] ?? null
}

export function isOffer(job: Job | null): job is Job & { state: 'offered' } {
  return job?.state === 'offered'
}

/** Accepted and not yet over: the caregiver is away on this alarm. */
export function isActive(job: Job | null): job is Job {
  return job !== null && ['accepted', 'en_route', 'on_scene'].includes(job.state)
}

/**
 * How an offer ended without the caregiver's doing, to be told once: the job that was on the
 * screen is gone or was taken back.
 */
export function takenBack(before: Job | null, after: Job | null): boolean {
  if (!isOffer(before) && !isActive(before)) return false
  if (!after) return true
  return after.id === before.id && (after.state === 'withdrawn' || after.state === 'expired')
}

export const DECLINE_REASONS = ['with_resident', 'too_far', 'no_transport', 'unwell'] as const
