/** The response script: what an operator asks and does, by kind of alarm. Words are in `script.*`. */

const CALL = ['speak', 'injured', 'calm'] as const
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  sos: [...CALL, 'contact', 'send'],
  fall: ['speak', 'dontmove', 'injured', 'ambulance', 'contact', 'send'],
  no_motion: ['phone', 'contact', 'keyholder', 'send'],
  smoke: ['speak', 'leave', 'fire119', 'contact', 'send'],
  gas: ['speak', 'noSpark', 'valve', 'leave', 'contact', 'send'],
  co: ['speak', 'leave', 'ambulance', 'contact', 'send'],
  flood: ['phone', 'water', 'contact', 'send'],
  wandering: ['lastSeen', 'contact', 'police110', 'send'],
  door_open: ['phone', 'contact', 'send'],
  bed_exit: ['phone', 'injured', 'contact', 'send'],
  pill_missed: ['phone', 'pills', 'contact'],
  vital_out_of_range: ['phone', 'symptoms', 'ambulance', 'contact'],
  device_removed: ['phone', 'contact', 'send'],
  test: ['phone', 'confirmTest'],
  went_silent: ['phone', 'power', 'installer'],
  low_battery: ['phone', 'charge', 'installer'],
  mains_lost: ['phone', 'power', 'installer'],
}
const TECHNICAL = ['phone', 'power', 'installer'] as const

export function scriptFor(kind: string, technical: boolean): readonly string[] {
  return SCRIPTS[kind] ?? (technical ? TECHNICAL : SCRIPTS.sos!)
}
