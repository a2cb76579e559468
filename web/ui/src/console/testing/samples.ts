/** Sample things for unit tests. */
import type { Incident, PlanStop } from '../wire'

let made = 0

export function incident(over: Partial<Incident> = {}): Incident {
  made += 1
  return {
    id: `incident-${made}`,
    number: made,
    area: 'grid-1',
    place: ['City', 'District'],
    home_id: `home-${made}`,
    terminal_id: `T-${made}`,
    category: 'emergency',
    kind: 'sos',
    priority: 1,
    state: 'open',
    presses: 1,
    opened_at: '2026-11-22T01:00:00Z',
    last_signal_at: '2026-11-22T01:00:00Z',
    waiting_since: null,
    claimed_by: null,
    claimed_at: null,
    level: 0,
    step_due_at: null,
    cleared: false,
    test: false,
    disposition: null,
    note: null,
    closed_at: null,
    resident: null,
    address: null,
    lat: null,
    lon: null,
    assignment: null,
    version: 1,
    ...over,
  }
}

export function stop(over: Partial<PlanStop> = {}): PlanStop {
  made += 1
  return {
    visit_id: `visit-${made}`,
    order_id: null,
    start_at: '2026-11-22T01:00:00Z',
    end_at: '2026-11-22T02:00:00Z',
    travel_s: 300,
    service: { id: 'bath', zh: '助浴', en: 'Bathing' },
    resident: { id: 'r', name: 'N' },
    state: 'planned',
    late_s: 0,
    ...over,
  }
}
