/** What the console reads from the platform, as docs/protocol.md promises it. */
import type { Day, Instant, Named, Service, Uuid } from '@/shared/api/types'
import type { WeekJob } from './wire.week'

export type Category = 'emergency' | 'technical'
export type Priority = 1 | 2 | 3
export type IncidentState = 'open' | 'claimed' | 'assigned' | 'on_scene' | 'closed'
export type Disposition = 'real' | 'accidental' | 'test' | 'device_fault' | 'no_answer'
export type AssignmentState =
  'offered' | 'accepted' | 'declined' | 'en_route' | 'on_scene' | 'done' | 'withdrawn' | 'expired'
export type Gender = 'female' | 'male' | 'unknown'

export interface Callable extends Named {
  phone: string
}

export interface Assignment {
  id: Uuid
  incident_id: Uuid
  caregiver: Callable
  state: AssignmentState
  offered_at: Instant
  accepted_at: Instant | null
  en_route_at: Instant | null
  on_scene_at: Instant | null
  done_at: Instant | null
  reason: string | null
  eta_at: Instant | null
}

export interface ResidentBrief extends Named {
  age: number | null
  gender: Gender
}

export interface Incident {
  id: Uuid
  number: number
  area: string
  place: string[]
  home_id: Uuid | null
  terminal_id: string | null
  category: Category
  kind: string
  priority: Priority
  state: IncidentState
  presses: number
  opened_at: Instant
  last_signal_at: Instant
  claimed_by: Named | null
  claimed_at: Instant | null
  level: 0 | 1 | 2 | 3
  step_due_at: Instant | null
  cleared: boolean
  test: boolean
  disposition: Disposition | null
  note: string | null
  closed_at: Instant | null
  resident: ResidentBrief | null
  address: string | null
  lat: number | null
  lon: number | null
  assignment: Assignment | null
  version: number
}

export interface Resident extends ResidentBrief {
  lives_alone: boolean
  care_level: number
  conditions: string[]
  languages: string[]
  phone: string | null
}

export interface Contact extends Named {
  relation: string
  phone: string
  has_key: boolean
  position: number
  consents: string[]
}

export interface TimelineItem {
  id: Uuid
  at: Instant
  type: string
  by: Named | null
  data: Record<string, unknown>
}

export interface Alarm {
  id: Uuid
  kind: string
  received_at: Instant
  device_at: Instant | null
  clock_suspect: boolean
  battery: number | null
  test: boolean
  location: Record<string, unknown> | null
}

export interface IncidentDetail extends Incident {
  residents: Resident[]
  contacts: Contact[]
  way_in: string | null
  has_door_code: boolean
  timeline: TimelineItem[]
  alarms: Alarm[]
  other: Incident[]
  last_visit: { service: string; at: Instant; caregiver: string | null } | null
  last_meal: { at: Instant; state: string } | null
  last_activity_at: Instant | null
  terminal: {
    id: string
    condition: string
    battery: number | null
    last_seen_at: Instant | null
  } | null
}

export interface Delay {
  visit_id: Uuid
  resident_name: string
  service: string
  planned_start: Instant
  new_start: Instant | null
  delay_s: number
}

export interface Responder {
  caregiver: Callable
  distance_m: number
  eta_s: number
  fix_age_s: number | null
  on_shift_until: Instant | null
  skills_missing: string[]
  delays: Delay[]
  delay_total_s: number
  unplaced: number
}

export interface CaregiverPosition {
  caregiver_id: Uuid
  name: string
  lat: number
  lon: number
  at: Instant
  state: 'idle' | 'visit' | 'incident' | 'off'
}

export interface TerminalCounts {
  total: number
  online: number
  silent: number
  low_battery: number
  unknown?: number
}

export interface TerminalItem {
  id: string
  area: string
  home_id: Uuid | null
  address: string | null
  resident_name: string | null
  condition: string
  battery: number | null
  low_battery: boolean
  last_seen_at: Instant | null
}

export interface EscalationSettings {
  louder_s: number
  every_seat_s: number
  supervisor_s: number
}

export type PlanKind = 'visits' | 'meals'
export type StopState = 'planned' | 'started' | 'done' | 'missed' | 'cancelled' | string

export interface PlanStop {
  visit_id?: Uuid | null
  order_id?: Uuid | null
  start_at: Instant
  end_at: Instant
  travel_s: number
  service: Service
  resident: Named
  state: StopState
  late_s: number
}

export interface PlanRow extends Named {
  shifts: { from: Instant; to: Instant }[]
  stops: PlanStop[]
}

export interface Unplaced {
  visit_id: Uuid | null
  order_id: Uuid | null
  resident: Named
  service: Service
  window: { from: Instant; to: Instant }
  reason: { code: string; zh: string; en: string }
}

export interface PlanInfo {
  id: Uuid
  day: Day
  kind: PlanKind
  version: number
  cause: string
  published_at: Instant | null
  /** `continuity` in percent; null when nobody could be known yet. */
  summary: Partial<
    Record<'visits' | 'placed' | 'unplaced' | 'travel_s' | 'late_s' | 'cost', number>
  > & { continuity?: number | null }
}

export interface CurrentPlan {
  plan: PlanInfo | null
  caregivers: PlanRow[]
  unplaced: Unplaced[]
}

export type JobState = 'queued' | 'running' | 'done' | 'failed'

export interface JobProgress {
  seconds: number
  cost: number
  unplaced: number
  /** Of a large centre planned in parts: parts solved and borders traded so far. */
  parts?: number | null
  of?: number | null
}

export interface Job {
  id: Uuid
  day: Day
  kind: PlanKind
  state: JobState
  progress: JobProgress[]
  plan_id: Uuid | null
  error: string | null
}

export interface Seat {
  caregivers: Named[]
  start_at: Instant
}

/** One visit that an alternative changes. */
export interface RepairChange {
  visit_id: Uuid
  resident: Named
  service: Service
  effect: 'same_time' | 'waits' | 'earlier' | 'left_out' | 'gained'
  before: Seat | null
  after: Seat | null
  delay_s: number
  late_s: number
  other_person: boolean
}

/** One way to go on when the day has changed. */
export interface Alternative {
  number: number
  reach: 'only_displaced' | 'nearby' | 'whole_day'
  total: number
  cost: Record<string, number>
  waiting_s: number
  changes: RepairChange[]
  unplaced: number
  seconds: number
}

export type RepairCause =
  'absence' | 'cancelled' | 'new_visit' | 'late' | 'road_closed' | 'pull_out'
export type RepairWhy = 'no_plan' | 'too_large' | 'nothing_found'

export interface Repair {
  id: Uuid
  day: Day
  cause: RepairCause
  subject: Uuid | null
  created_at: Instant
  state: 'asked' | 'offered' | 'published' | 'outdated' | 'dismissed' | 'unanswered'
  /** Why it offers nothing. */
  why: RepairWhy | null
  /** The job that plans a day too large for a repair. */
  job_id: Uuid | null
  plan_id: Uuid | null
  /** All alternatives are there. */
  done: boolean
  alternatives: Alternative[]
}

/** Nobody travels through a circle for a time. */
export interface RoadClosure {
  id: Uuid
  lat: number
  lon: number
  radius_m: number
  starts_at: Instant
  ends_at: Instant
  lifted_at: Instant | null
}

/** The numbered frames and the others of `/ws/console`. */
export type ConsoleFrame =
  | {
      type: 'snapshot'
      epoch: string
      seq: number
      now: Instant
      incidents: Incident[]
      caregivers: CaregiverPosition[]
      terminals: TerminalCounts
      settings: EscalationSettings
    }
  | {
      type: 'change'
      seq: number
      prev: number
      topic: string
      at: Instant
      now?: string
      incident: Incident | null
      visit: Record<string, unknown> | null
      plan: Record<string, unknown> | null
      job: Pick<Job, 'id' | 'day' | 'kind' | 'state' | 'progress'> | null
      week: Pick<WeekJob, 'id' | 'monday' | 'state' | 'progress'> | null
    }
  | { type: 'positions'; items: CaregiverPosition[]; now?: string }
  | ({ type: 'terminals'; now?: string } & TerminalCounts)
  | { type: 'ping'; now: string }
  | { type: string; now?: string; [key: string]: unknown }
