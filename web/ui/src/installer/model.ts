/** What the platform tells the installer, as it promises in `openapi.json`. */

import type { components } from '@/shared/api/schema'

type Promised = components['schemas']

export type TerminalItem = Promised['TerminalItem']
export type TerminalCounts = Promised['TerminalCounts']
export type Terminals = Promised['Terminals']
export type TerminalDetail = Promised['TerminalDetail']
export type HeardAlarm = Promised['HeardAlarm']
export type FoundHome = Promised['FoundHome']
export type FoundHomes = Promised['FoundHomes']
export type Place = Promised['Place']
export type Places = Promised['Places']
export type Enrolled = Promised['Enrolled']
