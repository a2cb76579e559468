/** What every page shares of the wire. All shapes come from `openapi.json` (`npm run api`). */
import type { components } from './schema'

/** A shape that the platform promises, by its name in `openapi.json`. */
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name]

/** RFC 3339 in UTC. */
export type Instant = string
/** `YYYY-MM-DD`, the centre's calendar day. */
export type Day = string

export type Me = Shape<'Me'>
export type Locale = Me['locale']
export type Role = Me['role']
export type Named = Shape<'Named'>
export type Span = Shape<'Span'>
/** A name that the centre keeps in both languages. */
export type Service = Shape<'Bilingual'>
