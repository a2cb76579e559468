/** What the platform tells the installer, as it promises in `openapi.json`. */

import type { Shape } from '@/shared/api/types'

export type TerminalItem = Shape<'TerminalItem'>
export type TerminalCounts = Shape<'TerminalCounts'>
export type Terminals = Shape<'Terminals'>
export type TerminalDetail = Shape<'TerminalDetail'>
export type HeardAlarm = Shape<'HeardAlarm'>
export type FoundHome = Shape<'FoundHome'>
export type Place = Shape<'Place'>
export type Enrolled = Shape<'Enrolled'>
