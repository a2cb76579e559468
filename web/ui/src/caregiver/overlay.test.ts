import { expect, test } from 'vitest'

import { job, meal, today, visit } from './fixture'
import { merge, overlay } from './overlay'
import type { Deed, DeedRecord } from './record'

const AT = '2026-03-02T01:02:00.000Z'

function records(...deeds: Deed[]): DeedRecord[] {
  return deeds.map((deed, index) => ({
    event_id: `e${index}`,
    seq: index,
    caregiver: 'c1',
    deed,
    about: '',
    device_at: AT,
    held_until: 0,
    state: 'waiting',
    problem: null,
    settled_at: null,
  }))
}

test('a whole visit done without signal shows as done', () => {
  const shown = overlay(
    today(),
    records(
      { kind: 'check-in', visit: 'v1', method: 'manual', reason: 'no_signal' },
      { kind: 'task', visit: 'v1', task: 'pressure', done: true },
      { kind: 'task', visit: 'v1', task: 'linen', done: false, reason: 'declined' },
      { kind: 'check-out', visit: 'v1' },
    ),
  ).visits[0]
  expect(shown).toMatchObject({ state: 'done', checked_in_at: AT, checked_out_at: AT })
  expect(shown?.tasks.map((task) => task.done)).toEqual([true, false])
  expect(shown?.tasks[1]?.reason).toBe('declined')
})

test('what the centre has answered is not laid over its answer', () => {
  const [done] = records({ kind: 'check-out', visit: 'v1' })
  const started = today({ visits: [visit({ state: 'started', checked_in_at: AT })] })
  expect(overlay(started, [{ ...done!, state: 'refused' }])).toEqual(started)
})

test("the centre's time of a check-in wins over the phone's", () => {
  const known = today({
    visits: [visit({ state: 'started', checked_in_at: '2026-03-02T00:59:00Z' })],
  })
  const shown = overlay(known, records({ kind: 'check-in', visit: 'v1', method: 'gps' }))
  expect(shown.visits[0]?.checked_in_at).toBe('2026-03-02T00:59:00Z')
})

test('a meal answer and a job step show at once', () => {
  const shown = overlay(
    today({ meals: [meal()], job: job() }),
    records(
      { kind: 'meal', order: 'm1', outcome: 'no-answer' },
      { kind: 'job', assignment: 'a1', step: 'accept' },
      { kind: 'job', assignment: 'a1', step: 'en-route' },
    ),
  )
  expect(shown.meals[0]?.state).toBe('no_answer')
  expect(shown.job).toMatchObject({ state: 'en_route', accepted_at: AT, en_route_at: AT })
})

test('a record for something no longer on the day changes nothing', () => {
  const day = today()
  expect(overlay(day, records({ kind: 'job', assignment: 'gone', step: 'done' }))).toEqual(day)
})

test("the centre's answer takes the place of what was known", () => {
  const done = visit({ state: 'done', checked_out_at: AT })
  const day = today({ meals: [meal()], job: job() })
  expect(merge(day, { kind: 'check-out', visit: 'v1' }, done).visits).toEqual([done])
  const eaten = meal({ state: 'delivered' })
  expect(merge(day, { kind: 'meal', order: 'm1', outcome: 'delivered' }, eaten).meals).toEqual([
    eaten,
  ])
  const step = { kind: 'job', assignment: 'a1', step: 'accept' } as const
  expect(merge(day, step, job({ state: 'accepted' })).job?.state).toBe('accepted')
})

test('an answer that says nothing changes nothing', () => {
  const day = today({ job: job() })
  for (const answer of [undefined, null, {}, 'ok']) {
    expect(merge(day, { kind: 'check-out', visit: 'v1' }, answer)).toEqual(day)
    expect(merge(day, { kind: 'job', assignment: 'a1', step: 'accept' }, answer)).toEqual(day)
  }
})
