/** The order of the queue, its tabs, and when an incident may take the centre of the screen. */
import type { Incident } from '../wire'

export const TABS = ['waiting', 'mine', 'open', 'closed'] as const
export type Tab = (typeof TABS)[number]

/** Most urgent first; among equals the one that has waited longest. */
export function byUrgency(a: Incident, b: Incident): number {
  return a.priority - b.priority || a.opened_at.localeCompare(b.opened_at) || a.number - b.number
}

export function byClosing(a: Incident, b: Incident): number {
  return (b.closed_at ?? '').localeCompare(a.closed_at ?? '') || b.number - a.number
}

export function isIn(tab: Tab, incident: Incident, me: string | null): boolean {
  switch (tab) {
    case 'waiting':
      return incident.state === 'open'
    case 'mine':
      return incident.state !== 'closed' && me !== null && incident.claimed_by?.id === me
    case 'open':
      return incident.state !== 'closed'
    case 'closed':
      return incident.state === 'closed'
  }
}

export function queue(incidents: Iterable<Incident>, tab: Tab, me: string | null): Incident[] {
  const rows = [...incidents].filter((incident) => isIn(tab, incident, me))
  return rows.sort(tab === 'closed' ? byClosing : byUrgency)
}

export function tabCounts(incidents: Iterable<Incident>, me: string | null): Record<Tab, number> {
  const counts: Record<Tab, number> = { waiting: 0, mine: 0, open: 0, closed: 0 }
  for (const incident of incidents) {
    for (const tab of TABS) if (isIn(tab, incident, me)) counts[tab] += 1
  }
  return counts
}

/** Whether `next` is at least as new as what we show: a late answer never overwrites a newer frame. */
export function supersedes(next: Incident, shown: Incident | undefined): boolean {
  return shown === undefined || next.version >= shown.version
}

/**
 * May a newly arrived incident take the screen?
 *
 * Only an unclaimed priority 1, and never from an operator who is typing or in the middle of one of
 * their own.
 */
export function mayPop(
  arrived: Incident,
  shown: Incident | undefined,
  me: string | null,
  typing: boolean,
): boolean {
  if (arrived.state !== 'open' || arrived.priority !== 1 || typing) return false
  if (shown === undefined || shown.state === 'closed') return true
  const busy = me !== null && shown.claimed_by?.id === me
  return !busy && byUrgency(arrived, shown) < 0 && shown.priority > 1
}

/** The row after or before `current`, staying inside the list. */
export function step(rows: readonly Incident[], current: string | null, by: 1 | -1): string | null {
  if (rows.length === 0) return null
  const at = rows.findIndex((row) => row.id === current)
  if (at < 0) return rows[by === 1 ? 0 : rows.length - 1]!.id
  return rows[Math.min(rows.length - 1, Math.max(0, at + by))]!.id
}
