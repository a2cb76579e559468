/** What the search box shows of the platform's answer. */

import type { SearchAnswer } from '../wire'

export interface Hit {
  id: string
  title: string
  detail: string
  home: string
}

export function hitsFrom(answer: SearchAnswer): Hit[] {
  return answer.items.map((item) => ({
    id: item.resident_id,
    title: item.name,
    detail: [item.phone, item.terminal_id, item.address].filter(Boolean).join(' · '),
    home: item.home_id,
  }))
}
