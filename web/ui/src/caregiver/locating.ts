/** The phone's position: one watch for the whole page, only while it is wanted and allowed. */

import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

import { api } from '@/shared/api/client'

import { useDay } from './day'
import type { Fix } from './model'
import { type Report, duty, worthTelling } from './whereabouts'

/** `asked`: the browser will ask when the position is first wanted. */
export type Permission = 'impossible' | 'asked' | 'granted' | 'denied'

/** A fix older than this says where the caregiver was, not where she is. */
const FRESH_MS = 60_000
const TIMEOUT_MS = 12_000

export const useLocating = defineStore('locating', () => {
  const day = useDay()
  const permission = ref<Permission>(
    'geolocation' in navigator && window.isSecureContext ? 'asked' : 'impossible',
  )
  const last = shallowRef<Report | null>(null)
  const now = ref(Date.now())
  let told: Report | null = null
  let watching: { id: number; precise: boolean } | null = null

  const fresh = computed(() =>
    last.value && now.value - last.value.at <= FRESH_MS ? last.value : null,
  )

  function take(position: GeolocationPosition): Report {
    const { latitude: lat, longitude: lon, accuracy } = position.coords
    const report: Report = { lat, lon, acc: Math.round(accuracy), crs: 'wgs84', at: Date.now() }
    last.value = report
    permission.value = 'granted'
    void tell(report)
    return report
  }

  function failed(error: GeolocationPositionError): void {
    if (error.code === error.PERMISSION_DENIED) permission.value = 'denied'
  }

  async function tell(report: Report): Promise<void> {
    if (!worthTelling(report, told, duty(day.view, Date.now()))) return
    const before = told
    told = report
    try {
      const { at, ...fix } = report
      await api.post('/caregiver/position', { ...fix, at: new Date(at).toISOString() })
    } catch {
      told = before // an old position is worth nothing later: the next fix is sent instead
    }
  }

  /** One fix, asking for permission if need be; `null` when there is none to be had. */
  function locate(): Promise<Fix | null> {
    if (permission.value === 'impossible') return Promise.resolve(null)
    return new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        (position) => resolve(fixOf(take(position))),
        (error) => {
          failed(error)
          resolve(fresh.value && fixOf(fresh.value))
        },
        { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: 15_000 },
      )
    })
  }

  function adjust(): void {
    now.value = Date.now()
    const at = duty(day.view, now.value)
    const wanted = at !== 'off' && permission.value === 'granted'
    const precise = at === 'alarm'
    if (watching && (!wanted || watching.precise !== precise)) stop()
    if (wanted && !watching) {
      const id = navigator.geolocation.watchPosition(take, failed, { enableHighAccuracy: precise })
      watching = { id, precise }
    }
  }

  function stop(): void {
    if (watching) navigator.geolocation.clearWatch(watching.id)
    watching = null
  }

  /** Report while at work until the scope ends. Never asks by itself. */
  function follow(): void {
    const timer = window.setInterval(adjust, 15_000)
    watch([() => day.view, permission], adjust, { immediate: true })
    void askBrowser()
    onScopeDispose(() => {
      window.clearInterval(timer)
      stop()
    })
  }

  async function askBrowser(): Promise<void> {
    if (permission.value === 'impossible' || !navigator.permissions) return
    const status = await navigator.permissions.query({ name: 'geolocation' })
    const read = (): void => {
      permission.value = status.state === 'prompt' ? 'asked' : status.state
    }
    status.addEventListener('change', read)
    read()
  }

  return { permission, fresh, locate, follow }
})

function fixOf({ lat, lon, acc, crs }: Report): Fix {
  return { lat, lon, acc, crs }
}
