import '@/phone/phone.css'
import './family.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { createAppI18n } from '@/shared/i18n'

import App from './App.vue'
import { family as en } from './i18n/en'
import { family as zh } from './i18n/zh-CN'

createApp(App)
  .use(createPinia())
  .use(createAppI18n({ 'zh-CN': { family: zh }, en: { family: en } }))
  .mount('#app')
