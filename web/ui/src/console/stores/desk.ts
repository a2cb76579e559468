import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'
import { api } from '@/shared/api/client'
import { LiveConnection, type LiveState } from '@/shared/live/connection'
import { follows, type Cursor } from '@/shared/live/policy'
import { serverClock } from '@/shared/time/serverClock'
import { useSession } from '@/shared/session'
import { byUrgency, queue, supersedes, tabCounts, type Tab } from '../logic/queue'
import type { Shape } from '@/shared/api/types'
import type {
  CaregiverPosition,
  ConsoleFrame,
  EscalationSettings,
  Incident,
  TerminalCounts,
} from '../wire'

type Change = Shape<'ChangeFrame'>
type Snapshot = Shape<'SnapshotFrame'>

/** How many closed incidents stay in memory. */
const KEEP_CLOSED = 50
/** The largest page the platform gives. */
const PAGE = 200

/** Everything that the live connection tells: incidents, positions, terminals. */
export const useDesk = defineStore('desk', () => {
  const session = useSession()
  const incidents = shallowReactive(new Map<string, Incident>())
  const positions = shallowRef<CaregiverPosition[]>([])
  const terminals = shallowRef<TerminalCounts | null>(null)
  const settings = shallowRef<EscalationSettings | null>(null)
  const state = ref<LiveState>('connecting')
  /** When what we show was last known to be true, by the platform's clock. */
  const asOf = ref<number | null>(null)
  const loaded = ref(false)
  const tab = ref<Tab>('waiting')

  const me = computed(() => session.me?.account_id ?? null)
  const rows = computed(() => queue(incidents.values(), tab.value, me.value))
  const counts = computed(() => tabCounts(incidents.values(), me.value))

  let cursor: Cursor | null = null
  const arrivedHandlers = new Set<(incident: Incident) => void>()
  const changeHandlers = new Set<(change: Change) => void>()
  const resyncHandlers = new Set<() => void>()

  /** Show an incident as it stands, unless we already show a newer state of it. */
  function upsert(incident: Incident): void {
    const shown = incidents.get(incident.id)
    if (!supersedes(incident, shown)) return
    incidents.set(incident.id, incident)
    const wasWaiting = shown?.state === 'open'
    if (incident.state === 'open' && !wasWaiting) for (const tell of arrivedHandlers) tell(incident)
  }

  function takeSnapshot(frame: Snapshot): void {
    cursor = { epoch: frame.epoch, seq: frame.seq }
    const present = new Set(frame.incidents.map((incident) => incident.id))
    for (const id of incidents.keys()) if (!present.has(id)) incidents.delete(id)
    for (const incident of [...frame.incidents].sort(byUrgency)) upsert(incident)
    positions.value = frame.caregivers
    terminals.value = frame.terminals
    settings.value = frame.settings
    loaded.value = true
    for (const tell of resyncHandlers) tell()
  }

  /** Positions come every two seconds; most of the time nobody has moved. */
  function takePositions(items: CaregiverPosition[]): void {
    if (JSON.stringify(items) !== JSON.stringify(positions.value)) positions.value = items
  }

  function takeChange(frame: Change): 'ok' | 'reconnect' {
    const verdict = follows(cursor, frame)
    if (verdict === 'gap') return 'reconnect'
    if (verdict === 'duplicate' || cursor === null) return 'ok'
    cursor = { epoch: cursor.epoch, seq: frame.seq }
    if (frame.incident) {
      upsert(frame.incident)
      if (frame.incident.state === 'closed') forgetOldest()
    }
    for (const tell of changeHandlers) tell(frame)
    return 'ok'
  }

  function take(frame: ConsoleFrame): 'ok' | 'reconnect' {
    switch (frame.type) {
      case 'snapshot':
        takeSnapshot(frame)
        return 'ok'
      case 'change':
        return takeChange(frame)
      case 'positions':
        takePositions(frame.items)
        return 'ok'
      case 'terminals': {
        const { type, ...told } = frame
        terminals.value = told
        return 'ok'
      }
      default:
        return 'ok'
    }
  }

  function forgetOldest(): void {
    const closed = queue(incidents.values(), 'closed', me.value)
    for (const old of closed.slice(KEEP_CLOSED)) incidents.delete(old.id)
  }

  /** All open incidents over plain HTTP, page by page. */
  async function readOpen(): Promise<Incident[]> {
    const found: Incident[] = []
    let before: string | null = null
    do {
      const page: Shape<'IncidentPage'> = await api.get('/incidents', {
        tab: 'open',
        limit: PAGE,
        before,
      })
      found.push(...page.items)
      before = page.next
    } while (before !== null)
    return found
  }

  /** Read the queue over plain HTTP, while the live connection is away. */
  async function poll(): Promise<void> {
    const open = await readOpen()
    const present = new Set(open.map((incident) => incident.id))
    for (const incident of open.sort(byUrgency)) upsert(incident)
    const closed = await api.get('/incidents', { tab: 'closed', limit: KEEP_CLOSED })
    for (const incident of closed.items) upsert(incident)
    for (const shown of [...incidents.values()]) {
      if (shown.state !== 'closed' && !present.has(shown.id)) incidents.delete(shown.id)
    }
    loaded.value = true
    asOf.value = serverClock.now()
  }

  let connection: LiveConnection<ConsoleFrame> | null = null

  function connect(onLoggedOut: () => void): void {
    connection ??= new LiveConnection<ConsoleFrame>({
      path: '/ws/console',
      hello: () => ({ type: 'hello', resume: cursor }),
      onFrame: (frame) => {
        asOf.value = serverClock.now()
        return take(frame)
      },
      onState: (next) => {
        state.value = next
      },
      onAfresh: () => {
        cursor = null
      },
      onLoggedOut,
      poll,
    })
    connection.start()
  }

  function disconnect(): void {
    connection?.stop()
    connection = null
  }

  const subscribe =
    <T>(handlers: Set<T>) =>
    (handler: T) => {
      handlers.add(handler)
      return () => handlers.delete(handler)
    }

  return {
    incidents,
    positions,
    terminals,
    settings,
    state,
    asOf,
    loaded,
    tab,
    me,
    rows,
    counts,
    upsert,
    take,
    poll,
    connect,
    disconnect,
    /** An incident that was not waiting before now waits for somebody. */
    whenArrived: subscribe(arrivedHandlers),
    whenChanged: subscribe(changeHandlers),
    /** A snapshot replaced everything. */
    whenResynced: subscribe(resyncHandlers),
  }
})
