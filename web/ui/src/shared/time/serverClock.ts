/**
 * The platform's time, seen from this browser.
 *
 * A sample `server − local` is late by the time the message travelled, so the greatest of the
 * recent samples is the truest. Local time is monotonic: an operator setting the PC's clock moves
 * no counter.
 */
export class ServerClock {
  private readonly samples: number[] = []
  private exact = false

  constructor(
    private readonly local: () => number = () => performance.timeOrigin + performance.now(),
    private readonly keep = 30,
  ) {}

  /** A timestamp with milliseconds, stamped by the platform as it sent the message. */
  sample(now: string): void {
    const server = Date.parse(now)
    if (Number.isNaN(server)) return
    if (!this.exact) this.samples.length = 0
    this.exact = true
    this.add(server)
  }

  /** An HTTP `Date` header: whole seconds, used until something better comes. */
  sampleHttpDate(date: string | null): void {
    const server = date === null ? Number.NaN : Date.parse(date)
    if (this.exact || Number.isNaN(server)) return
    this.add(server + 500)
  }

  private add(server: number): void {
    this.samples.push(server - this.local())
    if (this.samples.length > this.keep) this.samples.shift()
  }

  /** Milliseconds since 1970 by the platform's clock. */
  now(): number {
    const offset = this.samples.length === 0 ? 0 : Math.max(...this.samples)
    return this.local() + offset
  }
}

export const serverClock = new ServerClock()
