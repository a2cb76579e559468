import 'fake-indexeddb/auto'

import { afterEach, expect, test, vi } from 'vitest'

import { job, meal, today } from './fixture'
import { stages } from './jobs'
import { Ledger } from './ledger'
import { dietOf, trips } from './meals'
import type { Today } from './model'
import { overlay } from './overlay'
import { type DeedRecord, request } from './record'
import { type Answer, Sender } from './sender'

let books = 0
const open: Ledger[] = []

function ledger(now: () => number = () => 1_000): Ledger {
  const book = new Ledger(now, `book-${(books += 1)}`)
  open.push(book)
  return book
}

afterEach(() => {
  for (const book of open.splice(0)) book.close()
  vi.useRealTimers()
})

const CHECK_IN = { kind: 'check-in', visit: 'v1', method: 'manual', reason: 'x' } as const
const MEAL = { kind: 'meal', order: 'm1', outcome: 'delivered' } as const

test('records survive the page, in the order they were made', async () => {
  const name = `book-${(books += 1)}`
  const before = new Ledger(() => 1_000, name)
  await before.add({ caregiver: 'c1', deed: CHECK_IN, about: '王秀英' })
  await before.add({ caregiver: 'c1', deed: { kind: 'check-out', visit: 'v1' }, about: '王秀英' })
  before.close()

  const after = new Ledger(() => 2_000, name)
  open.push(after)
  const records = await after.records('c1')
  expect(records.map((record) => record.deed.kind)).toEqual(['check-in', 'check-out'])
  expect(records[0]).toMatchObject({ device_at: '1970-01-01T00:00:01.000Z', state: 'waiting' })
})

test("one caregiver's records are never mixed with another's", async () => {
  const book = ledger()
  await book.add({ caregiver: 'c1', deed: CHECK_IN, about: '' })
  expect(await book.records('c2')).toEqual([])
  expect(await book.ofOthers('c2')).toBe(1)
  expect(await book.ofOthers('c1')).toBe(0)
})

test('a slip is undone while it is held, and not after', async () => {
  let now = 1_000
  const book = ledger(() => now)
  const slip = await book.add({ caregiver: 'c1', deed: MEAL, about: '', heldMs: 500 })
  expect(await book.undo(slip.event_id)).toBe(true)
  expect(await book.records('c1')).toEqual([])

  const meant = await book.add({ caregiver: 'c1', deed: MEAL, about: '', heldMs: 500 })
  now = 1_500
  expect(await book.undo(meant.event_id)).toBe(false)
  expect(await book.records('c1')).toHaveLength(1)
})

test('what was settled long ago is forgotten, what waits is not', async () => {
  let now = 0
  const book = ledger(() => now)
  const old = await book.add({ caregiver: 'c1', deed: CHECK_IN, about: '' })
  await book.settle(old.event_id, 'synced')
  await book.add({ caregiver: 'c1', deed: MEAL, about: '' })
  now = 72 * 3_600_000
  await book.forgetOld()
  expect((await book.records('c1')).map((record) => record.state)).toEqual(['waiting'])
})

test('a day that an older version kept still opens, and its records are still sent', async () => {
  const book = ledger()
  const { meal: _, late_s: __, ...stop } = meal({ order_id: 'm1' })
  const { caregiver: ___, ...offered } = job()
  const old = { ...today(), meals: [{ ...stop, diet: null }], job: offered } as unknown as Today
  await book.keepDay({ today: old, seen: old, syncedAt: 'x' })
  await book.add({ caregiver: 'c1', deed: MEAL, about: '' })
  const records = await book.records('c1')
  const day = overlay((await book.day())!.today, records)
  expect(day.meals[0]?.state).toBe('delivered')
  expect(trips(day.meals)[0]?.load).toEqual([])
  expect(dietOf(day.meals[0]!)).toBe('normal')
  expect(stages(day.job!)).toHaveLength(4)
  expect(request(records[0]!).given).toEqual({ order_id: 'm1', what: 'delivered' })
})

test('logging out takes the day off the phone and leaves unsent records', async () => {
  const book = ledger()
  await book.keepDay({ today: today(), seen: today(), syncedAt: 'x' })
  await book.add({ caregiver: 'c1', deed: CHECK_IN, about: '' })
  await book.forgetDay()
  expect(await book.day()).toBeNull()
  expect(await book.records('c1')).toHaveLength(1)
})

/** A sender over a list in memory whose centre answers what the test says. */
function desk(answers: (Answer | Error)[]) {
  const records: DeedRecord[] = []
  const posted: string[] = []
  const out = { loggedOut: 0, now: 0 }
  const sender = new Sender({
    records: () => records,
    post: async ({ body }) => {
      posted.push((body as { event_id: string }).event_id)
      const answer = answers.shift() ?? { status: 200, body: {} }
      if (answer instanceof Error) throw answer
      return answer
    },
    settled: async (record, answer) => {
      record.state = answer.status < 300 ? 'synced' : 'refused'
    },
    loggedOut: () => (out.loggedOut += 1),
    now: () => out.now,
  })
  const put = (id: string, over: Partial<DeedRecord> = {}): void => {
    records.push({
      event_id: id,
      seq: records.length,
      caregiver: 'c1',
      deed: CHECK_IN,
      about: '',
      device_at: '',
      held_until: 0,
      state: 'waiting',
      problem: null,
      settled_at: null,
      ...over,
    })
  }
  return { records, posted, sender, put, out }
}

test('a lost connection keeps the record and sends it again under the same id', async () => {
  vi.useFakeTimers()
  const { posted, sender, put, records } = desk([new Error('offline')])
  put('e1')
  put('e2')
  await sender.wake()
  expect(posted).toEqual(['e1'])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(posted).toEqual(['e1', 'e1', 'e2'])
  expect(records.map((record) => record.state)).toEqual(['synced', 'synced'])
})

test('a refusal is kept for the caregiver to see, and the rest goes on', async () => {
  const { sender, put, records } = desk([{ status: 409, body: {} }])
  put('e1')
  put('e2')
  await sender.wake()
  expect(records.map((record) => record.state)).toEqual(['refused', 'synced'])
})

test('an ended session stops sending and loses nothing', async () => {
  const { sender, put, records, out } = desk([{ status: 401, body: {} }])
  put('e1')
  await sender.wake()
  expect(out.loggedOut).toBe(1)
  expect(records[0]?.state).toBe('waiting')
})

test('a held record goes by itself when its time has come', async () => {
  vi.useFakeTimers()
  const { posted, sender, put, out } = desk([])
  put('e1', { deed: MEAL, held_until: 6_000 })
  await sender.wake()
  expect(posted).toEqual([])
  out.now = 6_000
  await vi.advanceTimersByTimeAsync(6_000)
  expect(posted).toEqual(['e1'])
})

test('waking twice at once sends each record once', async () => {
  const { posted, sender, put } = desk([])
  put('e1')
  await Promise.all([sender.wake(), sender.wake()])
  expect(posted).toEqual(['e1'])
})
