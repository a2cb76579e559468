/** The map library behind a few verbs; loaded after the first paint. */
import type { FeatureCollection } from 'geojson'
import {
  LngLatBounds,
  Map as LibreMap,
  Marker,
  NavigationControl,
  setWorkerUrl,
  type GeoJSONSource,
} from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { boundsOf, type Marked } from '../../logic/mapData'
import type { Theme } from '../../stores/ui'
import { townStyle } from './mapStyle'

setWorkerUrl(workerUrl)

const FONTS = "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
const CLOSE_UP = 14.5
type Layer = 'homes' | 'caregivers' | 'lines'

export class TownMap {
  readonly loaded: Promise<void>
  private readonly map: LibreMap
  private readonly markers = new Map<string, Marker>()
  private readonly data = new Map<Layer, FeatureCollection>()
  private point: Marker | null = null

  constructor(
    box: HTMLElement,
    private readonly ground: FeatureCollection,
    theme: Theme,
    words: Readonly<Record<string, string>>,
    private readonly onReady: (ready: boolean) => void,
  ) {
    const bounds = boundsOf(ground)
    this.map = new LibreMap({
      container: box,
      style: townStyle(ground, theme),
      bounds: bounds ?? undefined,
      fitBoundsOptions: { padding: 12 },
      attributionControl: false,
      locale: words,
      dragRotate: false,
      pitchWithRotate: false,
      localIdeographFontFamily: FONTS,
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
    this.loaded = new Promise((done) => this.map.once('load', () => done()))
  }

  setHomes(data: FeatureCollection): void {
    this.set('homes', data)
  }

  setCaregivers(data: FeatureCollection): void {
    this.set('caregivers', data)
  }

  setLines(data: FeatureCollection): void {
    this.set('lines', data)
  }

  private set(layer: Layer, data: FeatureCollection): void {
    this.data.set(layer, data)
    void (this.map.getSource(layer) as GeoJSONSource | undefined)?.setData(data)
  }

  /** Incidents are few: pins of our own. A mouse may pick one; the queue is the way for keys. */
  setIncidents(
    marked: readonly Marked[],
    selected: string | null,
    label: (incident: Marked['incident']) => string,
    onPick: (id: string) => void,
  ): void {
    const present = new Set(marked.map((one) => one.incident.id))
    for (const [id, marker] of this.markers) {
      if (present.has(id)) continue
      marker.remove()
      this.markers.delete(id)
    }
    for (const { incident, at } of marked) {
      let marker = this.markers.get(incident.id)
      if (marker === undefined) {
        const pin = document.createElement('div')
        pin.setAttribute('role', 'img')
        pin.addEventListener('click', () => onPick(incident.id))
        marker = new Marker({ element: pin }).setLngLat(at).addTo(this.map)
        this.markers.set(incident.id, marker)
      }
      const element = marker.getElement()
      element.classList.add('map-incident')
      element.classList.toggle('p2', incident.priority === 2)
      element.classList.toggle('waiting', incident.state === 'open')
      element.classList.toggle('selected', incident.id === selected)
      element.setAttribute('aria-label', label(incident))
      element.title = label(incident)
      element.dataset.incident = incident.id
    }
  }

  /** Tell where somebody points. */
  onPoint(handler: (lat: number, lon: number) => void): void {
    this.map.on('click', (event) => handler(event.lngLat.lat, event.lngLat.lng))
    this.map.getCanvas().style.cursor = 'crosshair'
  }

  /** Mark one place, or none. */
  setPoint(at: [number, number] | null): void {
    this.point?.remove()
    this.point = at === null ? null : new Marker().setLngLat(at).addTo(this.map)
  }

  /** Show all of these places at once, the first of them in any case. */
  frame(places: readonly [number, number][]): void {
    if (places.length < 2) return places[0] && this.flyTo(places[0])
    const bounds = new LngLatBounds()
    for (const place of places) bounds.extend(place)
    this.map.fitBounds(bounds, { padding: 44, maxZoom: CLOSE_UP, duration: this.glide() })
  }

  private glide(): number {
    return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 500
  }

  flyTo(at: [number, number]): void {
    this.map.easeTo({
      center: at,
      zoom: Math.max(this.map.getZoom(), CLOSE_UP),
      duration: this.glide(),
    })
  }

  fitTown(): void {
    const bounds = boundsOf(this.ground)
    if (bounds) this.map.fitBounds(bounds, { padding: 12 })
  }

  setTheme(theme: Theme): void {
    this.map.setStyle(townStyle(this.ground, theme), { diff: false })
    this.map.once('styledata', () => {
      for (const [layer, data] of this.data) this.set(layer, data)
      this.onReady(true)
    })
  }

  remove(): void {
    this.markers.clear()
    this.map.remove()
  }
}
