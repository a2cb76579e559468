/** A made-up family for tests. */

import type { Alert, ResidentStatus } from './model'

export function alert(over: Partial<Alert> = {}): Alert {
  return {
    id: 'i1',
    stage: 'answered',
    stages: [
      { stage: 'received', at: '2026-03-02T01:00:00Z' },
      { stage: 'answered', at: '2026-03-02T01:00:20Z' },
      { stage: 'help_coming', at: null },
      { stage: 'arrived', at: null },
      { stage: 'safe', at: null },
    ],
    responder_name: null,
    eta_at: null,
    seen_at: null,
    going_at: null,
    ...over,
  }
}

export function status(over: Partial<ResidentStatus> = {}): ResidentStatus {
  return {
    resident: { id: 'r1', name: '王秀英' },
    status: 'green',
    reason: { code: 'all_well', data: {} },
    last_seen_at: '2026-03-02T00:58:00Z',
    incident: null,
    visits: [],
    meal: null,
    next_visit: null,
    ...over,
  }
}
