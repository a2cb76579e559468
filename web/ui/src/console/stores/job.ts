import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, newEventId } from '@/shared/api/client'
import type { Job, PlanKind } from '../wire'
import { insist } from './actions'
import { useCentre } from './centre'
import { useDesk } from './desk'

const ASK_EVERY_MS = 2000
const OVER = new Set(['done', 'failed'])

/** One planning run, from asking for it to its published plan. */
export const useJob = defineStore('job', () => {
  const desk = useDesk()
  const centre = useCentre()
  const current = shallowRef<Job | null>(null)
  const error = shallowRef<unknown>(null)
  const starting = ref(false)
  const stopping = ref(false)
  const budget = ref(30)
  const running = computed(() => current.value !== null && !OVER.has(current.value.state))
  let timer: number | undefined

  function show(next: Job): void {
    // Live progress may be ahead of the answer we asked for.
    const ahead =
      current.value?.id === next.id && current.value.progress.length > next.progress.length
    current.value = ahead ? { ...next, progress: current.value!.progress } : next
    window.clearTimeout(timer)
    if (running.value) timer = window.setTimeout(() => void ask(), ASK_EVERY_MS)
    else stopping.value = false
  }

  async function ask(): Promise<void> {
    if (current.value === null) return
    try {
      show(await api.get('/plans/jobs/{job_id}', { job_id: current.value.id }))
    } catch (cause) {
      error.value = cause
      timer = window.setTimeout(() => void ask(), ASK_EVERY_MS)
    }
  }

  async function start(day: string, kind: PlanKind, seconds: number): Promise<void> {
    const event_id = newEventId()
    error.value = null
    starting.value = true
    budget.value = seconds
    try {
      show(await insist(() => api.post('/plans', { day, kind, seconds, event_id }, centre.query)))
    } catch (cause) {
      error.value = cause
    } finally {
      starting.value = false
    }
  }

  /** Watch a run that was asked for elsewhere. */
  async function follow(id: string, seconds: number): Promise<void> {
    error.value = null
    budget.value = seconds
    try {
      show(await api.get('/plans/jobs/{job_id}', { job_id: id }))
    } catch (cause) {
      error.value = cause
    }
  }

  /** End the search with the best plan found so far. */
  async function stop(): Promise<void> {
    const job = current.value
    if (job === null) return
    const event_id = newEventId()
    stopping.value = true
    try {
      await insist(() => api.post('/plans/jobs/{job_id}/stop', { event_id }, { job_id: job.id }))
    } catch (cause) {
      error.value = cause
      stopping.value = false
    }
  }

  desk.whenChanged((change) => {
    const told = change.job
    const shown = current.value
    if (told === null || shown === null || told.id !== shown.id) return
    // A frame brings the newest point only.
    const reached = shown.progress.at(-1)?.seconds ?? -1
    const news = told.progress.filter((point) => point.seconds > reached)
    current.value = { ...shown, progress: [...shown.progress, ...news], state: told.state }
    if (OVER.has(told.state)) void ask()
  })

  return { current, error, starting, stopping, running, budget, start, follow, stop }
})
