/** The map library behind a few verbs; loaded after the first paint. */
import type { FeatureCollection } from 'geojson'
import { Map as LibreMap, Marker, NavigationControl, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl'
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

  /** Incidents are few and are buttons: they can be reached and read without seeing the map. */
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
        const button = document.createElement('button')
        button.type = 'button'
        button.addEventListener('click', () => onPick(incident.id))
        marker = new Marker({ element: button }).setLngLat(at).addTo(this.map)
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

  flyTo(at: [number, number]): void {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    this.map.easeTo({ center: at, zoom: Math.max(this.map.getZoom(), CLOSE_UP), duration: still ? 0 : 500 })
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
