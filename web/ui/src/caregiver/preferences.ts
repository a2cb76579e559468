/** What this phone remembers for its owner; nothing of it leaves the phone. */

import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

import type { MapApp } from './links'

const KEY = 'carebell.caregiver'

interface Preferences {
  mapApp: MapApp
}

function read(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
  } catch {
    return {}
  }
}

export const usePreferences = defineStore('preferences', () => {
  const mapApp = ref<MapApp>(read().mapApp === 'phone' ? 'phone' : 'amap')
  watch(mapApp, (value) => {
    try {
      localStorage.setItem(KEY, JSON.stringify({ mapApp: value } satisfies Preferences))
    } catch {
      // storage may be forbidden; the choice then lasts until the page is closed
    }
  })
  return { mapApp }
})
