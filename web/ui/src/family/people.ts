/** The family's people as the centre last told, kept up to date while the page is open. */

import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'

import { askingAgain } from '@/phone/asking'
import { api, newEventId, whenLoggedOut } from '@/shared/api/client'
import { LiveConnection } from '@/shared/live/connection'

import type { Shape } from '@/shared/api/types'

import { byUrgency, shown } from './alert'
import type { FamilyStatus } from './model'

type PhoneFrame = Shape<'PhoneFrame'>

const REFRESH_EVERY_MS = 60_000

export type Reply = 'seen' | 'can-go'

export const usePeople = defineStore('people', () => {
  const status = shallowRef<FamilyStatus | null>(null)
  const failure = shallowRef<unknown>(null)
  const asOf = ref<number | null>(null)
  const lost = ref(false)
  const chosen = ref<string | null>(null)
  const loggedOut = ref(false)
  /** One id for each intention, so that a second tap or a retry says it only once. */
  const intentions = new Map<string, string>()

  const residents = computed(() => byUrgency(status.value?.residents ?? []))
  const current = computed(() => shown(residents.value, chosen.value))
  const hotline = computed(() => status.value?.hotline ?? '12349')

  function take(answer: FamilyStatus): void {
    status.value = answer
    asOf.value = Date.now()
    failure.value = null
    lost.value = false
  }

  const refresh = askingAgain(async () => {
    try {
      take(await api.get('/family/status'))
    } catch (error) {
      failure.value = error
      lost.value = status.value !== null
    }
  })

  /** Tell the centre; throws when it could not be told. */
  async function reply(incident: string, what: Reply): Promise<void> {
    const path = `/family/incidents/{incident_id}/${what}` as const
    const intention = `${incident}/${what}`
    const event_id = intentions.get(intention) ?? newEventId()
    intentions.set(intention, event_id)
    take(await api.post(path, { event_id }, { incident_id: incident }))
  }

  function follow(): void {
    const live = new LiveConnection<PhoneFrame>({
      path: '/ws/phone',
      hello: () => null,
      onFrame: (frame) => {
        if (frame.type === 'changed') void refresh()
        return 'ok'
      },
      onState: (state) => {
        if (state === 'live') void refresh()
      },
      onLoggedOut: () => (loggedOut.value = true),
      poll: refresh,
    })
    const wake = (): void => {
      if (document.visibilityState !== 'hidden') void refresh()
    }
    const timer = window.setInterval(wake, REFRESH_EVERY_MS)
    const offline = (): void => void (lost.value = status.value !== null)
    whenLoggedOut(() => (loggedOut.value = true))
    window.addEventListener('online', wake)
    window.addEventListener('offline', offline)
    document.addEventListener('visibilitychange', wake)
    live.start()
    onScopeDispose(() => {
      live.stop()
      window.clearInterval(timer)
      window.removeEventListener('online', wake)
      window.removeEventListener('offline', offline)
      document.removeEventListener('visibilitychange', wake)
    })
  }

  return {
    status,
    failure,
    asOf,
    lost,
    chosen,
    loggedOut,
    residents,
    current,
    hotline,
    refresh,
    reply,
    follow,
  }
})
