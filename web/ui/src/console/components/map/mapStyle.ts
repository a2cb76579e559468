/** The look of the own map: no tiles, nothing from outside. */
import type { FeatureCollection } from 'geojson'
import type { StyleSpecification } from 'maplibre-gl'
import type { Theme } from '../../stores/ui'

const FONT = ['Noto Sans CJK SC']
const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }

const INK = {
  light: {
    ground: '#e9eff4',
    area: '#f7fafc',
    edge: '#a9bccd',
    road: '#d2dde7',
    text: '#20364b',
    halo: '#ffffff',
  },
  dark: {
    ground: '#101922',
    area: '#16212c',
    edge: '#3a4d5f',
    road: '#2a3a48',
    text: '#d4e0ea',
    halo: '#101922',
  },
} as const

export function townStyle(ground: FeatureCollection, theme: Theme): StyleSpecification {
  const ink = INK[theme]
  return {
    version: 8,
    sources: {
      ground: { type: 'geojson', data: ground },
      homes: { type: 'geojson', data: EMPTY },
      caregivers: { type: 'geojson', data: EMPTY },
      lines: { type: 'geojson', data: EMPTY },
    },
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': ink.ground } },
      {
        id: 'area',
        type: 'fill',
        source: 'ground',
        filter: ['==', ['get', 'layer'], 'area'],
        paint: { 'fill-color': ink.area },
      },
      {
        id: 'area-edge',
        type: 'line',
        source: 'ground',
        filter: ['==', ['get', 'layer'], 'area'],
        paint: { 'line-color': ink.edge, 'line-width': 1.2 },
      },
      {
        id: 'road',
        type: 'line',
        source: 'ground',
        filter: ['==', ['get', 'layer'], 'road'],
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: {
          'line-color': ink.road,
          'line-width': ['interpolate', ['linear'], ['zoom'], 11, 1, 15, 6],
        },
      },
      {
        id: 'homes',
        type: 'circle',
        source: 'homes',
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, 1.6, 13, 3, 16, 7],
          'circle-color': [
            'match',
            ['get', 'status'],
            'incident',
            '#c8102e',
            'silent',
            '#6b7280',
            '#6f9a7b',
          ],
          'circle-opacity': ['match', ['get', 'status'], 'ok', 0.65, 1],
          'circle-stroke-color': ink.halo,
          'circle-stroke-width': ['match', ['get', 'status'], 'ok', 0, 1],
        },
      },
      {
        id: 'places',
        type: 'circle',
        source: 'ground',
        filter: ['in', ['get', 'layer'], ['literal', ['station', 'meal_point']]],
        paint: {
          'circle-radius': 5,
          'circle-color': ['match', ['get', 'layer'], 'station', '#0b2f4f', '#7a4fa3'],
          'circle-stroke-color': '#ffffff',
          'circle-stroke-width': 1.5,
        },
      },
      {
        id: 'lines',
        type: 'line',
        source: 'lines',
        paint: {
          'line-color': '#0b5cad',
          'line-width': ['case', ['get', 'going'], 4, 2],
          'line-dasharray': [2, 1.5],
          'line-opacity': 0.85,
        },
      },
      {
        id: 'caregivers',
        type: 'circle',
        source: 'caregivers',
        layout: { 'circle-sort-key': ['-', 10, ['get', 'rank']] },
        paint: {
          'circle-radius': ['case', ['>', ['get', 'rank'], 0], 11, 7],
          'circle-color': ['match', ['get', 'state'], 'incident', '#9a4a00', '#0b5cad'],
          'circle-opacity': ['case', ['get', 'old'], 0.45, 1],
          'circle-stroke-color': '#ffffff',
          'circle-stroke-width': 2,
        },
      },
      {
        id: 'area-name',
        type: 'symbol',
        source: 'ground',
        filter: ['==', ['get', 'layer'], 'area'],
        layout: { 'text-field': ['get', 'name'], 'text-size': 13, 'text-font': FONT },
        paint: {
          'text-color': ink.text,
          'text-halo-color': ink.halo,
          'text-halo-width': 2,
          'text-opacity': 0.75,
        },
      },
      {
        id: 'rank',
        type: 'symbol',
        source: 'caregivers',
        filter: ['>', ['get', 'rank'], 0],
        layout: {
          'text-field': ['to-string', ['get', 'rank']],
          'text-size': 13,
          'text-font': FONT,
          'text-allow-overlap': true,
          'symbol-sort-key': ['-', 10, ['get', 'rank']],
        },
        paint: { 'text-color': '#ffffff' },
      },
      {
        id: 'caregiver-name',
        type: 'symbol',
        source: 'caregivers',
        minzoom: 12.5,
        layout: {
          'text-field': ['get', 'name'],
          'text-size': 12,
          'text-font': FONT,
          'text-offset': [0, 1.3],
          'text-anchor': 'top',
        },
        paint: { 'text-color': ink.text, 'text-halo-color': ink.halo, 'text-halo-width': 1.6 },
      },
    ],
  }
}
