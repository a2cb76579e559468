import type { FeatureCollection } from 'geojson'

const METRES_A_DEGREE = 111_320
const CORNERS = 48

/** Circles as rings to be drawn; good to a metre at a radius of a kilometre. */
export function rings(
  circles: readonly { lat: number; lon: number; radius_m: number }[],
): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: circles.map(({ lat, lon, radius_m }) => ({
      type: 'Feature',
      properties: { going: true },
      geometry: {
        type: 'LineString',
        coordinates: Array.from({ length: CORNERS + 1 }, (_, corner) => {
          const angle = (2 * Math.PI * corner) / CORNERS
          const north = (radius_m * Math.sin(angle)) / METRES_A_DEGREE
          const east =
            (radius_m * Math.cos(angle)) / (METRES_A_DEGREE * Math.cos((lat * Math.PI) / 180))
          return [lon + east, lat + north]
        }),
      },
    })),
  }
}
