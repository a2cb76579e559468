import { serverClock } from '../time/serverClock'
import { afterClose, isStale, POLL_EVERY_MS, retryDelay } from './policy'

export type LiveState = 'connecting' | 'live' | 'lost' | 'refused'

/** Any frame; `now`, where a frame carries it, sets the platform's clock. */
export interface LiveFrame {
  type: string
  now?: string
}

export interface LiveOptions<F extends LiveFrame> {
  /** `/ws/console` or `/ws/phone`. */
  path: string
  /** The first frame to send, asked anew for every connection; null sends none. */
  hello: () => unknown
  /** Take one frame (pings are answered here). `reconnect` when a numbered frame was missed. */
  onFrame: (frame: F) => 'ok' | 'reconnect'
  onState: (state: LiveState) => void
  /** The platform asks for a fresh start: forget the cursor. */
  onAfresh?: () => void
  /** The session is over (4401). */
  onLoggedOut: () => void
  /** Refresh over plain HTTP; called every 5 s while the connection is lost. */
  poll?: () => Promise<unknown>
}

function socketUrl(path: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`
}

/**
 * Keep one websocket alive: reconnect with back-off, notice silence, poll meanwhile.
 *
 * A short drop that heals within four seconds changes no state, so that no banner flickers.
 */
export class LiveConnection<F extends LiveFrame> {
  private socket: WebSocket | null = null
  private attempt = 0
  private lastFrameAt = performance.now()
  private lastPollAt = 0
  private state: LiveState = 'connecting'
  private retryTimer: number | undefined
  private watchTimer: number | undefined
  private stopped = false
  private readonly wake = () => this.hurry()

  constructor(private readonly options: LiveOptions<F>) {}

  start(): void {
    this.stopped = false
    this.lastFrameAt = performance.now()
    this.watchTimer = window.setInterval(() => this.watch(), 500)
    window.addEventListener('online', this.wake)
    document.addEventListener('visibilitychange', this.wake)
    this.open()
  }

  stop(): void {
    this.stopped = true
    window.clearInterval(this.watchTimer)
    window.clearTimeout(this.retryTimer)
    window.removeEventListener('online', this.wake)
    document.removeEventListener('visibilitychange', this.wake)
    this.drop()
  }

  private open(): void {
    if (this.stopped) return
    this.drop()
    const socket = new WebSocket(socketUrl(this.options.path))
    this.socket = socket
    socket.onopen = () => {
      const hello = this.options.hello()
      if (hello !== null) socket.send(JSON.stringify(hello))
    }
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket === this.socket) this.receive(event.data)
    }
    socket.onclose = (event: CloseEvent) => {
      if (socket === this.socket) this.closed(event.code)
    }
  }

  private receive(text: string): void {
    const frame = JSON.parse(text) as F
    this.lastFrameAt = performance.now()
    this.attempt = 0
    if (frame.now !== undefined) serverClock.sample(frame.now)
    this.enter('live')
    if (frame.type === 'ping') {
      this.socket?.send('{"type":"pong"}')
      return
    }
    if (this.options.onFrame(frame) === 'reconnect') this.retry(0)
  }

  private closed(code: number): void {
    this.socket = null
    switch (afterClose(code)) {
      case 'login':
        this.stop()
        this.options.onLoggedOut()
        return
      case 'stop':
        this.stop()
        this.enter('refused')
        return
      case 'afresh':
        this.options.onAfresh?.()
        this.retry(0)
        return
      case 'resume':
        this.retry(retryDelay(this.attempt++))
    }
  }

  private retry(delay: number): void {
    this.drop()
    window.clearTimeout(this.retryTimer)
    this.retryTimer = window.setTimeout(() => this.open(), delay)
  }

  private watch(): void {
    const now = performance.now()
    if (!isStale(this.lastFrameAt, now)) return
    if (this.state !== 'lost') {
      this.enter('lost')
      // An open socket that says nothing is as dead as a closed one.
      if (this.socket !== null) this.retry(retryDelay(this.attempt++))
    } else if (
      this.socket !== null &&
      now - this.lastFrameAt > 2 * POLL_EVERY_MS * (1 + Math.min(this.attempt, 5))
    ) {
      this.retry(retryDelay(this.attempt++))
    }
    if (this.options.poll && now - this.lastPollAt >= POLL_EVERY_MS) {
      this.lastPollAt = now
      void this.options.poll().catch(() => undefined)
    }
  }

  /** The network or the page came back: do not sit out the back-off. */
  private hurry(): void {
    if (document.visibilityState === 'hidden' || this.stopped || this.state !== 'lost') return
    this.attempt = 0
    this.retry(0)
  }

  private enter(state: LiveState): void {
    if (state === this.state) return
    this.state = state
    this.options.onState(state)
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    socket?.close()
  }
}
