/** What every page shares of the wire; each app keeps the rest beside its own code. */

export type Uuid = string
/** RFC 3339 in UTC. */
export type Instant = string
/** `YYYY-MM-DD`, the centre's calendar day. */
export type Day = string
export type Locale = 'zh-CN' | 'en'

export const ROLES = [
  'operator',
  'supervisor',
  'planner',
  'caregiver',
  'family',
  'installer',
  'admin',
] as const
export type Role = (typeof ROLES)[number]

export interface Area {
  id: string
  name: string
  level: string
}

export interface Me {
  account_id: Uuid
  username: string
  name: string
  role: Role
  locale: Locale
  caregiver_id: Uuid | null
  areas: Area[]
  /** Centres that plan in these areas. */
  centres: { id: string; name: string }[]
}

export interface Named {
  id: Uuid
  name: string
}

/** A service item's name in both languages. */
export interface Service {
  id: string
  zh: string
  en: string
}
