/** The decisions of a live connection, without sockets or timers. */

/** Without any frame for this long the connection counts as lost (the platform pings every 2 s). */
export const STALE_AFTER_MS = 4_000
/** While lost, ask over plain HTTP this often. */
export const POLL_EVERY_MS = 5_000
const FIRST_RETRY_MS = 300
const SLOWEST_RETRY_MS = 10_000

export const CLOSE = { notLoggedIn: 4401, forbidden: 4403, tooSlow: 4408, resync: 4410 } as const

/** Where a client stands in the numbered stream. */
export interface Cursor {
  epoch: string
  seq: number
}

export interface Numbered {
  seq: number
  prev: number
}

/**
 * What to do with a numbered frame.
 *
 * `gap`: a frame was missed; reconnect and resume. `duplicate`: already applied.
 */
export function follows(cursor: Cursor | null, frame: Numbered): 'apply' | 'duplicate' | 'gap' {
  if (cursor === null) return 'gap'
  if (frame.seq <= cursor.seq) return 'duplicate'
  return frame.prev <= cursor.seq ? 'apply' : 'gap'
}

/** Exponential back-off with full jitter above a floor, so that a city's consoles do not return in step. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10))
  return FIRST_RETRY_MS + random() * (ceiling - FIRST_RETRY_MS)
}

export function isStale(lastFrameAt: number, now: number): boolean {
  return now - lastFrameAt >= STALE_AFTER_MS
}

/** What the client does after the platform closed the connection with `code`. */
export function afterClose(code: number): 'login' | 'stop' | 'afresh' | 'resume' {
  switch (code) {
    case CLOSE.notLoggedIn:
      return 'login'
    case CLOSE.forbidden:
      return 'stop'
    case CLOSE.resync:
      return 'afresh'
    default:
      return 'resume'
  }
}
