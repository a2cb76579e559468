/** Links that leave the page: the phone's dialler and its map. Nobody's name goes into a map. */

import type { Job, Place } from './model'

/** `amap` opens Amap's app or its site; `phone` asks the phone for its own map. */
export type MapApp = 'amap' | 'phone'

export function navigateLink(
  place: Place,
  app: MapApp,
  agent: string = navigator.userAgent,
): string {
  const lat = place.lat.toFixed(6)
  const lon = place.lon.toFixed(6)
  if (app === 'amap') {
    const query = new URLSearchParams({
      to: `${lon},${lat},${place.address}`,
      coordinate: 'wgs84',
      mode: 'ride',
      callnative: '1',
      src: 'carebell',
    })
    return `https://uri.amap.com/navigation?${query}`
  }
  if (/iPhone|iPad|Macintosh/.test(agent)) return `https://maps.apple.com/?daddr=${lat},${lon}`
  return `geo:${lat},${lon}?q=${lat},${lon}(${encodeURIComponent(place.address)})`
}

/** Where a job is, or `null` when the home has no place on the map. */
export function placeOf(job: Job): Place | null {
  const { address, lat, lon } = job
  return lat === null || lon === null ? null : { address: address ?? '', lat, lon }
}

export function callLink(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, '')}`
}
