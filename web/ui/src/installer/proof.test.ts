import { describe, expect, test } from 'vitest'

import { before, PATIENCE_MS, proofOf, secondsLeft } from './proof'

const SEEN = '2026-03-02T01:00:00Z'
const alarm = (id: string, kind = 'sos') => ({ id, kind, received_at: '2026-03-02T01:00:05Z' })
const quiet = { alarms: [alarm('old')], last_seen_at: SEEN }
const from = before(quiet, 1000)

describe('the press', () => {
  test('an alarm of earlier is no proof', () => {
    expect(proofOf(from, quiet, 2000)).toEqual({ phase: 'waiting', alarm: null, heard: false })
  })

  test('a new alarm is the proof', () => {
    const found = proofOf(from, { ...quiet, alarms: [alarm('new', 'test'), alarm('old')] }, 2000)
    expect(found.phase).toBe('arrived')
    expect(found.alarm?.id).toBe('new')
  })

  test('what the terminal reports on the same occasion does not hide it', () => {
    const told = { ...quiet, alarms: [alarm('bat', 'low_battery'), alarm('new'), alarm('old')] }
    expect(proofOf(from, told, 2000).alarm?.id).toBe('new')
  })

  test('a report about itself shows only that the terminal is there', () => {
    const told = { ...quiet, alarms: [alarm('bat', 'low_battery'), alarm('old')] }
    expect(proofOf(from, told, 2000)).toEqual({ phase: 'heard', alarm: null, heard: true })
  })

  test('so does a heartbeat', () => {
    const told = { ...quiet, last_seen_at: '2026-03-02T01:00:30Z' }
    expect(proofOf(from, told, 2000).phase).toBe('heard')
    const never = before({ alarms: [], last_seen_at: null }, 0)
    expect(proofOf(never, { alarms: [], last_seen_at: SEEN }, 1).phase).toBe('heard')
  })
})

describe('patience', () => {
  test('ends, and it is known whether the terminal was heard at all', () => {
    expect(proofOf(from, quiet, 1000 + PATIENCE_MS)).toMatchObject({ phase: 'late', heard: false })
    const told = { ...quiet, last_seen_at: '2026-03-02T01:00:30Z' }
    expect(proofOf(from, told, 1000 + PATIENCE_MS)).toMatchObject({ phase: 'late', heard: true })
  })

  test('a press that comes too late still counts', () => {
    const told = { ...quiet, alarms: [alarm('new')] }
    expect(proofOf(from, told, 1000 + 2 * PATIENCE_MS).phase).toBe('arrived')
  })

  test('is counted down', () => {
    expect(secondsLeft(from, 1000)).toBe(90)
    expect(secondsLeft(from, 400)).toBe(90)
    expect(secondsLeft(from, 1001 + PATIENCE_MS)).toBe(0)
  })
})
