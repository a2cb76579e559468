/** What is looked for in the list; still there when somebody comes back to it. */

import { reactive } from 'vue'

import type { Filter } from './condition'

export const kept = reactive<{ filter: Filter; words: string }>({ filter: 'all', words: '' })
