/** The day as the caregiver sees it: what the centre last said, plus what it has not heard yet. */

import type { Job, JobState, MealState, MealStop, Today, Visit } from './model'
import type { Deed, DeedRecord, JobStep, MealOutcome } from './record'
import { waiting } from './record'

const MEAL: Record<MealOutcome, MealState> = {
  loaded: 'loaded',
  delivered: 'delivered',
  refused: 'refused',
  'no-answer': 'no_answer',
}

const JOB: Record<JobStep, JobState> = {
  accept: 'accepted',
  decline: 'declined',
  'en-route': 'en_route',
  'on-scene': 'on_scene',
  done: 'done',
}

/** Return the day with every waiting record laid over it, in the order things happened. */
export function overlay(today: Today, records: readonly DeedRecord[]): Today {
  return waiting(records).reduce(apply, today)
}

function apply(today: Today, record: DeedRecord): Today {
  const { deed, device_at } = record
  switch (deed.kind) {
    case 'check-in':
    case 'check-out':
    case 'task':
      return {
        ...today,
        visits: today.visits.map((visit) =>
          visit.id === deed.visit ? onVisit(visit, deed, device_at) : visit,
        ),
      }
    case 'meal':
      return {
        ...today,
        meals: today.meals.map((stop) =>
          stop.order_id === deed.order ? onMeal(stop, deed.outcome) : stop,
        ),
      }
    case 'job':
      return today.job?.id === deed.assignment
        ? { ...today, job: onJob(today.job, deed, device_at) }
        : today
  }
}

function onVisit(visit: Visit, deed: Extract<Deed, { visit: string }>, at: string): Visit {
  switch (deed.kind) {
    case 'check-in':
      return visit.checked_in_at ? visit : { ...visit, state: 'started', checked_in_at: at }
    case 'check-out':
      return visit.checked_out_at ? visit : { ...visit, state: 'done', checked_out_at: at }
    case 'task':
      return {
        ...visit,
        tasks: visit.tasks.map((task) =>
          task.id === deed.task ? { ...task, done: deed.done, reason: deed.reason ?? null } : task,
        ),
      }
  }
}

function onMeal(stop: MealStop, outcome: MealOutcome): MealStop {
  return { ...stop, state: MEAL[outcome] }
}

function onJob(job: Job, deed: Extract<Deed, { kind: 'job' }>, at: string): Job {
  const state = JOB[deed.step]
  switch (deed.step) {
    case 'accept':
      return { ...job, state, accepted_at: at }
    case 'decline':
      return { ...job, state, reason: deed.reason ?? null }
    case 'en-route':
      return { ...job, state, en_route_at: at }
    case 'on-scene':
      return { ...job, state, on_scene_at: at }
    case 'done':
      return { ...job, state, done_at: at }
  }
}

/** Put the centre's answer to a deed into the day; an answer about something else changes nothing. */
export function merge(today: Today, deed: Deed, answer: unknown): Today {
  if (typeof answer !== 'object' || answer === null) return today
  switch (deed.kind) {
    case 'check-in':
    case 'check-out':
    case 'task': {
      const fresh = answer as Visit
      return { ...today, visits: today.visits.map((old) => (old.id === fresh.id ? fresh : old)) }
    }
    case 'meal': {
      const fresh = answer as MealStop
      return {
        ...today,
        meals: today.meals.map((old) => (old.order_id === fresh.order_id ? fresh : old)),
      }
    }
    case 'job': {
      const fresh = answer as Job
      return today.job?.id === fresh.id ? { ...today, job: { ...today.job, ...fresh } } : today
    }
  }
}
