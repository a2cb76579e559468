/** What the console reads of certificates. */
import type { Day, Named, Uuid } from '@/shared/api/types'

export interface Certificate {
  id: Uuid
  skill: string
  number: string | null
  valid_from: Day
  /** The last day; null: until further notice. */
  valid_to: Day | null
  version: number
}

/** Somebody who works here. */
export interface Holder extends Named {
  /** Said of them; those without a certificate always count. */
  skills: string[]
  certificates: Certificate[]
}

export interface Certificates {
  /** All a certificate may be of. */
  skills: string[]
  items: Holder[]
}
