/** What `GET /api/v1/family/status` answers. */

import type { Shape } from '@/shared/api/types'

export type FamilyStatus = Shape<'FamilyStatus'>
export type ResidentStatus = Shape<'ResidentStatus'>
export type Colour = ResidentStatus['status']
export type Alert = Shape<'Alert'>
export type StageName = Alert['stage']
export type VisitState = Shape<'FamilyVisit'>['state']
export type MealState = Shape<'FamilyMeal'>['state']

/** In the order they are reached. */
export const STAGES: readonly StageName[] = [
  'received',
  'answered',
  'help_coming',
  'arrived',
  'safe',
]
