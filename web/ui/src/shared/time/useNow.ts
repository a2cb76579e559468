import { onScopeDispose, ref, type Ref } from 'vue'
import { serverClock } from './serverClock'

/** The platform's time in milliseconds, refreshed every `everyMs`; one timer per caller's scope. */
export function useNow(everyMs = 1000): Readonly<Ref<number>> {
  const now = ref(serverClock.now())
  const timer = window.setInterval(() => {
    now.value = serverClock.now()
  }, everyMs)
  onScopeDispose(() => window.clearInterval(timer))
  return now
}
