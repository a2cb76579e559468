import '@/phone/phone.css'
import './installer.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { createAppI18n } from '@/shared/i18n'

import App from './App.vue'
import { installer as en } from './i18n/en'
import { installer as zh } from './i18n/zh-CN'
import { router } from './router'

createApp(App)
  .use(createPinia())
  .use(createAppI18n({ 'zh-CN': { installer: zh }, en: { installer: en } }))
  .use(router)
  .mount('#app')
