/** A made-up day for tests; no person, street or number in it is real. */

import type { Job, MealStop, Today, Visit } from './model'

export function visit(over: Partial<Visit> = {}): Visit {
  return {
    id: 'v1',
    start_at: '2026-03-02T01:00:00Z',
    end_at: '2026-03-02T02:00:00Z',
    window: { from: '2026-03-02T00:30:00Z', to: '2026-03-02T02:30:00Z' },
    service: { id: 'bathing', zh: '助浴', en: 'Bathing' },
    resident: { id: 'r1', name: '王秀英', age: 84, phone: '02155501234' },
    address: '梧桐路 12 弄 3 号 302',
    lat: 31.23,
    lon: 121.45,
    way_in: null,
    staff: 1,
    with: [],
    state: 'planned',
    checked_in_at: null,
    checked_out_at: null,
    tasks: [
      { id: 'pressure', zh: '测量血压', en: 'Take blood pressure', done: null, reason: null },
      { id: 'linen', zh: '更换床单', en: 'Change the linen', done: null, reason: null },
    ],
    late_s: 0,
    ...over,
  }
}

export function meal(over: Partial<MealStop> = {}): MealStop {
  return {
    order_id: 'm1',
    meal_point: { id: 'mp1', name: '梧桐路助餐点' },
    trip: 1,
    position: 1,
    eta_at: '2026-03-02T03:10:00Z',
    window: { from: '2026-03-02T03:00:00Z', to: '2026-03-02T04:30:00Z' },
    meal: { id: 'lunch', zh: '午餐', en: 'Lunch' },
    diet: 'normal',
    resident: { id: 'r2', name: '李建国', phone: '02155505678' },
    address: '海棠路 8 号 101',
    lat: 31.231,
    lon: 121.452,
    state: 'loaded',
    late_s: 0,
    ...over,
  }
}

export function job(over: Partial<Job> = {}): Job {
  return {
    id: 'a1',
    incident_id: 'i1',
    caregiver: { id: 'c1', name: '陈静', phone: '13800000000' },
    state: 'offered',
    offered_at: '2026-03-02T01:05:00Z',
    accepted_at: null,
    en_route_at: null,
    on_scene_at: null,
    done_at: null,
    reason: null,
    eta_at: '2026-03-02T01:15:00Z',
    incident: { id: 'i1', number: 17, kind: 'sos', priority: 1 },
    resident: { id: 'r3', name: '张桂英', age: 88, phone: '02155509999' },
    address: '玉兰路 31 号 502',
    lat: 31.234,
    lon: 121.455,
    way_in: '门口钥匙盒',
    distance_m: 640,
    ...over,
  }
}

export function today(over: Partial<Today> = {}): Today {
  return {
    now: '2026-03-02T01:00:00Z',
    day: '2026-03-02',
    caregiver: { id: 'c1', name: '陈静', kind: 'caregiver' },
    plan_version: 1,
    job: null,
    visits: [visit()],
    meals: [],
    ...over,
  }
}
