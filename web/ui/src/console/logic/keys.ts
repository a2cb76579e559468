/** One-key commands. They can be switched off (WCAG 2.1.4) and never act while somebody types. */

export const COMMANDS = {
  j: 'next',
  k: 'previous',
  c: 'claim',
  d: 'dispatch',
  t: 'call',
  n: 'note',
  e: 'escalate',
  x: 'close',
  '/': 'search',
  '?': 'help',
} as const
export type Command = (typeof COMMANDS)[keyof typeof COMMANDS]

const WRITABLE = new Set(['INPUT', 'TEXTAREA', 'SELECT'])

/** Is this element taking text? Focus must not be stolen from it, nor its keys. */
export function takesText(element: Element | null): boolean {
  if (element === null) return false
  return WRITABLE.has(element.tagName) || (element as HTMLElement).isContentEditable === true
}

type Pressed = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'repeat'
>

/** The command a key press means, if any. Only J and K repeat while held. */
export function commandFor(
  event: Pressed,
  focused: Element | null,
  enabled: boolean,
): Command | null {
  if (!enabled || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null
  if (takesText(focused)) return null
  const key = event.key.length === 1 ? event.key.toLowerCase() : ''
  const command = (COMMANDS as Record<string, Command>)[key] ?? null
  if (event.repeat && command !== 'next' && command !== 'previous') return null
  return command
}

export function keyOf(command: Command): string {
  const found = Object.entries(COMMANDS).find(([, named]) => named === command)
  return found ? found[0].toUpperCase() : ''
}
