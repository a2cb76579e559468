import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

export type DialogName = 'close' | 'note' | 'help' | 'terminals'
export type Theme = 'light' | 'dark'

interface Toast {
  id: number
  text: string
  tone: 'info' | 'success' | 'danger'
}

const TOAST_MS = 6000

function stored(key: string): string | null {
  try {
    return localStorage.getItem(`carebell.console.${key}`)
  } catch {
    return null
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(`carebell.console.${key}`, value)
  } catch {
    // this seat forgets its preferences
  }
}

/** Preferences of this seat and what lies over the page. */
export const useUi = defineStore('ui', () => {
  const dialog = ref<DialogName | null>(null)
  const keysEnabled = ref(stored('keys') !== 'off')
  const dayOpen = ref(stored('day') !== 'closed')
  const prefersDark = window.matchMedia?.('(prefers-color-scheme: dark)').matches ?? false
  const theme = ref<Theme>((stored('theme') as Theme | null) ?? (prefersDark ? 'dark' : 'light'))
  const toasts = ref<Toast[]>([])
  let made = 0

  watch(keysEnabled, (on) => store('keys', on ? 'on' : 'off'))
  watch(dayOpen, (open) => store('day', open ? 'open' : 'closed'))
  watch(
    theme,
    (name) => {
      document.documentElement.dataset.theme = name
      document.documentElement.classList.toggle('dark', name === 'dark')
    },
    { immediate: true },
  )

  function toggleTheme(): void {
    theme.value = theme.value === 'dark' ? 'light' : 'dark'
    store('theme', theme.value)
  }

  function say(text: string, tone: Toast['tone'] = 'info'): void {
    made += 1
    const id = made
    toasts.value = [...toasts.value.filter((toast) => toast.text !== text), { id, text, tone }]
    window.setTimeout(() => dismiss(id), tone === 'danger' ? 2 * TOAST_MS : TOAST_MS)
  }

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  return { dialog, keysEnabled, dayOpen, theme, toasts, toggleTheme, say, dismiss }
})
