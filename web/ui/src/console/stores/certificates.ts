import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { api, newEventId } from '@/shared/api/client'
import { Problem } from '@/shared/api/problem'
import { daysOf, type Form } from '../logic/certificates'
import type { Certificate, Certificates } from '../wire'
import { insist } from './actions'

/** Who holds which certificates, and the one being written. */
export const useCertificates = defineStore('certificates', () => {
  const current = shallowRef<Certificates | null>(null)
  const error = shallowRef<unknown>(null)
  const saving = ref(false)
  const saveError = shallowRef<unknown>(null)
  /** Somebody else was faster: what the certificate is now; what is typed is still ours. */
  const overtaken = shallowRef<Certificate | null>(null)
  /** One event for one intention, however often it is sent. */
  let event = newEventId()

  async function load(): Promise<void> {
    error.value = null
    try {
      current.value = await api.get('/certificates')
    } catch (cause) {
      error.value = cause
    }
  }

  /** Begin a form of its own. */
  function begin(): void {
    event = newEventId()
    saveError.value = null
    overtaken.value = null
  }

  const find = (id: string): Certificate | null =>
    current.value?.items.flatMap((one) => one.certificates).find((one) => one.id === id) ?? null

  function put(caregiver: string, saved: Certificate): void {
    if (current.value === null) return
    const items = current.value.items.map((holder) => {
      if (holder.id !== caregiver) return holder
      const others = holder.certificates.filter((one) => one.id !== saved.id)
      const certificates = [...others, saved].sort(
        (a, b) => a.skill.localeCompare(b.skill) || a.valid_from.localeCompare(b.valid_from),
      )
      return { ...holder, certificates }
    })
    current.value = { ...current.value, items }
  }

  /** Save a new certificate, or what is typed of one there is; true when it is so. */
  async function save(form: Form, seen: Certificate | null): Promise<boolean> {
    const known = overtaken.value ?? seen
    saving.value = true
    saveError.value = null
    overtaken.value = null
    try {
      const saved = await insist(() =>
        known === null
          ? api.post('/certificates', {
              ...daysOf(form),
              event_id: event,
              caregiver_id: form.caregiver,
              skill: form.skill,
            })
          : api.put(
              '/certificates/{certificate_id}',
              { ...daysOf(form), version: known.version },
              { certificate_id: known.id },
            ),
      )
      put(form.caregiver, saved)
      return true
    } catch (cause) {
      saveError.value = cause
      if (known !== null && cause instanceof Problem && cause.code === 'certificate-changed') {
        await load()
        overtaken.value = find(known.id)
        if (overtaken.value !== null) saveError.value = null
      }
      return false
    } finally {
      saving.value = false
    }
  }

  return { current, error, saving, saveError, overtaken, load, begin, save }
})
