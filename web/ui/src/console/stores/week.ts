import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, newEventId } from '@/shared/api/client'
import { localDay } from '@/shared/time/format'
import { serverClock } from '@/shared/time/serverClock'
import { weeksOn } from '../logic/week'
import type { PlannedWeek, WeekJob } from '../wire'
import { insist } from './actions'
import { useCentre } from './centre'
import { useDesk } from './desk'

const ASK_EVERY_MS = 2000
const GATHER_MS = 400
const OVER = new Set(['done', 'failed'])

/** One week of the centre, and the job that chooses it anew. */
export const useWeek = defineStore('week', () => {
  const desk = useDesk()
  const centre = useCentre()
  const day = ref(localDay(serverClock.now()))
  const current = shallowRef<PlannedWeek | null>(null)
  const error = shallowRef<unknown>(null)
  const job = shallowRef<WeekJob | null>(null)
  const jobError = shallowRef<unknown>(null)
  const starting = ref(false)
  const running = computed(() => job.value !== null && !OVER.has(job.value.state))
  let asked = 0
  let poll: number | undefined
  let gather: number | undefined

  async function load(): Promise<void> {
    const turn = ++asked
    try {
      const found = await api.get('/week', { day: day.value, ...centre.query })
      if (turn !== asked) return
      current.value = found
      error.value = null
      if (found.job !== null) showJob(found.job)
      else job.value = null
    } catch (cause) {
      if (turn === asked) error.value = cause
    }
  }

  function show(next: string): void {
    window.clearTimeout(poll)
    day.value = next
    current.value = null
    error.value = null
    job.value = null
    jobError.value = null
    void load()
  }

  const turn = (weeks: number): void => show(weeksOn(day.value, weeks))

  function loadSoon(): void {
    window.clearTimeout(gather)
    gather = window.setTimeout(() => void load(), GATHER_MS)
  }

  function showJob(next: WeekJob): void {
    // Live progress may be ahead of the answer we asked for.
    const shown = job.value
    const ahead = shown?.id === next.id && shown.progress.length > next.progress.length
    job.value = ahead ? { ...next, progress: shown.progress } : next
    window.clearTimeout(poll)
    if (running.value) poll = window.setTimeout(() => void ask(next.id), ASK_EVERY_MS)
  }

  async function ask(id: string): Promise<void> {
    try {
      const found = await api.get('/week/jobs/{job_id}', { job_id: id })
      if (job.value?.id !== id) return
      jobError.value = null
      showJob(found)
      if (OVER.has(found.state)) loadSoon()
    } catch (cause) {
      if (job.value?.id !== id) return
      jobError.value = cause
      poll = window.setTimeout(() => void ask(id), ASK_EVERY_MS)
    }
  }

  async function start(): Promise<void> {
    const event_id = newEventId()
    const wanted = day.value
    jobError.value = null
    starting.value = true
    try {
      const made = await insist(() => api.post('/week', { day: wanted, event_id }, centre.query))
      if (wanted === day.value) showJob(made)
    } catch (cause) {
      if (wanted === day.value) jobError.value = cause
    } finally {
      starting.value = false
    }
  }

  desk.whenChanged((change) => {
    if (current.value === null) return
    if (change.plan !== null || change.visit !== null) loadSoon()
    const told = change.week
    if (told === null || told.monday !== current.value.monday) return
    const shown = job.value
    // Somebody else, or the evening, has asked for this week.
    if (shown === null || shown.id !== told.id) return void follow(told.id)
    const reached = shown.progress.at(-1)?.seconds ?? -1
    const news = told.progress.filter((point) => point.seconds > reached)
    job.value = { ...shown, progress: [...shown.progress, ...news], state: told.state }
    if (OVER.has(told.state)) void ask(told.id)
  })
  desk.whenResynced(() => {
    if (current.value !== null) loadSoon()
  })

  async function follow(id: string): Promise<void> {
    try {
      showJob(await api.get('/week/jobs/{job_id}', { job_id: id }))
    } catch {
      // its end is told, too, and then the week is read again
    }
  }

  return { day, current, error, job, jobError, starting, running, load, show, turn, start }
})
