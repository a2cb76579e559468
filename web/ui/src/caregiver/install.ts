/** Installing the page on the phone, and taking over a new version when the caregiver says so. */

import { registerSW } from 'virtual:pwa-register'
import { ref } from 'vue'

interface InstallPrompt extends Event {
  prompt(): Promise<void>
}

const installable = ref(false)
const updateReady = ref(false)
let prompt: InstallPrompt | null = null
let takeOver: (() => Promise<void>) | null = null

/** Register the service worker; once, when the page starts. */
export function startInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    prompt = event as InstallPrompt
    installable.value = true
  })
  window.addEventListener('appinstalled', () => (installable.value = false))
  takeOver = registerSW({ onNeedRefresh: () => (updateReady.value = true) })
}

export function useInstall() {
  return {
    installable,
    updateReady,
    install: async (): Promise<void> => {
      await prompt?.prompt()
      installable.value = false
    },
    update: async (): Promise<void> => takeOver?.(),
  }
}
