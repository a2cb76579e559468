import { useI18n } from 'vue-i18n'
import { errorMessage } from '@/shared/api/message'
import { Problem } from '@/shared/api/problem'
import { clockSeconds } from '@/shared/time/format'
import type { Incident } from './wire'
import { useActions } from './stores/actions'
import { useDesk } from './stores/desk'
import { usePop } from './stores/pop'
import { useUi, type DialogName } from './stores/ui'

/** Acts on the shown incident, and says in words when the platform refuses. */
export function useHandling() {
  const { t } = useI18n()
  const actions = useActions()
  const desk = useDesk()
  const pop = usePop()
  const ui = useUi()

  function explain(error: unknown): void {
    if (error instanceof Problem && error.code === 'incident-already-claimed') {
      const by = error.data.claimed_by as { name?: string } | string | undefined
      const name = typeof by === 'object' ? (by?.name ?? '') : (by ?? '')
      const at =
        typeof error.data.claimed_at === 'string' ? clockSeconds(error.data.claimed_at) : ''
      ui.say(t('action.lostClaim', { name, time: at }), 'danger')
      return
    }
    ui.say(errorMessage(error), 'danger')
  }

  /** Run one action; true when the platform took it. */
  async function attempt(action: () => Promise<Incident>, done?: string): Promise<boolean> {
    try {
      await action()
      if (done !== undefined) ui.say(done, 'success')
      return true
    } catch (error) {
      explain(error)
      return false
    }
  }

  const shown = (): Incident | null => pop.incident

  async function claim(id: string | null = shown()?.id ?? null): Promise<void> {
    const incident = id === null ? undefined : desk.incidents.get(id)
    if (incident === undefined || incident.state !== 'open') return
    pop.select(incident.id)
    await attempt(() => actions.claim(incident.id))
  }

  async function escalate(): Promise<void> {
    const incident = shown()
    if (incident === null || incident.state === 'closed' || incident.level >= 3) return
    await attempt(() => actions.escalate(incident.id), t('action.escalated'))
  }

  async function release(): Promise<void> {
    const incident = shown()
    if (incident?.state === 'claimed')
      await attempt(() => actions.release(incident.id), t('action.released'))
  }

  async function dispatch(caregiver: { id: string; name: string }): Promise<void> {
    const incident = shown()
    if (incident === null) return
    await attempt(
      () => actions.dispatch(incident.id, caregiver.id),
      t('action.dispatched', { name: caregiver.name }),
    )
  }

  async function withdraw(): Promise<void> {
    const incident = shown()
    const assignment = incident?.assignment
    if (!incident || !assignment) return
    await attempt(() => actions.withdraw(incident.id, assignment.id), t('action.withdrawn'))
  }

  function open(dialog: Extract<DialogName, 'note' | 'close'>): void {
    const incident = shown()
    if (incident !== null && incident.state !== 'closed') ui.dialog = dialog
  }

  return { actions, attempt, explain, claim, escalate, release, dispatch, withdraw, open }
}
