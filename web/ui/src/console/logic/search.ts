/** What the search box shows of the platform's answer. */

export interface SearchAnswer {
  items: SearchItem[]
}

interface SearchItem {
  type: string
  id: string
  name?: string | null
  phone?: string | null
  address?: string | null
  home_id?: string | null
  terminal_id?: string | null
  lat?: number | null
  lon?: number | null
}

export interface Hit {
  type: 'resident' | 'terminal'
  id: string
  title: string
  detail: string
  home: string | null
  at: [number, number] | null
}

export function hitsFrom(answer: SearchAnswer): Hit[] {
  return answer.items.map((item) => ({
    type: item.type === 'terminal' ? 'terminal' : 'resident',
    id: item.id,
    title: (item.type === 'terminal' ? item.id : item.name) ?? item.id,
    detail: [item.type === 'terminal' ? item.name : item.phone, item.address].filter(Boolean).join(' · '),
    home: item.home_id ?? null,
    at: typeof item.lon === 'number' && typeof item.lat === 'number' ? [item.lon, item.lat] : null,
  }))
}
