import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { api } from '@/shared/api/client'
import type { FeatureCollection } from 'geojson'
import type { Hit } from '../logic/search'
import type { HomeDot } from '../wire'

/** The own map's ground and the homes on it. */
export const useMap = defineStore('map', () => {
  const ground = shallowRef<FeatureCollection | null>(null)
  const homes = shallowRef<HomeDot[]>([])
  const error = shallowRef<unknown>(null)
  /** Where the map should fly to, if somebody asked for a place. */
  const target = shallowRef<[number, number] | null>(null)

  async function load(): Promise<void> {
    try {
      ground.value ??= (await api.get('/map')) as unknown as FeatureCollection // GeoJSON says more than we do
      await loadHomes()
      error.value = null
    } catch (cause) {
      error.value = cause
    }
  }

  async function loadHomes(): Promise<void> {
    homes.value = (await api.get('/homes/dots')).items
  }

  /** Show where a search hit lives. */
  function find(hit: Hit): void {
    const home = homes.value.find((dot) => dot.home_id === hit.home)
    target.value = home ? [home.lon, home.lat] : null
  }

  return { ground, homes, error, target, load, loadHomes, find }
})
