/**
 * The phone's own book: the records not yet taken by the centre, and the day as last heard.
 *
 * IndexedDB, so that both survive a reload, a crash and a flat battery. What is written here is
 * written before anything is shown as done.
 */

import Dexie, { type Table } from 'dexie'

import { newEventId } from '@/shared/api/client'

import type { Today } from './model'
import { type Deed, type DeedRecord, KEEP_MS, type RecordState } from './record'

interface Kept<T> {
  key: string
  value: T
}

/** The last answer of the centre, and the day the caregiver has already seen the plan of. */
export interface DayKept {
  today: Today
  seen: Today
  syncedAt: string
}

class Book extends Dexie {
  readonly records!: Table<DeedRecord, number>
  readonly kept!: Table<Kept<unknown>, string>

  constructor(name: string) {
    super(name)
    this.version(1).stores({ records: '++seq, &event_id, caregiver, state', kept: 'key' })
  }
}

export interface Entry {
  caregiver: string
  deed: Deed
  about: string
  heldMs?: number
}

export class Ledger {
  private readonly book: Book

  constructor(
    private readonly now: () => number = Date.now,
    name = 'carebell-caregiver',
  ) {
    this.book = new Book(name)
  }

  async add({ caregiver, deed, about, heldMs = 0 }: Entry): Promise<DeedRecord> {
    const at = this.now()
    const record: DeedRecord = {
      event_id: newEventId(),
      caregiver,
      deed,
      about,
      device_at: new Date(at).toISOString(),
      held_until: heldMs ? at + heldMs : 0,
      state: 'waiting',
      problem: null,
      settled_at: null,
    }
    await this.book.records.add(record)
    return record
  }

  /** Take a record back that has not been sent; false when it is too late. */
  async undo(eventId: string): Promise<boolean> {
    return this.book.transaction('rw', this.book.records, async () => {
      const record = await this.book.records.where('event_id').equals(eventId).first()
      if (record?.state !== 'waiting' || record.held_until <= this.now()) return false
      await this.book.records.where('event_id').equals(eventId).delete()
      return true
    })
  }

  async settle(
    eventId: string,
    state: Exclude<RecordState, 'waiting'>,
    problem: string | null = null,
  ): Promise<void> {
    await this.book.records
      .where('event_id')
      .equals(eventId)
      .modify({ state, problem, settled_at: new Date(this.now()).toISOString() })
  }

  records(caregiver: string): Promise<DeedRecord[]> {
    return this.book.records.where('caregiver').equals(caregiver).sortBy('seq')
  }

  /** How many records other caregivers left on this phone; they wait for their own log-in. */
  ofOthers(caregiver: string): Promise<number> {
    return this.book.records
      .where('caregiver')
      .notEqual(caregiver)
      .and((record) => record.state === 'waiting')
      .count()
  }

  /** Forget what was settled long ago; what the centre has not taken is never forgotten. */
  async forgetOld(): Promise<void> {
    const horizon = new Date(this.now() - KEEP_MS).toISOString()
    await this.book.records
      .where('state')
      .notEqual('waiting')
      .and((record) => (record.settled_at ?? '') < horizon)
      .delete()
  }

  async day(): Promise<DayKept | null> {
    const row = await this.book.kept.get('day')
    return (row?.value as DayKept | undefined) ?? null
  }

  async keepDay(day: DayKept): Promise<void> {
    await this.book.kept.put({ key: 'day', value: day })
  }

  /** On log-out nobody's day may stay readable on the phone; unsent records do stay. */
  async forgetDay(): Promise<void> {
    await this.book.kept.clear()
  }

  close(): void {
    this.book.close()
  }
}
