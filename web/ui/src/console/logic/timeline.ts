/** A timeline entry as a message key with its parameters; the newest come first on the screen. */
import type { IconName } from '@/shared/icons/paths'
import type { TimelineItem } from '../wire'

export type Tone = 'danger' | 'warning' | 'success' | 'info' | 'plain'

export interface Entry {
  key: string
  params: Record<string, string | number>
  icon: IconName
  tone: Tone
  /** What a person wrote, shown as they wrote it. */
  quote: string
}

interface Look {
  icon: IconName
  tone: Tone
}

const LOOKS: Readonly<Record<string, Look>> = {
  signalled: { icon: 'siren', tone: 'danger' },
  ended: { icon: 'check', tone: 'success' },
  device_remarked: { icon: 'info', tone: 'plain' },
  claimed: { icon: 'user', tone: 'info' },
  released: { icon: 'undo', tone: 'warning' },
  escalated: { icon: 'escalate', tone: 'warning' },
  noted: { icon: 'note', tone: 'plain' },
  contact_called: { icon: 'phone', tone: 'info' },
  dispatched: { icon: 'send', tone: 'info' },
  closed: { icon: 'check', tone: 'success' },
  withdrawn: { icon: 'undo', tone: 'warning' },
  accepted: { icon: 'check', tone: 'success' },
  declined: { icon: 'close', tone: 'warning' },
  offer_expired: { icon: 'still', tone: 'warning' },
  set_out: { icon: 'bike', tone: 'info' },
  arrived: { icon: 'home', tone: 'success' },
  finished: { icon: 'check', tone: 'success' },
  family_saw: { icon: 'eye', tone: 'info' },
  family_going: { icon: 'users', tone: 'success' },
  responder_called_for_help: { icon: 'siren', tone: 'danger' },
  step_due: { icon: 'still', tone: 'warning' },
  door_code_revealed: { icon: 'key', tone: 'warning' },
}

/** Names and words that a pure function cannot know. */
export interface Lexicon {
  kind: (code: string) => string
  outcome: (code: string) => string
  disposition: (code: string) => string
  contact: (id: string) => string
  caregiver: (id: string, assignment: string) => string
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export function entryOf(item: TimelineItem, words: Lexicon): Entry {
  const look = LOOKS[item.type]
  const data = item.data
  const params: Record<string, string | number> = { by: item.by?.name ?? '', type: item.type }
  if (data.kind !== undefined) params.kind = words.kind(text(data.kind))
  if (data.outcome !== undefined) params.outcome = words.outcome(text(data.outcome))
  if (data.disposition !== undefined) params.disposition = words.disposition(text(data.disposition))
  if (data.contact_id !== undefined) params.contact = words.contact(text(data.contact_id))
  if (data.caregiver_id !== undefined || data.assignment_id !== undefined) {
    params.caregiver = words.caregiver(text(data.caregiver_id), text(data.assignment_id))
  }
  return {
    key: look === undefined ? 'timeline.other' : `timeline.${item.type}`,
    params,
    icon: look?.icon ?? 'info',
    tone: look?.tone ?? 'plain',
    quote: text(data.text) || text(data.note) || text(data.reason),
  }
}

/** What came of the last call to each contact. */
export function lastOutcomes(
  timeline: readonly TimelineItem[],
): Map<string, { outcome: string; at: string }> {
  const found = new Map<string, { outcome: string; at: string }>()
  for (const item of timeline) {
    const contact = item.data.contact_id
    if (item.type !== 'contact_called' || typeof contact !== 'string') continue
    const before = found.get(contact)
    if (before === undefined || before.at <= item.at) {
      found.set(contact, { outcome: text(item.data.outcome), at: item.at })
    }
  }
  return found
}

/** Which caregiver each job of this timeline went to. */
export function jobHolders(timeline: readonly TimelineItem[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const { data } of timeline) {
    if (typeof data.assignment_id === 'string' && typeof data.caregiver_id === 'string') {
      found.set(data.assignment_id, data.caregiver_id)
    }
  }
  return found
}
