/** What `/api/v1/caregiver` takes and answers. Positions are WGS-84, distances metres. */

import type { Shape } from '@/shared/api/types'

export type Today = Shape<'Today'>
export type Visit = Shape<'Visit'>
export type VisitState = Visit['state']
export type Task = Shape<'Task'>
export type MealStop = Shape<'MealStop'>
export type MealState = MealStop['state']
/** An alarm this caregiver is asked to answer: the assignment and what is needed to get there. */
export type Job = Shape<'AlarmJob'>
export type JobState = Job['state']
export type Place = Pick<Visit, 'address' | 'lat' | 'lon'>

/** A fix as a phone keeps it: browsers answer in WGS-84 and always say how exact. */
export type Fix = Shape<'Fix'> & { acc: number; crs: 'wgs84' }
/** What `/ws/phone` says. */
export type PhoneFrame = Shape<'PhoneFrame'>
