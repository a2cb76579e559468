/** 长辈版: larger text and targets, remembered on this phone. */

import { ref, watch } from 'vue'

const KEY = 'carebell.elder'

function remembered(): boolean {
  try {
    return localStorage.getItem(KEY) === 'on'
  } catch {
    return false
  }
}

const elder = ref(remembered())

watch(
  elder,
  (on) => {
    document.documentElement.toggleAttribute('data-elder', on)
    try {
      localStorage.setItem(KEY, on ? 'on' : 'off')
    } catch {
      // storage may be forbidden; the choice then lasts until the page is closed
    }
  },
  { immediate: true },
)

export function useElder() {
  return { elder }
}
