/** Brings waiting records to the centre, one at a time and in order, until none is left. */

import { type DeedRecord, type Request, backOff, heldUntil, next, request, verdict } from './record'

export interface Answer {
  status: number
  body: unknown
}

export interface SenderPorts {
  /** All records of the caregiver who is logged in; none when nobody is. */
  records: () => readonly DeedRecord[]
  /** Rejects when the centre cannot be reached. */
  post: (request: Request) => Promise<Answer>
  /** Called before the next record is sent. */
  settled: (record: DeedRecord, answer: Answer) => Promise<void>
  /** The session has ended; sending stops until `wake`. */
  loggedOut: () => void
  now: () => number
}

export class Sender {
  private busy = false
  private again = false
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly ports: SenderPorts) {}

  /** Send what can be sent now; safe to call at any time and as often as one likes. */
  async wake(): Promise<void> {
    if (this.busy) {
      this.again = true
      return
    }
    this.busy = true
    clearTimeout(this.timer)
    try {
      do {
        this.again = false
        await this.drain()
      } while (this.again)
    } finally {
      this.busy = false
    }
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  private async drain(): Promise<void> {
    const { ports } = this
    for (;;) {
      const record = next(ports.records(), ports.now())
      if (!record) break
      const answer = await this.attempt(record)
      const result = answer ? verdict(answer.status) : 'later'
      if (result === 'login') {
        ports.loggedOut()
        return
      }
      if (result === 'later' || !answer) {
        this.failures += 1
        this.wakeIn(backOff(this.failures))
        return
      }
      this.failures = 0
      await ports.settled(record, answer)
    }
    const due = heldUntil(ports.records(), ports.now())
    if (due !== null) this.wakeIn(due - ports.now())
  }

  private async attempt(record: DeedRecord): Promise<Answer | null> {
    try {
      return await this.ports.post(request(record))
    } catch {
      return null // no connection: the record stays and is sent again
    }
  }

  private wakeIn(ms: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.wake(), Math.max(0, ms))
  }
}
