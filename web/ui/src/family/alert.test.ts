import { describe, expect, test } from 'vitest'

import { byUrgency, isOver, mayGo, readable, reasonKeys, shown, steps } from './alert'
import { alert, status } from './fixture'

describe('the steps of an alert', () => {
  test('tell what is done, what is being done and what is ahead', () => {
    expect(steps(alert()).map((step) => step.place)).toEqual([
      'done',
      'now',
      'ahead',
      'ahead',
      'ahead',
    ])
  })
  test('are all done once everybody is safe', () => {
    expect(steps(alert({ stage: 'safe' })).every((step) => step.place === 'done')).toBe(true)
  })
  test('keep their order whatever the order they came in, and need no times', () => {
    const mixed = alert({ stages: [{ stage: 'answered', at: 'x' }] })
    expect(steps(mixed).map(({ stage, at }) => [stage, at])).toEqual([
      ['received', null],
      ['answered', 'x'],
      ['help_coming', null],
      ['arrived', null],
      ['safe', null],
    ])
  })
})

test('the family may offer to go until somebody is there', () => {
  expect(mayGo(alert())).toBe(true)
  expect(mayGo(alert({ going_at: '2026-03-02T01:01:00Z' }))).toBe(false)
  expect(mayGo(alert({ stage: 'arrived' }))).toBe(false)
  expect(mayGo(alert({ stage: 'safe' }))).toBe(false)
  expect(isOver(alert({ stage: 'safe' }))).toBe(true)
})

describe('of several people', () => {
  const well = status({ resident: { id: 'a', name: 'a' } })
  const hurt = status({ resident: { id: 'b', name: 'b' }, status: 'red' })
  const late = status({ resident: { id: 'c', name: 'c' }, status: 'amber' })

  test('who needs help most stands first', () => {
    expect(byUrgency([well, late, hurt]).map((one) => one.resident.id)).toEqual(['b', 'c', 'a'])
  })
  test('the one chosen is shown, else the one in need', () => {
    expect(shown([well, hurt], 'a')?.resident.id).toBe('a')
    expect(shown([well, hurt], null)?.resident.id).toBe('b')
    expect(shown([well, hurt], 'gone')?.resident.id).toBe('b')
    expect(shown([], null)).toBeNull()
  })
})

test('a reason is told by the stage of an alert, else by its code, else by the colour', () => {
  const red = status({ status: 'red', reason: { code: 'alarm', data: {} }, incident: alert() })
  expect(reasonKeys(red)).toEqual([
    'family.reason.stage.answered',
    'family.reason.alarm',
    'family.reason.colour.red',
  ])
  expect(reasonKeys(status({ incident: alert({ stage: 'safe' }) }))).toEqual([
    'family.reason.all_well',
    'family.reason.colour.green',
  ])
})

test('times and captions in a reason are put into words, the rest is left alone', () => {
  const data = {
    since: '2026-03-02T01:00:00Z',
    service: { id: 'b', zh: '助浴', en: 'Bathing' },
    n: 3,
  }
  expect(
    readable(
      data,
      () => '09:00',
      ({ en }) => en,
    ),
  ).toEqual({ since: '09:00', service: 'Bathing', n: 3 })
})
