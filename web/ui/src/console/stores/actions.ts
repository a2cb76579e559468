import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api, newEventId } from '@/shared/api/client'
import { Problem } from '@/shared/api/problem'
import type { Body } from '@/shared/api/typing'
import type { Disposition, Incident } from '../wire'
import { useDesk } from './desk'
import { usePop } from './pop'

export type Verb =
  'claim' | 'release' | 'escalate' | 'note' | 'close' | 'dispatch' | 'withdraw' | 'contact-called'
type Path<V extends Verb> = `/incidents/{incident_id}/${V}`
type Said<V extends Verb> = Omit<Body<'post', Path<V>>, 'event_id'>

const TRIES = 3
const PAUSE_MS = 400

/** Send a write again under the same event id while the platform may still take it. */
export async function insist<T>(
  send: () => Promise<T>,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((done) => window.setTimeout(done, ms)),
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send()
    } catch (error) {
      const again = error instanceof Problem && error.transient && error.status !== 429
      if (!again || attempt >= TRIES) throw error
      await pause(PAUSE_MS * attempt)
    }
  }
}

/** What an operator does to an incident. Each intention has one event id, however often it is sent. */
export const useActions = defineStore('actions', () => {
  const desk = useDesk()
  const pop = usePop()
  const busy = ref<Verb | null>(null)

  async function act<V extends Verb>(incident: string, verb: V, said: Said<V>): Promise<Incident> {
    const path: Path<Verb> = `/incidents/{incident_id}/${verb}`
    // one event for one intention, however often it is sent
    const body = { ...said, event_id: newEventId() } as Body<'post', Path<Verb>>
    busy.value = verb
    try {
      const after = await insist(() => api.post(path, body, { incident_id: incident }))
      desk.upsert(after)
      if (pop.selected === incident) void pop.load()
      return after
    } catch (error) {
      // Refused because it moved on meanwhile: show where it stands now.
      if (error instanceof Problem && error.status === 409 && pop.selected === incident)
        void pop.load()
      throw error
    } finally {
      busy.value = null
    }
  }

  return {
    busy,
    claim: (id: string) => act(id, 'claim', {}),
    release: (id: string) => act(id, 'release', {}),
    escalate: (id: string) => act(id, 'escalate', {}),
    note: (id: string, text: string) => act(id, 'note', { text }),
    close: (id: string, disposition: Disposition, note: string) =>
      act(id, 'close', { disposition, note }),
    dispatch: (id: string, caregiver_id: string) => act(id, 'dispatch', { caregiver_id }),
    withdraw: (id: string, assignment_id: string) => act(id, 'withdraw', { assignment_id }),
    contactCalled: (id: string, contact_id: string, outcome: string) =>
      act(id, 'contact-called', { contact_id, outcome }),
    doorCode: async (home: string, reason: string) =>
      (await api.post('/homes/{home_id}/door-code', { reason }, { home_id: home })).door_code,
  }
})
