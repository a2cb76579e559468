/** What to do next, and where the day stands: decided here, drawn by the components. */

import { isOpen } from './meals'
import type { Place, Today, Visit } from './model'

export type Primary = 'navigate' | 'check-in' | 'tasks' | 'check-out' | null

/** A fix farther away than this is flagged at check-in; it never blocks. */
export const FLAG_BEYOND_M = 200

/**
 * The one button of a visit. On the way it navigates; at the door (by the phone's fix, or once
 * the caregiver has asked the way) it checks in; then the tasks, then out.
 */
export function primary(visit: Visit, onTheWay: boolean, distance: number | null): Primary {
  if (isOver(visit)) return null
  if (!visit.checked_in_at) {
    const atTheDoor = distance !== null && distance <= FLAG_BEYOND_M
    return onTheWay || atTheDoor ? 'check-in' : 'navigate'
  }
  return unanswered(visit) > 0 ? 'tasks' : 'check-out'
}

export function unanswered(visit: Visit): number {
  return visit.tasks.filter((task) => task.done === null).length
}

export type Phase = 'past' | 'current' | 'coming'

/** The visit in hand: one that is started, or else the first still to come. */
export function current(visits: readonly Visit[]): Visit | null {
  return (
    visits.find((visit) => visit.state === 'started') ??
    visits.find((visit) => visit.state === 'planned') ??
    null
  )
}

export function isOver(visit: Visit): boolean {
  return visit.state !== 'planned' && visit.state !== 'started'
}

export function progress(today: Today): { over: number; all: number } {
  const visits = today.visits.filter((visit) => visit.state !== 'cancelled')
  const meals = today.meals.filter((stop) => stop.state !== 'cancelled')
  return {
    over: visits.filter(isOver).length + meals.filter((stop) => !isOpen(stop)).length,
    all: visits.length + meals.length,
  }
}

const EARTH_M = 6_371_008.8

/** Great-circle distance in metres (haversine). */
export function distance(
  from: { lat: number; lon: number },
  to: Pick<Place, 'lat' | 'lon'>,
): number {
  const rad = Math.PI / 180
  const dLat = (to.lat - from.lat) * rad
  const dLon = (to.lon - from.lon) * rad
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(from.lat * rad) * Math.cos(to.lat * rad) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)))
}
