import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api } from '@/shared/api/client'
import { localDay } from '@/shared/time/format'
import { serverClock } from '@/shared/time/serverClock'
import { figures, stopId } from '../logic/gantt'
import type { CurrentPlan, PlanKind, PlanStop } from '../wire'
import { useCentre } from './centre'
import { useDesk } from './desk'

const GATHER_MS = 400

/** The published plan of one day: the Gantt and what could not be placed. */
export const usePlan = defineStore('plan', () => {
  const desk = useDesk()
  const centre = useCentre()
  const kind = ref<PlanKind>('visits')
  const day = ref(localDay(serverClock.now()))
  const current = shallowRef<CurrentPlan | null>(null)
  const error = shallowRef<unknown>(null)
  const busy = ref(false)
  const today = computed(() => figures(current.value?.caregivers ?? []))

  let gather: number | undefined
  let asked = 0

  async function load(): Promise<void> {
    const turn = ++asked
    busy.value = true
    try {
      const wanted = { kind: kind.value, day: day.value, ...centre.query }
      const found = await api.get('/plans/current', wanted)
      if (turn !== asked) return
      current.value = found
      error.value = null
    } catch (cause) {
      if (turn === asked) error.value = cause
    } finally {
      if (turn === asked) busy.value = false
    }
  }

  function show(next: { kind?: PlanKind; day?: string }): void {
    if (next.kind !== undefined) kind.value = next.kind
    if (next.day !== undefined) day.value = next.day
    current.value = null
    void load()
  }

  /** One stop changed its state: no need to read the whole day again. */
  function patchStop(id: string, state: PlanStop['state']): void {
    const plan = current.value
    if (plan === null) return
    const row = plan.caregivers.find((candidate) =>
      candidate.stops.some((stop) => stopId(stop) === id),
    )
    if (row === undefined) return
    const patched = {
      ...row,
      stops: row.stops.map((stop) => (stopId(stop) === id ? { ...stop, state } : stop)),
    }
    current.value = {
      ...plan,
      caregivers: plan.caregivers.map((other) => (other === row ? patched : other)),
    }
  }

  function loadSoon(): void {
    window.clearTimeout(gather)
    gather = window.setTimeout(() => void load(), GATHER_MS)
  }

  desk.whenChanged((change) => {
    if (change.plan !== null || change.topic.startsWith('plan.')) loadSoon()
    const visit = change.visit
    if (visit === null) return
    patchStop(visit.visit_id, visit.state)
  })
  desk.whenResynced(() => {
    if (current.value !== null) loadSoon()
  })

  return { kind, day, current, error, busy, today, load, show }
})
