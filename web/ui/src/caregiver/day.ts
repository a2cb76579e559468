/** The caregiver's day: what the centre says, what waits on the phone, and the two as one. */

import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'

import { askingAgain } from '@/phone/asking'
import { api, whenLoggedOut } from '@/shared/api/client'
import { Problem } from '@/shared/api/problem'
import { LiveConnection } from '@/shared/live/connection'

import { planChange } from './changes'
import { takenBack } from './jobs'
import { Ledger } from './ledger'
import type { Job, PhoneFrame, Today } from './model'
import { merge, overlay } from './overlay'
import { type Deed, type DeedRecord, type Request, UNDO_MS, summary, waiting } from './record'
import { type Answer, Sender } from './sender'

const REFRESH_EVERY_MS = 60_000

export const useDay = defineStore('day', () => {
  const ledger = new Ledger()
  const today = shallowRef<Today | null>(null)
  /** The day whose plan the caregiver has seen; a newer plan is announced against it. */
  const seen = shallowRef<Today | null>(null)
  const syncedAt = ref<string | null>(null)
  const records = shallowRef<readonly DeedRecord[]>([])
  const others = ref(0)
  const opened = ref(false)
  const failure = shallowRef<unknown>(null)
  const reachable = ref(navigator.onLine)
  /** The job that was taken back while it was on the screen, until the caregiver has read it. */
  const lostJob = shallowRef<Job | null>(null)
  const loggedOut = ref(false)
  let settledCount = 0

  const view = computed(() => (today.value ? overlay(today.value, records.value) : null))
  const sync = computed(() => summary(records.value, syncedAt.value))
  const change = computed(() => (view.value ? planChange(seen.value, view.value) : null))
  /** The latest deed that can still be taken back. */
  const undoable = computed(
    () =>
      waiting(records.value)
        .filter((record) => record.held_until > 0)
        .at(-1) ?? null,
  )

  const sender = new Sender({
    records: () => records.value,
    post,
    settled,
    loggedOut: () => (loggedOut.value = true),
    now: Date.now,
  })

  async function post({ path, given, body }: Request): Promise<Answer> {
    try {
      const answer = await api.post(path, body, given)
      reachable.value = true
      return { status: 200, body: answer }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      reachable.value = error.status !== 0
      if (error.status === 0) throw error
      return { status: error.status, body: error }
    }
  }

  async function settled(record: DeedRecord, answer: Answer): Promise<void> {
    const taken = answer.status < 300
    const problem = answer.body instanceof Problem ? answer.body.code : null
    await ledger.settle(record.event_id, taken ? 'synced' : 'refused', problem)
    settledCount += 1
    if (taken && today.value) today.value = merge(today.value, record.deed, answer.body)
    await readRecords()
    if (taken) await synced()
    else void refresh()
  }

  async function readRecords(): Promise<void> {
    const me = today.value?.caregiver.id
    if (!me) return
    records.value = await ledger.records(me)
    others.value = await ledger.ofOthers(me)
  }

  async function synced(): Promise<void> {
    syncedAt.value = new Date().toISOString()
    await keep()
  }

  async function keep(): Promise<void> {
    if (!today.value || !seen.value) return
    await ledger.keepDay({ today: today.value, seen: seen.value, syncedAt: syncedAt.value ?? '' })
  }

  /** Show the day as last heard, without any network. */
  async function open(): Promise<void> {
    await ledger.forgetOld()
    const kept = await ledger.day()
    if (kept && !today.value) {
      today.value = kept.today
      seen.value = kept.seen
      syncedAt.value = kept.syncedAt || null
    }
    await readRecords()
    opened.value = true
  }

  const refresh = askingAgain(async () => {
    const before = settledCount
    try {
      const answer = await api.get('/caregiver/today')
      failure.value = null
      reachable.value = true
      // An answer overtaken by a record the centre took meanwhile would show an older state.
      if (before === settledCount) await take(answer)
      else void refresh()
    } catch (error) {
      failure.value = error
      reachable.value = !(error instanceof Problem && error.status === 0)
    }
  })

  async function take(answer: Today): Promise<void> {
    const before = today.value
    const sameDay = before?.day === answer.day && before.caregiver.id === answer.caregiver.id
    if (sameDay && takenBack(view.value?.job ?? null, answer.job)) lostJob.value = before.job
    if (answer.job?.state === 'offered') lostJob.value = null
    today.value = answer
    if (!sameDay || !seen.value) seen.value = answer
    await readRecords()
    await synced()
    void sender.wake()
  }

  /** Write a deed down, show it, and send it as soon as that is possible. */
  async function act(deed: Deed, about: string, undoable_ = false): Promise<void> {
    const caregiver = today.value?.caregiver.id
    if (!caregiver) return
    await ledger.add({ caregiver, deed, about, heldMs: undoable_ ? UNDO_MS : 0 })
    await readRecords()
    void sender.wake()
  }

  async function undo(eventId: string): Promise<boolean> {
    const done = await ledger.undo(eventId)
    await readRecords()
    return done
  }

  async function dismissChange(): Promise<void> {
    seen.value = view.value
    await keep()
  }

  /** Follow the centre until the scope ends. */
  function follow(): void {
    const live = new LiveConnection<PhoneFrame>({
      path: '/ws/phone',
      hello: () => null,
      onFrame: (frame) => {
        if (frame.type === 'changed') void refresh()
        return 'ok'
      },
      onState: (state) => {
        if (state === 'live') {
          void refresh()
          void sender.wake()
        }
      },
      onLoggedOut: () => (loggedOut.value = true),
      poll: refresh,
    })
    const wake = (): void => {
      if (document.visibilityState === 'hidden') return
      void refresh()
      void sender.wake()
    }
    const offline = (): void => void (reachable.value = false)
    const timer = window.setInterval(wake, REFRESH_EVERY_MS)
    whenLoggedOut(() => (loggedOut.value = true))
    window.addEventListener('online', wake)
    window.addEventListener('offline', offline)
    document.addEventListener('visibilitychange', wake)
    live.start()
    onScopeDispose(() => {
      live.stop()
      sender.stop()
      window.clearInterval(timer)
      window.removeEventListener('online', wake)
      window.removeEventListener('offline', offline)
      document.removeEventListener('visibilitychange', wake)
    })
  }

  return {
    today,
    view,
    seen,
    syncedAt,
    records,
    others,
    opened,
    failure,
    reachable,
    lostJob,
    loggedOut,
    sync,
    change,
    undoable,
    open,
    refresh,
    act,
    undo,
    dismissChange,
    follow,
    forgetDay: () => ledger.forgetDay(),
  }
})
