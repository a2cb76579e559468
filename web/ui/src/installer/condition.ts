/** How a terminal is, in one word, and which ones are looked at. */

import type { Params } from '@/shared/api/typing'
import type { IconName } from '@/shared/icons/paths'

import type { TerminalCounts, TerminalItem } from './model'

/** `waiting`: put somewhere else and not heard from there yet. */
export type Condition = 'online' | 'low' | 'silent' | 'never' | 'waiting'

type Known = Pick<TerminalItem, 'condition' | 'last_seen_at' | 'low_battery'>

/** The worst comes first: a silent terminal's battery is of no use to anybody. */
export function conditionOf(terminal: Known): Condition {
  if (terminal.last_seen_at === null) return 'never'
  if (terminal.condition === 'silent') return 'silent'
  if (terminal.condition === 'unknown') return 'waiting'
  return terminal.low_battery ? 'low' : 'online'
}

/** A colour never stands alone: each has its own icon, and words beside it. */
export const LOOK: Readonly<Record<Condition, { icon: IconName; chip: string }>> = {
  online: { icon: 'signal', chip: 'ok' },
  low: { icon: 'battery', chip: 'warn' },
  silent: { icon: 'signalOff', chip: 'bad' },
  never: { icon: 'info', chip: 'calm' },
  waiting: { icon: 'refresh', chip: 'busy' },
}

export const FILTERS = ['all', 'silent', 'spare', 'low'] as const
export type Filter = (typeof FILTERS)[number]

type Question = Params<'get', '/terminals'>

const ASKED: Readonly<Record<Filter, Pick<Question, 'condition' | 'installed'>>> = {
  all: {},
  silent: { condition: 'silent' },
  spare: { installed: false },
  low: { condition: 'low_battery' },
}

/** The question to the platform. */
export function questionOf(filter: Filter, words: string, limit: number): Question {
  return { ...ASKED[filter], q: words.trim(), limit }
}

/** How many a filter shows, where the platform counts them. */
export function countOf(filter: Filter, counts: TerminalCounts): number | null {
  if (filter === 'all') return counts.total
  if (filter === 'silent') return counts.silent
  return filter === 'low' ? counts.low_battery : null
}

/** Radio strength in words; the limits are those at which modems begin to lose messages. */
export function strengthOf(dbm: number): 'good' | 'fair' | 'weak' {
  if (dbm >= -75) return 'good'
  return dbm >= -90 ? 'fair' : 'weak'
}
