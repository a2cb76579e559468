import '@/phone/phone.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { createAppI18n } from '@/shared/i18n'

import App from './App.vue'
import { caregiver as en } from './i18n/en'
import { caregiver as zh } from './i18n/zh-CN'
import { startInstall } from './install'
import { router } from './router'

startInstall()

createApp(App)
  .use(createPinia())
  .use(createAppI18n({ 'zh-CN': { caregiver: zh }, en: { caregiver: en } }))
  .use(router)
  .mount('#app')
