import { beforeEach, expect, test } from 'vitest'

import { choices, mistakes, remember, remembered } from './enrolment'

const good = { id: 'AX-00001', model: 'K3', area: 'north' }

beforeEach(() => localStorage.clear())

test('what the platform would refuse is said before it is sent', () => {
  expect(mistakes(good)).toEqual({})
  expect(mistakes({ id: ' ', model: '', area: '' })).toEqual({
    id: 'missing',
    model: 'missing',
    area: 'missing',
  })
  expect(mistakes({ ...good, id: 'AX 1' })).toEqual({ id: 'badId' })
  expect(mistakes({ ...good, id: 'A'.repeat(41) })).toEqual({ id: 'badId' })
})

test('areas are named without what they all share', () => {
  expect(
    choices([
      { id: 'n', place: ['City', 'North'] },
      { id: 'n1', place: ['City', 'North', 'One'] },
    ]),
  ).toEqual([
    { id: 'n', name: 'North' },
    { id: 'n1', name: 'North / One' },
  ])
  expect(choices([{ id: 'c', place: ['City'] }])).toEqual([{ id: 'c', name: 'City' }])
  expect(choices([])).toEqual([])
})

test('model and area of the last one are kept, its id is not', () => {
  expect(remembered()).toEqual({ model: '', area: '' })
  remember(good)
  expect(remembered()).toEqual({ model: 'K3', area: 'north' })
  localStorage.setItem('carebell.installer', '{broken')
  expect(remembered()).toEqual({ model: '', area: '' })
})
