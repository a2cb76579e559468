import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { useSession } from '@/shared/session'
import { ringFor } from '../logic/ringing'
import { Bell } from '../sound/bell'
import { useDesk } from './desk'

const SHIFT_KEY = 'carebell.console.shift'

/** What this seat hears, and whether the browser lets it hear anything. */
export const useSound = defineStore('sound', () => {
  const desk = useDesk()
  const session = useSession()
  const running = ref(false)
  /** The operator has heard the test tone in this session of the browser. */
  const onShift = ref(sessionStorage.getItem(SHIFT_KEY) !== null)
  const bell = new Bell((now) => {
    running.value = now
  })

  const ring = computed(() => {
    const role = session.me?.role
    return role === undefined ? null : ringFor(desk.incidents.values(), role, desk.me)
  })
  const state = computed(() => {
    if (!running.value) return 'blocked'
    return ring.value === null ? 'silent' : 'ringing'
  })
  /** Only seats that answer alarms need to hear. */
  const needed = computed(
    () => session.me?.role === 'operator' || session.me?.role === 'supervisor',
  )

  watch([ring, running], ([now, audible]) => bell.ring(audible ? now : null), {
    immediate: true,
    flush: 'sync',
  })

  /** From a click: unblock the sound and prove it with the test tone. */
  async function startShift(): Promise<boolean> {
    const audible = await bell.unlock()
    if (audible) {
      if (ring.value === null) bell.test()
      onShift.value = true
      sessionStorage.setItem(SHIFT_KEY, 'started')
    }
    return audible
  }

  /** Without a click: works only where the browser already trusts this page. */
  const tryQuietly = () => bell.unlock()

  return { ring, state, needed, running, onShift, startShift, tryQuietly }
})
