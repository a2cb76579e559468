import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, newEventId } from '@/shared/api/client'
import { Problem } from '@/shared/api/problem'
import type { Question } from '../logic/repair'
import type { Repair } from '../wire'
import { insist } from './actions'
import { useCentre } from './centre'
import { useDesk } from './desk'
import { usePlan } from './plan'

const LOOK_EVERY_MS = 400
const GATHER_MS = 300

/** What did not work, and how to do exactly that again. */
interface Failure {
  error: unknown
  retry: () => Promise<unknown>
}

const isOpen = (repair: Repair) => repair.state === 'asked' || repair.state === 'offered'

/** One question about a changed day, from what happened to the alternative that is published. */
export const useRepair = defineStore('repair', () => {
  const plan = usePlan()
  const desk = useDesk()
  const centre = useCentre()
  const current = shallowRef<Repair | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const busy = ref(false)
  const publishing = ref<number | null>(null)
  const undecided = shallowRef<Repair[]>([])
  const looking = computed(
    () => current.value !== null && !current.value.done && isOpen(current.value),
  )
  const waiting = computed(() =>
    undecided.value.filter((one) => one.done && one.id !== current.value?.id),
  )
  let timer: number | undefined
  let gather: number | undefined
  /** Which opening of the dialog we are in: answers to an earlier one are not shown in this. */
  let turn = 0
  /** Asked here, by us: then closing the dialog lets go of it. An offer made to all stays. */
  let ours = false

  function show(next: Repair): void {
    current.value = next
    failure.value = null
    window.clearTimeout(timer)
    if (looking.value) timer = window.setTimeout(() => void look(next.id), LOOK_EVERY_MS)
  }

  /** Look at a question that somebody else or an alarm has asked. */
  function take(offer: Repair): void {
    ours = false
    show(offer)
  }

  async function look(id: string): Promise<void> {
    const of = turn
    window.clearTimeout(timer)
    try {
      const found = await api.get('/repairs/{repair_id}', { repair_id: id })
      if (of === turn && current.value?.id === id) show(found)
    } catch (error) {
      if (of !== turn || current.value?.id !== id) return
      failure.value = { error, retry: () => look(id) }
      timer = window.setTimeout(() => void look(id), 5 * LOOK_EVERY_MS)
    }
  }

  /** Send a question; whoever closed the dialog meanwhile has let go of it. */
  async function send(post: () => Promise<Repair>): Promise<void> {
    const of = turn
    busy.value = true
    failure.value = null
    try {
      const asked = await insist(post)
      ours = of === turn
      if (ours) show(asked)
      else void dismiss(asked)
    } catch (error) {
      if (of === turn) failure.value = { error, retry: () => send(post) }
    } finally {
      if (of === turn) busy.value = false
    }
  }

  let said = ''
  let saidAs = ''
  /** Record what happened and ask; the same said again after a failure is the same event. */
  function ask(happened: Question): Promise<void> {
    const words = JSON.stringify(happened)
    if (words !== said || failure.value === null) saidAs = newEventId()
    said = words
    const question = { ...happened, event_id: saidAs }
    return send(() => api.post('/repairs', question, centre.query))
  }

  /** The same question about the day as it is now; nothing is recorded again. */
  async function askAgain(): Promise<void> {
    if (current.value === null) return
    const repair_id = current.value.id
    const event_id = newEventId()
    await send(() => api.post('/repairs/{repair_id}/again', { event_id }, { repair_id }))
  }

  async function publish(alternative: number, event_id = newEventId()): Promise<boolean> {
    const repair = current.value
    if (repair === null) return false
    const of = turn
    publishing.value = alternative
    failure.value = null
    try {
      const done = await insist(() =>
        api.post(
          '/repairs/{repair_id}/publish',
          { alternative, event_id },
          { repair_id: repair.id },
        ),
      )
      if (of === turn) show(done)
      void plan.load()
      return true
    } catch (error) {
      if (of !== turn) return false
      if (error instanceof Problem && error.code === 'plan-outdated')
        show({ ...repair, state: 'outdated' })
      else if (error instanceof Problem && error.status === 409) void look(repair.id)
      else failure.value = { error, retry: () => publish(alternative, event_id) }
      return false
    } finally {
      publishing.value = null
    }
  }

  /** Leave the plan as it is. Who is not heard finds the repair among the undecided ones. */
  async function dismiss(repair: Repair): Promise<void> {
    const event_id = newEventId()
    await insist(() =>
      api.post('/repairs/{repair_id}/dismiss', { event_id }, { repair_id: repair.id }),
    ).catch(() => undefined)
    loadSoon()
  }

  /** The dialog is closed: what comes in now is nobody's any more. */
  function drop(): void {
    const repair = current.value
    turn += 1
    window.clearTimeout(timer)
    current.value = null
    failure.value = null
    busy.value = false
    if (repair !== null && ours && isOpen(repair)) void dismiss(repair)
  }

  /** Decide to leave the plan as it is, whoever asked. */
  function leave(): void {
    ours = true
    drop()
  }

  async function load(): Promise<void> {
    try {
      undecided.value = (await api.get('/repairs')).items
    } catch {
      // A list beside the page: the next change asks again.
    }
  }

  function loadSoon(): void {
    window.clearTimeout(gather)
    gather = window.setTimeout(() => void load(), GATHER_MS)
  }

  desk.whenChanged((change) => {
    if (change.topic.startsWith('repair.') || change.topic === 'plan.published') loadSoon()
  })
  desk.whenResynced(loadSoon)

  return {
    current,
    failure,
    busy,
    publishing,
    looking,
    waiting,
    take,
    ask,
    askAgain,
    publish,
    drop,
    leave,
    load,
  }
})
