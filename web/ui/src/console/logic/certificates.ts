/** Certificates as a list: how each stands today, whom to look at first, what is wrong with a form. */
import type { Day } from '@/shared/api/types'
import type { Certificate, Holder } from '../wire'

export type Standing = 'always' | 'valid' | 'ending' | 'ended' | 'ahead'
export type Which = 'all' | 'ending' | 'ended'

/** A certificate that ends in so many days is to be renewed. */
export const SOON_DAYS = 30
const DAY_MS = 86_400_000

export interface Held {
  key: string
  skill: string
  /** Null: said of the person, without a date. */
  certificate: Certificate | null
  standing: Standing
  /** Until its last day; only of one that is ending. */
  days: number
}

export interface HolderRow {
  id: string
  name: string
  held: Held[]
}

/** What is typed: of a new certificate, or of one there is. Fields of a page hold texts. */
export interface Form {
  caregiver: string
  skill: string
  number: string
  from: Day
  to: Day | ''
}

export type Fault = 'person' | 'skill' | 'from' | 'backwards'

const daysUntil = (day: Day, today: Day): number =>
  Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS)

export function standingOf(one: Certificate, today: Day): Standing {
  if (one.valid_from > today) return 'ahead'
  if (one.valid_to === null) return 'valid'
  if (one.valid_to < today) return 'ended'
  return daysUntil(one.valid_to, today) <= SOON_DAYS ? 'ending' : 'valid'
}

/** One that ends or has ended worries nobody when another of the same skill goes on after it. */
function isRenewed(one: Certificate, all: readonly Certificate[]): boolean {
  const { valid_to: end } = one
  return (
    end !== null &&
    all.some(
      (other) =>
        other.skill === one.skill &&
        other.id !== one.id &&
        (other.valid_to === null || other.valid_to > end),
    )
  )
}

function heldBy(holder: Holder, today: Day): Held[] {
  const dated = new Set(holder.certificates.map((one) => one.skill))
  const always: Held[] = holder.skills
    .filter((skill) => !dated.has(skill))
    .map((skill) => ({
      key: `${holder.id} ${skill}`,
      skill,
      certificate: null,
      standing: 'always',
      days: 0,
    }))
  const certified: Held[] = holder.certificates.map((one) => ({
    key: one.id,
    skill: one.skill,
    certificate: one,
    standing: standingOf(one, today),
    days: one.valid_to === null ? 0 : daysUntil(one.valid_to, today),
  }))
  return [...certified, ...always]
}

/** Rows by person that match: a name, a skill as it is stored or as `nameOf` calls it, a number. */
export function holderRows(
  holders: readonly Holder[],
  today: Day,
  {
    filter = '',
    which = 'all',
    nameOf = (skill) => skill,
  }: { filter?: string; which?: Which; nameOf?: (skill: string) => string } = {},
): HolderRow[] {
  const wanted = filter.trim().toLocaleLowerCase()
  const holds = (text: string | null): boolean =>
    text !== null && text.toLocaleLowerCase().includes(wanted)
  return holders.flatMap((holder) => {
    const whole = holds(holder.name)
    const held = heldBy(holder, today).filter(
      (one) =>
        (whole ||
          holds(one.skill) ||
          holds(nameOf(one.skill)) ||
          holds(one.certificate?.number ?? null)) &&
        (which === 'all' ||
          (one.standing === which &&
            one.certificate !== null &&
            !isRenewed(one.certificate, holder.certificates))),
    )
    if (held.length === 0 && (which !== 'all' || !whole)) return []
    return [{ id: holder.id, name: holder.name, held }]
  })
}

export function faultOf(form: Form): Fault | null {
  if (form.caregiver === '') return 'person'
  if (form.skill === '') return 'skill'
  if (form.from === '') return 'from'
  return form.to !== '' && form.to < form.from ? 'backwards' : null
}

export const blank = (caregiver: string, today: Day): Form => ({
  caregiver,
  skill: '',
  number: '',
  from: today,
  to: '',
})

export const filled = (caregiver: string, one: Certificate): Form => ({
  caregiver,
  skill: one.skill,
  number: one.number ?? '',
  from: one.valid_from,
  to: one.valid_to ?? '',
})

/** What is sent of a form, beside whose it is. */
export const daysOf = (
  form: Form,
): { number: string | null; valid_from: Day; valid_to: Day | null } => ({
  number: form.number.trim() || null,
  valid_from: form.from,
  valid_to: form.to === '' ? null : form.to,
})
