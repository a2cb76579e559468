import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api } from '@/shared/api/client'
import type { Incident, IncidentDetail, Responder } from '../wire'
import { useDesk } from './desk'

/** Changes of one incident come in bunches: read its details once for a bunch. */
const GATHER_MS = 120

/** The incident in the centre of the screen, with all that helps to act. */
export const usePop = defineStore('pop', () => {
  const desk = useDesk()
  const selected = ref<string | null>(null)
  const detail = shallowRef<IncidentDetail | null>(null)
  const error = shallowRef<unknown>(null)
  const responders = shallowRef<Responder[] | null>(null)
  const respondersError = shallowRef<unknown>(null)
  const respondersBusy = ref(false)

  /** The incident as the queue knows it: there at once, before its details. */
  const incident = computed<Incident | null>(() => {
    if (selected.value === null) return null
    return desk.incidents.get(selected.value) ?? detail.value
  })
  const mine = computed(() => incident.value?.claimed_by?.id === desk.me && desk.me !== null)

  let gather: number | undefined

  function select(id: string | null): void {
    if (id === selected.value) return
    selected.value = id
    detail.value = null
    error.value = null
    responders.value = null
    respondersError.value = null
    if (id !== null) void load()
  }

  async function load(): Promise<void> {
    const id = selected.value
    if (id === null) return
    try {
      const found = await api.get('/incidents/{incident_id}', { incident_id: id })
      if (selected.value !== id) return
      error.value = null
      detail.value = found
      desk.upsert(found)
      if (needsResponders(found) && responders.value === null) void loadResponders()
    } catch (cause) {
      if (selected.value === id) error.value = cause
    }
  }

  function needsResponders(found: Incident): boolean {
    return (found.state === 'open' || found.state === 'claimed') && found.home_id !== null
  }

  async function loadResponders(): Promise<void> {
    const id = selected.value
    if (id === null || respondersBusy.value) return
    respondersBusy.value = true
    respondersError.value = null
    try {
      const found = await api.get('/incidents/{incident_id}/responders', { incident_id: id })
      if (selected.value === id) responders.value = found.items
    } catch (cause) {
      if (selected.value === id) respondersError.value = cause
    } finally {
      respondersBusy.value = false
    }
    // Another incident was chosen while this one was asked about: its turn now.
    const stale = selected.value !== id && incident.value !== null
    if (stale && responders.value === null && needsResponders(incident.value!))
      void loadResponders()
  }

  function reloadSoon(): void {
    window.clearTimeout(gather)
    gather = window.setTimeout(() => void load(), GATHER_MS)
  }

  desk.whenChanged((change) => {
    if (change.incident !== null && change.incident.id === selected.value) reloadSoon()
  })
  desk.whenResynced(() => {
    if (selected.value !== null) reloadSoon()
  })

  return {
    selected,
    incident,
    detail,
    error,
    mine,
    responders,
    respondersError,
    respondersBusy,
    select,
    load,
    loadResponders,
  }
})
