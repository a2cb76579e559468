/** A courier's run: trips from a meal point, stops in order, diets that must not be mixed up. */

import type { Named } from '@/shared/api/types'

import type { MealStop } from './model'

export interface Trip {
  key: string
  trip: number
  /** `null`: no plan ever said where; the meals are on board. */
  mealPoint: Named | null
  stops: MealStop[]
  /** How many meals of each diet are to be delivered yet, special diets first. */
  load: { diet: string; count: number }[]
  left: number
  /** Stops whose meal has not been collected from the meal point yet. */
  toLoad: MealStop[]
}

/** The diet everybody gets unless told otherwise; everything else is marked. */
export const PLAIN_DIET = 'normal'

export function isOpen(stop: MealStop): boolean {
  return stop.state === 'ordered' || stop.state === 'loaded'
}

/** A day kept by an older version may know no diet. */
export function dietOf(stop: { diet: string | null }): string {
  return stop.diet ?? PLAIN_DIET
}

export function isSpecial(diet: string): boolean {
  return diet !== PLAIN_DIET
}

/** Stops grouped into trips, both in the order they are driven. */
export function trips(stops: readonly MealStop[]): Trip[] {
  const groups = new Map<string, MealStop[]>()
  for (const stop of [...stops].sort(byOrder)) {
    const key = `${stop.trip}/${stop.meal_point?.id ?? ''}`
    const group = groups.get(key)
    if (group) group.push(stop)
    else groups.set(key, [stop])
  }
  return [...groups].map(([key, group]) => {
    const first = group[0] as MealStop
    return {
      key,
      trip: first.trip,
      mealPoint: first.meal_point,
      stops: group,
      load: load(group.filter(isOpen)),
      left: group.filter(isOpen).length,
      toLoad: group.filter((stop) => stop.state === 'ordered'),
    }
  })
}

/** The stop the courier drives to now. */
export function nextStop(stops: readonly MealStop[]): MealStop | null {
  return [...stops].sort(byOrder).find(isOpen) ?? null
}

function byOrder(a: MealStop, b: MealStop): number {
  return a.trip - b.trip || a.position - b.position || a.eta_at.localeCompare(b.eta_at)
}

function load(stops: readonly MealStop[]): { diet: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const diet of stops.map(dietOf)) counts.set(diet, (counts.get(diet) ?? 0) + 1)
  return [...counts]
    .map(([diet, count]) => ({ diet, count }))
    .sort((a, b) => Number(isSpecial(b.diet)) - Number(isSpecial(a.diet)) || b.count - a.count)
}
