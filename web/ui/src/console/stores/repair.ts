import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, newEventId } from '@/shared/api/client'
import { Problem } from '@/shared/api/problem'
import type { Repair } from '../wire'
import { insist } from './actions'
import { usePlan } from './plan'

const LOOK_EVERY_MS = 400

/** One question about a changed day, from what happened to the alternative that is published. */
export const useRepair = defineStore('repair', () => {
  const plan = usePlan()
  const current = shallowRef<Repair | null>(null)
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  const publishing = ref<number | null>(null)
  const looking = computed(() => current.value !== null && !current.value.done && open(current.value))
  let timer: number | undefined
  let asked: Record<string, unknown> = {}

  const open = (repair: Repair) => repair.state === 'asked' || repair.state === 'offered'

  function show(next: Repair): void {
    current.value = next
    window.clearTimeout(timer)
    if (looking.value) timer = window.setTimeout(() => void look(next.id), LOOK_EVERY_MS)
  }

  async function look(id: string): Promise<void> {
    try {
      const found = await api.get<Repair>(`/repairs/${id}`)
      if (current.value?.id === id) {
        error.value = null
        show(found)
      }
    } catch (cause) {
      if (current.value?.id !== id) return
      error.value = cause
      timer = window.setTimeout(() => void look(id), 5 * LOOK_EVERY_MS)
    }
  }

  async function ask(happened: Record<string, unknown>): Promise<void> {
    const event_id = newEventId()
    asked = happened
    error.value = null
    busy.value = true
    try {
      show(await insist(() => api.post<Repair>('/repairs', { ...happened, event_id })))
    } catch (cause) {
      error.value = cause
    } finally {
      busy.value = false
    }
  }

  /** The same question again; a visit that was cancelled stays so, and only ways to go on are asked for. */
  const askAgain = () => ask(asked.cause === 'cancelled' ? { cause: 'pull_out' } : asked)

  async function publish(alternative: number): Promise<boolean> {
    const repair = current.value
    if (repair === null) return false
    const event_id = newEventId()
    publishing.value = alternative
    error.value = null
    try {
      show(await insist(() => api.post<Repair>(`/repairs/${repair.id}/publish`, { alternative, event_id })))
      void plan.load()
      return true
    } catch (cause) {
      if (cause instanceof Problem && cause.code === 'plan-outdated') current.value = { ...repair, state: 'outdated' }
      else error.value = cause
      return false
    } finally {
      publishing.value = null
    }
  }

  /** Leave the plan as it is, and forget the question. */
  async function drop(): Promise<void> {
    const repair = current.value
    window.clearTimeout(timer)
    current.value = null
    error.value = null
    if (repair === null || !open(repair)) return
    const event_id = newEventId()
    try {
      await insist(() => api.post(`/repairs/${repair.id}/dismiss`, { event_id }))
    } catch (cause) {
      error.value = cause
    }
  }

  return { current, error, busy, publishing, looking, ask, askAgain, publish, drop }
})
