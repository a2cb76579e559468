import { describe, expect, test } from 'vitest'

import { planChange } from './changes'
import { job, meal, today, visit } from './fixture'
import { isActive, nextStep, takenBack } from './jobs'
import { callLink, navigateLink } from './links'
import { nextStop, trips } from './meals'
import { current, distance, primary, progress } from './visits'
import { duty, worthTelling } from './whereabouts'

describe('the one button of a visit', () => {
  const answered = visit().tasks.map((task) => ({ ...task, done: true }))
  const started = { state: 'started', checked_in_at: '2026-03-02T01:00:00Z' } as const

  test('shows the way first', () => {
    expect(primary(visit(), false, null)).toBe('navigate')
    expect(primary(visit(), false, 900)).toBe('navigate')
  })
  test('checks in once on the way, or at the door', () => {
    expect(primary(visit(), true, null)).toBe('check-in')
    expect(primary(visit(), false, 120)).toBe('check-in')
  })
  test('asks for the tasks, then checks out', () => {
    expect(primary(visit(started), false, null)).toBe('tasks')
    expect(primary(visit({ ...started, tasks: answered }), false, null)).toBe('check-out')
    expect(primary(visit({ ...started, tasks: [] }), false, null)).toBe('check-out')
  })
  test('is gone when the visit is over', () => {
    for (const state of ['done', 'missed', 'cancelled'] as const) {
      expect(primary(visit({ state }), true, 0)).toBeNull()
    }
  })
})

test('the visit in hand is the started one, else the first to come', () => {
  const visits = [
    visit({ id: 'a', state: 'done' }),
    visit({ id: 'b' }),
    visit({ id: 'c', state: 'started' }),
  ]
  expect(current(visits)?.id).toBe('c')
  expect(current(visits.slice(0, 2))?.id).toBe('b')
  expect(current(visits.slice(0, 1))).toBeNull()
})

test('progress counts what is over and leaves out what was cancelled', () => {
  const day = today({
    visits: [visit({ state: 'done' }), visit({ id: 'b' }), visit({ id: 'c', state: 'cancelled' })],
    meals: [meal({ state: 'refused' }), meal({ order_id: 'm2' })],
  })
  expect(progress(day)).toEqual({ over: 2, all: 4 })
})

describe('a new plan', () => {
  const later = visit({ start_at: '2026-03-02T01:20:00Z' })

  test('is told by how many visits moved, came and went', () => {
    const before = today({ visits: [visit(), visit({ id: 'v2' })] })
    const after = today({ visits: [later, visit({ id: 'v3' })] })
    expect(planChange(before, after)).toEqual({ moved: 1, added: 1, removed: 1 })
  })
  test('is not told when nothing noticeable changed', () => {
    const blink = visit({ start_at: '2026-03-02T01:00:30Z' })
    expect(planChange(today(), today({ visits: [blink] }))).toBeNull()
    expect(planChange(null, today())).toBeNull()
    expect(planChange(today({ day: '2026-03-01' }), today({ visits: [later] }))).toBeNull()
  })
  test('is not told of visits that have begun or ended meanwhile', () => {
    const started = visit({ state: 'started', start_at: '2026-03-02T01:20:00Z' })
    expect(planChange(today(), today({ visits: [started] }))).toBeNull()
    expect(planChange(today({ visits: [started] }), today({ visits: [] }))).toBeNull()
  })
  test('counts a cancelled meal as taken away', () => {
    const before = today({ visits: [], meals: [meal()] })
    const after = today({ visits: [], meals: [meal({ state: 'cancelled' })] })
    expect(planChange(before, after)).toEqual({ moved: 0, added: 0, removed: 1 })
  })
  test('counts a cancelled visit as taken away', () => {
    const cancelled = visit({ state: 'cancelled' })
    expect(planChange(today(), today({ visits: [cancelled] }))).toEqual({
      moved: 0,
      added: 0,
      removed: 1,
    })
  })
})

describe('an alarm job', () => {
  test('goes one step at a time', () => {
    const states = ['offered', 'accepted', 'en_route', 'on_scene', 'done', 'declined'] as const
    expect(states.map((state) => nextStep(job({ state })))).toEqual([
      'accept',
      'en-route',
      'on-scene',
      'done',
      null,
      null,
    ])
  })
  test('is active between accepting and the end', () => {
    expect(isActive(job())).toBe(false)
    expect(isActive(job({ state: 'en_route' }))).toBe(true)
    expect(isActive(job({ state: 'done' }))).toBe(false)
  })
  test('that vanishes or expires was taken back; one that is finished was not', () => {
    expect(takenBack(job(), null)).toBe(true)
    expect(takenBack(job(), job({ state: 'expired' }))).toBe(true)
    expect(takenBack(job(), job({ state: 'accepted' }))).toBe(false)
    expect(takenBack(job({ state: 'done' }), null)).toBe(false)
  })
})

describe('a meal run', () => {
  const stops = [
    meal({ order_id: 'c', trip: 2, position: 1 }),
    meal({ order_id: 'b', trip: 1, position: 2, diet: 'soft' }),
    meal({ order_id: 'a', trip: 1, position: 1, state: 'delivered' }),
    meal({ order_id: 'd', trip: 1, position: 3 }),
  ]

  test('is driven trip by trip, stop by stop', () => {
    expect(trips(stops).map((trip) => trip.stops.map((stop) => stop.order_id))).toEqual([
      ['a', 'b', 'd'],
      ['c'],
    ])
    expect(nextStop(stops)?.order_id).toBe('b')
    expect(nextStop([meal({ state: 'no_answer' })])).toBeNull()
  })
  test('tells what is in the box, special diets first', () => {
    const [first] = trips(stops)
    expect(first?.load).toEqual([
      { diet: 'soft', count: 1 },
      { diet: 'normal', count: 1 },
    ])
    expect(first?.left).toBe(2)
  })
  test('names no meal point when the meals are on board already', () => {
    const aboard = meal({ order_id: 'x', meal_point: null })
    const [loaded, other] = trips([aboard, meal({ order_id: 'y', trip: 2 })])
    expect(loaded?.mealPoint).toBeNull()
    expect(loaded?.stops).toEqual([aboard])
    expect(other?.mealPoint?.name).toBe('梧桐路助餐点')
  })
  test('leaves a cancelled meal out of the box, of what is next and of what is done', () => {
    const cancelled = meal({ order_id: 'x', state: 'cancelled' })
    expect(nextStop([cancelled])).toBeNull()
    expect(trips([cancelled])[0]).toMatchObject({ load: [], left: 0, toLoad: [] })
    expect(progress(today({ visits: [], meals: [cancelled, meal()] }))).toEqual({ over: 0, all: 1 })
  })
})

describe('links', () => {
  const place = { address: '梧桐路 12 弄', lat: 31.23, lon: 121.45 }

  test('give the map an address and a datum, and nobody’s name', () => {
    const link = new URL(navigateLink(place, 'amap', ''))
    expect(link.searchParams.get('to')).toBe('121.450000,31.230000,梧桐路 12 弄')
    expect(link.searchParams.get('coordinate')).toBe('wgs84')
  })
  test('open the map the phone has', () => {
    expect(navigateLink(place, 'phone', 'Android')).toMatch(/^geo:31\.230000,121\.450000\?/)
    expect(navigateLink(place, 'phone', 'iPhone')).toMatch(/^https:\/\/maps\.apple\.com\//)
  })
  test('dial digits only', () => {
    expect(callLink('+86 (21) 555-0123')).toBe('tel:+86215550123')
  })
})

describe('whereabouts', () => {
  const fix = { lat: 31.23, lon: 121.45, acc: 8, crs: 'wgs84' as const }
  const start = Date.parse('2026-03-02T01:00:00Z')

  test('are told at work and on alarms, never after the last stop', () => {
    expect(duty(today(), start)).toBe('work')
    expect(duty(today(), start - 3_600_000)).toBe('off')
    expect(duty(today({ visits: [visit({ state: 'done' })] }), start)).toBe('off')
    expect(duty(today({ visits: [], job: job({ state: 'accepted' }) }), 0)).toBe('alarm')
    expect(duty(null, start)).toBe('off')
  })
  test('are told seldom, and more often on an alarm', () => {
    const last = { ...fix, at: start }
    const near = { ...fix, lat: 31.2303, at: start + 11_000 }
    expect(worthTelling(near, null, 'work')).toBe(true)
    expect(worthTelling(near, last, 'work')).toBe(false)
    expect(worthTelling(near, last, 'alarm')).toBe(true)
    expect(worthTelling({ ...fix, at: start + 240_000 }, last, 'work')).toBe(false)
    expect(worthTelling({ ...fix, at: start + 300_000 }, last, 'work')).toBe(true)
    expect(worthTelling(near, null, 'off')).toBe(false)
  })
  test('are measured in metres', () => {
    expect(distance(fix, { lat: 31.24, lon: 121.45 })).toBeCloseTo(1111.95, 0)
  })
})
