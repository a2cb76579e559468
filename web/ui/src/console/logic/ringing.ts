/** What this seat has to hear. */
import type { Role } from '@/shared/api/types'
import type { Incident, Priority } from '../wire'
import { byUrgency } from './queue'

export type Volume = 'soft' | 'normal' | 'loud'

export interface Ring {
  incident: string
  priority: Priority
  volume: Volume
}

/** Escalation levels of an unclaimed incident. */
const LOUDER = 1
const EVERY_SEAT = 2
const SUPERVISOR = 3

/** Does `role` answer for this incident at its escalation level? */
function hears(role: Role, incident: Incident): boolean {
  if (role === 'operator') return true
  if (role === 'supervisor') return incident.level >= SUPERVISOR
  return false
}

/**
 * The loudest of what is unowned; null when everything has an owner.
 *
 * A seat in the middle of a priority 1 of its own hears others softly until they concern every
 * seat. Only an owner silences: closing a pop-up changes nothing here.
 */
export function ringFor(incidents: Iterable<Incident>, role: Role, me: string | null): Ring | null {
  let worst: Incident | undefined
  let busy = false
  for (const incident of incidents) {
    if (incident.state !== 'open') {
      busy ||=
        incident.state !== 'closed' && incident.priority === 1 && incident.claimed_by?.id === me
    } else if (hears(role, incident) && (worst === undefined || louder(incident, worst) < 0)) {
      worst = incident
    }
  }
  if (worst === undefined) return null
  return { incident: worst.id, priority: worst.priority, volume: volume(worst, busy) }
}

function louder(a: Incident, b: Incident): number {
  return a.priority - b.priority || b.level - a.level || byUrgency(a, b)
}

function volume(incident: Incident, busy: boolean): Volume {
  if (busy && incident.level < EVERY_SEAT) return 'soft'
  return incident.level >= LOUDER ? 'loud' : 'normal'
}
