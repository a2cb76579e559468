import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useSession } from '@/shared/session'

const KEPT = 'carebell.centre'

/** Which centre the planner's pages are about, for those who have several. */
export const useCentre = defineStore('centre', () => {
  const session = useSession()
  const wanted = ref(sessionStorage.getItem(KEPT))
  const all = computed(() => session.me?.centres ?? [])
  const several = computed(() => all.value.length > 1)
  const current = computed(
    () => all.value.find((one) => one.id === wanted.value) ?? all.value[0] ?? null,
  )
  /** What a request adds; with one centre nothing needs to be said. */
  const query = computed(() => (several.value ? { centre: current.value?.id } : {}))

  function choose(id: string): void {
    wanted.value = id
    sessionStorage.setItem(KEPT, id)
  }

  return { all, several, current, query, choose }
})
