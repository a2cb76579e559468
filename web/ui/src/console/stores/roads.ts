import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { api, newEventId } from '@/shared/api/client'
import type { RoadClosure } from '../wire'
import { insist } from './actions'
import { useCentre } from './centre'

/** What the planner says of a closed road. */
export interface Closing {
  lat: number
  lon: number
  crs: 'wgs84' | 'gcj02' | 'bd09'
  radius_m: number
  starts_at: string
  ends_at: string
}

/** Closed roads of the centre: which there are, close one, open one again. */
export const useRoads = defineStore('roads', () => {
  const centre = useCentre()
  const items = shallowRef<RoadClosure[] | null>(null)
  const error = shallowRef<unknown>(null)
  /** What could not be sent; the list stays as it is. */
  const refused = shallowRef<unknown>(null)
  const busy = ref<string | null>(null)
  let said = ''
  let saidAs = ''

  async function load(): Promise<void> {
    try {
      items.value = (await api.get('/closures', centre.query)).items
      error.value = null
    } catch (cause) {
      error.value = cause
    }
  }

  async function attempt(what: string, send: () => Promise<unknown>): Promise<boolean> {
    busy.value = what
    refused.value = null
    try {
      await insist(send)
      await load()
      return true
    } catch (cause) {
      refused.value = cause
      return false
    } finally {
      busy.value = null
    }
  }

  /** The same said again after a failure is the same event. */
  function close(closing: Closing): Promise<boolean> {
    const words = JSON.stringify(closing)
    if (words !== said || refused.value === null) saidAs = newEventId()
    said = words
    return attempt('close', () =>
      api.post('/closures', { ...closing, event_id: saidAs }, centre.query),
    )
  }

  const open = (id: string) =>
    attempt(id, () => api.delete('/closures/{closure_id}', { closure_id: id }))

  return { items, error, refused, busy, load, close, open }
})
