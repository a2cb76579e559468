import { describe, expect, it } from 'vitest'
import { incident } from '../testing/samples'
import type { CaregiverPosition, Responder } from '../wire'
import {
  boundsOf,
  caregiverFeatures,
  homeFeatures,
  incidentsOnMap,
  responderLines,
} from './mapData'

const position = (over: Partial<CaregiverPosition> = {}): CaregiverPosition => ({
  caregiver_id: 'c',
  name: 'C',
  lat: 31,
  lon: 120,
  at: '2026-11-22T01:00:00Z',
  state: 'idle',
  ...over,
})
const responder = { caregiver: { id: 'c', name: 'C', phone: '1' } } as Responder
const at = Date.parse('2026-11-22T01:00:00Z')

describe('the map', () => {
  it('believes the live queue about incidents, not the older dots', () => {
    const dots = [
      { home_id: 'a', lat: 1, lon: 2, status: 'incident' as const },
      { home_id: 'b', lat: 1, lon: 2, status: 'ok' as const },
      { home_id: 'c', lat: 1, lon: 2, status: 'silent' as const },
    ]
    const shown = homeFeatures(dots, [incident({ home_id: 'b' })])
    expect(shown.features.map((feature) => feature.properties?.status)).toEqual([
      'ok',
      'incident',
      'silent',
    ])
  })

  it('leaves out who is off duty and says whose fix is old', () => {
    const shown = caregiverFeatures(
      [position({ state: 'off' }), position({ caregiver_id: 'd' })],
      [],
      at + 11 * 60_000,
    )
    expect(shown.features).toHaveLength(1)
    expect(shown.features[0]!.properties).toMatchObject({ old: true, rank: 0 })
  })

  it('joins the nearest responders to the home, or only the one who goes', () => {
    const there = { lat: 31.1, lon: 120.1 }
    expect(responderLines(incident(there), [position()], [responder]).features).toHaveLength(1)
    expect(responderLines(incident(there), [], [responder]).features).toHaveLength(0)
    expect(responderLines(incident(), [position()], [responder]).features).toHaveLength(0)
    const assignment = { caregiver: { id: 'd' } } as never
    const going = responderLines(
      incident({ ...there, state: 'assigned', assignment }),
      [position({ caregiver_id: 'd' })],
      [responder],
    )
    expect(going.features[0]!.properties).toMatchObject({ going: true })
  })

  it('marks open emergencies with a place, the most urgent on top', () => {
    const there = { lat: 31, lon: 120 }
    const rows = [
      incident({ ...there, priority: 1 }),
      incident({ ...there, priority: 2 }),
      incident({ ...there, priority: 3 }),
      incident({ ...there, state: 'closed' }),
      incident(),
    ]
    expect(incidentsOnMap(rows).map((one) => one.incident.priority)).toEqual([2, 1])
  })

  it('knows how far the town reaches', () => {
    const line = {
      type: 'LineString' as const,
      coordinates: [
        [120, 31],
        [121, 32],
      ],
    }
    const ground = {
      type: 'FeatureCollection' as const,
      features: [{ type: 'Feature' as const, geometry: line, properties: {} }],
    }
    expect(boundsOf(ground)).toEqual([
      [120, 31],
      [121, 32],
    ])
    expect(boundsOf({ type: 'FeatureCollection', features: [] })).toBeNull()
  })
})
