import { onBeforeUnmount, onMounted } from 'vue'
import { useRouter } from 'vue-router'
import { commandFor, type Command } from './logic/keys'
import { step } from './logic/queue'
import { useDesk } from './stores/desk'
import { usePop } from './stores/pop'
import { useUi } from './stores/ui'
import { useHandling } from './useHandling'

/** What a key focuses, found by its place in the page: the same thing a mouse would go to. */
const focusOn = (target: string): void => {
  document.querySelector<HTMLElement>(`[data-command="${target}"]:not(:disabled)`)?.focus()
}

/** Run the one-key commands for the whole page. */
export function useCommands(): void {
  const desk = useDesk()
  const pop = usePop()
  const ui = useUi()
  const handling = useHandling()
  const router = useRouter()

  function move(by: 1 | -1): void {
    pop.select(step(desk.rows, pop.selected, by))
    window.requestAnimationFrame(() =>
      document
        .querySelector('[data-testid="row"][aria-current="true"]')
        ?.scrollIntoView({ block: 'nearest' }),
    )
  }

  function run(command: Command): void {
    switch (command) {
      case 'next':
        return move(1)
      case 'previous':
        return move(-1)
      case 'claim':
        return void handling.claim()
      case 'dispatch':
        return focusOn('dispatch')
      case 'call':
        return document.querySelector<HTMLElement>('[data-command="call"]')?.click()
      case 'note':
        return handling.open('note')
      case 'escalate':
        return void handling.escalate()
      case 'close':
        return handling.open('close')
      case 'search':
        return focusOn('search')
      case 'help':
        ui.dialog = 'help'
    }
  }

  function pressed(event: KeyboardEvent): void {
    if (ui.dialog !== null) return
    const command = commandFor(event, document.activeElement, ui.keysEnabled)
    if (command === null) return
    const onDesk = router.currentRoute.value.name === 'desk'
    if (!onDesk && command !== 'search' && command !== 'help') return
    event.preventDefault()
    run(command)
  }

  onMounted(() => window.addEventListener('keydown', pressed))
  onBeforeUnmount(() => window.removeEventListener('keydown', pressed))
}
