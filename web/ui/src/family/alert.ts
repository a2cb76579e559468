/** How an alert and a family's people are shown: decided here, drawn by the components. */

import { type Alert, type Colour, type ResidentStatus, STAGES, type StageName } from './model'

export interface Step {
  stage: StageName
  at: string | null
  /** `now`: this is what is being done. */
  place: 'done' | 'now' | 'ahead'
}

/**
 * The alert as steps to follow, like a parcel. The stage reached is what is being done, save the
 * last, which is the end; a stage that was skipped counts as done.
 */
export function steps(alert: Alert): Step[] {
  const reached = STAGES.indexOf(alert.stage)
  const times = new Map(alert.stages.map(({ stage, at }) => [stage, at]))
  return STAGES.map((stage, index) => ({
    stage,
    at: times.get(stage) ?? null,
    place: index < reached || isOver(alert) ? 'done' : index === reached ? 'now' : 'ahead',
  }))
}

export function isOver(alert: Alert): boolean {
  return alert.stage === 'safe'
}

/** Whether the family's own help is still of use. */
export function mayGo(alert: Alert): boolean {
  return !isOver(alert) && alert.stage !== 'arrived' && alert.going_at === null
}

const URGENCY: Record<Colour, number> = { red: 0, amber: 1, green: 2 }

/** Whom to show first: who needs it most; otherwise the order the centre gave. */
export function byUrgency(residents: readonly ResidentStatus[]): ResidentStatus[] {
  return [...residents].sort((a, b) => URGENCY[a.status] - URGENCY[b.status])
}

/** Whom to show: the one chosen, unless somebody else has meanwhile come to need help more. */
export function shown(
  residents: readonly ResidentStatus[],
  chosen: string | null,
): ResidentStatus | null {
  const first = byUrgency(residents)[0] ?? null
  return residents.find(({ resident }) => resident.id === chosen) ?? first
}

/** The keys of the words for a reason, the most telling first. */
export function reasonKeys(status: ResidentStatus): string[] {
  const keys = [`family.reason.${status.reason.code}`, `family.reason.colour.${status.status}`]
  if (status.status === 'red' && status.incident) {
    keys.unshift(`family.reason.stage.${status.incident.stage}`)
  }
  return keys
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

/** A reason's data as words: instants through `format`, captions through `caption`. */
export function readable(
  data: Record<string, unknown>,
  format: (at: string) => string,
  caption: (text: { zh: string; en: string }) => string,
): Record<string, unknown> {
  const word = (value: unknown): unknown => {
    if (typeof value === 'string' && INSTANT.test(value)) return format(value)
    return isCaption(value) ? caption(value) : value
  }
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, word(value)]))
}

function isCaption(value: unknown): value is { zh: string; en: string } {
  return typeof value === 'object' && value !== null && 'zh' in value && 'en' in value
}
