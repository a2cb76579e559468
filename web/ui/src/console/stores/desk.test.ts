import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '@/shared/api/problem'
import { incident } from '../testing/samples'
import type { ConsoleFrame, Incident } from '../wire'
import { insist } from './actions'
import { useDesk } from './desk'

const snapshot = (incidents: Incident[], seq = 10): ConsoleFrame => ({
  type: 'snapshot',
  epoch: 'e',
  seq,
  now: '2026-11-22T01:00:00Z',
  incidents,
  caregivers: [],
  terminals: { total: 2, online: 1, silent: 1, low_battery: 0, unknown: 0 },
  settings: { louder_s: 20, every_seat_s: 40, supervisor_s: 60 },
})
const change = (seq: number, prev: number, changed: Incident | null): ConsoleFrame => ({
  type: 'change',
  seq,
  prev,
  topic: 'incident.claimed',
  at: '2026-11-22T01:00:00Z',
  incident: changed,
  visit: null,
  plan: null,
  job: null,
  week: null,
})

beforeEach(() => setActivePinia(createPinia()))

describe('the desk', () => {
  it('shows what the snapshot holds and forgets what it does not', () => {
    const desk = useDesk()
    desk.upsert(incident({ id: 'old' }))
    desk.take(snapshot([incident({ id: 'a' })]))
    expect([...desk.incidents.keys()]).toEqual(['a'])
    expect(desk.terminals?.online).toBe(1)
  })

  it('applies changes in order, skips what it has, and reconnects over a gap', () => {
    const desk = useDesk()
    const waiting = incident({ id: 'a', version: 1 })
    desk.take(snapshot([waiting]))
    expect(desk.take(change(12, 10, { ...waiting, state: 'claimed', version: 2 }))).toBe('ok')
    expect(desk.incidents.get('a')?.state).toBe('claimed')
    expect(desk.take(change(12, 10, { ...waiting, version: 2 }))).toBe('ok')
    expect(desk.incidents.get('a')?.state).toBe('claimed')
    expect(desk.take(change(15, 14, null))).toBe('reconnect')
  })

  it('never goes back to an older state that an answer brings late', () => {
    const desk = useDesk()
    const taken = incident({ id: 'a', state: 'claimed', version: 3 })
    desk.take(snapshot([taken]))
    desk.upsert({ ...taken, state: 'open', version: 2 })
    expect(desk.incidents.get('a')?.state).toBe('claimed')
  })

  it('tells of an incident when it starts to wait, and again when it returns to the queue', () => {
    const desk = useDesk()
    const arrived = vi.fn()
    desk.whenArrived(arrived)
    const waiting = incident({ id: 'a' })
    desk.take(snapshot([waiting]))
    desk.take(change(11, 10, { ...waiting, presses: 2, version: 2 }))
    expect(arrived).toHaveBeenCalledTimes(1)
    desk.take(change(12, 11, { ...waiting, state: 'claimed', version: 3 }))
    desk.take(change(13, 12, { ...waiting, state: 'open', version: 4 }))
    expect(arrived).toHaveBeenCalledTimes(2)
  })
})

describe('a write', () => {
  const pause = () => Promise.resolve()

  it('is sent again while no answer comes, and gives up in the end', async () => {
    const send = vi.fn().mockRejectedValueOnce(Problem.network('gone')).mockResolvedValue('done')
    await expect(insist(send, pause)).resolves.toBe('done')
    const never = vi.fn().mockRejectedValue(Problem.network('gone'))
    await expect(insist(never, pause)).rejects.toThrow('gone')
    expect(never).toHaveBeenCalledTimes(3)
  })

  it('is not sent again once the platform has refused it', async () => {
    const refused = vi
      .fn()
      .mockRejectedValue(new Problem(409, 'incident-already-claimed', 'No', null, {}))
    await expect(insist(refused, pause)).rejects.toThrow('No')
    expect(refused).toHaveBeenCalledTimes(1)
  })
})
