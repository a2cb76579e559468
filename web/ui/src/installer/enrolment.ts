/** What is filled in for a new terminal, and what is wrong with it. */

import type { Place } from './model'

export interface Draft {
  id: string
  model: string
  area: string
}

export type Field = keyof Draft

const ID = /^[A-Za-z0-9-]{1,40}$/

/** What the API would refuse, by field: keys of words. */
export function mistakes(draft: Draft): Partial<Record<Field, 'missing' | 'badId'>> {
  const found: Partial<Record<Field, 'missing' | 'badId'>> = {}
  const id = draft.id.trim()
  if (!ID.test(id)) found.id = id === '' ? 'missing' : 'badId'
  if (draft.model.trim() === '') found.model = 'missing'
  if (draft.area === '') found.area = 'missing'
  return found
}

/** Areas to choose from; the names that all of them share are left out. */
export function choices(places: readonly Place[]): { id: string; name: string }[] {
  if (places.length === 0) return []
  const first = places[0]!.place
  const least = Math.min(...places.map(({ place }) => place.length))
  let shared = 0
  while (shared < least - 1 && places.every(({ place }) => place[shared] === first[shared]))
    shared += 1
  return places.map(({ id, place }) => ({ id, name: place.slice(shared).join(' / ') }))
}

const KEY = 'carebell.installer'

/** A box of terminals is mostly of one model and for one area. */
export function remembered(): Pick<Draft, 'model' | 'area'> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    const { model, area } = kept as Record<string, unknown>
    return {
      model: typeof model === 'string' ? model : '',
      area: typeof area === 'string' ? area : '',
    }
  } catch {
    return { model: '', area: '' }
  }
}

export function remember({ model, area }: Draft): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ model, area }))
  } catch {
    // storage may be forbidden; the next one is then filled in by hand
  }
}
