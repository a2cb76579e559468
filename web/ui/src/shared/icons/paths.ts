/** Our own line icons on a 24 × 24 grid, drawn with a 2 px round stroke. */
export const ICONS = {
  bell: 'M12 4a5 5 0 0 0-5 5c0 5-2 6.5-2 6.5h14S17 14 17 9a5 5 0 0 0-5-5ZM10.3 19a2 2 0 0 0 3.4 0',
  siren:
    'M7 17v-5a5 5 0 0 1 10 0v5M5 20h14v-3H5zM12 3V1.5M4.9 5.4 3.8 4.3M19.1 5.4l1.1-1.1M12 12v2',
  fall: 'M14.5 5.5a1.7 1.7 0 1 0 0-.1M4 20h16M6 17l4-2 2-4.5-3.5-1.5L6 11M12 10.5l3.5 3 3.5.5',
  still: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5l3.5 2',
  flame:
    'M12 3c1 4 5 5.5 5 10.5a5 5 0 0 1-10 0c0-2.5 1.5-3.5 2.2-5.5C10.5 9 11 10 11.5 11 12.5 9 12.5 6 12 3Z',
  gas: 'M8 21h8M9 21v-4a5 5 0 0 1 0-8V5h6v4a5 5 0 0 1 0 8v4M9 5V3h6v2',
  water: 'M12 3.5s6 6.3 6 10.5a6 6 0 0 1-12 0c0-4.2 6-10.5 6-10.5Z',
  door: 'M6 21V4l9-1v18M4 21h16M12 12h.01M15 5h3v16',
  wander: 'M12 21s6.5-5.7 6.5-10.5a6.5 6.5 0 0 0-13 0C5.5 15.3 12 21 12 21ZM12 13v.01M12 7v3.5',
  bed: 'M3 19v-9M3 14h18v5M21 14v-1a3 3 0 0 0-3-3h-7v4M7 11.5a1.5 1.5 0 1 0 0-.1',
  pill: 'm5.5 13.5 8-8a3.5 3.5 0 0 1 5 5l-8 8a3.5 3.5 0 0 1-5-5ZM9.5 9.5l5 5',
  pulse: 'M3 12h4l2.5-6 4 12 2.5-6h5',
  battery: 'M3 8h15v8H3zM21 11v2M6 11v2',
  plug: 'M9 3v5M15 3v5M6.5 8h11v3a5.5 5.5 0 0 1-11 0zM12 16.5V21',
  tool: 'M14.5 6.5a4 4 0 0 1 5-1l-3 3 1 2 3 0a4 4 0 0 1-5.5 2.5L8 20a2 2 0 0 1-3-3l7-6.5a4 4 0 0 1 2.5-4Z',
  flask: 'M10 3v6L5 19a1.5 1.5 0 0 0 1.3 2h11.4A1.5 1.5 0 0 0 19 19L14 9V3M8.5 3h7M8 15h8',
  signalOff:
    'M3 3l18 18M8.5 15.5a5 5 0 0 1 5-1.2M5.5 12a9 9 0 0 1 4-2.3M14.5 9.8A9 9 0 0 1 18.5 12M12 19h.01',
  signal:
    'M5.5 12a9.2 9.2 0 0 1 13 0M8.5 15.5a5 5 0 0 1 7 0M12 19h.01M2.5 8.5a13.5 13.5 0 0 1 19 0',
  phone:
    'M6 3h3.5l1.5 5-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2 5 1.5V18a3 3 0 0 1-3.2 3A17 17 0 0 1 3 6.2 3 3 0 0 1 6 3Z',
  key: 'M15.5 12a4.5 4.5 0 1 0-4.2-2.8L4 16.5V20h3.5v-2.5H10V15l1.8-1.8M16.5 7.5h.01',
  home: 'm3.5 11.5 8.5-8 8.5 8M6 9.5V20h12V9.5M10 20v-6h4v6',
  map: 'M9 4 3.5 6.5v13L9 17l6 3 5.5-2.5v-13L15 7zM9 4v13M15 7v13',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5a7.5 7.5 0 0 1 15 0',
  users:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5a6.5 6.5 0 0 1 13 0M16 5a3.5 3.5 0 ' +
    '0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20.5 20.5 16 16',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.7v.01',
  globe:
    'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3 12h18M12 3c2.5 2.5 3.5 5.5 3.5 9s-1 6.5-3.5 ' +
    '9c-2.5-2.5-3.5-5.5-3.5-9s1-6.5 3.5-9Z',
  logout: 'M14 4H5v16h9M10 12h11M17.5 8.5 21 12l-3.5 3.5',
  sound: 'M4 9.5v5h3.5L12 19V5L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  soundOff: 'M4 9.5v5h3.5L12 19V5L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  check: 'm4.5 12.5 5 5L19.5 7',
  close: 'M5.5 5.5l13 13M18.5 5.5l-13 13',
  down: 'm6 9 6 6 6-6',
  up: 'm6 15 6-6 6 6',
  right: 'm9 6 6 6-6 6',
  left: 'm15 6-6 6 6 6',
  warning: 'M12 4 2.5 20h19zM12 10v4.5M12 17.2v.01',
  alert: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7.5v5.5M12 16.2v.01',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5.5M12 7.8v.01',
  plus: 'M12 5v14M5 12h14',
  send: 'M21 3 10 14M21 3l-7 18-4-7-7-4z',
  route:
    'M6 18.5a2 2 0 1 0 0-.1M18 5.5a2 2 0 1 0 0-.1M8 18.5h7.5a3.5 3.5 0 0 0 0-7h-7a3.5 3.5 0 0 1 0-7H16',
  calendar: 'M4 6h16v14H4zM4 10.5h16M8 3.5V7M16 3.5V7',
  meal: 'M6 3v5a2.5 2.5 0 0 0 5 0V3M8.5 10.5V21M17.5 13V3c-2.5 1-3.5 4-3.5 7l1 3zM17.5 13v8',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z',
  sun:
    'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5V4M12 20v1.5M2.5 12H4M20 12h1.5M5.3 5.3l1 ' +
    '1M17.7 17.7l1 1M5.3 18.7l1-1M17.7 6.3l1-1',
  refresh:
    'M20 11a8 8 0 0 0-14.5-3.5L3.5 9.5M3.5 4.5v5h5M4 13a8 8 0 0 0 14.5 3.5l2-2M20.5 19.5v-5h-5',
  note: 'M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 8.5h7M8.5 12h4',
  shield: 'M12 3 4.5 6v5.5c0 4.5 3 8 7.5 9.5 4.5-1.5 7.5-5 7.5-9.5V6z',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  lock: 'M5.5 10.5h13V20h-13zM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3',
  escalate: 'M12 20V9M7 14l5-5 5 5M5 4.5h14',
  undo: 'M8.5 5 4 9.5 8.5 14M4 9.5h10a6 6 0 0 1 0 12h-3',
  play: 'M7 4.5v15l12-7.5z',
  stop: 'M6 6h12v12H6z',
  keyboard: 'M2.5 6h19v12h-19zM6 10h.01M10 10h.01M14 10h.01M18 10h.01M7.5 14h9',
  bike:
    'M6 18.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM18 18.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM6 15.5 9.5 ' +
    '8H14l4 7.5M11 8l3.5 7.5H6M13 5h3l1 2',
  heart: 'M12 20S3.5 15 3.5 9A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8.5 2c0 6-8.5 11-8.5 11Z',
  list: 'M8.5 6H20M8.5 12H20M8.5 18H20M4 6h.01M4 12h.01M4 18h.01',
} as const

export type IconName = keyof typeof ICONS

/** The icon of an alarm kind; words always stand beside it. */
export const KIND_ICON: Readonly<Record<string, IconName>> = {
  sos: 'siren',
  fall: 'fall',
  no_motion: 'still',
  smoke: 'flame',
  gas: 'gas',
  co: 'gas',
  flood: 'water',
  door_open: 'door',
  wandering: 'wander',
  bed_exit: 'bed',
  device_removed: 'warning',
  pill_missed: 'pill',
  vital_out_of_range: 'pulse',
  low_battery: 'battery',
  mains_lost: 'plug',
  mains_back: 'plug',
  tamper: 'warning',
  fault: 'tool',
  test: 'flask',
  cancelled: 'close',
  unknown: 'help',
  undecodable: 'help',
  went_silent: 'signalOff',
  came_back: 'signal',
  area_silent: 'signalOff',
  area_back: 'signal',
  battery_ok: 'battery',
  caregiver_sos: 'siren',
}
