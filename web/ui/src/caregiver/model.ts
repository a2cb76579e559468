/** What `/api/v1/caregiver` answers. Times are ISO 8601 UTC, positions WGS-84, distances metres. */

export interface Named {
  id: string
  name: string
}

/** A caption the centre keeps in both languages. */
export interface Caption {
  id: string
  zh: string
  en: string
}

export interface Span {
  from: string
  to: string
}

export interface Place {
  address: string
  lat: number
  lon: number
}

export type VisitState = 'planned' | 'started' | 'done' | 'missed' | 'cancelled'

export interface Task extends Caption {
  /** `null` until the caregiver has answered. */
  done: boolean | null
  reason: string | null
}

export interface Visit extends Place {
  id: string
  start_at: string
  end_at: string
  window: Span
  service: Caption
  resident: Named & { age: number | null; phone: string | null }
  way_in: string | null
  staff: number
  /** Names of the other caregivers on this visit. */
  with: string[]
  state: VisitState
  checked_in_at: string | null
  checked_out_at: string | null
  tasks: Task[]
  late_s: number
}

export type MealState = 'ordered' | 'loaded' | 'delivered' | 'refused' | 'no_answer'

export interface MealStop extends Place {
  order_id: string
  meal_point: Named
  trip: number
  position: number
  eta_at: string
  window: Span
  diet: string | null
  resident: Named & { phone: string | null }
  way_in?: string | null
  state: MealState
}

export type JobState =
  'offered' | 'accepted' | 'declined' | 'en_route' | 'on_scene' | 'done' | 'withdrawn' | 'expired'

/** An alarm this caregiver is asked to answer: the assignment and what is needed to get there. */
export interface Job {
  id: string
  incident_id: string
  state: JobState
  offered_at: string
  accepted_at: string | null
  en_route_at: string | null
  on_scene_at: string | null
  done_at: string | null
  reason: string | null
  eta_at: string | null
  incident: { id: string; number: number | string; kind: string; priority: 1 | 2 | 3 }
  resident: (Named & { age: number | null; phone: string | null }) | null
  address: string | null
  lat: number | null
  lon: number | null
  way_in: string | null
  distance_m: number | null
}

export interface Today {
  now: string
  day: string
  caregiver: Named & { kind: 'caregiver' | 'courier' }
  /** A number that rises with every published plan; `null` before the day's first plan. */
  plan_version: number | string | null
  job: Job | null
  visits: Visit[]
  meals: MealStop[]
}

/** A fix as the API takes it: browsers answer in WGS-84. */
export interface Fix {
  lat: number
  lon: number
  acc: number
  crs: 'wgs84'
}
