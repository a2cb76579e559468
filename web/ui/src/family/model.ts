/** What `GET /api/v1/family/status` answers. */

import type { Instant, Named, Service, Uuid } from '@/shared/api/types'

export type Colour = 'green' | 'amber' | 'red'

export const STAGES = ['received', 'answered', 'help_coming', 'arrived', 'safe'] as const
export type StageName = (typeof STAGES)[number]

export interface Alert {
  id: Uuid
  stage: StageName
  stages: { stage: StageName; at: Instant | null }[]
  responder_name: string | null
  eta_at: Instant | null
  seen_at: Instant | null
  going_at: Instant | null
}

export type VisitState = 'planned' | 'started' | 'done' | 'missed' | 'cancelled'

export interface FamilyVisit {
  id: Uuid
  start_at: Instant
  end_at: Instant
  service: Service
  caregiver_name: string | null
  state: VisitState
}

export type MealState = 'ordered' | 'loaded' | 'delivered' | 'refused' | 'no_answer' | 'cancelled'

export interface FamilyMeal {
  state: MealState
  eta_at: Instant | null
  at: Instant | null
}

export interface ResidentStatus {
  resident: Named
  status: Colour
  reason: { code: string; data: Record<string, unknown> }
  last_seen_at: Instant | null
  incident: Alert | null
  visits: FamilyVisit[]
  meal: FamilyMeal | null
  next_visit: { start_at: Instant; service: Service } | null
}

export interface FamilyStatus {
  now: Instant
  residents: ResidentStatus[]
  hotline: string
}
