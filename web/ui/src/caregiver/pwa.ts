import type { VitePWAOptions } from 'vite-plugin-pwa'

/** The caregiver's page is installable and works offline; the console is not cached on purpose. */
export const pwa: Partial<VitePWAOptions> = {
  registerType: 'prompt',
  injectRegister: false,
  workbox: {
    globPatterns: ['caregiver.html', 'assets/{caregiver,vant,index}*.{js,css}'],
    navigateFallback: null,
  },
  manifest: {
    name: '安心铃 护理员',
    short_name: '安心铃',
    lang: 'zh-CN',
    start_url: '/caregiver',
    scope: '/',
    display: 'standalone',
    theme_color: '#0b3d66',
    background_color: '#f4f6f9',
    icons: [{ src: '/assets/bell.svg', sizes: 'any', type: 'image/svg+xml' }],
  },
}
