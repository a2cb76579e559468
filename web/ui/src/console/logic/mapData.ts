/** What the map draws, as GeoJSON. Longitude first. */
import type { Feature, FeatureCollection, LineString, Point } from 'geojson'
import type { HomeDot } from '../wire'
import type { CaregiverPosition, Incident, Responder } from '../wire'

export type Points = FeatureCollection<Point>

const OLD_FIX_MS = 10 * 60_000

function point(lon: number, lat: number, properties: Record<string, unknown>): Feature<Point> {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties }
}

const collect = <T extends Point | LineString>(features: Feature<T>[]): FeatureCollection<T> => ({
  type: 'FeatureCollection',
  features,
})

/** Homes, with the queue's newer word on which of them have an open incident. */
export function homeFeatures(dots: readonly HomeDot[], incidents: Iterable<Incident>): Points {
  const open = new Set<string>()
  for (const incident of incidents) {
    const urgent = incident.state !== 'closed' && incident.category === 'emergency'
    if (urgent && incident.home_id !== null) open.add(incident.home_id)
  }
  return collect(
    dots.map((dot) => {
      const status = open.has(dot.home_id)
        ? 'incident'
        : dot.status === 'incident'
          ? 'ok'
          : dot.status
      return point(dot.lon, dot.lat, { status })
    }),
  )
}

/** Caregivers on duty; the nearest responders carry their rank. */
export function caregiverFeatures(
  positions: readonly CaregiverPosition[],
  responders: readonly Responder[],
  now: number,
): Points {
  const rank = new Map(responders.map((responder, index) => [responder.caregiver.id, index + 1]))
  return collect(
    positions
      .filter((position) => position.state !== 'off' || rank.has(position.caregiver_id))
      .map((position) =>
        point(position.lon, position.lat, {
          name: position.name,
          state: position.state,
          old: now - Date.parse(position.at) > OLD_FIX_MS,
          rank: rank.get(position.caregiver_id) ?? 0,
        }),
      ),
  )
}

/** From each of the nearest responders to the home. */
export function responderLines(
  incident: Incident | null,
  positions: readonly CaregiverPosition[],
  responders: readonly Responder[],
): FeatureCollection<LineString> {
  if (incident === null || incident.lat === null || incident.lon === null)
    return collect<LineString>([])
  const home = [incident.lon, incident.lat]
  const where = new Map(positions.map((position) => [position.caregiver_id, position]))
  const going = incident.assignment?.caregiver.id
  const wanted =
    incident.state === 'assigned' && going
      ? [going]
      : responders.map((responder) => responder.caregiver.id)
  const lines: Feature<LineString>[] = []
  for (const [index, id] of wanted.entries()) {
    const from = where.get(id)
    if (from === undefined) continue
    lines.push({
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: [[from.lon, from.lat], home] },
      properties: { rank: index + 1, going: id === going },
    })
  }
  return collect(lines)
}

export interface Marked {
  incident: Incident
  at: [number, number]
}

/** Open emergencies that have a place; technical ones are dots only, or they would hide the town. */
export function incidentsOnMap(incidents: Iterable<Incident>): Marked[] {
  const found: Marked[] = []
  for (const incident of incidents) {
    if (incident.state === 'closed' || incident.priority === 3) continue
    if (incident.lon !== null && incident.lat !== null)
      found.push({ incident, at: [incident.lon, incident.lat] })
  }
  return found.sort((a, b) => b.incident.priority - a.incident.priority)
}

/** South-west and north-east corner of everything drawn. */
export function boundsOf(ground: FeatureCollection): [[number, number], [number, number]] | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return
    if (typeof value[0] === 'number' && typeof value[1] === 'number') {
      west = Math.min(west, value[0])
      east = Math.max(east, value[0])
      south = Math.min(south, value[1])
      north = Math.max(north, value[1])
    } else value.forEach(visit)
  }
  for (const feature of ground.features) {
    if (feature.geometry && 'coordinates' in feature.geometry) visit(feature.geometry.coordinates)
  }
  return west <= east
    ? [
        [west, south],
        [east, north],
      ]
    : null
}
