/** Whether the platform answers, and asking it again and again while somebody looks. */

import { defineStore } from 'pinia'
import { onScopeDispose, ref } from 'vue'

import { askingAgain } from '@/phone/asking'
import { whenLoggedOut } from '@/shared/api/client'

export const useLink = defineStore('link', () => {
  const lost = ref(false)
  const asOf = ref<number | null>(null)
  const loggedOut = ref(false)

  function answered(): void {
    lost.value = false
    asOf.value = Date.now()
  }

  function follow(): void {
    const offline = (): void => void (lost.value = true)
    whenLoggedOut(() => (loggedOut.value = true))
    window.addEventListener('offline', offline)
    onScopeDispose(() => window.removeEventListener('offline', offline))
  }

  return { lost, asOf, loggedOut, answered, follow }
})

/** Ask now, every so often while the page is seen, and as soon as the network is back. */
export function usePolling(ask: () => Promise<void>, everyMs: () => number): () => Promise<void> {
  const again = askingAgain(ask)
  let timer = 0
  let over = false

  async function turn(): Promise<void> {
    window.clearTimeout(timer)
    if (document.visibilityState !== 'hidden') await again()
    window.clearTimeout(timer)
    if (!over) timer = window.setTimeout(() => void turn(), everyMs())
  }

  const wake = (): void => void turn()
  window.addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
  onScopeDispose(() => {
    over = true
    window.clearTimeout(timer)
    window.removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
  })
  wake()
  return turn
}
