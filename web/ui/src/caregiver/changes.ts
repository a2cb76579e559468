/** What a new plan changed for this caregiver, to be said in one sentence. */

import { isOpen } from './meals'
import type { Today } from './model'

export interface PlanChange {
  moved: number
  added: number
  removed: number
}

/** A shift of less than this is not worth interrupting anyone for. */
const NOTICEABLE_MS = 60_000

/** Compare what is still to be done; `null` when nothing the caregiver would notice changed. */
export function planChange(before: Today | null, after: Today): PlanChange | null {
  if (!before || before.day !== after.day || before.caregiver.id !== after.caregiver.id) return null
  const was = ahead(before)
  const is = ahead(after)
  const known = everything(before)
  const kept = everything(after)
  const change = { moved: 0, added: 0, removed: 0 }
  for (const [id, time] of is) {
    const earlier = was.get(id)
    if (earlier !== undefined) change.moved += Math.abs(time - earlier) >= NOTICEABLE_MS ? 1 : 0
    else if (!known.has(id)) change.added += 1
  }
  for (const id of was.keys()) if (!kept.has(id)) change.removed += 1
  return change.moved || change.added || change.removed ? change : null
}

function ahead(today: Today): Map<string, number> {
  return new Map([
    ...today.visits
      .filter((visit) => visit.state === 'planned')
      .map((visit): [string, number] => [visit.id, Date.parse(visit.start_at)]),
    ...today.meals
      .filter(isOpen)
      .map((stop): [string, number] => [stop.order_id, Date.parse(stop.eta_at)]),
  ])
}

/** All that is on the day but what was cancelled: that is as good as taken away. */
function everything(today: Today): Set<string> {
  return new Set([
    ...today.visits.filter((visit) => visit.state !== 'cancelled').map((visit) => visit.id),
    ...today.meals.filter((stop) => stop.state !== 'cancelled').map((stop) => stop.order_id),
  ])
}
