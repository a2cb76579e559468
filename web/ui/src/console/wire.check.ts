/**
 * Compiles only while the console expects what the platform promises (`openapi.json`).
 *
 * `npm run check` writes `schema.d.ts` from the promise first. Nothing here runs.
 */
import type { components } from '@/shared/api/schema'
import type { SearchAnswer } from './logic/search'
import type { HomeDot } from './stores/map'
import type * as wire from './wire'
import type * as certificates from './wire.certificates'
import type * as weeks from './wire.week'

type Promised = components['schemas']

/** Our narrower numbers (priority 1 to 3) are plain numbers in the promise. */
type Widen<T> = unknown extends T
  ? T
  : T extends number
    ? number
    : T extends string | boolean | null | undefined
      ? T
      : T extends readonly (infer Item)[]
        ? Widen<Item>[]
        : { [Key in keyof T]: Widen<T[Key]> }

type Fits<Told, Expected> = [Told] extends [Widen<Expected>]
  ? true
  : { told: Told; expected: Expected }

export const promised: [
  Fits<Promised['Incident'], wire.Incident>,
  Fits<Promised['IncidentDetail'], wire.IncidentDetail>,
  Fits<Promised['Candidate'], wire.Responder>,
  Fits<Promised['CaregiverPosition'], wire.CaregiverPosition>,
  Fits<Promised['TerminalCounts'], wire.TerminalCounts>,
  Fits<Promised['TerminalItem'], wire.TerminalItem>,
  Fits<Promised['CurrentPlan'], wire.CurrentPlan>,
  Fits<Promised['PlanBrief'], wire.PlanInfo>,
  Fits<Promised['PlanningJob'], wire.Job>,
  Fits<Promised['Repair'], wire.Repair>,
  Fits<Promised['RoadClosure'], wire.RoadClosure>,
  Fits<Promised['PlannedWeek'], weeks.PlannedWeek>,
  Fits<Promised['WeekJob'], weeks.WeekJob>,
  Fits<Promised['PlanningRules'], weeks.PlanningRules>,
  Fits<Promised['Certificates'], certificates.Certificates>,
  Fits<Promised['Dot'], HomeDot>,
  Fits<Promised['SearchResult'], SearchAnswer>,
] = [
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
]
