/** What the console reads of weeks and of planning rules. */
import type { Day, Instant, Named, Service, Uuid } from '@/shared/api/types'
import type { JobState } from './wire'

export type WeekVisitState =
  'chosen' | 'planned' | 'left_out' | 'started' | 'done' | 'missed' | 'cancelled'

export interface WeekVisit {
  day: Day
  state: WeekVisitState
  caregivers: Named[]
  window: { from: Instant; to: Instant }
  /** In the day's plan; null before there is one. */
  start_at: Instant | null
  end_at: Instant | null
}

/** A service agreed so many times a week. */
export interface WeekItem {
  id: Uuid
  resident: Named
  service: Service
  per_week: number
  /** 1: any days; 2: not two days running. */
  least_days_apart: number
  staff: number
  visits: WeekVisit[]
}

export interface WeekGap {
  item: Uuid
  resident: Named
  service: Service
  /** No day was to be chosen; the plan of the day may still find a place. */
  fixed_days: boolean
  visits: number
  reason: string
  remedy: string
  zh: string
  en: string
}

export interface WeekDay {
  day: Day
  holiday: boolean
  /** May still be chosen: not past, and without a plan in force. */
  free: boolean
}

export interface WeekPerson extends Named {
  at_work: Day[]
}

export interface WeekProgress {
  stage: 'days' | 'people'
  seconds: number
  cost: number
}

export interface WeekJob {
  id: Uuid
  monday: Day
  cause: 'evening' | 'manual'
  seconds: number
  state: JobState
  progress: WeekProgress[]
  error: string | null
  /** Rules that its choice would have broken; it was not kept then. */
  broken: { rule: string; zh: string; en: string }[]
  created_at: Instant
  finished_at: Instant | null
}

export interface PlannedWeek {
  monday: Day
  planned_on: Day | null
  days: WeekDay[]
  items: WeekItem[]
  people: WeekPerson[]
  missing: WeekGap[]
  job: WeekJob | null
}

/** A planning rule, its sentence, how the centre keeps it and what it may choose. */
export interface PlanningRule {
  rule: string
  zh: string
  en: string
  hard: boolean
  /** Points where it is not hard; null: it has none. */
  weight: number | null
  can_be_hard: boolean
  can_be_weighted: boolean
  most: number | null
}

export interface PlanningRules {
  /** Names this state; sent with a change. */
  version: string
  items: PlanningRule[]
}
