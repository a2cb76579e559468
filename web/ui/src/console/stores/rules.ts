import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api } from '@/shared/api/client'
import { Problem } from '@/shared/api/problem'
import { changesOf, choose, faults, type Choice, type Draft } from '../logic/rules'
import type { PlanningRule, PlanningRules } from '../wire'
import { insist } from './actions'
import { useCentre } from './centre'

/** The centre's planning rules and what this planner is about to change. */
export const useRules = defineStore('rules', () => {
  const centre = useCentre()
  const current = shallowRef<PlanningRules | null>(null)
  const error = shallowRef<unknown>(null)
  const draft = shallowRef<Draft>({})
  const saving = ref(false)
  const saveError = shallowRef<unknown>(null)
  /** Somebody else was faster; the rules shown are theirs, the draft is still ours. */
  const overtaken = ref(false)
  const changes = computed(() => changesOf(current.value?.items ?? [], draft.value))
  const wrong = computed(() => faults(current.value?.items ?? [], draft.value))

  async function load(): Promise<void> {
    error.value = null
    try {
      current.value = await api.get('/rules', centre.query)
    } catch (cause) {
      error.value = cause
    }
  }

  function set(rule: PlanningRule, change: Partial<Choice>): void {
    draft.value = choose(rule, draft.value, change)
  }

  function discard(): void {
    draft.value = {}
    saveError.value = null
    overtaken.value = false
  }

  /** Save; true when the rules are now as chosen. */
  async function save(): Promise<boolean> {
    const seen = current.value
    if (seen === null || changes.value.length === 0 || wrong.value.length > 0) return false
    const body = { version: seen.version, items: changes.value }
    saving.value = true
    saveError.value = null
    overtaken.value = false
    try {
      current.value = await insist(() => api.put('/rules', body, centre.query))
      draft.value = {}
      return true
    } catch (cause) {
      if (cause instanceof Problem && cause.code === 'rules-changed') {
        await load()
        // An answer that was lost on its way had saved them after all.
        if (changes.value.length === 0) return true
        overtaken.value = true
      } else saveError.value = cause
      return false
    } finally {
      saving.value = false
    }
  }

  return {
    current,
    error,
    draft,
    saving,
    saveError,
    overtaken,
    changes,
    wrong,
    load,
    set,
    discard,
    save,
  }
})
