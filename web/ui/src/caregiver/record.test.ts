import { describe, expect, test } from 'vitest'

import {
  type Deed,
  type DeedRecord,
  backOff,
  heldUntil,
  mark,
  next,
  request,
  summary,
  verdict,
} from './record'

const CHECK_IN: Deed = { kind: 'check-in', visit: 'v1', method: 'manual', reason: 'no_signal' }
const CHECK_OUT: Deed = { kind: 'check-out', visit: 'v1' }
const DELIVERED: Deed = { kind: 'meal', order: 'm1', outcome: 'delivered' }
const ACCEPT: Deed = { kind: 'job', assignment: 'a1', step: 'accept' }

function record(seq: number, deed: Deed, over: Partial<DeedRecord> = {}): DeedRecord {
  return {
    event_id: `e${seq}`,
    seq,
    caregiver: 'c1',
    deed,
    about: '',
    device_at: '2026-03-02T01:00:00.000Z',
    held_until: 0,
    state: 'waiting',
    problem: null,
    settled_at: null,
    ...over,
  }
}

describe('the next record to send', () => {
  test('is the oldest that waits, whatever order they were read in', () => {
    const records = [record(2, CHECK_OUT), record(1, CHECK_IN)]
    expect(next(records, 0)?.event_id).toBe('e1')
  })

  test('is never one that the centre has already answered', () => {
    const records = [record(1, CHECK_IN, { state: 'synced' }), record(2, CHECK_OUT)]
    expect(next(records, 0)?.event_id).toBe('e2')
    expect(next([record(1, CHECK_IN, { state: 'refused' })], 0)).toBeNull()
  })

  test('passes over one that can still be undone', () => {
    const records = [record(1, DELIVERED, { held_until: 500 }), record(2, CHECK_IN)]
    expect(next(records, 499)?.event_id).toBe('e2')
    expect(next(records, 500)?.event_id).toBe('e1')
    expect(heldUntil(records, 499)).toBe(500)
    expect(heldUntil(records, 500)).toBeNull()
  })

  test('does not overtake a held one of the same stop', () => {
    const refused: Deed = { kind: 'meal', order: 'm1', outcome: 'refused' }
    const records = [record(1, DELIVERED, { held_until: 500 }), record(2, refused)]
    expect(next(records, 499)).toBeNull()
  })

  test('is an alarm job before anything else', () => {
    expect(next([record(1, CHECK_IN), record(2, ACCEPT)], 0)?.event_id).toBe('e2')
  })
})

test('a request carries the event id, the time on the phone and only what is known', () => {
  expect(request(record(1, CHECK_IN))).toEqual({
    path: '/caregiver/visits/{visit_id}/check-in',
    given: { visit_id: 'v1' },
    body: {
      event_id: 'e1',
      device_at: '2026-03-02T01:00:00.000Z',
      method: 'manual',
      reason: 'no_signal',
    },
  })
  expect(JSON.parse(JSON.stringify(request(record(1, CHECK_OUT)).body))).not.toHaveProperty(
    'location',
  )
  expect(request(record(1, DELIVERED)).given).toEqual({ order_id: 'm1', what: 'delivered' })
  expect(request(record(1, ACCEPT)).given).toEqual({ assignment_id: 'a1', step: 'accept' })
  expect(
    request(record(1, { kind: 'task', visit: 'v1', task: 't', done: false, reason: 'asleep' })),
  ).toMatchObject({ given: { visit_id: 'v1', task: 't' }, body: { done: false, reason: 'asleep' } })
})

test.each([
  [200, 'synced'],
  [204, 'synced'],
  [400, 'refused'],
  [404, 'refused'],
  [409, 'refused'],
  [422, 'refused'],
  [401, 'login'],
  [408, 'later'],
  [429, 'later'],
  [500, 'later'],
  [503, 'later'],
] as const)('the answer %i means %s', (status, expected) => {
  expect(verdict(status)).toBe(expected)
})

test('waiting after failures grows and stays within a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(backOff)).toEqual([
    2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
  ])
})

test('a card shows the worst of its own records', () => {
  const records = [
    record(1, CHECK_IN, { state: 'synced' }),
    record(2, CHECK_OUT),
    record(3, DELIVERED, { state: 'refused' }),
  ]
  expect(mark(records, 'visit/v1')).toBe('waiting')
  expect(mark(records, 'meal/m1')).toBe('refused')
  expect(mark(records, 'job/a1')).toBeNull()
  expect(summary(records, null)).toEqual({ waiting: 1, refused: 1, syncedAt: null })
})
